/** What stands in for the facts of a scenario that was never loaded. @module */

import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { RunRequest } from "./run_request.ts";

/** For a subject that died, or was stopped, before it could say what it was to run. */
export function unloaded(request: RunRequest): ScenarioFacts {
  const ms = (value: number | null) => value ?? 0;
  return {
    name: request.name,
    file: request.scenarioUrl,
    summary: "(the scenario was never loaded)",
    story: "",
    params: {},
    expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
    fixedBy: [],
    settleMs: ms(request.settleMs),
    softKillMs: ms(request.softKillMs),
    hardKillMs: ms(request.hardKillMs),
    deadlineMs: ms(request.deadlineMs),
  };
}
