/**
 * The result as JUnit XML, the one dialect that CI services share: one suite level, unique names, a mismatch is a
 * `<failure>` and a fault of unwedge an `<error>`. The one-line message stands again in the body, because some readers
 * drop the attribute.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { plain } from "../../protocol/text.ts";
import type { ResultDocument } from "../../model/result.ts";
import { type Case, casesOf, troubleLine } from "./cases.ts";
import { detailLines, outputLines, type StacksShown } from "./detail.ts";

/** Some services refuse a file with a longer text, or show none of it. */
const BODY_LIMIT = 64 * 1_024;

/**
 * The document as JUnit XML, with an end of line.
 *
 * @param again the command that runs a case again
 * @param shown how stacks are shown
 */
export function renderJUnit(
  document: ResultDocument,
  again: (each: Case) => string | null,
  shown?: StacksShown,
): string {
  const cases = casesOf(document);
  const { run } = document;
  const count = (kind: Case["outcome"]["kind"]) =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const counts = attributes({
    tests: `${cases.length}`,
    failures: `${count("mismatch")}`,
    errors: `${count("fault")}`,
    skipped: `${count("skipped")}`,
    time: seconds(run.durationMs),
  });
  const shard = run.shard === null ? "" : ` ${run.shard}`;
  const suite = attributes({ name: `unwedge ${run.verb}${shard}`, timestamp: run.startedAt });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="unwedge"${counts}>`,
    `  <testsuite${suite}${counts}>`,
    ...cases.map((each) => testcase(each, document, again(each), shown)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testcase(
  each: Case,
  { run }: ResultDocument,
  again: string | null,
  shown: StacksShown | undefined,
): string {
  const open = `    <testcase${
    attributes({
      name: each.name,
      classname: `unwedge.${run.verb}`,
      time: seconds(each.run?.durationMs ?? 0),
      file: pathOfFile(each.file),
    })
  }`;
  const content = contentOf(each, again, shown);
  return content === "" ? `${open}/>` : `${open}>${content}</testcase>`;
}

function contentOf(
  each: Case,
  again: string | null,
  shown: StacksShown | undefined,
): string {
  const { outcome } = each;
  if (outcome.kind === "skipped") {
    return `<skipped${attributes({ message: outcome.message })}/>`;
  }
  const message = troubleLine(each);
  if (message === null) return "";
  const [tag, type] = outcome.kind === "fault" ? ["error", "fault"] : ["failure", "mismatch"];
  const output = outputLines(each);
  const lines = [
    message,
    ...detailLines(each, again, shown),
    ...(output.length > 0 ? ["", ...output] : []),
  ];
  const body = bodyText(lines.join("\n"), BODY_LIMIT, "\n[cut here: see the run directory]\n");
  return `<${tag}${attributes({ message, type })}>${body}</${tag}>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, text]) => ` ${name}="${attributeText(text)}"`).join("");
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

// Making text safe for XML: terminal escape sequences and the characters that XML 1.0 forbids are removed or replaced
// (not even a reference to one is allowed), and the characters that have a meaning are escaped.

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
function attributeText(text: string): string {
  return clean(text).replace(/[&<>"\n\t]/g, (each) => ENTITIES[each] ?? each);
}

/**
 * Text for between tags, cut where it would take more than `maxBytes` of the file.
 *
 * @param note what stands at the end of a text that was cut; it counts too
 */
function bodyText(text: string, maxBytes: number, note: string): string {
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
  return plain(text).replace(FORBIDDEN, "");
}

/** Forbidden by XML 1.0, beside what `plain` replaces. */
const FORBIDDEN = /[\ufffe\uffff]/g;

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

const ENCODER = new TextEncoder();
