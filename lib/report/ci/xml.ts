/**
 * Makes text safe for XML: removes terminal escape sequences and the characters that XML 1.0 forbids (not even a
 * reference to one is allowed), and escapes the characters that have a meaning.
 *
 * @module
 */

import { stripAnsi } from "../text/style.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // In an attribute these would be read back as spaces.
  "\n": "&#10;",
  "\t": "&#9;",
};

/** Text for an attribute, without its quotes. */
export function attributeText(text: string): string {
  return clean(text).replace(/[&<>"\n\t]/g, (each) => ENTITIES[each] ?? each);
}

/**
 * Text for between tags, cut where it would take more than `maxBytes` of the file.
 *
 * @param note what stands at the end of a text that was cut; it counts too
 */
export function bodyText(text: string, maxBytes: number, note: string): string {
  const escaped = escapeBody(clean(text));
  if (byteLength(escaped) <= maxBytes) return escaped;
  const end = escapeBody(note);
  let left = maxBytes - byteLength(end);
  let kept = "";
  for (const character of clean(text)) {
    const piece = escapeBody(character);
    left -= byteLength(piece);
    if (left < 0) break;
    kept += piece;
  }
  return kept + end;
}

function escapeBody(text: string): string {
  return text.replace(/[&<>]/g, (each) => ENTITIES[each] ?? each);
}

function clean(text: string): string {
  // Half a surrogate pair cannot be encoded, and XML readers turn a carriage return into a line feed.
  return stripAnsi(text).replace(/\r\n?/g, "\n").replace(FORBIDDEN, "");
}

// deno-lint-ignore no-control-regex -- the characters that XML 1.0 forbids
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

const ENCODER = new TextEncoder();
