/**
 * What main and its sentinel say to each other. Counts of what was answered and taken stand in shared memory, so that
 * the sentinel can read them from a main that sends nothing.
 *
 * @module
 */

/** Signals that a sentinel can own. */
export type SentinelSignal = "SIGINT" | "SIGTERM";

/** What a sentinel does when a signal came and main does not turn: free main if it can, or end the process at once. */
export type OnStarved = "free" | "end";

/** Places in the shared memory, which are int32. */
export const COUNTS = {
  /** Number of the latest ping that main has answered. */
  answered: 0,
  /** Signals that came. */
  came: 1,
  /** Of these, those that main has taken. */
  taken: 2,
} as const;

/** Size of the shared memory in bytes. */
export const COUNTS_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;

/** What a sentinel is set up with. */
export interface Setup {
  readonly counts: SharedArrayBuffer;
  readonly signals: readonly SentinelSignal[];
  /** See `SentinelOptions`. */
  readonly boundMs: number;
  /** See `SentinelOptions`. */
  readonly onStarved: OnStarved;
  /** Whether reports go to stderr. */
  readonly stderr: boolean;
  /** Journal that reports go to, or null. */
  readonly journal: string | null;
}

/** From main. */
export type ToSentinel =
  | { readonly kind: "setup"; readonly setup: Setup }
  /** Where the inspector of the process is. */
  | { readonly kind: "inspector"; readonly url: string }
  /** A mutex in shared memory that main may block on. */
  | { readonly kind: "mutex"; readonly name: string; readonly memory: SharedArrayBuffer }
  /** From now on main's loop has to turn; null ends that. */
  | { readonly kind: "watch"; readonly starvedMs: number | null }
  /** It is to let go of the signals and end itself. */
  | { readonly kind: "end" };

/** To main. */
export type FromSentinel =
  | { readonly kind: "ready" }
  | { readonly kind: "signal"; readonly signal: SentinelSignal; readonly number: number }
  | { readonly kind: "ping"; readonly number: number }
  /** The last one: the signals are no business of the sentinel's any more. */
  | { readonly kind: "ended" };

/** Key (for `Symbol.for`) of `globalThis[Symbol.for(SELF_REPORT_KEY)](): string`, JSON of {@linkcode SelfReport}. */
export const SELF_REPORT_KEY = "unwedge.self-report";

/** A lock that main is blocked on while its holder has been given up, or is dead. */
export interface HeldLock {
  readonly name: string;
  /** Path of the holder. */
  readonly holder: string;
  /** Since when main has been blocked on it, epoch milliseconds. */
  readonly sinceMs: number;
}

/** What main says of itself, whatever it is in the middle of. */
export interface SelfReport {
  /** Frames of what main is doing, innermost first, in TypeScript positions. */
  readonly stack: readonly string[];
  /** How many of the microtasks have run that the reports before this one queued. */
  readonly microtasks: number;
  readonly hostages: readonly HeldLock[];
}
