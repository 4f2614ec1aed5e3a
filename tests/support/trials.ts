/**
 * Trials as tests want them.
 *
 * @module
 */

import { NO_CLOCKS } from "./facts.ts";
import type { Action } from "../../lib/model/action.ts";
import type { Trial } from "../../lib/model/diagnosis.ts";

/** How far a trial got: `freed` all three levels, `joined` the nursery alone, `ended` the process alone. */
export type Got = "freed" | "joined" | "ended" | "in-vain" | "nothing-to-do" | "void";

/** One trial of `Ctrl-C`, `cancel-task`, a remedy, or a pair: `channel-abort + reap`. */
export function trial(name: string, got: Got): Trial {
  const actions = name.split(" + ").map(actionOf);
  const outcome = got === "nothing-to-do" || got === "void"
    ? { kind: got, why: "as the test says" }
    : {
      kind: "applied" as const,
      did: ["did it"],
      clocks: CLOCKS[got],
      tasksLeft: [],
      watchedMs: 2_000,
    };
  return { name, actions, where: `replicas/${name}`, outcome };
}

function actionOf(name: string): Action {
  if (name === "Ctrl-C") return { kind: "sigint" };
  if (name === "cancel-task") return { kind: "cancel-task", actor: "root", task: 3 };
  return { kind: "remedy", remedy: name };
}

const CLOCKS = {
  freed: { nurseryJoinedMs: 4, threadsGoneMs: 5, processExitedMs: 6 },
  joined: { ...NO_CLOCKS, nurseryJoinedMs: 4 },
  ended: { ...NO_CLOCKS, processExitedMs: 6 },
  "in-vain": NO_CLOCKS,
} as const;
