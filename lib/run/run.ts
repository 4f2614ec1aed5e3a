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
import type { Attempt, SigintProbe } from "../model/result.ts";
import { buildAttempt, type ProofAt } from "./attempt.ts";
import { deadlineOf, OutcomeWatch, type WatchOutcome } from "./await_outcome.ts";
import { Interventions } from "../intervene/interventions.ts";
import type { HungDecision } from "./hung_run.ts";
import { leftoversOf, onlyMainIsLeft } from "./leftovers.ts";
import { journalDoubt, Prover } from "./prover.ts";
import { type HungBecause, judgedEvent } from "./run_event.ts";
import { diskTakesNothing } from "../os/disk.ts";
import { RunDumps } from "./run_dumps.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunOutcome } from "./run_request.ts";
import type { SelfCheck } from "./self_check.ts";
import type { OfferedRunHost } from "./offered_run.ts";
import { tenths } from "./tenths.ts";
import { unjudged } from "./unjudged.ts";
import { unloaded } from "./unloaded.ts";
import { loadLater } from "../os/load_later.ts";

/** One run. */
export class Run {
  readonly #parts: RunParts;
  readonly #prover: Prover;
  readonly #looks: RunDumps;
  readonly #help: Interventions = new Interventions();
  #sigint: SigintProbe | null = null;
  #proof: ProofAt | null = null;
  #hung = false;
  #stood = false;
  #handles: readonly string[] = [];
  #selfCheck: SelfCheck = { spoilt: null, evidence: [] };

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#looks = new RunDumps(parts);
    this.#prover = new Prover(
      parts.log.census,
      parts.request.scenarioUrl,
      journalDoubt(parts.reader, parts.request.runDir),
    );
  }

  /** Goes from the started subject to the verdict; the subject's group is gone when it returns. */
  async carryOut(): Promise<RunOutcome> {
    const { log, watch, emit } = this.#parts;
    const course = await new OutcomeWatch({
      ...this.#parts,
      prover: this.#prover,
      dump: () => this.#looks.byTheWay(),
      awaitDecision: () => this.#stand("interrupted"),
    }).follow();
    this.#hung = course === "overdue" || course === "proven";
    if (this.#hung) await this.#lookInto(course);
    // A stop that came while the hang was looked into: what has been seen by then is in the report.
    const interrupted = course === "stopped" || (this.#hung && watch.stopAsked);
    if (course === "stopped" && !this.#stood) await this.#looks.beforeTheEnd();
    // Asked before the logs are tidied up, which makes room again.
    const spoilt = this.#selfCheck.spoilt ?? (interrupted ? null : this.#unrecorded());
    const leftovers = await this.#end(course);
    const refusal = unjudged({ ...this.#parts, neverBegan: course === "never-began", spoilt });
    if (refusal !== null) return refusal;
    const facts = log.facts ?? unloaded(this.#parts.request);
    const attempt = await this.#attempt(facts, interrupted, leftovers);
    emit(judgedEvent(attempt));
    return { kind: "judged", facts, attempt };
  }

  /** Without a record that its nursery joined, nobody knows that it did; nor whether a program failed of anything else. */
  #unrecorded(): string | null {
    const { log, request, watch } = this.#parts;
    watch.look();
    const why = log.joined === null && log.refusal === null
      ? diskTakesNothing(request.runDir)
      : null;
    return why === null
      ? null
      : `the run directory takes nothing more, so what the subject did last may not have been recorded: ${why}`;
  }

  /** A hang that we, or somebody else, may have made is not looked into: there is nothing to be said about it. */
  async #lookInto(course: WatchOutcome): Promise<void> {
    this.#proof = await this.#prove(course === "proven");
    const { InterferenceCheck } = await loadLater<typeof import("./self_check.ts")>(
      import.meta.resolve("./self_check.ts"),
    );
    const self = new InterferenceCheck(this.#parts);
    this.#selfCheck = await self.before();
    if (this.#selfCheck.spoilt !== null) return;
    await this.#investigate();
    this.#selfCheck = self.after(this.#looks);
  }

  /** What is proven, or why nothing is; null once the nursery has joined. Told before anything is done to the subject. */
  async #prove(stopped: boolean): Promise<ProofAt | null> {
    const { log } = this.#parts;
    if (log.joined !== null) return null;
    const finding = await this.#prover.finding();
    const { proven } = this.#prover;
    return { finding, atMs: proven?.atMs ?? epochNow(), stopped: stopped && proven !== null };
  }

  /** It hangs: see why, and what the subject still reacts to. */
  async #investigate(): Promise<void> {
    const { log, watch, emit, request, clock } = this.#parts;
    const proof = this.#proof;
    if (proof?.stopped === true) {
      const ms = clock.ran(log.clockStart ?? proof.atMs, proof.atMs);
      emit({ type: "proven", afterMs: tenths(ms) });
    } else {
      const joined = log.joined !== null;
      emit({ type: "deadline-passed", deadlineMs: deadlineOf(this.#parts), joined });
    }
    await this.#looks.ofTheHang();
    watch.look();
    if (this.#parts.onHang !== null && !watch.stopAsked) {
      return await this.#standHung(proof?.stopped === true ? "proven" : "deadline-passed");
    }
    if (log.joined === null && request.sigintProbe && !watch.stopAsked) await this.#probe();
    // Its chance to go by itself. A subject that did not join, even when interrupted, has had it in the probe.
    if (log.joined === null) return;
    await watch.until(() => false, clock.bound() + request.graceMs);
    this.#handles = await this.#handlesOfMain();
  }

  /** Looked for last, when the clocks are judged: a client of the inspector keeps a process for as long as it looks. */
  async #handlesOfMain(): Promise<readonly string[]> {
    const { tools, subject, output, watch, pause } = this.#parts;
    const { dump, heldByDebugger } = this.#looks;
    const { wsUrl } = output;
    if (subject.exit !== null || wsUrl === null || watch.stopAsked || heldByDebugger) return [];
    if (!onlyMainIsLeft(subject.pid, dump)) return [];
    const { handlesOfMain } = await loadLater<typeof import("./leftovers.ts")>(
      import.meta.resolve("./leftovers.ts"),
    );
    return await pause.whileRunning(() => handlesOfMain(tools, wsUrl));
  }

  async #probe(): Promise<void> {
    const { subject, output, tools, request, pause } = this.#parts;
    const { probeSigint } = await loadLater<typeof import("./sigint_probe.ts")>(
      import.meta.resolve("./sigint_probe.ts"),
    );
    const { wsUrl } = output;
    this.#sigint = await probeSigint({
      ...this.#parts,
      process: subject,
      dump: this.#looks.dump,
      freeMain: wsUrl === null ? null : () => pause.whileRunning(() => tools.freeMain({ wsUrl })),
      graceMs: request.graceMs,
    });
  }

  /** Stands after the verdict is clear. Going on means to be watched on, without a bound. */
  async #standHung(because: HungBecause): Promise<void> {
    for (;;) {
      const { kind } = await this.#stand(because);
      if (kind !== "continue" || await this.#watchOn() !== "wished") return;
    }
  }

  /** Until the subject has gone, has joined and had its grace, or somebody wants something. */
  async #watchOn(): Promise<"wished" | "over"> {
    const { log, watch, wishes, request, clock } = this.#parts;
    for (;;) {
      const { joined } = log;
      const untilMs = joined === null ? Infinity : clock.bound(joined.t) + request.graceMs;
      const news = () => wishes?.any === true || (joined === null && log.joined !== null);
      if (await watch.until(news, untilMs) !== "met") return "over";
      if (wishes?.takeDump() === true) await this.#looks.byTheWay();
      if (wishes?.takeAttention() === true) return "wished";
    }
  }

  /** Before somebody, until a decision or a request to stop. */
  async #stand(because: HungBecause): Promise<HungDecision> {
    const { onHang, wishes } = this.#parts;
    if (onHang === null) return { kind: "continue" };
    this.#stood = true;
    const { awaitDecision } = await loadLater<typeof import("./offered_run.ts")>(
      import.meta.resolve("./offered_run.ts"),
    );
    const decision = await awaitDecision(this.#host(), because);
    // Whoever asked for it meanwhile had it.
    wishes?.takeAttention();
    return decision;
  }

  #host(): OfferedRunHost {
    const [looks, help] = [this.#looks, this.#help];
    return {
      parts: this.#parts,
      prover: this.#prover,
      reaped: help.reaped,
      actions: help.actions,
      get lastDump() {
        return looks.latest;
      },
      look: (over) => looks.again(over),
      firstLook: () => looks.forAPerson(),
      judge: () => this.#attemptNow(),
      acted: (acted) => help.add(acted),
    };
  }

  /** Ends the subject's group and returns what had been left of it. */
  async #end(course: WatchOutcome): Promise<readonly string[]> {
    const { subject, watch, output, emit } = this.#parts;
    watch.look();
    const leftovers = this.#leftovers();
    if (subject.exit === null) emit({ type: "ending", why: ENDING[course] });
    await subject.endGroup();
    watch.look();
    output.clean();
    return leftovers;
  }

  #leftovers(): readonly string[] {
    const { subject, log } = this.#parts;
    if (subject.exit !== null || log.clockStart === null) return [];
    const { dump, heldByDebugger } = this.#looks;
    return leftoversOf(subject.pid, dump, heldByDebugger, this.#handles, log.joined !== null);
  }

  #attemptNow(): Promise<Attempt> {
    const { log, request, watch } = this.#parts;
    const interrupted = !this.#hung || watch.stopAsked;
    return this.#attempt(log.facts ?? unloaded(request), interrupted, this.#leftovers());
  }

  #attempt(
    facts: ScenarioFacts,
    interrupted: boolean,
    leftovers: readonly string[],
  ): Promise<Attempt> {
    const { subject, watch, output, reader } = this.#parts;
    const exit = subject.endedByUs ? null : subject.exit;
    return buildAttempt({
      ...this.#parts,
      facts,
      interrupted,
      leftovers,
      exit,
      overdue: this.#hung,
      proof: this.#proof,
      dump: this.#looks.told,
      sigint: this.#sigint ?? this.#help.sigint,
      actions: this.#help.actions,
      helpedAt: this.#help.sinceMs,
      operatedAt: this.#help.operatedMs,
      heldByDebugger: this.#looks.heldByDebugger,
      handles: this.#handles,
      loop: this.#looks.loop(exit?.atMs ?? epochNow()),
      threadsGoneAt: watch.threadsGoneAt,
      outputTail: output.tail(),
      maxGapMs: watch.maxGapMs,
      selfCheck: this.#selfCheck.evidence,
      journalDamage: reader.damage,
    });
  }
}

const ENDING: Readonly<Record<WatchOutcome, string>> = {
  ended: "the subject refused the run",
  overdue: "everything has been seen",
  proven: "everything has been seen",
  "never-began": "teardown was never requested",
  stopped: "the run was stopped",
};
