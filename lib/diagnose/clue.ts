/**
 * What a rule asks for.
 *
 * @module
 */

import type { Evidence } from "../model/result.ts";
import type { Facts } from "./facts.ts";

/** A question to the facts whose answer is evidence. */
export interface Clue {
  /** What finding it means, as a sentence that also reads after "not shown:". */
  readonly says: string;
  /** Lines of evidence; none when the facts do not show it. Never a guess: absence of a fact shows nothing. */
  find(facts: Facts): readonly Evidence[];
}

/** More lines of one kind than this are counted, not shown. */
const MAX_LINES = 5;

/** Shows the first few lines and counts the others. */
export function atMostFew(lines: readonly Evidence[]): readonly Evidence[] {
  const [first] = lines;
  if (first === undefined || lines.length <= MAX_LINES) return lines;
  const more = `and ${lines.length - MAX_LINES} more of this kind`;
  return [...lines.slice(0, MAX_LINES), { kind: first.kind, detail: more, ref: null }];
}
