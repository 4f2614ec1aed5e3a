/**
 * What is asked of a run, and how it can come out.
 *
 * @module
 */

import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { Attempt } from "../model/result.ts";
import type { OnHang } from "./hung_run.ts";
import type { RunConsole } from "./run_console.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunTools } from "./run_tools.ts";

/** One run, as asked for. Times in milliseconds; null means "as the scenario declares". */
export interface RunRequest {
  /** File URL of the scenario module. */
  readonly scenarioUrl: string;
  readonly name: string;
  /** An existing directory, from `createRunDir`. */
  readonly runDir: string;
  readonly remedies: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly deadlineMs: number | null;
  readonly settleMs: number | null;
  readonly softKillMs: number | null;
  readonly hardKillMs: number | null;
  /** How long the subject gets for each thing that it may still do after its deadline. */
  readonly graceMs: number;
  readonly sigintProbe: boolean;
  /** Whether to wait for the deadline also when it is proven that the run never ends. Default false. */
  readonly awaitDeadline?: boolean;
  /** Stack samples per isolate, at least 1; with fewer than 2 nothing can be called stuck. */
  readonly samples: number;
  readonly sampleGapMs: number;
  readonly seed: number;
  /** After how long "still running" is said for the first time. */
  readonly slowMs: number;
}

/** How a run came out. */
export type RunOutcome =
  | { readonly kind: "judged"; readonly facts: ScenarioFacts; readonly attempt: Attempt }
  /** The request makes no sense to the scenario: a usage error. */
  | { readonly kind: "refused"; readonly message: string }
  /** The scenario file cannot be loaded, or is not a scenario. */
  | {
    readonly kind: "load-failed";
    readonly message: string;
    readonly file: string;
    readonly line: number | null;
  }
  /** Nothing can be said about teardown: the subject never got there, or could not be started. */
  | { readonly kind: "cannot-judge"; readonly message: string };

/** How a run is watched and stopped. */
export interface WatchOptions {
  readonly onEvent?: (event: RunEvent) => void;
  /** Orderly stop: dump, end the subject, partial report, within 3 s. */
  readonly stop?: AbortSignal;
  /** SIGKILL the subject's group now. */
  readonly kill?: AbortSignal;
  /** Called when the subject hangs, before it is ended. The SIGINT probe is then left to whoever is called. */
  readonly onHang?: OnHang;
  /** What a person asks of the run while it is under way. */
  readonly console?: RunConsole;
  /** For tests. */
  readonly tools?: RunTools;
}
