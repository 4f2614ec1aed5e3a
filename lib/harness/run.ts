/**
 * The steps of one run on a started subject, in the order in which they may happen.
 *
 * Invariant: no step waits without a bound, a step that fails leaves its evidence missing instead of ending the run,
 * and after every step the run goes on to its end, where the subject's group is killed and everything is judged.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { JournalReader } from "../protocol/journal_reader.ts";
import type { Attempt, LoopFacts, SigintProbe } from "../report/result.ts";
import { type AttemptParts, buildAttempt, type ProofAt } from "./attempt.ts";
import { type DumpOutcome, lookInside } from "./look_inside.ts";
import type { Recorded } from "./recorder.ts";
import { leftoversOf, onlyMainIsLeft } from "./leftovers.ts";
import { journalDoubt, Prover } from "./prover.ts";
import type { RunEventBody } from "./run_event.ts";
import type { RunLog } from "./run_log.ts";
import { nameIsolates } from "./name_isolates.ts";
import type { RunOutcome, RunRequest } from "./run_request.ts";
import type { RunTools } from "./run_tools.ts";
import { slowNotices } from "./slow_notices.ts";
import type { SubjectOutput } from "./subject_output.ts";
import type { SubjectProcess } from "./subject_process.ts";
import { tenths } from "./tenths.ts";
import { unjudged } from "./unjudged.ts";
import type { SubjectWatch, WaitEnd } from "./watch_subject.ts";

/** A dump of 32 isolates takes well under a second on an idle machine; ten times that on a loaded one. */
const DUMP_BOUND_MS = 15_000;

/** An orderly stop has 3 s in all (CLI.md); ending the group needs little of it. */
const STOP_DUMP_BOUND_MS = 1_500;

/** Everything that belongs to one run. */
export interface RunParts {
  readonly request: RunRequest;
  readonly tools: RunTools;
  readonly subject: SubjectProcess;
  readonly log: RunLog;
  readonly output: SubjectOutput;
  readonly watch: SubjectWatch;
  readonly reader: JournalReader;
  readonly emit: (event: RunEventBody) => void;
  /** What the harness saw and did; grows with every event. */
  readonly recorded: readonly Recorded[];
  readonly kill: AbortSignal | null;
}

/** How far a run got. */
type Course =
  /** It ended by itself, or refused, before its deadline. */
  | "ended"
  /** Its deadline passed. */
  | "overdue"
  /** It was proven that it will never end. */
  | "proven"
  /** The clocks were never started within the bound. */
  | "never-began"
  /** The person stopped it. */
  | "stopped";

/** One run. */
export class Run {
  readonly #parts: RunParts;
  #dump: DumpOutcome | null = null;
  #sigint: SigintProbe | null = null;
  #loop: LoopFacts | null = null;
  #heldByDebugger = false;
  #handles: readonly string[] = [];
  readonly #prover: Prover;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#prover = new Prover(
      parts.log.census,
      parts.request.scenarioUrl,
      journalDoubt(parts.reader, parts.request.runDir),
    );
  }

  /** Goes from the started subject to the verdict; the subject's group is gone when it returns. */
  async carryOut(): Promise<RunOutcome> {
    const { log, watch, emit } = this.#parts;
    const course = await this.#course();
    const hung = course === "overdue" || course === "proven";
    const proof = hung ? await this.#proof(course === "proven") : null;
    if (hung) await this.#investigate(proof);
    // A stop that came while the hang was looked into: what has been seen by then is in the report.
    const interrupted = course === "stopped" || (hung && watch.stopAsked);
    if (course === "stopped") await this.#lastLook();
    const leftovers = await this.#end(course);
    const refusal = unjudged({ ...this.#parts, neverBegan: course === "never-began" });
    if (refusal !== null) return refusal;
    const facts = log.facts ?? unloaded(this.#parts.request);
    const attempt = await this.#attempt({ facts, overdue: hung, interrupted, leftovers, proof });
    emit({ type: "judged", attempt });
    return { kind: "judged", facts, attempt };
  }

  async #course(): Promise<Course> {
    const { log } = this.#parts;
    let end = await this.#untilTeardown();
    if (end === "time") return "never-began";
    if (end === "met" && log.refusal === null) end = await this.#untilDeadline();
    if (end === "time") return "overdue";
    if (end === "met" && this.#prover.proven !== null) return "proven";
    return end === "stop" || end === "kill" ? "stopped" : "ended";
  }

  /** To the moment at which the clocks start, or the refusal. */
  async #untilTeardown(): Promise<WaitEnd> {
    const { log, watch, request, tools } = this.#parts;
    const loaded = await watch.until(
      () => log.refusal !== null || log.facts !== null,
      epochNow() + tools.startBoundMs,
    );
    const { facts, scenarioAt } = log;
    if (loaded !== "met" || facts === null || scenarioAt === null) return loaded;
    const slow = slowNotices(this.#parts, scenarioAt);
    return await watch.until(() => {
      slow();
      return log.clockStart !== null || log.refusal !== null;
    }, scenarioAt + tools.startBoundMs + (request.settleMs ?? facts.settleMs));
  }

  /** To the end of the process or to the deadline, which counts from the journal's own record. */
  async #untilDeadline(): Promise<WaitEnd> {
    const { log, watch, request } = this.#parts;
    const start = log.clockStart ?? epochNow();
    const slow = slowNotices(this.#parts, log.scenarioAt ?? start);
    return await watch.until(() => {
      slow();
      return this.#prover.look() !== null && request.awaitDeadline !== true;
    }, start + this.#deadlineMs);
  }

  get #deadlineMs(): number {
    return this.#parts.request.deadlineMs ?? this.#parts.log.facts?.deadlineMs ?? 0;
  }

  /** What is proven, or why nothing is; null once the nursery has joined. Told before anything is done to the subject. */
  async #proof(stopped: boolean): Promise<ProofAt | null> {
    const { log } = this.#parts;
    if (log.joined !== null) return null;
    const finding = await this.#prover.finding();
    const { proven } = this.#prover;
    return { finding, atMs: proven?.atMs ?? epochNow(), stopped: stopped && proven !== null };
  }

  /** It hangs: see why, and what the subject still reacts to. */
  async #investigate(proof: ProofAt | null): Promise<void> {
    const { log, watch, subject, emit, request, tools, output } = this.#parts;
    if (proof?.stopped === true) {
      emit({ type: "proven", ms: tenths(proof.atMs - (log.clockStart ?? proof.atMs)) });
    } else {
      emit({
        type: "deadline-passed",
        deadlineMs: this.#deadlineMs,
        joined: log.joined !== null,
      });
    }
    // Before the dump: it connects, and pauses main for a moment.
    this.#heldByDebugger = output.waitsForDebugger;
    this.#loop = this.#loopFacts(epochNow());
    const boundMs = DUMP_BOUND_MS + request.samples * request.sampleGapMs;
    await this.#look(boundMs, request.sampleGapMs);
    watch.look();
    if (log.joined === null && request.sigintProbe && !watch.stopAsked) {
      const { probeSigint } = await import("./sigint_probe.ts");
      const { wsUrl } = output;
      this.#sigint = await probeSigint({
        ...this.#parts,
        process: subject,
        dump: this.#dump?.kind === "taken" ? this.#dump.dump : null,
        freeMain: wsUrl === null ? null : () => tools.freeMain({ wsUrl }),
        graceMs: request.graceMs,
      });
    }
    // Its chance to go by itself. A subject that did not join, even when interrupted, has had it in the probe.
    if (log.joined === null) return;
    await watch.until(() => false, epochNow() + request.graceMs);
    this.#handles = await this.#handlesOfMain();
  }

  /** Looked for last, when the clocks are judged: a client of the inspector keeps a process for as long as it looks. */
  async #handlesOfMain(): Promise<readonly string[]> {
    const { tools, subject, output, watch } = this.#parts;
    const dump = this.#dump?.kind === "taken" ? this.#dump.dump : null;
    const { wsUrl } = output;
    if (subject.exit !== null || wsUrl === null || watch.stopAsked || this.#heldByDebugger) {
      return [];
    }
    if (!onlyMainIsLeft(subject.pid, dump)) return [];
    const { handlesOfMain } = await import("./main_handles.ts");
    return await handlesOfMain(tools, wsUrl);
  }

  /** An orderly stop: one look, so that the partial report says where it stood. */
  async #lastLook(): Promise<void> {
    const { log, request, subject } = this.#parts;
    if (log.facts === null || subject.exit !== null || this.#parts.kill?.aborted) return;
    this.#loop = this.#loopFacts(epochNow());
    await this.#look(STOP_DUMP_BOUND_MS, Math.min(request.sampleGapMs, STOP_DUMP_BOUND_MS / 4));
  }

  async #look(boundMs: number, sampleGapMs: number): Promise<void> {
    const { tools, subject, output, request, kill, emit, log } = this.#parts;
    const { pid } = subject;
    const { wsUrl } = output;
    const { samples } = request;
    const outcome = await lookInside({
      tools,
      pid,
      wsUrl,
      samples,
      sampleGapMs,
      boundMs,
      kill,
      emit,
    });
    this.#dump = outcome.kind === "taken"
      ? { ...outcome, dump: nameIsolates(outcome.dump, log.events) }
      : outcome;
  }

  /** Ends the subject's group and returns what had been left of it. */
  async #end(course: Course): Promise<readonly string[]> {
    const { subject, watch, output, emit, log } = this.#parts;
    watch.look();
    const dump = this.#dump?.kind === "taken" ? this.#dump.dump : null;
    const leftovers = subject.exit === null && log.clockStart !== null
      ? leftoversOf(subject.pid, dump, this.#heldByDebugger, this.#handles)
      : [];
    if (subject.exit === null) emit({ type: "ending", why: ENDING[course] });
    await subject.endGroup();
    watch.look();
    output.clean();
    return leftovers;
  }

  #attempt(
    seen: Pick<AttemptParts, "facts" | "overdue" | "interrupted" | "leftovers" | "proof">,
  ): Promise<Attempt> {
    const { subject, watch, output, reader } = this.#parts;
    const exit = subject.endedByUs ? null : subject.exit;
    return buildAttempt({
      ...this.#parts,
      ...seen,
      exit,
      dump: this.#dump,
      sigint: this.#sigint,
      heldByDebugger: this.#heldByDebugger,
      handles: this.#handles,
      loop: this.#loop ?? this.#loopFacts(exit?.atMs ?? epochNow()),
      threadsGoneAt: watch.threadsGoneAt,
      outputTail: output.tail(),
      maxGapMs: watch.maxGapMs,
      journalDamage: reader.damage,
    });
  }

  #loopFacts(atMs: number): LoopFacts {
    const { count, lastAt, maxGapMs } = this.#parts.log.beats;
    const lastBeatMs = lastAt === null ? null : tenths(Math.max(0, atMs - lastAt));
    return {
      beats: count,
      lastBeatMs,
      maxGapMs,
    };
  }
}

const ENDING: Readonly<Record<Course, string>> = {
  ended: "the subject refused the run",
  overdue: "everything has been seen",
  proven: "everything has been seen",
  "never-began": "teardown was never requested",
  stopped: "the run was stopped",
};

/** For a subject that died, or was stopped, before it could say what it was to run. */
function unloaded(request: RunRequest): ScenarioFacts {
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
