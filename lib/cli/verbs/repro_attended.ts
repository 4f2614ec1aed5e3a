/**
 * `repro` with an operator who may want more than its end: the run is watched through operator controls, and its report
 * can be written while it stands.
 *
 * @module
 */

import type { RunRequest, WatchOptions } from "../../run/run_request.ts";
import { runScenario } from "../../run/run_scenario.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import type { Attempt } from "../../model/result.ts";
import { shortest } from "../paths.ts";
import type { ReproOptions } from "./repro_options.ts";
import type { ReproKind, ReproRun } from "./repro_run.ts";
import type { OperatorControls } from "../terminal/operator_controls.ts";
import type { AttemptOutcome } from "./run_attempts.ts";

/** The latest attempt, as far as it is known. */
interface Latest {
  readonly number: number;
  readonly runDir: string;
  readonly startMs: number;
  facts: ScenarioFacts | null;
}

/** Runs attempts under operator controls, and writes reports of those that stand. */
export class AttendedRepro {
  readonly #options: ReproOptions;
  #latest: Latest | null = null;
  #assemble: ((attempt: AttemptOutcome) => ReproRun) | null = null;

  constructor(options: ReproOptions) {
    this.#options = options;
  }

  /** The kind of run for the frame of `repro`. */
  kind(controls: OperatorControls): ReproKind {
    return {
      verb: "repro",
      interim: (assemble) => this.#assemble = assemble,
      run: (request, watch) => this.#run(request, watch, controls),
    };
  }

  /**
   * Writes result.json, the dump and report.txt for an attempt that stands, and returns the path of the last.
   *
   * @throws {RunDirError} when a file cannot be written
   */
  async writeReport(attempt: Attempt): Promise<string> {
    const latest = this.#latest;
    if (latest === null || this.#assemble === null || latest.facts === null) {
      throw new Error("the scenario has not been loaded yet");
    }
    const { number, runDir, facts } = latest;
    const durationMs = Math.round(performance.now() - latest.startMs);
    const outcome = { kind: "judged", facts, attempt } as const;
    const run = this.#assemble({ number, runDir, outcome, durationMs });
    const { writeFiles } = await import("./repro_files.ts");
    await writeFiles(run, this.#options);
    const { REPORT_FILE } = await import("./repro_page.ts");
    return shortest(`${run.runDir}/${REPORT_FILE}`);
  }

  #run(request: RunRequest, watch: WatchOptions, controls: OperatorControls) {
    const latest: Latest = {
      number: (this.#latest?.number ?? 0) + 1,
      runDir: request.runDir,
      startMs: performance.now(),
      facts: null,
    };
    this.#latest = latest;
    const { onEvent } = watch;
    return runScenario(
      request,
      controls.watching(request.name, {
        ...watch,
        onEvent: (event) => {
          if (event.type === "scenario-loaded") latest.facts = event.facts;
          onEvent?.(event);
        },
      }),
    );
  }
}
