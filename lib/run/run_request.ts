/**
 * What is asked of a run, and how it can come out.
 *
 * @module
 */

import type { LoadFailure, ScenarioFacts } from "../protocol/journal_event.ts";
import type { Attempt } from "../model/result.ts";
import type { ScenarioRequest } from "../subject/scenario_subject.ts";
import type { OnHang } from "./hung_run.ts";
import type { RunConsole } from "./run_console.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunTools } from "./run_tools.ts";

/** What the run of a command is bounded by beside its deadline. Times in milliseconds. */
export interface CommandLimits {
  /** It hangs when it has done nothing for so long; null for no such bound. */
  readonly idleMs: number | null;
  /** The check that it stops when it is told to; null when there is none. */
  readonly stop: {
    /** After its start. */
    readonly afterMs: number;
    readonly signal: Deno.Signal;
    /** After the signal. */
    readonly deadlineMs: number;
  } | null;
}

/** How a run is gone through, whatever is watched. Times in milliseconds; null means "as the subject declares". */
export interface RunSettings {
  /** An existing directory, from `createRunDir`. */
  readonly runDir: string;
  readonly deadlineMs: number | null;
  readonly settleMs: number | null;
  /** How long the subject gets for each thing that it may still do after its deadline. */
  readonly graceMs: number;
  readonly sigintProbe: boolean;
  /** What ends the run of a command beside its deadline; absent for a scenario. */
  readonly limits?: CommandLimits;
  /** Whether to wait for the deadline also when it is proven that the run never ends. Default false. */
  readonly awaitDeadline?: boolean;
  /** Stack samples per isolate, at least 1; with fewer than 2 nothing can be called stuck. */
  readonly samples: number;
  readonly sampleGapMs: number;
  /** After how long "still running" is said for the first time. */
  readonly slowMs: number;
}

/** The run of a scenario. */
export interface RunRequest extends ScenarioRequest, RunSettings {}

/** How a run came out. */
export type RunOutcome =
  | {
    readonly kind: "judged";
    /** What the subject declared of itself; null when it was ended before it did, or declares nothing. */
    readonly facts: ScenarioFacts | null;
    readonly attempt: Attempt;
  }
  /** The request makes no sense to the scenario: a usage error. */
  | { readonly kind: "refused"; readonly message: string }
  | LoadFailure
  /** Nothing can be said about teardown: the subject never got there, or could not be started. */
  | { readonly kind: "cannot-judge"; readonly message: string };

/** How a run is watched and stopped. */
export interface WatchOptions {
  readonly onEvent?: (event: RunEvent) => void;
  /** Orderly stop: dump, end the subject, partial report, within 3 s. */
  readonly stop?: AbortSignal;
  /** SIGKILL the subject's group now. */
  readonly kill?: AbortSignal;
  /** Called when the subject hangs, before it is ended. The run then sends no SIGINT of its own. */
  readonly onHang?: OnHang;
  /** What the operator asks of the run while it is under way. */
  readonly console?: RunConsole;
  /** For tests. */
  readonly tools?: RunTools;
}
