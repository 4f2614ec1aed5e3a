/** What the snapshot of an isolate looks like: another program's word, checked before it is believed. @module */

import {
  type Fields,
  flag,
  list,
  nullable,
  number,
  object,
  optional,
  text,
  word,
} from "./shape.ts";
import type {
  ChannelSnapshot,
  IsolateSnapshot,
  OtherUsers,
  ParkSnapshot,
  SharedLockSnapshot,
  Site,
  TaskSnapshot,
  WaitedFor,
} from "./snapshot.ts";
import type { CancelReason, ChannelState, ParkKind } from "./terms.ts";

/** A channel's state. */
export const channelState = word<ChannelState>("opening", "open", "closing", "closed", "broken");

/** Why something was cancelled. */
export const cancelReason = object<CancelReason>({
  source: word("deadline", "explicit", "sibling-failure", "keyboard-interrupt", "shutdown"),
  detail: nullable(text),
  scope: text,
  byActor: text,
  atMs: number,
});

/** A position. */
export const site = object<Site>({ fn: nullable(text), file: text, line: number, column: number });

/** What a wait is for. */
export const waitedFor: Fields<WaitedFor> = {
  kind: word<ParkKind>(
    ...["sleep", "checkpoint", "event", "recv", "send", "join", "handshake"] as const,
    ...["rpc", "lock", "shared-lock", "thread", "hold"] as const,
  ),
  resource: text,
  peer: nullable(text),
  peerState: nullable(word("alive", "dead", "abandoned")),
  shielded: flag,
};

/** What has used an end of a channel. */
export const otherUsers = object<OtherUsers>({ ended: flag, outside: flag });

const park = object<ParkSnapshot>({
  ...waitedFor,
  sinceMs: number,
  site: nullable(site),
  missed: optional(object({ count: number, lastMs: number })),
  onTasks: optional(list(number)),
  call: optional(number),
  otherEnd: optional(otherUsers),
  deadlineMs: optional(number),
});

const task = object<TaskSnapshot>({
  id: number,
  name: text,
  parent: nullable(number),
  state: word("starting", "running", "parked", "native"),
  parkedOn: list(park),
  cancelled: nullable(cancelReason),
  cancelHeldByShield: nullable(cancelReason),
  createdAt: nullable(site),
  serves: optional(text),
  servesCall: optional(number),
  sleepsInARow: optional(number),
});

const channel = object<ChannelSnapshot>({
  id: text,
  peer: text,
  state: channelState,
  peerState: word("alive", "dead", "abandoned"),
  sinceMs: number,
  why: text,
  afterAbandon: optional(number),
});

const sharedLock = object<SharedLockSnapshot>({
  name: text,
  holder: nullable(text),
  holderState: nullable(word("alive", "dead", "abandoned")),
  blockedSinceMs: nullable(number),
});

/** Whether a value is a snapshot. */
export const isSnapshot = object<IsolateSnapshot>({
  schema: word("unwedge/snapshot@1"),
  actor: text,
  nowMs: number,
  tasks: list(task),
  channels: list(channel),
  sharedLocks: list(sharedLock),
});
