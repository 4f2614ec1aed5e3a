/**
 * Errors that cross between actors. Whatever a program throws, what goes out is a bounded tree of texts that the other
 * side accepts: a peculiar error must not break the channel that reports it.
 *
 * @module
 */

import { read as readFrom, textOf } from "../../protocol/text.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { Cancelled } from "../errors.ts";
import { actorPath } from "../identity.ts";
import { MAX_ERRORS } from "./check_frame.ts";
import { readSite, type SiteCapture } from "../site.ts";
import type { WireError } from "./frame.ts";

/** An error that was thrown in another actor. Its stack shows where, over there. */
export class RemoteActorError extends Error {
  /** Always `RemoteActorError`; the class over there is {@linkcode remoteType}. */
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
  /** Its `code` over there: `ENOENT`; null when it had none. */
  readonly code: string | number | null;

  /**
   * Made from what came over the wire.
   *
   * @internal
   * @param call the call here that it answers
   */
  constructor(wire: WireError, call: FailedCall | null = null) {
    super(
      `${wire.type} in actor ${wire.actor}: ${wire.message}`,
      wire.cause === null ? {} : { cause: new RemoteActorError(wire.cause) },
    );
    // Where it was made here is some line of the message loop, which is no help.
    const frames = wire.stack.split("\n").filter((line) => line.startsWith("    at "));
    const here = call === null ? [] : [`    at call of "${call.fn}"${placeOf(call.site)}`];
    this.stack = [`${this.name}: ${this.message}`, ...frames, ...here].join("\n");
    this.actorPath = wire.actor;
    this.remoteType = wire.type;
    this.remoteMessage = wire.message;
    this.remoteStack = wire.stack;
    this.reason = wire.reason;
    this.code = wire.code;
    this.errors = wire.errors.map((part) => new RemoteActorError(part));
  }
}

/** A call of this side that failed over there. */
export interface FailedCall {
  readonly fn: string;
  readonly site: SiteCapture;
}

function placeOf(capture: SiteCapture): string {
  const site = readSite(capture);
  return site === null ? "" : ` (${site.file}:${site.line}:${site.column})`;
}

/**
 * An error of this actor as it is sent. A RemoteActorError is passed on as what it was, with its first actor. Never
 * throws, whatever `error` is.
 */
export function toWire(error: unknown): WireError {
  return wired(error, { left: MAX_ERRORS });
}

/** `reason` with texts short enough to be sent. */
export function clippedReason(reason: CancelReason): CancelReason {
  const { detail, scope } = reason;
  return { ...reason, detail: detail === null ? null : textOf(detail), scope: textOf(scope) };
}

function wired(error: unknown, budget: { left: number }): WireError {
  budget.left--;
  // The last place is for the word that there was more.
  const within = (inner: unknown): WireError | null =>
    budget.left > 1 ? wired(inner, budget) : budget.left-- === 1 ? CUT : null;
  const cause = read(error, "cause");
  const parts = read(error, "errors");
  return {
    ...ownTexts(error),
    cause: cause === undefined || cause === null ? null : within(cause),
    errors: Array.isArray(parts) ? parts.map(within).filter((part) => part !== null) : [],
  };
}

const CUT: WireError = {
  type: "Error",
  message: `further causes and parts were left out: an error crosses with ${
    MAX_ERRORS - 1
  } at most`,
  stack: "",
  actor: "",
  cause: null,
  errors: [],
  reason: null,
  code: null,
};

function ownTexts(error: unknown): Omit<WireError, "cause" | "errors"> {
  if (isRemote(error)) {
    return {
      type: textOf(error.remoteType),
      message: textOf(error.remoteMessage),
      stack: textOf(error.remoteStack),
      actor: error.actorPath,
      reason: error.reason,
      code: error.code,
    };
  }
  const actor = actorPath();
  if (!isError(error)) {
    const text = textOf(error);
    return { type: typeof error, message: text, stack: "", actor, reason: null, code: null };
  }
  const code = read(error, "code");
  return {
    type: textOf(read(error, "name") ?? "Error"),
    message: textOf(read(error, "message") ?? ""),
    stack: textOf(read(error, "stack") ?? ""),
    actor,
    reason: error instanceof Cancelled ? clippedReason(error.reason) : null,
    code: typeof code === "number" ? code : typeof code === "string" ? textOf(code) : null,
  };
}

/** Whether it is an error. A proxy may throw when it is asked. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function isRemote(value: unknown): value is RemoteActorError {
  return isError(value) && value instanceof RemoteActorError;
}

/** A property of an error; only errors are looked into. */
function read(
  error: unknown,
  key: "name" | "message" | "stack" | "cause" | "errors" | "code",
): unknown {
  return isError(error) ? readFrom(error, key) : undefined;
}
