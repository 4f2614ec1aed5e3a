/**
 * What was tried on the copies of a hang: how far each trial got, and the smallest that helped.
 *
 * Invariant: what was not tried, or only on a copy that came to another hang, answers no question: neither "it helped"
 * nor "it did not".
 *
 * @module
 */

import type { ActionReport, Clocks } from "../../model/action.ts";
import type { DiagnosisReport, Trial, TrialOutcome } from "../../model/diagnosis.ts";
import { keyOf, masks, reach, undone } from "./actions.ts";

/** How far something got. */
export type Effect =
  /** It found nothing to do, or could not be done. */
  | "no-hold"
  /** It was done, and neither the nursery joined nor the process went. */
  | "in-vain"
  /** The nursery joined, and the process stayed. */
  | "joined"
  /** The process went, and the nursery had not joined. */
  | "ended"
  /** The nursery joined (or had joined before), and the process went. */
  | "freed";

/** The trials of one diagnosis. */
export class Tried {
  readonly #trials: readonly Trial[];
  readonly #leak: boolean;

  /** @param leak whether the nursery had joined before anything was tried */
  constructor(trials: readonly Trial[], leak: boolean) {
    this.#trials = trials;
    this.#leak = leak;
  }

  /** What the single action with this key did; null when that is not known. */
  effect(key: string): Effect | null {
    const trial = this.#single(key);
    return trial === undefined ? null : effectOf(trial, this.#leak);
  }

  /** Whether the worker threads were gone after the single action; null when that is not known. */
  threadsGone(key: string): boolean | null {
    const trial = this.#single(key);
    if (trial === undefined || effectOf(trial, this.#leak) === null) return null;
    return trial.outcome.kind === "applied" && trial.outcome.clocks.threadsGoneMs !== null;
  }

  /** Trials after which no worker thread was left, those with a part of this key excepted, or they alone. */
  endingThreads(key: string, which: "with" | "without"): readonly Trial[] {
    return this.#trials.filter(({ actions, outcome }) =>
      outcome.kind === "applied" && outcome.clocks.threadsGoneMs !== null &&
      actions.some((action) => keyOf(action) === key) === (which === "with")
    );
  }

  #single(key: string): Trial | undefined {
    return this.#trials.find(({ actions: [action, second] }) =>
      action !== undefined && second === undefined && keyOf(action) === key
    );
  }
}

/** How far a trial got; null when nothing can be said. */
export function effectOf({ outcome }: Trial, leak: boolean): Effect | null {
  switch (outcome.kind) {
    case "void":
    case "not-tried":
      return null;
    case "nothing-to-do":
    case "failed":
      return "no-hold";
    case "applied":
      return effectOfClocks(outcome.clocks, leak);
  }
}

function effectOfClocks({ nurseryJoinedMs, processExitedMs }: Clocks, leak: boolean): Effect {
  const joined = nurseryJoinedMs !== null;
  if (processExitedMs !== null) return joined || leak ? "freed" : "ended";
  return joined ? "joined" : "in-vain";
}

/** What actions did together; each clock counts from the action that stopped it. */
export function outcomeOfReports(reports: readonly ActionReport[]): TrialOutcome {
  const unsure = reports.find((report) => report.unsure !== undefined)?.unsure;
  if (unsure !== undefined) return { kind: "void", why: `it may have joined by itself: ${unsure}` };
  const unseen = reports.find((report) => report.unseen !== undefined)?.unseen;
  if (unseen !== undefined) return { kind: "void", why: unseen };
  const done = reports.flatMap(({ effect }) => effect.kind === "applied" ? [effect] : []);
  const [first] = reports;
  if (first === undefined) return { kind: "not-tried", why: "nothing was done" };
  if (done.length === 0 && first.effect.kind !== "applied") return first.effect;
  const clock = (pick: (report: ActionReport) => number | null) =>
    reports.map(pick).find((ms) => ms !== null) ?? null;
  return {
    kind: "applied",
    did: done.flatMap(({ did }) => did),
    clocks: {
      nurseryJoinedMs: clock(({ clocks }) => clocks.nurseryJoinedMs),
      threadsGoneMs: clock(({ clocks }) => clocks.threadsGoneMs),
      processExitedMs: clock(({ clocks }) => clocks.processExitedMs),
    },
    tasksLeft: reports.flatMap(({ tasksLeft }) => tasksLeft),
    watchedMs: reports.reduce((sum, { watchedMs }) => sum + watchedMs, 0),
  };
}

/** The trials that matter for the cause. */
export interface Smallest {
  /** With which the nursery joined; null when none did, or it had joined before. */
  readonly nursery: Trial | null;
  /** With which the process went, too. */
  readonly process: Trial | null;
  /** Those that reached less far than the smallest, found something to do and did not help. */
  readonly weaker: readonly Trial[];
  /** The others with which the nursery joined. */
  readonly others: readonly Trial[];
}

/** Of the things that helped, the ones that touched least. */
export function smallestActions(trials: readonly Trial[], leak: boolean): Smallest {
  const ordered = trials.filter((trial) => effectOf(trial, leak) !== null)
    .toSorted((a, b) => reach(a.actions) - reach(b.actions));
  const did = (effects: readonly string[]) => (trial: Trial) =>
    effects.includes(effectOf(trial, leak) ?? "");
  const joining = ordered.filter(did(["joined", "freed"]));
  const nursery = leak ? null : joining[0] ?? null;
  const process = ordered.find(did(["freed"])) ?? ordered.find(did(["ended"])) ?? null;
  const best = nursery ?? process;
  const index = best === null ? ordered.length : ordered.indexOf(best);
  return {
    nursery,
    process,
    weaker: ordered.slice(0, index).filter((trial) => effectOf(trial, leak) !== "no-hold"),
    others: leak ? [] : joining.filter((trial) => trial !== nursery && trial.actions.length === 1),
  };
}

/** What the others hide, one sentence each. */
export function masksOf({ nursery, others }: Smallest): string[] {
  const [helped = null] = nursery?.actions ?? [];
  if (helped === null) return [];
  return others.flatMap(({ actions: [action] }) => {
    if (action === undefined) return [];
    const everything = action.kind === "sigint" || action.kind === "cancel-root";
    return [`${masks(action)}${everything ? `; it masks that ${undone(helped)}` : ""}.`];
  });
}

/** The names as the document has them. */
export function namesOf({ nursery, process }: Smallest): DiagnosisReport["smallest"] {
  return { nursery: nursery?.name ?? null, process: process?.name ?? null };
}
