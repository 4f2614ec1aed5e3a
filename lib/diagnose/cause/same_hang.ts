/**
 * Whether two processes hang alike, so that what frees one says something about the other.
 *
 * @module
 */

import type { Dump } from "../../report/result.ts";
import { chainKey, chainOf } from "./chain.ts";

/** A hang, or a leak, as far as it can be recognised again in another process. */
export interface HangMark {
  /** The chain of waits; of a leak, who is left. */
  readonly key: string;
  /** Null or `unknown` where the evidence is not enough to name one. */
  readonly class: string | null;
}

/** What a dump shows of it. */
export function markOf(dump: Dump, joined: boolean, className: string | null): HangMark {
  return { key: joined ? leftKey(dump) : chainKey(chainOf(dump)), class: className };
}

/** Why they are not the same hang; null when they are. */
export function difference(first: HangMark, copy: HangMark): string | null {
  if (first.key !== copy.key) {
    return `it came to another hang: ${copy.key || "no chain of waits"}, not ${first.key}`;
  }
  const [a, b] = [first.class, copy.class];
  if (a === null || b === null || a === "unknown" || b === "unknown" || a === b) return null;
  return `it came to another hang: ${b}, not ${a}`;
}

function leftKey({ isolates }: Dump): string {
  const left = isolates.filter(({ kind }) => kind === "worker")
    .map(({ actor }) => actor ?? "a worker of the program").toSorted();
  return `joined, and left: ${left.join(", ")}`;
}
