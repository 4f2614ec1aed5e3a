/**
 * One copy of a hang, and what is tried on it: things that find nothing to do leave it as it was, so that it serves for
 * the next; the first that does something uses it up. One that let the nursery join and left a thread is followed by
 * reap: that is the smallest pair for the process clock.
 *
 * @module
 */

import type { TrialCandidate } from "../../diagnose/cause/candidates.ts";
import { type HangMark, markOf } from "../../diagnose/cause/chain.ts";
import { outcomeOfReports } from "../../diagnose/cause/tried.ts";
import type { HungRun } from "../hung_run.ts";
import type { Action, ActionReport } from "../../model/action.ts";
import type { Trial } from "../../model/diagnosis.ts";

/** What to try. */
export interface ReplicaPlan {
  /** What this copy is for; null: only for what is left in the queue. */
  readonly own: TrialCandidate | null;
  /** What probably finds nothing to do; every copy tries it before `own`. */
  readonly queue: TrialCandidate[];
  /** Why a copy is not the same hang as the first run; null when it is. */
  readonly differs: (mark: HangMark) => string | null;
  /** Whether reap may follow. */
  readonly reapFollows: boolean;
  /** How long the effect of something is waited for at most. */
  readonly boundMs: number;
  /** The copy's directory, for the trials. */
  readonly where: string;
  readonly onTrial: (trial: Trial) => void;
}

/** What came of it. */
export type ReplicaOutcome =
  | { readonly kind: "other-hang"; readonly why: string }
  | {
    readonly kind: "tried";
    readonly mark: HangMark;
    readonly trials: readonly Trial[];
    /** False when something other than `own` used the copy up. */
    readonly ownTried: boolean;
  };

/** How long a thread gets to end by itself once the nursery has joined. One that can takes a few milliseconds. */
const THREADS_MS = 500;

const REAP: Action = { kind: "remedy", remedy: "reap" };

/** Tries the plan on a copy that hangs and waits for a decision. */
export async function tryOn(hung: HungRun, plan: ReplicaPlan): Promise<ReplicaOutcome> {
  const { own, queue, onTrial, boundMs, where } = plan;
  if (hung.dump?.kind !== "taken") {
    const why = hung.dump === null ? "no dump of it was taken" : hung.dump.why;
    return { kind: "other-hang", why: `nothing is known of it: ${why}` };
  }
  const { class: className } = await hung.judge();
  const mark = markOf(hung.dump.dump, hung.joined, className);
  const why = plan.differs(mark);
  if (why !== null) return { kind: "other-hang", why };
  const trials: Trial[] = [];
  const tell = (trial: Trial) => {
    trials.push(trial);
    onTrial(trial);
  };
  const attempt = async ({ name, action }: TrialCandidate): Promise<boolean> => {
    const report = await hung.act(action, boundMs, THREADS_MS);
    tell({ name, actions: [action], where, outcome: outcomeOfReports([report]) });
    if (leftAsItWas(report)) return false;
    if (!plan.reapFollows || isReap(action) || !reapMayHelp(report)) return true;
    const second = await hung.act(REAP, boundMs);
    if (second.effect.kind === "nothing-to-do") return true;
    const outcome = outcomeOfReports([report, second]);
    tell({ name: `${name} + reap`, actions: [action, REAP], where, outcome });
    return true;
  };
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (await attempt(next)) return { kind: "tried", mark, trials, ownTried: own === null };
  }
  if (own !== null) await attempt(own);
  return { kind: "tried", mark, trials, ownTried: true };
}

/** A refused action changed nothing if every task still waits; but a thread that was told to end may still do so. */
function leftAsItWas({ effect, action, tasksLeft }: ActionReport): boolean {
  if (effect.kind === "nothing-to-do") return true;
  return effect.kind === "failed" && !isReap(action) && tasksLeft.length === 0;
}

function isReap(action: Action): boolean {
  return action.kind === "remedy" && action.remedy === "reap";
}

/** The nursery joined, and the process stayed. */
function reapMayHelp({ clocks: { nurseryJoinedMs, processExitedMs } }: ActionReport): boolean {
  return nurseryJoinedMs !== null && processExitedMs === null;
}
