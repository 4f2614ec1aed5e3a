/**
 * Asks an isolate for its own stack. `Runtime.evaluate` is served on top of whatever runs there (measured in
 * Atomics.wait, in loops and between microtasks), so the stack of an evaluation has the frames of the interrupted code
 * below its own, and Deno gives them as positions in TypeScript. One small answer in 1 to 4 ms, where `Debugger.enable`
 * alone has each isolate send half a megabyte of scripts through main's thread: with 25 isolates on a loaded machine
 * that took seconds, and pauses went unacknowledged behind it. Nothing is paused, so nothing can stay frozen.
 *
 * Invariant: what the program has made of `Error` is as it was when the answer is on its way, and an isolate whose
 * `Error` cannot be used says nothing here rather than something wrong.
 *
 * @module
 */

import { encodedFileUrl, encodePath } from "../protocol/file_url.ts";

/** A frame as the isolate itself tells it: a position in TypeScript. Line and column are 1-based. */
export interface ToldFrame {
  readonly fn: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** More frames than a stack has that is not an endless recursion. */
const MOST_FRAMES = 1_000;

/**
 * Expression whose value, taken as it is, {@linkcode readToldStack} reads. Its own frames come first, and only they have
 * no file. It calls nothing that programs replace.
 *
 * Kept short: a command of more than 1,024 bytes may reach the inspector in two pieces, and then its server loses the
 * connection when it has something to send in between (measured on 2.9.6: 1 dump in 10 was lost at 1,071 bytes, none of
 * 120 at 945).
 */
export const STACK_QUESTION = `(() => {
  const names = ["prepareStackTrace", "stackTraceLimit"];
  const property = (name) => Object.getOwnPropertyDescriptor(Error, name);
  const before = [property(names[0]), property(names[1])];
  const set = (name, value) =>
    Object.defineProperty(Error, name, { value, configurable: true, writable: true });
  const told = [];
  try {
    set("stackTraceLimit", ${MOST_FRAMES});
    set("prepareStackTrace", (_, sites) => {
      for (let n = 0; n < sites.length; n++) {
        const site = sites[n];
        if (!site.isAsync()) told[told.length] = [site.getFunctionName(), \`\${site}\`];
      }
      return "";
    });
    void new Error().stack;
    return told;
  } catch {
    return null;
  } finally {
    for (let n = 0; n < names.length; n++) {
      if (before[n] === undefined) delete Error[names[n]];
      else Object.defineProperty(Error, names[n], before[n]);
    }
  }
})()`.replaceAll(/\s+/g, " ");

/** `fn (/p/a.ts:3:7)`, or the same without name and brackets. Deno shows a file URL as its path here. */
const WHERE =
  /^(?:.* \()?((?:\/|file:|https?:|data:|blob:|ext:|node:|npm:|jsr:).*):(\d+):(\d+)\)?$/s;

/** Code that was made from text has no file; it is shown where that was done. */
const MADE_AT = /eval at .*?\(([^()]+:\d+:\d+)\)/s;

/**
 * Reads the answer to {@linkcode STACK_QUESTION}, innermost frame first. Built-in functions of V8 have no position and
 * are left out. Null when the answer tells no stack; empty when nothing ran.
 */
export function readToldStack(answer: unknown): readonly ToldFrame[] | null {
  if (!Array.isArray(answer)) return null;
  return answer.flatMap((site: unknown): ToldFrame[] => {
    if (!Array.isArray(site)) return [];
    const [fn, shown]: unknown[] = site;
    const text = String(shown);
    const [, file, line, column] = WHERE.exec(MADE_AT.exec(text)?.[1] ?? text) ?? [];
    if (file === undefined) return [];
    const name = typeof fn === "string" && fn !== "" ? fn : "(anonymous)";
    const position = { line: Number(line), column: Number(column) };
    return [{ fn: name, file: urlOf(file), ...position }];
  });
}

function urlOf(file: string): string {
  return file.startsWith("/") ? `file://${encodePath(file)}` : encodedFileUrl(file);
}
