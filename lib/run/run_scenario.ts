/**
 * One run from start to verdict: start the subject, keep the deadline, look inside when it passes, send SIGINT, end
 * the subject, judge.
 *
 * Invariant: it always returns, and when it has, nothing of the subject is left, whichever way it went.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import { JournalReader } from "../protocol/journal_reader.ts";
import { pausesPath } from "../protocol/pauses.ts";
import { record, type Recorded } from "./event_texts.ts";
import { Run } from "./run.ts";
import { RunClock } from "./run_clock.ts";
import type { RunEventBody } from "./run_event.ts";
import { RunLog } from "./run_log.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "./run_request.ts";
import { REAL_TOOLS, type RunTools } from "./run_tools.ts";
import { SubjectOutput } from "../subject/subject_output.ts";
import { SubjectPause } from "../subject/subject_pause.ts";
import { startSubject, type SubjectProcess } from "../subject/subject_process.ts";
import { SubjectWatch } from "../subject/watch_subject.ts";

export type { RunOutcome, RunRequest, WatchOptions } from "./run_request.ts";
export type { RunEvent } from "./run_event.ts";

const NO_PAUSES = new Uint8Array();

/** Runs one scenario in a process of its own and judges how its teardown went. */
export async function runScenario(
  request: RunRequest,
  options: WatchOptions = {},
): Promise<RunOutcome> {
  const startedAt = epochNow();
  const recorded: Recorded[] = [];
  const emit = (event: RunEventBody) => {
    const now = epochNow();
    const entry = record(now, event);
    if (entry !== null) recorded.push(entry);
    options.onEvent?.({ atMs: now - startedAt, ...event });
  };
  const output = new SubjectOutput(request.runDir);
  const tools = options.tools ?? REAL_TOOLS;
  let process: SubjectProcess;
  try {
    process = start(request, output, tools);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "cannot-judge", message: `the subject could not be started: ${why}` };
  }
  await using subject = process;
  emit({ type: "subject-started", pid: subject.pid });
  const log = new RunLog();
  const { stop = null, kill = null, onHang = null } = options;
  const clock = new RunClock();
  const reader = new JournalReader(journalPath(request));
  const { deadlineMs } = request;
  const looks = { process: subject, reader, log, output, emit, deadlineMs, stop, kill, clock };
  using watch = new SubjectWatch(looks);
  using pause = new SubjectPause({
    subject,
    clock,
    emit,
    ends: [stop, kill],
    pausesPath: pausesPath(journalPath(request)),
  });
  using wishes = options.console?.connect({
    wake: () => watch.wake(),
    pause: () => pause.pause(),
    resume: () => pause.resume(),
  }) ?? null;
  const parts = {
    ...{ request, tools, subject, log, output, watch, reader, emit, recorded, stop, kill },
    ...{ onHang, clock, pause, wishes },
  };
  return await new Run(parts).carryOut();
}

function journalPath(request: RunRequest): string {
  return `${request.runDir}/journal.msgpack`;
}

function start(request: RunRequest, output: SubjectOutput, tools: RunTools): SubjectProcess {
  const { scenarioUrl, runDir, remedies, set, settleMs, softKillMs, hardKillMs } = request;
  Deno.openSync(journalPath(request), { create: true, append: true }).close();
  Deno.writeFileSync(pausesPath(journalPath(request)), NO_PAUSES);
  return startSubject({
    spec: {
      schema: "unwedge/subject@1",
      scenarioUrl,
      runDir,
      journalPath: journalPath(request),
      remedies,
      set,
      settleMs,
      softKillMs,
      hardKillMs,
      deadlineMs: request.deadlineMs,
      seed: request.seed,
      lifelineFd: 3,
      harnessPid: Deno.pid,
    },
    entry: tools.entry,
    permissions: tools.permissions(scenarioUrl, runDir),
    stdoutPath: output.stdoutPath,
    stderrPath: output.stderrPath,
  });
}
