/**
 * What `diagnose` found: what was tried on copies of one hang, what came of each, and the cause that this confirms. Part
 * of the result document, at the attempt that was diagnosed. Times in milliseconds.
 *
 * @module
 */

import type { Action, ActionClocks } from "./action.ts";
import type { HangClass } from "./result.ts";

/** One link of the chain of waits, from the nursery that teardown waits for down to what never comes. */
export interface ChainStep {
  readonly actor: string;
  /** `#4 loop of root<->root/stuck`; null where no task waits (a lock that main blocks on). */
  readonly task: string | null;
  /** What it waits for, as in the dump: `join`, `recv`, `shared-lock`; `none` for one that runs or spins. */
  readonly kind: string;
  readonly resource: string;
  readonly peer: string | null;
  readonly peerState: "alive" | "dead" | "abandoned" | null;
  readonly shielded: boolean;
}

/** What came of trying something on a copy of the hang. */
export type TrialOutcome =
  | {
    readonly kind: "applied";
    /** One line for each thing that was done, as the runtime, or the harness, says. */
    readonly did: readonly string[];
    /** Which clocks stopped, each counted from the action that stopped it; null when they did not. */
    readonly clocks: ActionClocks;
    readonly tasksLeft: readonly string[];
    /** How long the effect was waited for. */
    readonly watchedMs: number;
  }
  /** There was nothing it could be applied to. */
  | { readonly kind: "nothing-to-do"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string }
  /** The copy did not come to the same hang, so nothing can be said. */
  | { readonly kind: "void"; readonly why: string }
  | { readonly kind: "not-tried"; readonly why: string };

/** One thing that was tried: an action, or the smallest pair of them that was worth trying. */
export interface Trial {
  /** `Ctrl-C`, `channel-abort`, `channel-abort + reap`, `cancel report`. */
  readonly name: string;
  /** In the order in which they were applied. */
  readonly actions: readonly Action[];
  /** Directory of the copy, relative to the run directory; `.` for the first run itself. */
  readonly where: string;
  readonly outcome: TrialOutcome;
}

/** Whether the remedies agree with the class that the evidence named. */
export type Confirmation =
  | {
    readonly kind: "confirmed";
    readonly class: HangClass;
    readonly because: readonly string[];
  }
  /** What was tried contradicts the class. */
  | { readonly kind: "conflict"; readonly class: HangClass; readonly because: readonly string[] }
  /** Nothing speaks against it, and what would confirm it has not been seen. */
  | {
    readonly kind: "unconfirmed";
    readonly class: HangClass;
    readonly because: readonly string[];
  };

/** A diagnosis. */
export interface DiagnosisReport {
  readonly chain: readonly ChainStep[];
  /** In the order of {@linkcode Trial} names of the table: least invasive to try first. */
  readonly trials: readonly Trial[];
  /** The names of the smallest trials with which the nursery joined, and with which the process went too. */
  readonly smallest: { readonly nursery: string | null; readonly process: string | null };
  /** The cause in one sentence; null when no chain of waits could be seen. */
  readonly cause: string | null;
  /** What each of the other trials that helped hides, one sentence each. */
  readonly masks: readonly string[];
  /** Why nothing ends the process, when nothing does. */
  readonly lost: string | null;
  readonly confirmation: Confirmation;
  /** How many copies were run, and how long it all took, the first run included. */
  readonly replicas: number;
  readonly wallMs: number;
}
