/**
 * Runs scenarios with sets of remedies, each in a process and a directory of its own, beside one another as far as
 * they do not disturb each other.
 *
 * Invariant: of every run that was planned something is kept: its verdict, a fault, or that it was skipped.
 *
 * @module
 */

import { createRunDir } from "../../run/run_dir.ts";
import { runScenario } from "../../run/run_scenario.ts";
import type { RunOutcome, RunRequest } from "../../run/run_request.ts";
import { REAL_TOOLS, type RunTools } from "../../run/run_tools.ts";
import { compare, declaredBy, differenceLine } from "../../report/declared.ts";
import { thisTool } from "../../run/result/document.ts";
import type { EventLog } from "../../report/events.ts";
import type { Attempt, ResultDocument, Unjudged } from "../../model/result.ts";
import type { DiagnosingRun } from "./diagnose_hangs.ts";
import { streamEventOf } from "../../run/run_event.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { OperatorControls } from "../terminal/operator_controls.ts";
import { writeDump } from "../verbs/repro_files.ts";
import type { ReproOptions } from "../verbs/repro_options.ts";
import { type Cell, directoryOf, type DoneCell, expectedMs, type PlannedCell } from "./cell.ts";
import { limited } from "./limited.ts";
import type { SuiteProgress } from "./progress.ts";
import { schedule } from "../../run/schedule.ts";
import { SPINNERS } from "../../run/configured_waits.ts";
import type { Broken } from "./selection.ts";
import { setOf, suiteDocument } from "./suite_document.ts";

/** What a suite works with. */
export interface SuiteParts {
  readonly verb: string;
  readonly runDir: string;
  readonly options: ReproOptions;
  readonly sigintProbe: boolean;
  readonly jobs: number;
  readonly failFast: boolean;
  /** Runs those attempts without remedies whose hangs are to be diagnosed; null when none are. */
  readonly diagnosing: DiagnosingRun | null;
  readonly shard: string | null;
  readonly argv: readonly string[];
  readonly tools: RunTools | undefined;
  readonly log: EventLog;
  readonly progress: SuiteProgress;
  readonly interrupts: Interrupts;
  readonly controls: OperatorControls;
}

/**
 * So many subjects are in their start at the same time, and so many are looked into: both are work, a start that is
 * starved looks like a slow one, and an isolate that is starved does not answer.
 */
const CORES = Math.max(1, navigator.hardwareConcurrency);

/** Runs cells and keeps what came of them. */
export class Suite {
  readonly #parts: SuiteParts;
  readonly #startedAt = new Date().toISOString();
  readonly #startMs = performance.now();
  readonly #done: DoneCell[] = [];
  readonly #unjudged: Unjudged[] = [];
  readonly #tools: RunTools;
  #numbers = 0;
  #failed = false;

  constructor(parts: SuiteParts) {
    this.#parts = parts;
    const tools = parts.tools ?? REAL_TOOLS;
    const takeDump = limited(
      CORES,
      (given: Parameters<RunTools["takeDump"]>[0]) => tools.takeDump(given),
    );
    this.#tools = { ...tools, takeDump };
    const { log, argv, options: { seed } } = parts;
    const runId = parts.runDir.slice(parts.runDir.lastIndexOf("/") + 1);
    log.add({
      type: "run-started",
      runId,
      scenario: "*",
      seed,
      remedies: [],
      argv,
      tool: thisTool(),
    });
    parts.interrupts.onNotice = ({ signal, then }) => log.add({ type: "signal", signal, then });
  }

  /** Whether nothing more is to be started. */
  get stopped(): boolean {
    const { interrupts, failFast } = this.#parts;
    return interrupts.stop.aborted || (failFast && this.#failed);
  }

  /** Takes note of scenarios that cannot run. */
  addBroken(broken: readonly Broken[]): void {
    for (const { name, url, file, line, message } of broken) {
      const fault: Unjudged = {
        kind: "fault",
        scenario: name,
        scenarioFile: url,
        remedies: [],
        message,
        file,
        line,
      };
      this.#unjudged.push(fault);
      this.#failed = true;
      this.#parts.progress.fault(fault);
    }
  }

  /** Runs cells; returns the attempts, null where there is no verdict, in the order of `cells`. */
  async run(cells: readonly Cell[]): Promise<(Attempt | null)[]> {
    const planned = cells.map((cell): PlannedCell => {
      const { facts } = cell.scenario;
      return {
        ...cell,
        number: ++this.#numbers,
        spins: facts.load === "spins",
        expectedMs: expectedMs(cell, this.#parts.options),
      };
    });
    const { progress, jobs } = this.#parts;
    progress.planned(planned.length);
    const left = await schedule({
      tasks: planned,
      jobs,
      starts: CORES,
      spinners: SPINNERS,
      enough: () => this.stopped,
      run: (cell, started) => this.#runOne(cell, started),
    });
    const why = this.#parts.interrupts.by ?? "--fail-fast";
    for (const { scenario, remedies } of left.toSorted((a, b) => a.number - b.number)) {
      const message = `not started: stopped by ${why}`;
      const { name, url } = scenario;
      this.#unjudged.push({
        kind: "skipped",
        scenario: name,
        scenarioFile: url,
        remedies,
        ...setOf(scenario),
        message,
        file: null,
        line: null,
      });
    }
    return planned.map((cell) => {
      const outcome = this.#done.find((each) => each.cell === cell)?.outcome;
      return outcome?.kind === "judged" ? outcome.attempt : null;
    });
  }

  /**
   * Everything that was observed; the event stream ends with it.
   *
   * @param code the exit code when everything is as declared
   */
  finish(code = 0): ResultDocument {
    const { interrupts, log } = this.#parts;
    const document = suiteDocument({
      ...this.#parts,
      startedAt: this.#startedAt,
      durationMs: Math.round(performance.now() - this.#startMs),
      interruptedBy: interrupts.by,
      done: this.#done,
      unjudged: this.#unjudged,
    }, code);
    const { totals, run: { partial, exitCode } } = document;
    log.add({ type: "run-finished", totals, partial, exitCode });
    return document;
  }

  async #runOne(cell: PlannedCell, started: () => void): Promise<void> {
    const { runDir, options, sigintProbe, interrupts, progress, log } = this.#parts;
    const { scenario: { name, url, set }, remedies, number, repetition } = cell;
    const dir = `attempts/${name}/${directoryOf(remedies)}-${repetition}`;
    const path = createRunDir({ kind: "at", path: `${runDir}/${dir}` });
    progress.started(cell);
    log.add({ type: "attempt-started", attempt: number, scenario: name, remedies });
    const request: RunRequest = {
      ...options,
      set,
      scenarioUrl: url,
      name,
      runDir: path,
      remedies,
      sigintProbe,
    };
    const startMs = performance.now();
    const { diagnosing, controls } = this.#parts;
    const run: DiagnosingRun = diagnosing === null || remedies.length > 0
      ? runScenario
      : diagnosing;
    const outcome = await run(
      request,
      controls.watching(name, {
        onEvent: (event) => {
          // From here on it waits for its settle time.
          if (event.type === "teardown-requested" || event.type === "scenario-loaded") started();
          progress.event(cell, event);
          log.add(streamEventOf(number, event));
        },
        stop: interrupts.stop,
        kill: interrupts.kill,
        tools: this.#tools,
      }),
      number,
      cell.spins,
    );
    const durationMs = Math.round(performance.now() - startMs);
    this.#done.push({ cell, dir, outcome, durationMs });
    await this.#conclude(cell, outcome, path, durationMs);
  }

  async #conclude(
    cell: PlannedCell,
    outcome: RunOutcome,
    path: string,
    durationMs: number,
  ): Promise<void> {
    const { progress, log } = this.#parts;
    const { scenario, remedies, number } = cell;
    if (outcome.kind === "judged") {
      const { attempt } = outcome;
      await writeDump(attempt, path);
      const comparison = compare(attempt, declaredBy(scenario.facts));
      const differences = comparison.kind === "mismatch" ? comparison.differences : [];
      this.#failed ||= comparison.kind === "mismatch";
      log.add({
        type: "compared",
        attempt: number,
        asDeclared: comparison.kind === "not-declared" ? null : comparison.kind === "as-declared",
        differences: differences.map((each) => differenceLine([each])),
      });
      progress.ended(cell, attempt, durationMs);
      return;
    }
    const { message } = outcome;
    const { file, line } = outcome.kind === "load-failed" ? outcome : { file: null, line: null };
    const fault = {
      kind: "fault",
      scenario: scenario.name,
      scenarioFile: scenario.url,
      remedies,
      ...setOf(scenario),
      message,
      file,
      line,
    } as const;
    this.#failed = true;
    this.#unjudged.push(fault);
    log.add({ type: "not-judged", attempt: number, message });
    progress.fault(fault, cell);
  }
}
