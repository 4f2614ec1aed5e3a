/** Errors that cross between actors. @module */

import type { CancelReason } from "../../protocol/journal_event.ts";
import { Cancelled } from "../errors.ts";
import { actorPath } from "../identity.ts";
import type { WireError } from "./frame.ts";

/** How far chains of causes are followed when an error is sent. */
const MAX_CAUSES = 8;
/** How many parts of an AggregateError are sent. */
const MAX_PARTS = 16;

/** An error that was thrown in another actor. */
export class RemoteActorError extends Error {
  override readonly name = "RemoteActorError";
  /** Path of the actor in which it was thrown. */
  readonly actorPath: string;
  /** Name of the error's class over there. */
  readonly remoteType: string;
  /** Its message over there. */
  readonly remoteMessage: string;
  /** Its stack over there, TypeScript positions. */
  readonly remoteStack: string;
  /** When it was a Cancelled: who cancelled over there, and why. */
  readonly reason: CancelReason | null;
  /** Parts of an AggregateError. */
  readonly errors: readonly RemoteActorError[];

  constructor(wire: WireError) {
    super(
      `${wire.type} in actor ${wire.actor}: ${wire.message}`,
      wire.cause === null ? {} : { cause: new RemoteActorError(wire.cause) },
    );
    this.actorPath = wire.actor;
    this.remoteType = wire.type;
    this.remoteMessage = wire.message;
    this.remoteStack = wire.stack;
    this.reason = wire.reason;
    this.errors = wire.errors.map((part) => new RemoteActorError(part));
  }
}

/** An error of this actor as it is sent. A RemoteActorError is passed on as what it was, with its first actor. */
export function toWire(error: unknown, depth = 0): WireError {
  if (error instanceof RemoteActorError) {
    return {
      type: error.remoteType,
      message: error.remoteMessage,
      stack: error.remoteStack,
      actor: error.actorPath,
      cause: error.cause instanceof RemoteActorError && depth < MAX_CAUSES
        ? toWire(error.cause, depth + 1)
        : null,
      errors: error.errors.slice(0, MAX_PARTS).map((part) => toWire(part, depth + 1)),
      reason: error.reason,
    };
  }
  const known = error instanceof Error ? error : null;
  const parts = error instanceof AggregateError && depth < MAX_CAUSES
    ? error.errors.slice(0, MAX_PARTS)
    : [];
  return {
    type: known?.name ?? typeof error,
    message: known?.message ?? String(error),
    stack: known?.stack ?? "",
    actor: actorPath(),
    cause: known?.cause === undefined || depth >= MAX_CAUSES
      ? null
      : toWire(known.cause, depth + 1),
    errors: parts.map((part: unknown) => toWire(part, depth + 1)),
    reason: error instanceof Cancelled ? error.reason : null,
  };
}
