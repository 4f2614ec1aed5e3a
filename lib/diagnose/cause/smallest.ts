/**
 * Of the things that helped, the ones that touched least; and what the others hide.
 *
 * @module
 */

import type { DiagnosisReport, Trial } from "../../model/diagnosis.ts";
import { keyOf, masks, reach } from "./actions.ts";
import { effectOf } from "./tried.ts";

/** The trials that matter. */
export interface Smallest {
  /** With which the nursery joined; null when none did, or it had joined before. */
  readonly nursery: Trial | null;
  /** With which the process went, too. */
  readonly process: Trial | null;
  /** Those that reached less far than the smallest and were tried without effect. */
  readonly weaker: readonly Trial[];
  /** The others with which the nursery joined. */
  readonly others: readonly Trial[];
}

/** Finds them. */
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
    weaker: ordered.slice(0, index),
    others: leak ? [] : joining.filter((trial) => trial !== nursery && trial.actions.length === 1),
  };
}

/** What the others hide, one sentence each. */
export function masksOf({ nursery, others }: Smallest): string[] {
  if (nursery === null) return [];
  return others.flatMap(({ actions: [action] }) => {
    if (action === undefined) return [];
    const key = keyOf(action);
    const told = key === "sigint" || key === "cancel-root"
      ? `${masks(action)}; it masks that ${
        UNTOLD[keyOf(only(nursery))] ?? "something smaller was due"
      }`
      : masks(action);
    return [`${told}.`];
  });
}

/** The names as the document has them. */
export function namesOf({ nursery, process }: Smallest): DiagnosisReport["smallest"] {
  return { nursery: nursery?.name ?? null, process: process?.name ?? null };
}

/** What had not been done, by what did it. */
const UNTOLD: Readonly<Record<string, string>> = {
  "channel-abort": "the channel was never told",
  "death-watch": "nobody told the living of a death",
  "boot-race": "nobody told the handshake of a death",
  "cancel-peer-tasks": "the tasks of a lost peer were never let go",
  "bounded-join": "the join has no bound",
  "cancel-task": "one task waits for what never comes",
  "reap": "a thread stands that should have been ended",
  "sentinel": "main's loop does not turn",
};

function only({ actions: [action] }: Trial): Trial["actions"][number] {
  return action ?? { kind: "sigint" };
}
