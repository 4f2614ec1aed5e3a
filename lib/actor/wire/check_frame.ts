/**
 * What comes in over a port, checked: frames, one or several to a message, or a {@linkcode ProtocolError}. The values of
 * programs are not looked into: what structured clone has made is data without getters and proxies.
 *
 * There is no limit on the size of a message: it is in memory when it is seen first, as with every Worker.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/terms.ts";
import {
  type CallSide,
  type Frame,
  ProtocolError,
  type StreamWindow,
  WIRE_VERSION,
  type WireError,
} from "./frame.ts";

/** More frames in one message are refused on both sides. */
export const MAX_FRAMES = 1_024;

/** A call with more arguments is refused on both sides: they are spread, and the stack is finite. */
export const MAX_ARGS = 10_000;

/**
 * More errors in one frame are refused on both sides. Clones keep what is shared, so that ten errors that hold each
 * other as parts twice over would be a thousand here.
 */
export const MAX_ERRORS = 64;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The frames of a message, as this side sees them.
 *
 * @param peer who sent it, for the error
 * @throws {ProtocolError} for anything that is not known frames
 */
export function framesIn(message: unknown, peer: string): Frame[] {
  if (!Array.isArray(message)) return [frameOf(message, peer)];
  if (message.length === 0 || message.length > MAX_FRAMES) {
    return refuse(peer, `a message of ${message.length} frames`);
  }
  const frames: Frame[] = [];
  // By index: a hole is no frame.
  for (let at = 0; at < message.length; at++) frames.push(frameOf(message[at], peer));
  return frames;
}

function frameOf(value: unknown, peer: string): Frame {
  if (!isRecord(value)) return refuse(peer, "a message that is not a frame");
  const { kind } = value;
  switch (kind) {
    case "handshake":
      if (value["version"] !== WIRE_VERSION) {
        const version = typeof value["version"] === "number" ? value["version"] : "none";
        return refuse(peer, `wire version ${version}, this side speaks ${WIRE_VERSION}`);
      }
      return { kind, version: WIRE_VERSION, path: text(value["path"], peer) };
    case "start": {
      const { args, window } = value;
      if (!Array.isArray(args) || args.length > MAX_ARGS) {
        return malformed("list of arguments", peer);
      }
      return {
        kind,
        call: count(value["call"], peer),
        fn: text(value["fn"], peer),
        args,
        window: window === null ? null : checkedWindow(window) ?? malformed("window", peer),
      };
    }
    case "start-ack":
      return { kind, call: count(value["call"], peer) };
    case "started":
    case "return":
      return { kind, call: count(value["call"], peer), value: value["value"] };
    case "yield":
      return {
        kind,
        ...sided(value, peer),
        value: value["value"],
        bytes: count(value["bytes"], peer),
      };
    case "credit":
      if (value["count"] === 0) return malformed("credit", peer);
      return { kind, ...sided(value, peer), count: count(value["count"], peer) };
    case "stop":
      return { kind, ...sided(value, peer), reads: flag(value["reads"], peer) };
    case "error": {
      const error = checkedError(value["error"]) ?? malformed("error", peer);
      return { kind, call: count(value["call"], peer), error };
    }
    case "cancel": {
      const reason = checkedReason(value["reason"]) ?? malformed("cancel reason", peer);
      return { kind, call: callOrActor(value["call"], peer), reason };
    }
    case "cancel-ack":
      return { kind, call: callOrActor(value["call"], peer) };
    case "crash":
      return { kind, error: checkedError(value["error"]) ?? malformed("error", peer) };
    case "bye":
      return { kind };
    default:
      return refuse(
        peer,
        typeof kind === "string" ? `unknown frame kind ${kind.slice(0, 40)}` : "a frame of no kind",
      );
  }
}

function refuse(peer: string, what: string): never {
  throw new ProtocolError(peer, what);
}

function malformed(what: string, peer: string): never {
  return refuse(peer, `a malformed ${what}`);
}

function text(field: unknown, peer: string): string {
  return typeof field === "string" ? field : malformed("name", peer);
}

function flag(field: unknown, peer: string): boolean {
  return typeof field === "boolean" ? field : malformed("flag", peer);
}

/** The receiver's view of the sender's side. */
function sided(value: Fields, peer: string): { readonly call: number; readonly side: CallSide } {
  const { side } = value;
  if (side !== "mine" && side !== "yours") return malformed("side", peer);
  return { call: count(value["call"], peer), side: side === "mine" ? "yours" : "mine" };
}

function count(field: unknown, peer: string): number {
  return isCount(field) ? field : malformed("count", peer);
}

function callOrActor(field: unknown, peer: string): number | null {
  return field === null ? null : count(field, peer);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedWindow(value: unknown): StreamWindow | null {
  if (!isRecord(value)) return null;
  const { messages, bytes } = value;
  if (!isCount(messages) || !isCount(bytes) || messages < 1 || bytes < 1) return null;
  return { messages, bytes };
}

const CANCEL_SOURCES: readonly unknown[] = [
  "deadline",
  "explicit",
  "sibling-failure",
  "keyboard-interrupt",
  "shutdown",
] satisfies CancelReason["source"][];

function checkedReason(value: unknown): CancelReason | null {
  if (!isRecord(value)) return null;
  const { source, detail, scope, byActor, atMs } = value;
  if (!CANCEL_SOURCES.includes(source) || !Number.isFinite(atMs)) return null;
  if (detail !== null && typeof detail !== "string") return null;
  if (typeof scope !== "string" || typeof byActor !== "string" || typeof atMs !== "number") {
    return null;
  }
  return { source: source as CancelReason["source"], detail, scope, byActor, atMs };
}

function checkedError(value: unknown, budget = { left: MAX_ERRORS }): WireError | null {
  if (!isRecord(value) || budget.left-- === 0) return null;
  const { type, message, stack, actor, cause, errors, reason, code } = value;
  if (typeof type !== "string" || typeof message !== "string" || typeof stack !== "string") {
    return null;
  }
  if (typeof actor !== "string" || !Array.isArray(errors)) return null;
  if (code !== null && typeof code !== "string" && typeof code !== "number") return null;
  const parts: WireError[] = [];
  for (let at = 0; at < errors.length; at++) {
    const part = checkedError(errors[at], budget);
    if (part === null) return null;
    parts.push(part);
  }
  const inner = cause === null ? null : checkedError(cause, budget);
  if (cause !== null && inner === null) return null;
  const why = reason === null ? null : checkedReason(reason);
  if (reason !== null && why === null) return null;
  return { type, message, stack, actor, cause: inner, errors: parts, reason: why, code };
}
