/**
 * From a hang and what was tried on copies of it to the diagnosis.
 *
 * @module
 */

import type { DiagnosisReport, Trial } from "../../model/diagnosis.ts";
import type { PathStep } from "../../model/path.ts";
import type { Attempt } from "../../model/result.ts";
import type { Dump, StackFrame } from "../../model/dump.ts";
import { confirm } from "../confirmation.ts";
import { standstill } from "../clues/queries.ts";
import { keyOf } from "./actions.ts";
import { chainOf } from "./chain.ts";
import { causeSentence } from "./sentence.ts";
import { stillMoving } from "./still_moving.ts";
import { masksOf, namesOf, smallestActions } from "./tried.ts";

/** What it cost. */
export interface Cost {
  readonly replicas: number;
  readonly wallMs: number;
}

/** The diagnosis of an attempt that hung or leaked. */
export function conclude(
  attempt: Attempt,
  trials: readonly Trial[],
  cost: Cost,
): DiagnosisReport {
  const { dump, sigint, leftovers } = attempt;
  const leak = attempt.verdict === "leaked";
  const chain = dump === null || leak ? [] : chainOf(dump);
  const last = chain.at(-1);
  const suspects = leak
    ? leftoverActors(dump)
    : last === undefined
    ? []
    : [last.peer ?? last.actor];
  const native = dump !== null && suspects.some((actor) => isNative(dump, actor));
  // What is only slow is not lost.
  const slow = !leak && dump !== null && stillMoving(dump) !== null;
  const smallest = smallestActions(trials, leak);
  const cycle = cycleOf(attempt);
  return {
    chain,
    trials,
    smallest: namesOf(smallest),
    cause: causeSentence({
      chain,
      cycle,
      standing: dump === null ? null : standingOf(dump, suspects),
      mainIn: dump === null || leak ? null : standingOf(dump, ["root"]),
      leftovers,
      leak,
      smallest,
      reapTried: trials.some(({ actions }) => actions.some((action) => keyOf(action) === "reap")),
    }),
    masks: masksOf(smallest),
    lost: smallest.process === null && !slow ? whyLost(native, suspects) : null,
    confirmation: confirm({
      class: attempt.class ?? "unknown",
      leak,
      native,
      handle: leak && dump !== null && onlyMain(dump),
      living: variantOf(attempt).endsWith("and no actor is dead"),
      flooded: variantOf(attempt).startsWith("flooded"),
      hostage: last?.kind === "shared-lock",
      blocking: cycle?.every(({ kind }) => kind === "shared-lock") ?? false,
      // Who acted in place of main left the question open.
      sigintActed: sigint === null || sigint.by !== undefined ||
          (sigint.actedMs === null && sigint.unseen !== undefined)
        ? null
        : sigint.actedMs !== null,
      trials,
    }),
    ...cost,
  };
}

/** Which variant of its class the evidence named, in words. */
function variantOf({ evidence, class: name }: Attempt): string {
  const line = evidence.find(({ kind }) => kind === "class")?.detail ?? "";
  return line.replace(`${name}: `, "");
}

function cycleOf({ path }: Attempt): readonly PathStep[] | null {
  return path?.kind === "cycle" ? path.steps.slice(path.entry) : null;
}

function leftoverActors(dump: Dump | null): string[] {
  return (dump?.isolates ?? []).flatMap(({ kind, actor }) =>
    kind === "worker" && actor !== null ? [actor] : []
  );
}

function onlyMain({ isolates }: Dump): boolean {
  return isolates.every(({ kind, state }) => kind === "main" || state === "gone");
}

function isNative({ isolates }: Dump, actor: string): boolean {
  return isolates.some((each) => each.actor === actor && each.state === "native-blocked");
}

/** Where what is waited for stands still. */
function standingOf({ isolates }: Dump, actors: readonly string[]): StackFrame | null {
  for (const isolate of isolates) {
    if (isolate.actor === null || !actors.includes(isolate.actor)) continue;
    const still = standstill(isolate);
    if (still !== null) return still.frame;
  }
  return null;
}

function whyLost(native: boolean, [actor = "it"]: readonly string[]): string {
  return native
    ? `nothing ends the process but its end by force: ${actor} is in a native call, which no inspector ` +
      "reaches and terminate() does not interrupt"
    : "nothing that was tried let the process go: what keeps it was touched by none of it";
}
