/**
 * The steps of one run on a started subject, in the order in which they may happen.
 *
 * Invariant: no step waits without a bound, a step that fails leaves its evidence missing instead of ending the run,
 * and after every step the run goes on to its end, where the subject's group is killed and everything is judged.
 *
 * @module
 */

import { Interventions } from "./interventions.ts";
import type { TimerHandle } from "../dump/open_handles.ts";
import type { SuspendedCall } from "../dump/suspended.ts";
import type { Attempt, SigintProbe } from "../model/result.ts";
import { diskTakesNothing } from "../os/disk.ts";
import { loadLater } from "../os/load_later.ts";
import { epochNow } from "../protocol/epoch.ts";
import { buildAttempt } from "./attempt.ts";
import { awaitOutcome, type WatchOutcome } from "./await_outcome.ts";
import type { HungDecision } from "./hung_run.ts";
import type { LiveRun } from "./live_run.ts";
import type { Observations, ProofAt } from "./own_evidence.ts";
import { journalDoubt, Prover } from "./prover.ts";
import { RunDumps } from "./run_dumps.ts";
import { type HungBecause, judgedEvent } from "./run_event.ts";
import type { RunOutcome } from "./run_request.ts";
import { signalFate } from "./signal_fate.ts";
import type { SelfCheck } from "./self_check.ts";
import { tenths } from "./tenths.ts";
import { awaitsOfMain } from "./awaits_of_main.ts";
import { timersOfMain } from "./timers_of_main.ts";
import { unjudged } from "./unjudged.ts";

/** One run. */
export class Run {
  readonly #live: LiveRun;
  readonly #prover: Prover;
  readonly #dumps: RunDumps;
  readonly #interventions: Interventions = new Interventions();
  #sigint: SigintProbe | null = null;
  #proof: ProofAt | null = null;
  #hung = false;
  #wasOffered = false;
  #handles: readonly string[] = [];
  #awaits: readonly SuspendedCall[] = [];
  #passed: Observations["passed"] = null;
  #timers: readonly TimerHandle[] | null = null;
  #selfCheck: SelfCheck = { spoilt: null, evidence: [] };

  constructor(live: LiveRun) {
    const { log: { census }, subject, settings: { runDir } } = live;
    const { journal } = subject;
    this.#live = live;
    this.#dumps = new RunDumps(live);
    this.#prover = journal === null
      ? new Prover(null, subject, () => null)
      : new Prover(census, subject, journalDoubt(journal, runDir));
  }

  /** Goes from the started subject to the verdict; the subject's group is gone when it returns. */
  async carryOut(): Promise<RunOutcome> {
    const { log, events } = this.#live;
    const outcome = await awaitOutcome(this.#live, this.#prover, {
      dump: () => this.#dumps.onRequest(),
      awaitDecision: () => this.#offer("interrupted"),
    });
    this.#hung = outcome === "overdue" || outcome === "proven" || outcome === "idle";
    if (this.#hung && this.#live.subject.command !== undefined) this.#passed = this.#limit(outcome);
    if (this.#hung) log.judge();
    if (this.#hung) await this.#examine(outcome);
    const interrupted = outcome === "stopped";
    if (outcome === "stopped" && !this.#wasOffered) await this.#dumps.beforeEnd();
    // Asked before the logs are tidied up, which makes room again.
    const spoilt = this.#selfCheck.spoilt ?? (interrupted ? null : this.#unrecorded());
    const leftovers = await this.#end(outcome);
    const refusal = unjudged(this.#live, spoilt, interrupted);
    if (refusal !== null) return refusal;
    const attempt = await this.#attempt(interrupted, leftovers);
    events.emit(judgedEvent(attempt));
    return { kind: "judged", facts: log.facts, attempt };
  }

  /** What a command has not kept to. */
  #limit(outcome: WatchOutcome): Observations["passed"] {
    const { log: { phase, deadlineMs }, settings: { limits }, process: { pid } } = this.#live;
    if (outcome === "proven") return { because: "proof", boundMs: 0, fate: null };
    if (outcome === "idle") return { because: "idle", boundMs: limits?.idleMs ?? 0, fate: null };
    if (phase !== "teardown") return { because: "deadline", boundMs: deadlineMs, fate: null };
    const signal = limits?.stop?.signal;
    const fate = signal === undefined ? null : signalFate(pid, signal);
    return { because: "stop", boundMs: deadlineMs, fate };
  }

  /**
   * Without a record that its nursery joined it is not known whether it did, nor whether a program failed otherwise.
   */
  #unrecorded(): string | null {
    const { log, settings, subject, watch } = this.#live;
    watch.look();
    if (subject.journal === null || log.joined !== null || log.refusal !== null) return null;
    const why = diskTakesNothing(settings.runDir);
    return why === null
      ? null
      : `the run directory takes nothing more, so what the subject did last may not have been recorded: ${why}`;
  }

  /** A hang that unwedge, or another process, may have made is not investigated: nothing can be said about it. */
  async #examine(outcome: WatchOutcome): Promise<void> {
    this.#proof = await this.#prove(outcome === "proven");
    const { InterferenceCheck } = await loadLater<typeof import("./self_check.ts")>(
      import.meta.resolve("./self_check.ts"),
    );
    const check = new InterferenceCheck(this.#live);
    this.#selfCheck = await check.before();
    if (this.#selfCheck.spoilt !== null) return;
    await this.#investigate();
    this.#selfCheck = check.after(this.#dumps);
  }

  /**
   * What is proven, or why nothing is; null once the nursery has joined. Asked before anything is done to the subject.
   */
  async #prove(stopped: boolean): Promise<ProofAt | null> {
    const { log } = this.#live;
    if (log.joined !== null) return null;
    const finding = await this.#prover.finding();
    const { proven } = this.#prover;
    return { finding, atMs: proven?.atMs ?? epochNow(), stopped: stopped && proven !== null };
  }

  /** It hangs: see why, and what the subject still reacts to. */
  async #investigate(): Promise<void> {
    const { log, watch, events: { emit }, operator, settings, clock } = this.#live;
    const proof = this.#proof;
    if (proof?.stopped === true) {
      const ms = clock.ran(log.clockStart ?? proof.atMs, proof.atMs);
      emit({ type: "proven", afterMs: tenths(ms) });
    } else if (this.#passed !== null) {
      const { because, boundMs } = this.#passed;
      emit({ type: "not-ended", because, boundMs });
    } else {
      const joined = log.joined !== null;
      emit({ type: "deadline-passed", deadlineMs: log.deadlineMs, joined, phase: log.phase });
    }
    await this.#dumps.atHang();
    if (proof?.finding.kind === "not-provable") {
      this.#timers = await timersOfMain(this.#live, this.#dumps.dump);
    }
    watch.look();
    if (operator.onHang !== null && !watch.stopAsked) {
      return await this.#offerHang(proof?.stopped === true ? "proven" : "deadline-passed");
    }
    if (log.joined === null && settings.sigintProbe && !watch.stopAsked) {
      const { probeSigint } = await loadLater<typeof import("./sigint_probe.ts")>(
        import.meta.resolve("./sigint_probe.ts"),
      );
      this.#sigint = await probeSigint(this.#live, this.#dumps.dump, this.#prover);
    }
    // Its chance to go by itself. A subject that did not join, even when interrupted, has had it in the probe.
    if (log.joined === null) {
      this.#awaits = await awaitsOfMain(this.#live, this.#dumps.dump);
      return;
    }
    await watch.until(() => false, clock.bound() + settings.graceMs);
    this.#handles = await this.#handlesOfMain();
  }

  /** Looked for last, when the clocks are judged: a client of the inspector keeps a process for as long as it looks. */
  async #handlesOfMain(): Promise<readonly string[]> {
    const { tools, process, subject: { inspector: { wsUrl } }, watch, pause } = this.#live;
    const { dump, heldByDebugger } = this.#dumps;
    if (process.exit !== null || wsUrl === null || watch.stopAsked || heldByDebugger) return [];
    const { handlesOfMain, onlyMainIsLeft } = await loadLeftovers();
    if (!onlyMainIsLeft(process.pid, dump)) return [];
    return await pause.whileRunning(() => handlesOfMain(tools, wsUrl));
  }

  /** Offers a hang to the operator. Going on means to be watched on, without a bound. */
  async #offerHang(because: HungBecause): Promise<void> {
    for (;;) {
      const { kind } = await this.#offer(because);
      if (kind !== "continue" || await this.#watchOn() !== "wished") return;
    }
  }

  /** Until the subject has gone, has joined and had its grace, or the operator asks for the run again. */
  async #watchOn(): Promise<"wished" | "over"> {
    const { log, watch, operator: { wishes }, settings, clock } = this.#live;
    for (;;) {
      const { joined } = log;
      const untilMs = joined === null ? Infinity : clock.bound(joined.t) + settings.graceMs;
      const news = () => wishes?.any === true || (joined === null && log.joined !== null);
      if (await watch.until(news, untilMs) !== "met") return "over";
      if (wishes?.takeDump() === true) await this.#dumps.onRequest();
      if (wishes?.takeAttention() === true) return "wished";
    }
  }

  /** Offers the run to the operator, and waits for the decision or a request to stop. */
  async #offer(because: HungBecause): Promise<HungDecision> {
    const { onHang, wishes } = this.#live.operator;
    if (onHang === null) return { kind: "continue" };
    this.#wasOffered = true;
    const { awaitDecision } = await loadLater<typeof import("./offered_run.ts")>(
      import.meta.resolve("./offered_run.ts"),
    );
    const decision = await awaitDecision({
      live: this.#live,
      prover: this.#prover,
      dumps: this.#dumps,
      interventions: this.#interventions,
      judge: () => this.#attemptNow(),
    }, because);
    // An operator who asked for the run meanwhile has had it.
    wishes?.takeAttention();
    return decision;
  }

  /** Ends the subject's group and returns what had been left of it. */
  async #end(outcome: WatchOutcome): Promise<readonly string[]> {
    const { subject, process, watch, events } = this.#live;
    watch.look();
    const leftovers = await this.#leftovers();
    if (process.exit === null) events.emit({ type: "ending", why: ENDING[outcome] });
    await process.endGroup();
    watch.look();
    // A record that the kill cut short says nothing that would have counted.
    if (!process.endedByUs) subject.journal?.end();
    subject.output.clean();
    return leftovers;
  }

  async #leftovers(): Promise<readonly string[]> {
    const { process, log, subject } = this.#live;
    if (process.exit !== null || log.clockStart === null) return [];
    if (subject.command !== undefined) {
      const { keptBy } = await loadLater<typeof import("./kept_by.ts")>(
        import.meta.resolve("./kept_by.ts"),
      );
      return keptBy(this.#dumps.dump);
    }
    const { leftoversOf } = await loadLeftovers();
    if (process.exit !== null) return [];
    const { dump, heldByDebugger } = this.#dumps;
    return leftoversOf(process.pid, dump, heldByDebugger, this.#handles, log.joined !== null);
  }

  async #attemptNow(): Promise<Attempt> {
    return await this.#attempt(!this.#hung, await this.#leftovers());
  }

  #attempt(interrupted: boolean, leftovers: readonly string[]): Promise<Attempt> {
    const { process, watch, subject } = this.#live;
    return buildAttempt(this.#live, {
      // A stop that came while the hang was looked into: what has been seen by then is in the report.
      cutShort: this.#hung && watch.stopAsked,
      exit: process.endedByUs ? null : process.exit,
      overdue: this.#hung,
      interrupted,
      passed: this.#passed,
      dumps: this.#dumps,
      interventions: this.#interventions,
      sigint: subject.command === undefined ? this.#sigint ?? this.#interventions.sigint : null,
      proof: this.#proof,
      handles: this.#handles,
      timers: this.#timers,
      awaits: this.#awaits,
      leftovers,
      selfCheck: this.#selfCheck.evidence,
    });
  }
}

/** A run that ends well leaves nothing that has to be named. */
function loadLeftovers() {
  return loadLater<typeof import("./leftovers.ts")>(import.meta.resolve("./leftovers.ts"));
}

const ENDING: Readonly<Record<WatchOutcome, string>> = {
  ended: "the subject refused the run",
  damaged: "its journal cannot be read any more",
  overdue: "everything has been seen",
  idle: "everything has been seen",
  proven: "everything has been seen",
  stopped: "the run was stopped",
};
