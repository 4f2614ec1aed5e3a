/**
 * What a triage concludes: the class that a run looks like before its deadline, and the cause that what was tried
 * shows.
 *
 * A run that waits for the operator before its deadline has no verdict and no diagnosis. The rules of `classify` are
 * applied as if what the dump shows were a hang already, and the screen calls the answer a likeness ("so far like").
 *
 * @module
 */

import { classify } from "../../../diagnose/classify.ts";
import type { Attempt, TimelineEntry } from "../../../model/result.ts";
import { nameOf } from "../../../diagnose/cause/actions.ts";
import { conclude } from "../../../diagnose/cause/conclude.ts";
import { outcomeOfReports } from "../../../diagnose/cause/tried.ts";
import type { ActionReport } from "../../../model/action.ts";
import type { Confirmation, Trial } from "../../../model/diagnosis.ts";

/** The attempt with the class that fits so far; unchanged where it has one, or none fits. */
export function classedSoFar(attempt: Attempt): Attempt {
  const { clocks, timeline } = attempt;
  if (attempt.class !== null || clocks.nurseryJoinedMs !== null) return attempt;
  const diagnosis = classify({
    verdict: "hung",
    phase: attempt.phase,
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
    // A document names who swallowed a cancel only as evidence of the class cancel-swallowed.
    swallowed: [],
    actors: pathsOf(timeline, "actor-spawned").map(({ path, atMs }) => ({
      path,
      spawnedMs: atMs,
      deadMs: pathsOf(timeline, "actor-dead").find((dead) => dead.path === path)?.atMs ?? null,
    })),
    proof: null,
    ...(attempt.watched === undefined ? {} : { journal: false }),
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

/** What the actions have shown. */
export interface ShownCause {
  /** One sentence with its full stop; null when the dump does not show what was waited for. */
  readonly sentence: string | null;
  /** Whether it agrees with the class that the evidence named. */
  readonly confirmation: Confirmation;
}

/**
 * The cause.
 *
 * @param attempt as it was judged when the menu opened, before anything was done
 * @param actions everything that was done since, in order
 */
export function shownCause(attempt: Attempt, actions: readonly ActionReport[]): ShownCause {
  const { cause, confirmation } = conclude(attempt, trialsOf(actions), { replicas: 0, wallMs: 0 });
  return { sentence: cause, confirmation };
}

function trialsOf(actions: readonly ActionReport[]): Trial[] {
  const freeing = actions.findIndex(({ unwedged }) => unwedged);
  return actions.map((report, index) => {
    const first = actions[freeing];
    const together = first !== undefined && index > freeing ? [first, report] : [report];
    return {
      name: together.map(({ action }) => nameOf(action)).join(" + "),
      actions: together.map(({ action }) => action),
      where: ".",
      outcome: outcomeOfReports(together),
    };
  });
}
