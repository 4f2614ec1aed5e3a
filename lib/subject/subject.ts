/**
 * What a run watches. `lib/run` knows this interface only, so that a program which was not made for unwedge can be
 * watched by the same steps as a scenario.
 *
 * What a subject declares of itself comes with its journal (`RunLog.facts`): one without a journal declares nothing.
 * Such a run is timed from the start of the process, and judged by the end of the process alone.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { SubjectOutput } from "./subject_output.ts";
import type { SubjectProcess } from "./subject_process.ts";

/** A subject before and after its start. */
export interface Subject {
  /** What it is called until it says a name. */
  readonly name: string;
  /** File URL of its main module, whose sources a proof reads; null when that is not known. */
  readonly module: string | null;
  /** Main module of its process, which decides how its imports are resolved; null when that is not known. */
  readonly entry: URL | null;
  /** Remedies that it is started with. */
  readonly remedies: readonly string[];
  readonly inspector: SubjectInspector;
  /** What it prints: kept within bounds, quoted in the report, cleaned up when it has ended. */
  readonly output: Pick<SubjectOutput, "bound" | "tail" | "clean">;
  /** Null when it writes none. */
  readonly journal: SubjectJournal | null;
  /** The command line of a program that was not made for unwedge; absent for a scenario. */
  readonly command?: readonly string[];
  /** Takes the dump where a subject is more than one process; absent where the run takes it. */
  takeDump?(how: {
    readonly samples: number;
    readonly sampleGapMs: number;
    readonly signal: AbortSignal;
  }): Promise<Dump>;
  /** Where the inspector of one of its processes listens; null when that is not known, absent where `inspector` says it. */
  inspectorOf?(pid: number): string | null;
  /** Whether the threads of its workers are called so, as Deno does it; absent where they are. */
  hasNamedThreads?(): boolean;
  /** For how long it has done nothing, in milliseconds on the clock that is handed in; absent where that is not known. */
  idleMs?(nowMs: number): number;
  /**
   * Whether it is proven that it does not end by itself; absent where that cannot be found out. It stands still
   * meanwhile.
   */
  neverEnds?(): Promise<boolean>;
  /** Starts it, once. @throws when it cannot be started */
  start(): SubjectProcess;
}

/** Where the inspector of a subject listens. */
export interface SubjectInspector {
  /** Null while the subject has not said it. */
  readonly wsUrl: string | null;
  /**
   * Whether the subject has come to its end and only waits for an inspector's client to go. Asked before unwedge
   * connects, this is another client, or the program itself.
   */
  readonly waitsForDebugger: boolean;
}

/** What a subject writes down of itself. */
export interface SubjectJournal {
  /** What has been added since the last call, in file order. */
  read(): readonly JournalEvent[];
  /** Why it cannot be read to its end; null when it can. */
  readonly damage: string | null;
  /** Nothing more will be written: what is left of an incomplete record is damage. */
  end(): void;
  /**
   * Tells the subject that it was stopped between two moments (epoch milliseconds). @throws when it cannot be written
   */
  tellPause(fromMs: number, toMs: number): void;
}
