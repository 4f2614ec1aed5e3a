/**
 * The hidden verb `__complete WORD…`, which the scripts of `completions` call: the mode in the first line, then one
 * candidate a line, a tab and what it is. It is no verb of the table, since its words are unfinished and `parse.ts`
 * would refuse them.
 *
 * @module
 */

import type { Streams } from "../streams.ts";
import { complete } from "./candidates.ts";

/** Descriptions longer than this only push the candidates apart. */
const ABOUT_WIDTH = 100;

/** Prints the answer. A fault is no answer: nothing may be printed into somebody's prompt. */
export async function answerCompletion(
  typed: readonly string[],
  streams: Streams,
): Promise<number> {
  try {
    const { mode, candidates } = await complete(typed);
    const lines = candidates.map(({ value, about }) =>
      about === "" ? oneLine(value) : `${oneLine(value)}\t${shortened(oneLine(about))}`
    );
    streams.out([mode, ...lines, ""].join("\n"));
    return 0;
  } catch {
    return 1;
  }
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ");
}

function shortened(text: string): string {
  return text.length <= ABOUT_WIDTH ? text : `${text.slice(0, ABOUT_WIDTH - 1)}…`;
}
