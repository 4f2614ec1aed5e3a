/** What a scenario declares of itself, and a request to run it, for tests that run none. @module */

import type { ScenarioFacts } from "../../lib/protocol/journal_event.ts";
import type { RunRequest } from "../../lib/run/run_request.ts";

/** A scenario `x` that needs nothing and finishes. */
export const FACTS: ScenarioFacts = {
  name: "x",
  file: "file:///x.ts",
  summary: "",
  story: "",
  params: {},
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  settleMs: 0,
  softKillMs: 0,
  hardKillMs: 0,
  deadlineMs: 0,
};

/** The same run without remedies, every wait as the scenario says. */
export const REQUEST: RunRequest = {
  scenarioUrl: FACTS.file,
  name: FACTS.name,
  runDir: "/run",
  remedies: [],
  set: {},
  deadlineMs: null,
  settleMs: null,
  softKillMs: null,
  hardKillMs: null,
  graceMs: 2_000,
  sigintProbe: true,
  samples: 2,
  sampleGapMs: 250,
  seed: 1,
  slowMs: 5_000,
};
