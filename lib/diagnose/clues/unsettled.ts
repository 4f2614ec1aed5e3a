/**
 * Clues about a wait of the program that no task is left to end: a full channel that no task reads any more, an event
 * that no task will set.
 *
 * Invariant: with a proof that is sure, for then nothing moves any more. Without one it is said only of a memory channel,
 * because of that the tasks are known that have used its other end, and only when nothing in the runtime moves.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import { awaited } from "../../report/text/wait_words.ts";
import type { Clue } from "./clue.ts";
import { timersAbout, tooYoung } from "./cycle.ts";
import type { Facts } from "../facts.ts";
import { dangers } from "../graph/dangers.ts";
import { endsByItself, type Explained } from "../graph/explain.ts";
import { movers } from "../graph/movers.ts";
import type { Held } from "../graph/stuck.ts";
import { explainHang, hangPath, isProven } from "../hang_path.ts";
import { at } from "./queries.ts";

/** Waits that only another task of the same isolate ends. */
const LOCAL = ["event", "send", "recv", "sleep"];

/** The wait at the end of the path, where it is the program's and up to another task of its isolate. */
function lastWait(facts: Facts): (Explained & { readonly last: Held }) | null {
  const found = explainHang(facts);
  const end = found?.explanation.kind === "dead-end" ? found.explanation.end : null;
  if (found === null || end === null || end.wait === null) return null;
  const { node, wait } = end;
  const isLocal = wait.peer === null && wait.at !== null && LOCAL.includes(wait.kind) &&
    !endsByItself(wait);
  return isLocal ? { ...found, last: { node, wait } } : null;
}

/** The path ends at a wait of the program that is up to its own tasks. */
export const UNSETTLED: Clue = {
  says: "a task of the program waits for what another of its tasks would have to do",
  find: (facts) => {
    const found = lastWait(facts);
    const path = hangPath(facts);
    const step = path?.steps.at(-1);
    if (found === null || step === undefined || path?.kind !== "dead-end") return [];
    const { last: { wait } } = found;
    const since = wait.sinceMs === null ? "" : ` for ${time(wait.sinceMs)}`;
    const where = step.at === null ? "" : `${at(step.at)}: `;
    const detail = `${where}${step.actor} ${step.task} has waited${since} for ` +
      `${awaited(step.kind, step.resource)}; ${path.because}`;
    return [{ kind: "unsettled", detail, ref: `path.steps[${path.steps.length - 1}]` }];
  },
};

/** Something could still end it. Never where a proof says that nothing can. */
export const MAY_BE_SETTLED: Clue = {
  says: "something may be left that ends the wait",
  find: (facts) => {
    const found = lastWait(facts);
    if (found === null || isProven(facts)) return [];
    return doubts(found, facts).map((detail) => ({ kind: "unsettled", detail, ref: null }));
  },
};

function doubts(found: Explained & { readonly last: Held }, facts: Facts): string[] {
  const { graph, stuck, last } = found;
  const { wait, node } = last;
  if (wait.otherEnd === null) {
    const [reason = "it was not tried"] = facts.proof?.kind === "not-provable"
      ? facts.proof.reasons
      : [];
    return [
      `any code of the program may end it, and some of it may still run: ${reason}`,
    ];
  }
  if (wait.deadlineInMs !== null) return [`a deadline ends it in ${time(wait.deadlineInMs)}`];
  if (wait.otherEnd.outside) return ["code outside of tasks uses the other end of the channel"];
  if (!stuck.holds(node, wait)) {
    return ["a task that is not stuck has used the other end of the channel, or none ever has"];
  }
  if (facts.dump?.complete !== true) return ["the dump does not show every isolate"];
  return [
    ...tooYoung([last], facts),
    ...movers(graph, stuck).map((who) => `${who} may still take the other end`),
    ...dangers(graph, stuck, [node]),
    ...timersAbout(facts),
  ];
}
