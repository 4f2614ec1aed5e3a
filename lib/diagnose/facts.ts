/**
 * What a diagnosis may rest on: everything that was observed of one run, and nothing that was concluded from it.
 *
 * @module
 */

import type { TimerHandle } from "../dump/open_handles.ts";
import type { SuspendedCall } from "../dump/suspended.ts";
import type { ProofReport } from "../model/proof.ts";
import type { Clocks } from "../model/action.ts";
import type { Dump, Position } from "../model/dump.ts";
import type { LadderRung, LoopFacts, Phase, SigintProbe, Verdict } from "../model/result.ts";

/** An actor that was started. Times after teardown was requested, negative before. */
export interface StartedActor {
  readonly path: string;
  readonly spawnedMs: number;
  /** When its life lock was granted, null when it never was. */
  readonly deadMs: number | null;
}

/** An actor that was heard of after something had been done: by a record of its own, or by its unforced death. */
export interface Heard {
  readonly actor: string;
  /** For the first time, after teardown was requested. */
  readonly atMs: number;
}

/** An error in an actor that no task of it caught; it ended the actor. */
export interface ActorCrash {
  readonly actor: string;
  readonly message: string;
}

/** A task that took its cancel again and again and went on. */
export interface SwallowedCancel {
  readonly actor: string;
  readonly task: string;
  readonly times: number;
  /** The wait whose error the program catches, null when it could not be seen. */
  readonly at: Position | null;
  /** The function that it is in, null when it has no name. */
  readonly fn: string | null;
}

/** The observations of one run. */
export interface Facts {
  readonly verdict: Verdict;
  /** Whether the subject writes down what it does, a heartbeat among it; absent means yes. */
  readonly journal?: boolean;
  /** How far the run came. */
  readonly phase: Phase;
  readonly deadlineMs: number;
  readonly clocks: Clocks;
  /** When the nursery joined without anybody's help, however late (after teardown was requested); null = never. */
  readonly joinedByItselfMs: number | null;
  /** Null when none could be taken. */
  readonly dump: Dump | null;
  /** Why there is no dump; null when there is one. */
  readonly dumpFailure: string | null;
  /** Null when the probe was not made. */
  readonly sigint: SigintProbe | null;
  /** The process had come to its end and waited for an inspector's client, before we connected one. */
  readonly heldByDebugger: boolean;
  /** What is open in main, in words, when only main is left; absent when it was not looked for. */
  readonly handles?: readonly string[];
  /** The timers of the platform that are set in main; null, or absent, when they were not looked for. */
  readonly timers?: readonly TimerHandle[] | null;
  /** The program's functions in main that are suspended in an await of their own; absent when not looked for. */
  readonly awaits?: readonly SuspendedCall[];
  readonly loop: LoopFacts;
  readonly ladder: readonly LadderRung[];
  /** How long a process whose nursery had joined was given to go, in milliseconds; absent when it is not known. */
  readonly graceMs?: number;
  /** What the ladder's steps may take, in milliseconds; absent when it is not known. */
  readonly bounds?: { readonly softKillMs: number; readonly hardKillMs: number };
  /** Paths of actors whose life lock was granted: their isolates are really gone. */
  readonly deadActors: readonly string[];
  readonly swallowed: readonly SwallowedCancel[];
  /** Actors that were heard of after SIGINT had been sent; absent when it is not known. */
  readonly heard?: readonly Heard[];
  /** Absent when none is known. */
  readonly crashed?: readonly ActorCrash[];
  /** Every actor that was started, by any actor, in the order of the journal. */
  readonly actors: readonly StartedActor[];
  /**
   * Actors whose modules use nothing with which a file or connection can be read. Looked up, in their source, only where
   * the kernel does not tell what a thread reads.
   */
  readonly cannotRead?: readonly string[];
  /** What came of trying to prove the hang; absent when it was not tried. */
  readonly proof?: ProofReport | null;
}
