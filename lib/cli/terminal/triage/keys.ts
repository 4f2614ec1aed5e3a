/**
 * From the bytes that a terminal sends to the keys that were pressed. An arrow key sends `ESC [ A`: it must come out as
 * one key that means nothing here, and never as the letter A.
 *
 * @module
 */

/** One key. A letter stands for itself, in the case in which it was typed. */
export type Key =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "enter" }
  | { readonly kind: "escape" }
  /** Ctrl with a letter, which is in lower case. Those that the terminal makes signals of do not come here. */
  | { readonly kind: "ctrl"; readonly char: string }
  /** A key that has no meaning here: arrows, function keys, what a paste is bracketed with. */
  | { readonly kind: "other" };

const ESC = 0x1b;
/** `ESC [` and what follows, up to its final byte; or `ESC O` and one byte (keypad mode); or Alt and one byte. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character by definition
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[ -~])/;

const decoder = new TextDecoder();

/** The keys in one reading. What was read together is taken to be whole: a lone ESC at its end is the Escape key. */
export function keysOf(bytes: Uint8Array): Key[] {
  const keys: Key[] = [];
  let rest = decoder.decode(bytes);
  while (rest !== "") {
    const sequence = SEQUENCE.exec(rest)?.[0];
    const char = sequence ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    keys.push(sequence === undefined ? keyOf(char) : { kind: "other" });
    rest = rest.slice(char.length);
  }
  return keys;
}

function keyOf(char: string): Key {
  const code = char.codePointAt(0) ?? 0;
  if (char === "\r" || char === "\n") return { kind: "enter" };
  if (code === ESC) return { kind: "escape" };
  if (code >= 1 && code <= 26) return { kind: "ctrl", char: String.fromCharCode(code + 96) };
  if (code < 32 || code === 127) return { kind: "other" };
  return { kind: "char", char };
}
