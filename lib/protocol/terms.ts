/** What the journal, the snapshot and the records of waits have in common. @module */

/** Why something was cancelled: the first cause wins and travels with the cancel across actors. */
export interface CancelReason {
  /** What kind of thing cancelled. */
  readonly source: "deadline" | "explicit" | "sibling-failure" | "keyboard-interrupt" | "shutdown";
  /** Free text for people, for example the message of the sibling's error. */
  readonly detail: string | null;
  /** Name of the scope that was cancelled first. */
  readonly scope: string;
  /** Path of the actor in which the cancel began, for example `root` or `root/worker`. */
  readonly byActor: string;
  /** When it began, epoch milliseconds. */
  readonly atMs: number;
}

/** The states of a channel; see `lib/actor/channel.ts` for the table of moves. */
export type ChannelState = "opening" | "open" | "closing" | "closed" | "broken";

/** What kind of thing a task waits for. */
export type ParkKind =
  | "sleep"
  | "checkpoint"
  | "event"
  | "recv"
  | "send"
  | "join"
  | "handshake"
  | "rpc"
  | "lock"
  | "shared-lock"
  | "thread"
  | "hold";
