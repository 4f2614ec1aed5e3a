/**
 * The fields of each frame kind, in the order in which they cross, and the checks of those that come in. The values of
 * programs are not checked here: the scan has bounded them, and msgpack makes nothing of them but plain data.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/terms.ts";
import {
  type CallSide,
  type Frame,
  ProtocolError,
  type SpawnSpec,
  WIRE_VERSION,
  type WireError,
  type WireValue,
} from "./frame.ts";

const CODES = {
  "handshake": 1,
  "spawn-spec": 2,
  "start": 3,
  "start-ack": 4,
  "started": 5,
  "yield": 6,
  "stop": 7,
  "return": 8,
  "error": 9,
  "cancel": 10,
  "cancel-ack": 11,
  "bye": 12,
  "credit": 13,
} as const satisfies Record<Frame["kind"], number>;

/** How long the list of each kind is, by code. */
const LENGTHS: readonly number[] = [0, 3, 3, 6, 3, 4, 5, 5, 4, 4, 4, 3, 2, 5];

/** The list that a frame crosses as. */
export function listOf(frame: Frame): unknown[] {
  const code = CODES[frame.kind];
  switch (frame.kind) {
    case "handshake":
      return [WIRE_VERSION, code, frame.path];
    case "spawn-spec":
      return [WIRE_VERSION, code, frame.spec];
    case "start":
      return [WIRE_VERSION, code, frame.call, frame.shape === "context", frame.fn, frame.args];
    case "start-ack":
    case "cancel-ack":
      return [WIRE_VERSION, code, frame.call];
    case "started":
    case "return":
      return [WIRE_VERSION, code, frame.call, frame.value];
    case "yield":
      return [WIRE_VERSION, code, frame.call, frame.side === "mine", frame.value];
    case "credit":
      return [WIRE_VERSION, code, frame.call, frame.side === "mine", frame.count];
    case "stop":
      return [WIRE_VERSION, code, frame.call, frame.side === "mine", frame.reads];
    case "error":
      return [WIRE_VERSION, code, frame.call, frame.error];
    case "cancel":
      return [WIRE_VERSION, code, frame.call, frame.reason];
    case "bye":
      return [WIRE_VERSION, code];
  }
}

/**
 * The frame that a decoded list stands for.
 *
 * @throws {ProtocolError} when it stands for none
 */
export function frameOf(list: unknown, peer: string): Frame {
  if (!Array.isArray(list)) return refuse(peer, "a frame that is not an array");
  const fields: readonly unknown[] = list;
  const [version, code, a, b, c, d] = fields;
  if (version !== WIRE_VERSION) {
    return refuse(peer, `wire version ${String(version)}, this side speaks ${WIRE_VERSION}`);
  }
  const length = typeof code === "number" ? LENGTHS[code] : undefined;
  if (length === undefined || length === 0) {
    return refuse(peer, `unknown frame kind ${String(code)}`);
  }
  if (fields.length !== length) {
    return refuse(
      peer,
      `a frame of kind ${code} with ${fields.length} fields instead of ${length}`,
    );
  }
  switch (code) {
    case CODES.handshake:
      return { kind: "handshake", path: text(a, peer) };
    case CODES["spawn-spec"]:
      return { kind: "spawn-spec", spec: checkedSpec(a) ?? malformed("spawn spec", peer) };
    case CODES.start: {
      if (!Array.isArray(d)) return malformed("list of arguments", peer);
      const shape = flag(b, peer) ? "context" : "run";
      return { kind: "start", call: count(a, peer), shape, fn: text(c, peer), args: d };
    }
    case CODES["start-ack"]:
      return { kind: "start-ack", call: count(a, peer) };
    case CODES.started:
      return { kind: "started", call: count(a, peer), value: value(b) };
    case CODES.return:
      return { kind: "return", call: count(a, peer), value: value(b) };
    case CODES.yield:
      return { kind: "yield", call: count(a, peer), side: side(b, peer), value: value(c) };
    case CODES.credit:
      if (c === 0) return malformed("credit", peer);
      return { kind: "credit", call: count(a, peer), side: side(b, peer), count: count(c, peer) };
    case CODES.stop:
      return { kind: "stop", call: count(a, peer), side: side(b, peer), reads: flag(c, peer) };
    case CODES.error: {
      const error = checkedError(b) ?? malformed("error", peer);
      return { kind: "error", call: count(a, peer), error };
    }
    case CODES.cancel: {
      const reason = checkedReason(b) ?? malformed("cancel reason", peer);
      return { kind: "cancel", call: a === null ? null : count(a, peer), reason };
    }
    case CODES["cancel-ack"]:
      return { kind: "cancel-ack", call: a === null ? null : count(a, peer) };
    case CODES.bye:
      return { kind: "bye" };
    default:
      return refuse(peer, `unknown frame kind ${code}`);
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
function side(field: unknown, peer: string): CallSide {
  return flag(field, peer) ? "yours" : "mine";
}

function count(field: unknown, peer: string): number {
  return Number.isSafeInteger(field) && typeof field === "number" && field >= 0
    ? field
    : malformed("count", peer);
}

function value(field: unknown): WireValue {
  // msgpack decodes to nothing that is not a WireValue, once the scan has kept extensions out.
  return field as WireValue;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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

function checkedError(value: unknown): WireError | null {
  if (!isRecord(value)) return null;
  const { type, message, stack, actor, cause, errors, reason } = value;
  if (typeof type !== "string" || typeof message !== "string" || typeof stack !== "string") {
    return null;
  }
  if (typeof actor !== "string" || !Array.isArray(errors)) return null;
  const parts = errors.map(checkedError);
  if (parts.includes(null)) return null;
  const inner = cause === null ? null : checkedError(cause);
  if (cause !== null && inner === null) return null;
  const why = reason === null ? null : checkedReason(reason);
  if (reason !== null && why === null) return null;
  return {
    type,
    message,
    stack,
    actor,
    cause: inner,
    errors: parts.filter((part) => part !== null),
    reason: why,
  };
}

function checkedSpec(value: unknown): SpawnSpec | null {
  if (!isRecord(value)) return null;
  const { path, module, lifeLock, journal, remedies, softKillMs, hardKillMs, joinMs } = value;
  if (typeof path !== "string" || typeof module !== "string" || typeof lifeLock !== "string") {
    return null;
  }
  if (journal !== null && typeof journal !== "string") return null;
  if (!Array.isArray(remedies) || !remedies.every((name) => typeof name === "string")) return null;
  if (!isBound(softKillMs) || !isBound(hardKillMs) || !isBound(joinMs)) return null;
  return { path, module, lifeLock, journal, remedies, softKillMs, hardKillMs, joinMs };
}

/** A wait of so many milliseconds. Infinity is one too. */
function isBound(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
