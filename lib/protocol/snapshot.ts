/**
 * The task tree of one isolate as its runtime reports it. The runtime installs a function under
 * {@linkcode SNAPSHOT_KEY}; the dump calls it with `Runtime.evaluate`, which answers even while the isolate is
 * blocked in `Atomics.wait` or spins. The function is synchronous, allocates only its answer, needs no permission
 * and never throws: it returns a JSON string of {@linkcode IsolateSnapshot}.
 *
 * @module
 */

import type { CancelReason, ChannelState, ParkKind } from "./terms.ts";

/** Key (for `Symbol.for`) of the global snapshot function: `globalThis[Symbol.for(SNAPSHOT_KEY)](): string`. */
export const SNAPSHOT_KEY = "unwedge.snapshot";

/** Key (for `Symbol.for`) of a global string: the path of the actor that lives in this isolate. */
export const ACTOR_KEY = "unwedge.actor";

/**
 * Key (for `Symbol.for`) of a global number: how many of the microtasks have run that the snapshot function queues, one
 * with each snapshot. In an isolate that is busy all the time a growing number means that it goes from microtask to
 * microtask, and a standing one that it is in one long run of synchronous code.
 */
export const MICROTASKS_KEY = "unwedge.microtasks";

/**
 * Key (for `Symbol.for`) of `globalThis[Symbol.for(RECOVER_KEY)](): number`, which frees every shared mutex that this
 * isolate is blocked on and whose holder has been given up, and returns how many. The harness evaluates it in a
 * starved main isolate to obtain the last line of the starvation certificate.
 */
export const RECOVER_KEY = "unwedge.recoverLocks";

/** A TypeScript position; line is 1-based, column is 1-based. */
export interface Site {
  /** Name of the function, null at the top of a module. */
  readonly fn: string | null;
  /** File URL or path as V8 prints it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What a wait is for. */
export interface WaitedFor {
  /** What kind of wait. */
  readonly kind: ParkKind;
  /** Names the resource: `channel root->root/stuck`, `event peers-gone`, `nursery service`. */
  readonly resource: string;
  /** Path of the actor at the other end, or null. */
  readonly peer: string | null;
  /** As far as is known here; null without a peer. */
  readonly peerState: "alive" | "dead" | "abandoned" | null;
  /** A shield stands between this wait and some cancelled (or cancellable) scope further out. */
  readonly shielded: boolean;
}

/** What has used the ends of one kind of a memory channel, besides tasks that live. */
export interface OtherUsers {
  /** Tasks that have ended. */
  readonly ended: boolean;
  /** Code outside of tasks: a callback of the platform. */
  readonly outside: boolean;
}

/** One wait, as it stands. */
export interface ParkSnapshot extends WaitedFor {
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  /** Where it waits; null when that was not read. */
  readonly site: Site | null;
  /**
   * Notifications that came before this wait, while no task waited; epoch milliseconds. Absent when there were none.
   */
  readonly missed?: { readonly count: number; readonly lastMs: number };
  /** Ids of the tasks of this isolate that it is up to, as far as that is known; absent when it is not. */
  readonly onTasks?: readonly number[];
  /** Number of the call at the peer whose answer it waits for; absent for any other wait. */
  readonly call?: number;
  /** Of a wait at one end of a memory channel: what has used the other end besides `onTasks`. */
  readonly otherEnd?: OtherUsers;
  /** The next deadline of a scope that cancels it, epoch milliseconds; absent when none does. */
  readonly deadlineMs?: number;
}

/** One task. */
export interface TaskSnapshot {
  /** Unique within the isolate. */
  readonly id: number;
  /** For people. */
  readonly name: string;
  /** Id of the parent task, null for the root task. */
  readonly parent: number | null;
  /** `native`: a task that neither runs nor parks in our runtime, it awaits a foreign promise unlabelled. */
  readonly state: "starting" | "running" | "parked" | "native";
  /** Usually one; more when the task awaits several of our waits at once through `Promise.all`. */
  readonly parkedOn: readonly ParkSnapshot[];
  /** The cancel that is in force for the task (what its next checkpoint would throw), or null. */
  readonly cancelled: CancelReason | null;
  /** Cancel requested further out, but a shield keeps it away. */
  readonly cancelHeldByShield: CancelReason | null;
  /** Who spawned it; null when that was not read. */
  readonly createdAt: Site | null;
  /** Path of the actor whose call it answers; absent when it answers none. */
  readonly serves?: string;
  /** Number of that call. */
  readonly servesCall?: number;
  /** How many of its latest waits were sleeps, 1 where they were not all at one place; absent unless it sleeps. */
  readonly sleepsInARow?: number;
}

/** One channel end. */
export interface ChannelSnapshot {
  /** Names both ends: `root<->root/child`. */
  readonly id: string;
  /** Path of the actor at the other end. */
  readonly peer: string;
  /** As this end sees it. */
  readonly state: ChannelState;
  /** As far as is known here. */
  readonly peerState: "alive" | "dead" | "abandoned";
  /** Since when, epoch milliseconds. */
  readonly sinceMs: number;
  /** What brought it there. */
  readonly why: string;
  /** Frames that were taken in after the peer had been given up; absent when there were none. */
  readonly afterAbandon?: number;
}

/** A mutex in shared memory that this isolate knows. */
export interface SharedLockSnapshot {
  /** As it was made with. */
  readonly name: string;
  /** Path of the holding actor, null when free or unknown. */
  readonly holder: string | null;
  /** As far as is known here; null when it is free. */
  readonly holderState: "alive" | "dead" | "abandoned" | null;
  /** Whether this isolate is blocked in a synchronous acquire of it, and since when (epoch milliseconds). */
  readonly blockedSinceMs: number | null;
}

/** Everything one isolate's runtime knows of itself. */
export interface IsolateSnapshot {
  /** Version of this shape. */
  readonly schema: "unwedge/snapshot@1";
  /** Path of the actor of the isolate. */
  readonly actor: string;
  /** When it was taken, epoch milliseconds. */
  readonly nowMs: number;
  /** All that have not ended. */
  readonly tasks: readonly TaskSnapshot[];
  /** Those that are not over. */
  readonly channels: readonly ChannelSnapshot[];
  /** Those that it knows. */
  readonly sharedLocks: readonly SharedLockSnapshot[];
}
