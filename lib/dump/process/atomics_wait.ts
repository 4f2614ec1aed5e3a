/**
 * Which word of shared memory a paused isolate waits for in `Atomics.wait`, and which words functions further out in its
 * stack have taken: the source of the calls tells which array and which place, and V8 tells the address of the memory,
 * which is one in all isolates.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../../cdp/inspector.ts";
import { Source, type Taker } from "./acquired_words.ts";
import { PausedFrames, type SharedWord } from "./paused_frames.ts";

/** A wait; null for what could not be told. */
export interface AtomicsWait extends SharedWord {
  /** As the program calls the array. */
  readonly array: string;
  readonly fn: string;
  /** The words that it has taken, as far as the source tells, and where in which script. */
  readonly holds: readonly (SharedWord & TakenAt)[];
}

/** Where a function has taken a word. */
export interface TakenAt {
  readonly fn: string;
  readonly scriptId: string;
  /** Lines and columns count from 0. */
  readonly line: number;
  readonly column: number;
}

type CallFrame = Protocol.Debugger.CallFrame;

/** How far before the place of a call its name can begin: `Atomics` and a few blanks. */
const BEFORE = 20;

/** @returns null where the topmost frame is in no such call */
export async function atomicsWait(
  inspector: Inspector,
  sessionId: string | null,
  stack: readonly CallFrame[],
): Promise<AtomicsWait | null> {
  const [frame, ...outer] = stack;
  if (frame === undefined) return null;
  const frames = new PausedFrames(inspector, sessionId);
  try {
    const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
    const text = await frames.textOf(scriptId) ?? "";
    const call = callAt(text, lineNumber, columnNumber);
    const word = call === null ? null : await frames.wordAt(frame, call);
    if (call === null || word === null) return null;
    const offset = offsetIn(text, lineNumber) + columnNumber;
    const taker = Source.of(text)?.takerAt(offset, call) ?? null;
    return {
      ...word,
      array: /^[\w$.#]+$/.test(call.array) ? call.array : "",
      fn: frame.functionName,
      holds: taker === null ? [] : await taken(frames, taker, frame, outer),
    };
  } finally {
    await frames.release();
  }
}

async function taken(
  frames: PausedFrames,
  taker: Taker,
  { functionLocation }: CallFrame,
  outer: readonly CallFrame[],
): Promise<(SharedWord & TakenAt)[]> {
  const found: (SharedWord & TakenAt)[] = [];
  if (functionLocation === undefined) return found;
  for (const frame of outer) {
    const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
    const text = await frames.textOf(scriptId);
    // Only a text that names it can call it.
    const source = text?.includes(taker.name) ? Source.of(text) : null;
    if (text === null || source === null) continue;
    const offset = offsetIn(text, lineNumber) + columnNumber;
    for (const call of source.takenBefore(offset, taker)) {
      if (!await frames.isFunction(frame, call.callee, functionLocation)) continue;
      const word = await frames.wordAt(frame, call);
      if (word === null) continue;
      const before = text.slice(0, call.offset).split("\n");
      const [line, column] = [before.length - 1, before.at(-1)?.length ?? 0];
      found.push({ ...word, fn: frame.functionName, scriptId, line, column });
    }
  }
  return found;
}

/** Where a line begins; -1 where there are not so many. */
function offsetIn(text: string, line: number): number {
  let start = 0;
  for (let n = 0; n < line; n++) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return -1;
  }
  return start;
}

/** The first two arguments of a call of `Atomics.wait` at a place of a text; null when none is there. */
export function callAt(
  text: string,
  line: number,
  column: number,
): { readonly array: string; readonly index: string } | null {
  const start = offsetIn(text, line);
  if (start < 0) return null;
  const at = start + column;
  const from = Math.max(0, at - BEFORE);
  const near = text.slice(from, at + 2 * BEFORE);
  const found = [...near.matchAll(/\bAtomics\s*\.\s*wait\s*\(/g)]
    .find(({ index, 0: match }) => from + index <= at && at <= from + index + match.length);
  if (found === undefined) return null;
  const parts = argumentsAt(text, from + found.index + found[0].length);
  const [array, index] = parts;
  return array === undefined || index === undefined ? null : { array, index };
}

/** The first two arguments, as text: up to the commas that are in no bracket. */
function argumentsAt(text: string, from: number): string[] {
  const found: string[] = [];
  let [depth, start] = [0, from];
  for (let at = from; at < text.length && found.length < 2; at++) {
    const char = text[at] ?? "";
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char) && --depth < 0) break;
    else if (char === "," && depth === 0) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found;
}
