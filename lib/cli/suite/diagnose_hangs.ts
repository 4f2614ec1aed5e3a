/**
 * Diagnoses hangs among many other runs: the same engine as `diagnose`, with all copies of all hangs counted together.
 *
 * @module
 */

import { createRunDir } from "../../run/run_dir.ts";
import { runScenario } from "../../run/run_scenario.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../../run/run_request.ts";
import type { EventLog } from "../../report/events.ts";
import { limited } from "./limited.ts";
import { recordDiagnosis, runDiagnosis } from "../../run/diagnosis/engine.ts";

/** Runs one attempt, and diagnoses it when it hangs. */
export type DiagnosingRun = (
  request: RunRequest,
  watch: WatchOptions,
  attempt: number,
  spins: boolean,
) => Promise<RunOutcome>;

/** Copies of all hangs together; the runs of the suite itself go on beside them. */
const COPIES_PER_CORE = 2;

/** The way to run attempts whose hangs are diagnosed. */
export function diagnosingWithin(log: EventLog): DiagnosingRun {
  const cores = Math.max(1, navigator.hardwareConcurrency);
  const copy = limited(COPIES_PER_CORE * cores, runScenario);
  return async (request, { onEvent, ...watch }, attempt, spins) => {
    // The chain of spinning scenarios decides how long a suite takes, so their copies do not queue behind others.
    const replica = spins ? runScenario : copy;
    const outcome = await runDiagnosis({
      request,
      run: (asked, options) => (asked === request ? runScenario : replica)(asked, options),
      watch,
      jobs: COPIES_PER_CORE * cores,
      makeDir: (dir) => createRunDir({ kind: "at", path: `${request.runDir}/${dir}` }),
      onEvent: (event) => onEvent?.(event),
      // Their events would drown those of the suite; each copy's journal is in its directory.
      onReplica: () => () => {},
      onTrial: (trial) => log.add({ type: "trial", attempt, trial }),
    });
    recordDiagnosis(outcome, attempt, log);
    return outcome;
  };
}
