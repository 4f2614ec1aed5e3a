/**
 * The run of `diagnose` inside the frame of `repro`: one attempt, its copies in directories below it, and everything
 * that is tried in the event stream.
 *
 * @module
 */

import { createRunDir } from "../../run/run_dir.ts";
import { runScenario } from "../../run/run_scenario.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../../run/run_request.ts";
import type { EventLog } from "../../report/events.ts";
import { trialLine } from "../../report/text/trial_text.ts";
import { count } from "../../report/text/words.ts";
import { streamEventOf } from "../../run/run_event.ts";
import type { ReproKind } from "./repro_run.ts";
import type { OperatorControls } from "../terminal/operator_controls.ts";
import { recordDiagnosis, runDiagnosis } from "../../run/diagnosis/engine.ts";

/** Attempts of the event stream: 1 is the run itself, its copies count on from there. */
const FIRST = 1;

/**
 * The kind of run that diagnoses.
 *
 * @param jobs how many copies run at the same time, at most
 * @param controls has every run, the copies too, dumped or put to sleep when a signal asks for it
 */
export function diagnosing(
  jobs: number,
  { say, doing }: Teller,
  controls: Pick<OperatorControls, "watching">,
): ReproKind {
  return {
    verb: "diagnose",
    run: (request, watch, log) => run(request, watch, log, { jobs, say, doing, controls }),
  };
}

/** Tells a person what goes on. */
export interface Teller {
  /** What came of something. */
  readonly say: (text: string) => void;
  /** What is being done, and how far that has come. */
  readonly doing: (text: string) => void;
}

interface Frame extends Teller {
  readonly jobs: number;
  readonly controls: Pick<OperatorControls, "watching">;
}

async function run(
  request: RunRequest,
  { onEvent, ...watch }: WatchOptions,
  log: EventLog,
  { jobs, say, doing, controls }: Frame,
): Promise<RunOutcome> {
  const { runDir } = request;
  let attempts = FIRST;
  let tried = 0;
  let judged = false;
  const tellHowFar = () => {
    if (judged && attempts > FIRST) {
      doing(`trying what unwedges it, ${count(tried, "thing")} tried`);
    }
  };
  const outcome = await runDiagnosis({
    request,
    run: (asked, options) => runScenario(asked, controls.watching(nameOf(asked, runDir), options)),
    watch,
    jobs,
    makeDir: (dir) => createRunDir({ kind: "at", path: `${runDir}/${dir}` }),
    onEvent(event) {
      onEvent?.(event);
      judged ||= event.type === "judged";
      tellHowFar();
    },
    onReplica(where) {
      const attempt = ++attempts;
      if (attempt === FIRST + 1) say("trying what unwedges it, on copies of the hang");
      log.add({ type: "replica-started", attempt, where });
      return (event) => log.add(streamEventOf(attempt, event));
    },
    onTrial(trial) {
      log.add({ type: "trial", attempt: FIRST, trial });
      say(trialLine(trial));
      tried++;
      tellHowFar();
    },
  });
  recordDiagnosis(outcome, FIRST, log);
  return outcome;
}

/** The scenario, or the copy of it. */
function nameOf(asked: RunRequest, runDir: string): string {
  return asked.runDir === runDir ? asked.name : asked.runDir.slice(runDir.length + 1);
}
