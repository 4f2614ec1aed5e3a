/**
 * What two actors say to each other: a small versioned set of frames. `call` numbers a conversation; each side numbers
 * its own, so a frame of a stream says by `side` whose number it is.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/terms.ts";

/** Version of the frame set. A handshake carries it, and a peer that speaks another one is refused. */
export const WIRE_VERSION = 2;

/**
 * A value that can cross: whatever `structuredClone` takes, and as it gives it back. Maps, typed arrays, errors, holes
 * and cycles arrive as they were; an instance of a class arrives as a plain object with its own fields. Functions,
 * symbols, promises, proxies and most objects of the platform cannot cross. TypeScript has no type for that.
 */
export type WireValue = unknown;

/** How much of a stream may be on the way or unread, in each direction. */
export interface StreamWindow {
  /** So many values. */
  readonly messages: number;
  /** And no further value while there are so many bytes, by estimate. */
  readonly bytes: number;
}

/** An error as it crosses. */
export interface WireError {
  /** Name of the error class at the other side. */
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  /** Path of the actor in which it was thrown first. */
  readonly actor: string;
  readonly cause: WireError | null;
  /** Parts of an AggregateError. */
  readonly errors: readonly WireError[];
  /** For a Cancelled: who, why, when. */
  readonly reason: CancelReason | null;
  /** Its `code`: `ENOENT`, an exit code; null when it has none. */
  readonly code: string | number | null;
}

/** What a parent tells a worker that it has just started. */
export interface SpawnSpec {
  /** Path of the new actor: `root/child`. */
  readonly path: string;
  /** File URL of the module whose exports the actor serves. */
  readonly module: string;
  /** Name of the Web Lock that the actor holds for life. */
  readonly lifeLock: string;
  /** Journal file, or null when none is kept. */
  readonly journal: string | null;
  readonly remedies: readonly string[];
  readonly softKillMs: number;
  readonly hardKillMs: number;
  readonly joinMs: number;
}

/** Which side numbered the call that a frame belongs to, seen from the sender of the frame. */
export type CallSide = "mine" | "yours";

/** One frame. */
export type Frame =
  | { readonly kind: "handshake"; readonly version: number; readonly path: string }
  | {
    readonly kind: "start";
    readonly call: number;
    readonly fn: string;
    readonly args: readonly WireValue[];
    /** That of the call's stream; null for a call without one. */
    readonly window: StreamWindow | null;
  }
  | { readonly kind: "start-ack"; readonly call: number }
  | { readonly kind: "started"; readonly call: number; readonly value: WireValue }
  | {
    readonly kind: "yield";
    readonly call: number;
    readonly side: CallSide;
    readonly value: WireValue;
    /** About how many bytes the value has. */
    readonly bytes: number;
  }
  | {
    readonly kind: "credit";
    readonly call: number;
    readonly side: CallSide;
    readonly count: number;
  }
  /** The sender sends nothing more on the stream; `reads` is false when it does not read any more either. */
  | {
    readonly kind: "stop";
    readonly call: number;
    readonly side: CallSide;
    readonly reads: boolean;
  }
  | { readonly kind: "return"; readonly call: number; readonly value: WireValue }
  | { readonly kind: "error"; readonly call: number; readonly error: WireError }
  | { readonly kind: "cancel"; readonly call: number | null; readonly reason: CancelReason }
  | { readonly kind: "cancel-ack"; readonly call: number | null }
  /** An error that no task of the sender caught: it is about to die of it. */
  | { readonly kind: "crash"; readonly error: WireError }
  | { readonly kind: "bye" };

/** A peer said something that is not in the protocol. Breaks the channel it came on, never the process. */
export class ProtocolError extends Error {
  /** Always `ProtocolError`. */
  override readonly name = "ProtocolError";
  /** Path of the peer. */
  readonly peer: string;

  /**
   * Made by the side that was sent nonsense.
   *
   * @internal
   */
  constructor(peer: string, what: string, options: ErrorOptions = {}) {
    super(`${peer} broke the protocol: ${what}`, options);
    this.peer = peer;
  }
}
