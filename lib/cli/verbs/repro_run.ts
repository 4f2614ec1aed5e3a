/**
 * The run behind `repro`: its directory, its event stream, its signals and its attempts, down to the document on
 * disk. Nothing is printed as a result here; the verb prints what this returns.
 *
 * @module
 */

import { DEFAULTS } from "../defaults.ts";
import { createRunDir, type RunDirRequest } from "../../run/run_dir.ts";
import { runScenario } from "../../run/run_scenario.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../../run/run_request.ts";
import { type Declared, declaredBy, undeclared } from "../../report/declared.ts";
import { assembleDocument, thisTool } from "../../run/result/document.ts";
import type { EventLog } from "../../report/events.ts";
import type { Attempt, ResultDocument, ScenarioResult, Unjudged } from "../../model/result.ts";
import type { ScenarioFile } from "../catalog.ts";
import { openEventFile } from "../streams.ts";
import { streamEventOf } from "../../run/run_event.ts";
import { STOP_CODES } from "../exit_code.ts";
import { CANNOT_JUDGE, codeOf, USAGE, worstCode } from "../../report/worst.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { Invocation } from "../invocation.ts";
import type { Progress } from "../terminal/progress/progress.ts";
import type { ReproOptions } from "./repro_options.ts";
import { replayFlags } from "../replay.ts";
import { type AttemptOutcome, runAttempts } from "./run_attempts.ts";

/** What came out of a run. */
export interface ReproRun {
  readonly runDir: string;
  readonly document: ResultDocument;
  readonly attempts: readonly AttemptOutcome[];
  readonly judged: readonly JudgedAttempt[];
  readonly exitCode: number;
}

/** An attempt that has a verdict. */
export interface JudgedAttempt {
  readonly number: number;
  readonly runDir: string;
  readonly declared: Declared;
  readonly attempt: Attempt;
  readonly durationMs: number;
}

/** What `repro` and `diagnose` do differently. */
export interface ReproKind {
  readonly verb: string;
  /** Runs one attempt. */
  readonly run: (request: RunRequest, watch: WatchOptions, log: EventLog) => Promise<RunOutcome>;
  /** Told before the first attempt how to see the run as it would be if it ended with an attempt as it stands. */
  readonly interim?: (assemble: (attempt: AttemptOutcome) => ReproRun) => void;
}

const REPRO: ReproKind = { verb: "repro", run: runScenario };

/**
 * Runs the scenario as often as asked for.
 *
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function runRepro(
  file: ScenarioFile,
  options: ReproOptions,
  invocation: Invocation,
  progress: Progress,
  interrupts: Interrupts,
  kind: ReproKind = REPRO,
): Promise<ReproRun> {
  const began = { at: new Date().toISOString(), ms: performance.now() };
  const runDir = makeRunDir(options);
  using stream = openEventFile(runDir, options.format === "events" ? invocation.streams : null);
  const { log } = stream;
  const tool = thisTool();
  const { argv } = invocation;
  const runId = runDir.slice(runDir.lastIndexOf("/") + 1);
  const { seed, remedies } = options;
  log.add({ type: "run-started", runId, scenario: file.name, seed, remedies, argv, tool });

  const assemble = (attempts: readonly AttemptOutcome[], interim: boolean): ReproRun => {
    const interruptedBy = interrupts.by;
    const judged = attempts.flatMap((attempt) => judgedOf(file, attempt));
    const exitCode = interruptedBy !== null
      ? STOP_CODES[interruptedBy]
      : worstCode(attempts.map(({ outcome }) => exitCodeOf(outcome)));
    const observed = [
      observedOf(judged, runDir),
      unjudgedOf(file, attempts, options, interim || interruptedBy !== null),
    ] as const;
    const document = assembleDocument({
      id: runId,
      startedAt: began.at,
      durationMs: Math.round(performance.now() - began.ms),
      argv,
      seed,
      shard: null,
      partial: interim || interruptedBy !== null || judged.length < attempts.length,
      interruptedBy,
      exitCode,
      verb: kind.verb,
      replayFlags: replayFlags(options),
      waits: null,
    }, ...observed);
    return { runDir, document, attempts, judged, exitCode };
  };
  kind.interim?.((attempt) => assemble([attempt], true));

  interrupts.onNotice = ({ signal, then }) => log.add({ type: "signal", signal, then });
  const attempts = await runAttempts({
    repeat: options.repeat,
    untilHang: options.untilHang,
    failFast: options.failFast,
    jobs: options.jobs,
    stop: interrupts.stop,
    run: async (number, onEvent) => {
      const startMs = performance.now();
      const dir = options.repeat === 1
        ? runDir
        : createRunDir({ kind: "at", path: `${runDir}/attempt-${number}` });
      const request = { scenarioUrl: file.url, name: file.name, runDir: dir, ...options };
      const { stop, kill } = interrupts;
      const { tools } = invocation;
      const watch = { onEvent, stop, kill, ...(tools === undefined ? {} : { tools }) };
      const outcome = await kind.run(request, watch, log);
      return { runDir: dir, outcome, durationMs: Math.round(performance.now() - startMs) };
    },
    onEvent: (number, event) => {
      progress.event(number, event);
      log.add(streamEventOf(number, event));
    },
    onOutcome: ({ number, outcome }) => {
      if (outcome.kind === "judged") return progress.judged(number, outcome.attempt.verdict);
      progress.judged(number, outcome.kind);
      log.add({ type: "not-judged", attempt: number, message: outcome.message });
    },
  });

  const run = assemble(attempts, false);
  const { run: { partial, exitCode }, totals } = run.document;
  log.add({ type: "run-finished", totals, partial, exitCode });
  return run;
}

function makeRunDir({ outDir, repeat }: ReproOptions): string {
  const where: RunDirRequest = outDir === null
    ? { kind: "fresh", baseDir: DEFAULTS.baseDir }
    : { kind: "at", path: outDir };
  const path = createRunDir(where);
  // Each of several attempts has a black box.
  if (repeat !== 1) Deno.removeSync(`${path}/journal.msgpack`);
  return path;
}

function exitCodeOf(outcome: AttemptOutcome["outcome"]): number {
  if (outcome.kind === "refused") return USAGE;
  return outcome.kind === "judged" ? codeOf(outcome.attempt.verdict) : CANNOT_JUDGE;
}

function judgedOf(
  { name, url }: ScenarioFile,
  { number, runDir, outcome, durationMs }: AttemptOutcome,
): JudgedAttempt[] {
  if (outcome.kind !== "judged") return [];
  const { facts, attempt } = outcome;
  const declared = facts === null ? undeclared(name, url) : declaredBy(facts);
  return [{ number, runDir, declared, attempt, durationMs }];
}

function observedOf(
  judged: readonly JudgedAttempt[],
  runDir: string,
): ScenarioResult[] {
  const [first] = judged;
  if (first === undefined) return [];
  return [{
    ...first.declared,
    attempts: judged.map(({ attempt }) => attempt),
    runs: judged.map((each) => ({
      dir: each.runDir === runDir ? "." : each.runDir.slice(runDir.length + 1),
      durationMs: each.durationMs,
    })),
  }];
}

function unjudgedOf(
  { name: scenario, url: scenarioFile }: ScenarioFile,
  attempts: readonly AttemptOutcome[],
  { remedies, failFast, repeat }: ReproOptions,
  interrupted: boolean,
): Unjudged[] {
  const left = failFast && !interrupted && repeat < Infinity ? repeat - attempts.length : 0;
  const skipped = Array.from({ length: left }, () => ({
    kind: "skipped" as const,
    ...{ scenario, scenarioFile, remedies },
    ...{ message: "not started: stopped by --fail-fast", file: null, line: null },
  }));
  const faults = attempts.flatMap(({ outcome }) => {
    if (outcome.kind === "judged") return [];
    const { file, line } = outcome.kind === "load-failed" ? outcome : { file: null, line: null };
    const { message } = outcome;
    return [{ kind: "fault" as const, scenario, scenarioFile, remedies, message, file, line }];
  });
  return [...faults, ...skipped];
}
