/**
 * Whether two processes hang alike, so that what frees one says something about the other.
 *
 * @module
 */

import type { Dump } from "../../model/dump.ts";
import { chainKey, chainOf } from "./chain.ts";

/** A hang, or a leak, as far as it can be recognised again in another process. */
export interface HangMark {
  /** The chain of waits. */
  readonly key: string;
  /** Of a leak, who is left: paths of actors, null for who is not known. Null for a hang. */
  readonly left: readonly (string | null)[] | null;
  /** Null or `unknown` where the evidence is not enough to name one. */
  readonly class: string | null;
}

/** What a dump shows of it. */
export function markOf(dump: Dump, joined: boolean, className: string | null): HangMark {
  if (!joined) return { key: chainKey(chainOf(dump)), left: null, class: className };
  const left = dump.isolates.flatMap(({ kind, actor }) => kind === "worker" ? [actor] : []);
  return { key: "the nursery has joined", left, class: className };
}

/** Why they are not the same hang; null when they are. */
export function difference(first: HangMark, copy: HangMark): string | null {
  if (first.key !== copy.key) {
    return `it came to another hang: ${copy.key || "no chain of waits"}, not ${first.key}`;
  }
  if (!sameLeft(first.left ?? [], copy.left ?? [])) {
    return `it left ${names(copy.left ?? [])}, not ${names(first.left ?? [])}`;
  }
  const [a, b] = [first.class, copy.class];
  if (a === null || b === null || a === "unknown" || b === "unknown" || a === b) return null;
  return `it came to another hang: ${b}, not ${a}`;
}

/** Who sits in a native call does not say its name; then their number has to do. */
function sameLeft(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  if (a.length !== b.length) return false;
  return a.includes(null) || b.includes(null) || names(a) === names(b);
}

function names(left: readonly (string | null)[]): string {
  return left.map((actor) => actor ?? "somebody").toSorted().join(", ") || "nobody";
}
