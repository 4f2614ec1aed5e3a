/**
 * The run behind `watch`: its directory, its event stream, its signals, down to the document. Nothing is printed as a
 * result here; the verb prints what this returns.
 *
 * @module
 */

import { DEFAULTS } from "../defaults.ts";
import { createRunDir } from "../../run/run_dir.ts";
import { runSubject } from "../../run/run_scenario.ts";
import type { RunOutcome } from "../../run/run_request.ts";
import { phrase } from "../../run/event_texts.ts";
import { streamEventOf } from "../../run/run_event.ts";
import { assembleDocument, thisTool } from "../../run/result/document.ts";
import { undeclared } from "../../report/declared.ts";
import { CANNOT_JUDGE, codeOf } from "../../report/worst.ts";
import type { Attempt, ResultDocument, ScenarioResult, Unjudged } from "../../model/result.ts";
import { CommandSubject } from "../../subject/command/command_subject.ts";
import type { SubjectExit } from "../../subject/subject_process.ts";
import { STOP_CODES, type StopCause } from "../exit_code.ts";
import type { Invocation } from "../invocation.ts";
import { openEventFile } from "../streams.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { OperatorControls } from "../terminal/operator_controls.ts";
import { commandFile, commandName, watchFlags } from "./watched_name.ts";
import type { WatchCommandOptions } from "./watch_options.ts";

/** What came out of a run. */
export type WatchedRun =
  | {
    readonly kind: "ran";
    readonly runDir: string;
    readonly document: ResultDocument;
    /** Null when it could not be judged. */
    readonly attempt: Attempt | null;
    /** Why it could not be judged. */
    readonly message: string | null;
  }
  /** The command cannot be started. */
  | { readonly kind: "not-started"; readonly message: string; readonly exitCode: 126 | 127 };

/** A run that waits for a decision, as it would be if it ended now. */
export interface Interim {
  readonly runDir: string;
  readonly document: ResultDocument;
}

/** An orderly stop has 3 s in all, two of which the look inside may take. */
const STOP_GRACE_MS = 950;

/**
 * Runs the command once.
 *
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function runWatched(
  options: WatchCommandOptions,
  { argv }: Invocation,
  interrupts: Interrupts,
  controls: OperatorControls,
  say: (text: string) => void,
  interim: (asItStands: (attempt: Attempt) => Interim) => void,
): Promise<WatchedRun> {
  const began = { at: new Date().toISOString(), ms: performance.now() };
  const { command, graceMs } = options;
  const name = commandName(command);
  const runDir = makeRunDir(options.outDir);
  using stream = openEventFile(runDir, null);
  const { log } = stream;
  const runId = runDir.slice(runDir.lastIndexOf("/") + 1);
  log.add({
    type: "run-started",
    runId,
    scenario: name,
    seed: 0,
    remedies: [],
    argv,
    tool: thisTool(),
  });
  interrupts.onNotice = ({ signal, then }) => log.add({ type: "signal", signal, then });
  using subject = new CommandSubject({
    ...{ name, command, runDir, preload: options.preload, sites: options.sites },
    askWith: () => askedWith(interrupts.by),
    graceMs: () => interrupts.by === null ? graceMs : Math.min(graceMs, STOP_GRACE_MS),
  });
  const frame = (attempt: Attempt | null, exitCode: number, unjudged: readonly Unjudged[]) => {
    const durationMs = Math.round(performance.now() - began.ms);
    return assembleDocument(
      {
        id: runId,
        startedAt: began.at,
        durationMs,
        argv,
        seed: 0,
        shard: null,
        partial: interrupts.by !== null || attempt === null || attempt.verdict === "interrupted",
        interruptedBy: interrupts.by,
        exitCode,
        verb: "watch",
        replayFlags: watchFlags(argv),
        waits: null,
      },
      attempt === null ? [] : [scenarioOf(name, command, attempt, durationMs)],
      unjudged,
    );
  };
  interim((attempt) => ({ runDir, document: frame(attempt, codeOf(attempt.verdict), []) }));
  const watching = controls.watching(name, {
    stop: interrupts.stop,
    kill: interrupts.kill,
    onEvent: (event) => {
      log.add(streamEventOf(1, event));
      if (TOLD.has(event.type)) say(phrase(event).text);
    },
  });
  const { onHang } = watching;
  const outcome = await runSubject(
    subject,
    { ...options, runDir, settleMs: null, sigintProbe: false, slowMs: Infinity },
    // Only who has pressed Ctrl-C is asked: a deadline that passes is reported.
    onHang === undefined ? watching : {
      ...watching,
      onHang: (hung) =>
        hung.because === "interrupted" ? onHang(hung) : Promise.resolve({ kind: "end" }),
    },
  );
  const refusal = refusalOf(subject.startError, command);
  if (refusal !== null) {
    Deno.removeSync(runDir, { recursive: true });
    return refusal;
  }
  const attempt = outcome.kind === "judged" ? outcome.attempt : null;
  const exitCode = interrupts.by !== null
    ? STOP_CODES[interrupts.by]
    : attempt === null
    ? CANNOT_JUDGE
    : exitCodeOf(attempt, subject.process?.exit ?? null);
  const document = frame(
    attempt,
    exitCode,
    outcome.kind === "judged" ? [] : [unjudgedOf(name, command, outcome)],
  );
  log.add({
    type: "run-finished",
    totals: document.totals,
    partial: document.run.partial,
    exitCode,
  });
  const message = outcome.kind === "judged" ? null : outcome.message;
  return { kind: "ran", runDir, document, attempt, message };
}

/** What is said while the command runs: what unwedge does to it, and nothing else. */
const TOLD: ReadonlySet<string> = new Set(["not-ended", "teardown-requested", "dump-failed"]);

/** The signal that unwedge was sent is passed on. */
function askedWith(by: StopCause | null): Deno.Signal {
  return by === null || by === "lost output" ? "SIGTERM" : by;
}

function makeRunDir(outDir: string | null): string {
  const path = createRunDir(
    outDir === null ? { kind: "fresh", baseDir: DEFAULTS.baseDir } : { kind: "at", path: outDir },
  );
  // A command writes no journal.
  Deno.removeSync(`${path}/journal.msgpack`);
  return path;
}

function refusalOf(error: unknown, [program = ""]: readonly string[]): WatchedRun | null {
  if (error instanceof Deno.errors.NotFound) {
    return { kind: "not-started", exitCode: 127, message: `${program}: no such command` };
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return { kind: "not-started", exitCode: 126, message: `${program}: cannot be executed` };
  }
  return null;
}

/** The command's own, as a shell tells it. */
function exitCodeOf({ verdict }: Attempt, exit: SubjectExit | null): number {
  if (verdict === "finished") return 0;
  if ((verdict === "failed" || verdict === "crashed") && exit !== null) {
    return exit.kind === "code" ? exit.code : 128 + (NUMBERS[exit.signal] ?? 0);
  }
  return codeOf(verdict);
}

/** Linux's numbers of the signals that end a process. */
const NUMBERS: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8 },
  ...{ SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 },
  ...{ SIGXCPU: 24, SIGXFSZ: 25, SIGSYS: 31 },
};

function scenarioOf(
  name: string,
  command: readonly string[],
  attempt: Attempt,
  durationMs: number,
): ScenarioResult {
  return {
    ...undeclared(name, commandFile(command)),
    summary: "a command of the user's",
    attempts: [attempt],
    runs: [{ dir: ".", durationMs }],
  };
}

function unjudgedOf(
  scenario: string,
  command: readonly string[],
  { message }: Exclude<RunOutcome, { readonly kind: "judged" }>,
): Unjudged {
  const scenarioFile = commandFile(command);
  return { kind: "fault", scenario, scenarioFile, remedies: [], message, file: null, line: null };
}
