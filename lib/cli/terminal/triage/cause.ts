/**
 * The confirmed cause of a hang, from what the person has tried on it: the same sentence that `diagnose` ends with. Here
 * everything was tried on one process, one thing after the other, so what came after the nursery had joined counts
 * together with what made it join.
 *
 * @module
 */

import { nameOf } from "../../../diagnose/cause/actions.ts";
import { conclude } from "../../../diagnose/cause/conclude.ts";
import { outcomeOfReports } from "../../../diagnose/cause/tried.ts";
import type { ActionReport } from "../../../model/action.ts";
import type { Confirmation, Trial } from "../../../model/diagnosis.ts";
import type { Attempt } from "../../../model/result.ts";

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
 * @param attempt as it was judged when the run came to stand, before anything was done
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
