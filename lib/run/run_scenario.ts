/**
 * One run from start to verdict: start the subject, keep the deadline, look inside when it passes, send SIGINT, end
 * the subject, judge.
 *
 * Invariant: it always returns, and when it has, nothing of the subject is left, whichever way it went.
 *
 * @module
 */

import { ScenarioSubject } from "../subject/scenario_subject.ts";
import type { Subject } from "../subject/subject.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";
import { LiveRun, RunEvents } from "./live_run.ts";
import { Run } from "./run.ts";
import type { RunOutcome, RunRequest, RunSettings, WatchOptions } from "./run_request.ts";
import { REAL_TOOLS } from "./run_tools.ts";
import { errorMessage } from "../protocol/error_message.ts";

export type { RunOutcome, RunRequest, WatchOptions } from "./run_request.ts";
export type { RunEvent } from "./run_event.ts";

/** Runs one scenario in a process of its own and judges how its teardown went. */
export function runScenario(request: RunRequest, options: WatchOptions = {}): Promise<RunOutcome> {
  const subject = new ScenarioSubject(request, options.tools ?? REAL_TOOLS);
  return runSubject(subject, request, options);
}

/** Starts a subject and judges how it went. */
export async function runSubject(
  subject: Subject,
  settings: RunSettings,
  options: WatchOptions = {},
): Promise<RunOutcome> {
  const events = new RunEvents(options.onEvent);
  let started: SubjectProcess;
  try {
    started = subject.start();
  } catch (error) {
    const why = errorMessage(error);
    return { kind: "cannot-judge", message: `the subject could not be started: ${why}` };
  }
  await using process = started;
  events.emit({ type: "subject-started", pid: process.pid });
  const tools = options.tools ?? REAL_TOOLS;
  using live = new LiveRun(settings, subject, process, events, { ...options, tools });
  return await new Run(live).carryOut();
}
