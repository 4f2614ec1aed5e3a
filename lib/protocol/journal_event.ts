/**
 * What the subject says to its observer: one synchronous journal record per thing that happened, written by the
 * isolate in which it happened. The journal is the run's black box and its timeline, so every verdict rests on
 * records of this file; a fact that is not in here (or in a dump) must not be in a report.
 *
 * All times are milliseconds since the Unix epoch with a fractional part (`performance.timeOrigin +
 * performance.now()`), comparable between isolates and with the harness on the same machine.
 *
 * @module
 */

import type { CancelReason, ChannelState } from "./terms.ts";
import type { WaitsRecord } from "./waits.ts";

/** The rungs of the teardown ladder of one actor, in the order in which they are climbed. */
export type Rung = "soft-kill" | "hard-kill" | "abandon" | "reap";

/** What a scenario declares about itself, as the subject reports it before it starts. */
export interface ScenarioFacts {
  readonly name: string;
  /** File URL of the scenario module. */
  readonly file: string;
  readonly summary: string;
  readonly story: string;
  readonly params: Readonly<Record<string, { value: string; default: string; about: string }>>;
  readonly expected: ScenarioExpectation;
  /** The smallest remedy set that must make teardown finish; empty when none is needed. */
  readonly fixedBy: readonly string[];
  /**
   * What a run does to the machine while it waits: `light` (the default) hardly anything, `spins` keeps a core busy. A
   * run of several scenarios never lets two of the latter run at the same time.
   */
  readonly load?: "light" | "spins";
  readonly settleMs: number;
  readonly softKillMs: number;
  readonly hardKillMs: number;
  readonly deadlineMs: number;
}

/** What must be observed with no remedy on. */
export interface ScenarioExpectation {
  /** As it stands in the result document. */
  readonly verdict: "finished" | "leaked" | "hung" | "failed";
  /** Hang class, or null when nothing hangs. */
  readonly class: string | null;
  /** Whose problem it is, or null when nothing hangs. */
  readonly owner: "supervisor" | "program" | "platform" | null;
  /**
   * Whether SIGINT must unwedge the nursery: `ignored` when it is not acted on, `in-vain` when it is acted on and does
   * not help, `not-needed` when nothing hangs.
   */
  readonly ctrlC: "unwedges" | "ignored" | "in-vain" | "not-needed";
  /** Whether the hang must be proven with no remedy on, and not only waited for; false when it is not declared. */
  readonly proven?: boolean;
  /** What must be observed with `fixedBy` on; finished, when it is not declared. */
  readonly withRemedies?: {
    readonly verdict: "finished" | "leaked" | "hung";
    readonly class: string | null;
    readonly owner: "supervisor" | "program" | "platform" | null;
  };
}

/** Fields that every record carries. */
interface Stamp {
  /** Epoch milliseconds. */
  readonly t: number;
  /** Path of the actor that wrote the record: `root`, `root/child`. */
  readonly actor: string;
}

/** One thing that happened. Discriminated by `kind`. */
export type JournalEvent = Stamp & JournalBody;

/** The scenario file cannot be loaded, or is not a scenario. */
export interface LoadFailure {
  readonly kind: "load-failed";
  readonly message: string;
  readonly file: string;
  readonly line: number | null;
}

/** A record without its stamp: what the writer is handed. */
export type JournalBody =
  /** The subject's main isolate runs; written before the scenario is loaded. */
  | { readonly kind: "boot"; readonly pid: number }
  /** The scenario is loaded and its parameters are settled; the run starts now. */
  | {
    readonly kind: "scenario";
    readonly facts: ScenarioFacts;
    readonly remedies: readonly string[];
  }
  /** The request makes no sense (unknown parameter, unknown remedy, bad value): a usage error. */
  | { readonly kind: "refused"; readonly message: string }
  | LoadFailure
  /** The main loop turned. Written about every 100 ms; a gap is starvation. */
  | { readonly kind: "beat"; readonly n: number; readonly maxGapMs: number }
  | {
    readonly kind: "actor-spawned";
    readonly peer: string;
    readonly worker: string;
    /** URL of the module whose functions it serves. */
    readonly module?: string;
  }
  | { readonly kind: "handshake"; readonly peer: string }
  /** Teardown of the program's outermost nursery was requested: the clocks start. First one counts. */
  | { readonly kind: "teardown-requested"; readonly why: string }
  /** That nursery has closed, and its program goes on: it was not the teardown of the program. */
  | { readonly kind: "teardown-over" }
  | { readonly kind: "cancel"; readonly reason: CancelReason }
  /** A rung of the ladder for `peer`: asked, acknowledged by the peer, or its observed effect. */
  | {
    readonly kind: "rung";
    readonly peer: string;
    readonly rung: Rung;
    readonly step: "asked" | "acked" | "effect";
    /** For `effect`: `ended` (thread really gone), `no-answer` (bound ran out), `abandoned`, `failed: why`. */
    readonly effect: string | null;
  }
  /** A channel moved between states. */
  | {
    readonly kind: "channel";
    readonly peer: string;
    readonly from: ChannelState;
    readonly to: ChannelState;
    readonly why: string;
  }
  /** The life lock of `peer` was granted: its isolate is really gone. */
  | { readonly kind: "actor-dead"; readonly peer: string }
  /** `peer` is dead, and of all actors below it only `living` still are: the platform ends them with it, unheard. */
  | { readonly kind: "orphans"; readonly peer: string; readonly living: readonly string[] }
  /** A remedy did something. */
  | {
    readonly kind: "remedy";
    readonly remedy: string;
    readonly peer: string | null;
    readonly did: string;
    /**
     * The operator had it done from outside while the subject hung (`control.ts`). Absent for the runtime's own doing.
     */
    readonly by?: "operator";
  }
  /** A task has been parked longer than the threshold (written once per park). */
  | {
    readonly kind: "parked";
    readonly task: string;
    readonly on: string;
    readonly sinceMs: number;
  }
  /**
   * Nothing has moved in this isolate for some turns of its loop; this is how it stands. Holds until its next record.
   */
  | { readonly kind: "waits"; readonly waits: WaitsRecord }
  /** The isolate moves again, after a `waits`. */
  | { readonly kind: "stirs" }
  /** A signal listener ran: the runtime has seen the signal. */
  | { readonly kind: "signal-seen"; readonly signal: string }
  /**
   * The signal was turned into an interrupt of the root task; or a sentinel ended the process, for main did not take
   * it.
   */
  | { readonly kind: "signal-acted"; readonly signal: string; readonly by?: "sentinel" }
  /**
   * A task has its cancel thrown at every wait and goes on: something catches it. `at` is the wait in the program's
   * code whose error is caught, null when no frame of the program could be seen. Written once for each task and cancel.
   */
  | {
    readonly kind: "cancel-swallowed";
    readonly task: string;
    readonly times: number;
    readonly reason: CancelReason;
    readonly at: {
      readonly fn: string | null;
      readonly file: string;
      readonly line: number;
      readonly column: number;
    } | null;
  }
  /** A visible failure inside the run while it goes on (for example TooSlowError at an inner bound). */
  | {
    readonly kind: "error";
    readonly name: string;
    readonly message: string;
    readonly where: string;
  }
  /** The root nursery has joined every task: the first clock stops. */
  | {
    readonly kind: "joined";
    readonly outcome: "ok" | "cancelled" | "interrupted" | "error";
    readonly error: string | null;
  }
  /** The scenario's checks after the run (its own assertions about results). */
  | { readonly kind: "note"; readonly text: string }
  /** The subject's main module has finished; only leftovers can keep the process now. */
  | { readonly kind: "done" }
  /** The subject noticed that its harness is gone, and leaves. */
  | { readonly kind: "orphaned" };
