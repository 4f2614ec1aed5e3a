/**
 * What a run looks like that was asked to stand before its deadline. It has no verdict, so nobody has diagnosed it; here
 * the same rules are asked as if what is seen were already a hang, and the answer is only ever called a likeness.
 *
 * @module
 */

import { classify } from "../../../diagnose/classify.ts";
import type { Attempt, TimelineEntry } from "../../../model/result.ts";

/** The attempt with the class that fits so far; unchanged where it has one, or none fits. */
export function classedSoFar(attempt: Attempt): Attempt {
  const { clocks, timeline } = attempt;
  if (attempt.class !== null || clocks.nurseryJoinedMs !== null) return attempt;
  const diagnosis = classify({
    verdict: "hung",
    deadlineMs: attempt.deadlineMs,
    clocks,
    joinedByItselfMs: null,
    dump: attempt.dump,
    dumpFailure: null,
    sigint: attempt.sigint,
    heldByDebugger: false,
    loop: attempt.loop,
    ladder: attempt.ladder,
    deadActors: pathsOf(timeline, "actor-dead").map(({ path }) => path),
    // Who swallowed a cancel is told by a document only as evidence of that very class.
    swallowed: [],
    actors: pathsOf(timeline, "actor-spawned").map(({ path, atMs }) => ({
      path,
      spawnedMs: atMs,
      deadMs: pathsOf(timeline, "actor-dead").find((dead) => dead.path === path)?.atMs ?? null,
    })),
    proof: null,
  });
  if (diagnosis === null || diagnosis.class === null || diagnosis.class === "unknown") {
    return attempt;
  }
  return { ...attempt, class: diagnosis.class, owner: diagnosis.owner };
}

function pathsOf(
  timeline: readonly TimelineEntry[],
  event: string,
): { path: string; atMs: number }[] {
  return timeline.filter((entry) => entry.event === event)
    .map(({ detail, atMs }) => ({ path: detail.split(" ")[0] ?? detail, atMs }));
}
