/**
 * What an isolate says of itself once nothing moves in it any more: who waits for what, and what could still wake
 * a task without help from another isolate. The proof that a teardown never ends rests on these records alone.
 *
 * @module
 */

import type { OtherUsers, WaitedFor } from "./snapshot.ts";
import type { ChannelState } from "./terms.ts";

/** An isolate in which nothing moves. */
export interface WaitsRecord {
  /** Epoch milliseconds since when nothing has moved. */
  readonly quietSinceMs: number;
  /** What can wake this isolate by itself, in words (a timer, a foreign promise); none when nothing can. */
  readonly sources: readonly string[];
  /** Every task, outermost first; none when there are sources, for then they are not needed. */
  readonly tasks: readonly WaitingTask[];
  /** How many tasks are not listed, because there are too many. */
  readonly tasksLeftOut: number;
  /** Every channel that this isolate has or had, the latest with each peer. */
  readonly channels: readonly ChannelCount[];
}

/** A task that is parked. */
export interface WaitingTask {
  /** Unique within its isolate. */
  readonly id: number;
  readonly name: string;
  /** Id of the parent task, null for the root task. */
  readonly parent: number | null;
  /** The call of another actor that it serves, or null. */
  readonly serves: { readonly peer: string; readonly call: number } | null;
  /** Usually one; any of them would let the task go on. */
  readonly waits: readonly WaitRecord[];
}

/** One wait of a task. */
export interface WaitRecord extends WaitedFor {
  /** Ids of the tasks of this isolate that it waits for: the owner of a lock, the tasks of a nursery. */
  readonly onTasks: readonly number[];
  /** Of a wait at one end of a memory channel: what has used the other end besides `onTasks`. */
  readonly otherEnd?: OtherUsers;
  /** Number of the call at `peer` whose answer it waits for, or null. */
  readonly call: number | null;
}

/** What has gone through one end of a channel, in messages. */
export interface ChannelCount {
  /** Path of the actor at the other end. */
  readonly peer: string;
  readonly state: ChannelState;
  readonly sent: number;
  readonly received: number;
}
