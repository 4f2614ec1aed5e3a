/**
 * Frames to bytes and back: msgpack arrays `[version, code, …fields]`. A message may hold several frames one after
 * the other. Decoding has limits and refuses what it does not know; whatever bytes come in, the answer is frames or a
 * {@linkcode ProtocolError}.
 *
 * @module
 */

import { Decoder, Encoder, ExtData } from "@msgpack/msgpack";
import type { CancelReason } from "../../protocol/journal_event.ts";
import {
  type CallSide,
  type Frame,
  ProtocolError,
  type SpawnSpec,
  WIRE_VERSION,
  type WireError,
  type WireValue,
} from "./frame.ts";

/** A message longer than this is refused on both sides. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Values nested deeper than this are refused on both sides; msgpack itself encodes up to 100. */
export const MAX_DEPTH = 64;

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

const encoder = new Encoder({ maxDepth: MAX_DEPTH + 4, ignoreUndefined: true });
const decoder = new Decoder();

/**
 * Encodes one frame.
 *
 * @throws {RangeError} when the message would be over {@linkcode MAX_MESSAGE_BYTES}
 * @throws {Error} when a value cannot be encoded (a function, a cycle, too deep)
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(fieldsOf(frame));
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new RangeError(
      `a ${frame.kind} frame of ${bytes.length} bytes is over the limit of ${MAX_MESSAGE_BYTES}`,
    );
  }
  return bytes;
}

/**
 * Decodes every frame of a message.
 *
 * @param peer who sent it, for the error
 * @throws {ProtocolError} for anything that is not a sequence of known frames within the limits
 */
export function decodeFrames(message: unknown, peer: string): Frame[] {
  if (!(message instanceof Uint8Array)) {
    throw new ProtocolError(peer, "a message that is not bytes");
  }
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new ProtocolError(
      peer,
      `a message of ${message.length} bytes, over ${MAX_MESSAGE_BYTES}`,
    );
  }
  const frames: Frame[] = [];
  try {
    for (const fields of decoder.decodeMulti(message)) frames.push(frameOf(fields, peer));
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError(peer, `bytes that are not msgpack (${String(cause)})`, { cause });
  }
  return frames;
}

function fieldsOf(frame: Frame): unknown[] {
  const head = [WIRE_VERSION, CODES[frame.kind]];
  switch (frame.kind) {
    case "handshake":
      return [...head, frame.path];
    case "spawn-spec":
      return [...head, frame.spec];
    case "start":
      return [
        WIRE_VERSION,
        CODES.start,
        frame.call,
        frame.shape === "context",
        frame.fn,
        frame.args,
      ];
    case "start-ack":
    case "cancel-ack":
      return [...head, frame.call];
    case "started":
    case "return":
      return [WIRE_VERSION, CODES[frame.kind], frame.call, frame.value];
    case "yield":
      return [WIRE_VERSION, CODES.yield, frame.call, frame.side === "mine", frame.value];
    case "credit":
      return [...head, frame.call, frame.side === "mine", frame.count];
    case "stop":
      return [...head, frame.call, frame.side === "mine"];
    case "error":
      return [...head, frame.call, frame.error];
    case "cancel":
      return [...head, frame.call, frame.reason];
    case "bye":
      return head;
  }
}

function frameOf(fields: unknown, peer: string): Frame {
  const refuse = (what: string): never => {
    throw new ProtocolError(peer, what);
  };
  if (!Array.isArray(fields)) return refuse("a frame that is not an array");
  const [version, code, a, b, c, d] = fields as unknown[];
  if (version !== WIRE_VERSION) {
    return refuse(`wire version ${String(version)}, this side speaks ${WIRE_VERSION}`);
  }
  const call = (): number =>
    Number.isSafeInteger(a) ? a as number : refuse("a call number that is not an integer");
  const callOrNull = (): number | null => a === null ? null : call();
  const text = (value: unknown): string =>
    typeof value === "string" ? value : refuse("a name that is not text");
  // The receiver's view of the sender's side.
  const side = (): CallSide =>
    typeof b === "boolean" ? (b ? "yours" : "mine") : refuse("a call side that is not a boolean");
  switch (code) {
    case CODES.handshake:
      return { kind: "handshake", path: text(a) };
    case CODES["spawn-spec"]:
      return { kind: "spawn-spec", spec: checkedSpec(a) ?? refuse("a malformed spawn spec") };
    case CODES.start:
      if (typeof b !== "boolean") return refuse("a call shape that is not a boolean");
      if (!Array.isArray(d)) return refuse("call arguments that are not an array");
      return {
        kind: "start",
        call: call(),
        shape: b ? "context" : "run",
        fn: text(c),
        args: d.map((arg) => checkedValue(arg, peer, 0)),
      };
    case CODES["start-ack"]:
      return { kind: "start-ack", call: call() };
    case CODES.started:
      return { kind: "started", call: call(), value: checkedValue(b, peer, 0) };
    case CODES.return:
      return { kind: "return", call: call(), value: checkedValue(b, peer, 0) };
    case CODES.yield:
      return { kind: "yield", call: call(), side: side(), value: checkedValue(c, peer, 0) };
    case CODES.credit:
      if (typeof c !== "number" || !Number.isSafeInteger(c) || c < 1) {
        return refuse("a credit that is not a count");
      }
      return { kind: "credit", call: call(), side: side(), count: c };
    case CODES.stop:
      return { kind: "stop", call: call(), side: side() };
    case CODES.error:
      return {
        kind: "error",
        call: call(),
        error: checkedError(b, 0) ?? refuse("a malformed error"),
      };
    case CODES.cancel:
      return {
        kind: "cancel",
        call: callOrNull(),
        reason: checkedReason(b) ?? refuse("a malformed cancel reason"),
      };
    case CODES["cancel-ack"]:
      return { kind: "cancel-ack", call: callOrNull() };
    case CODES.bye:
      return { kind: "bye" };
    default:
      return refuse(`unknown frame kind ${String(code)}`);
  }
}

function checkedValue(value: unknown, peer: string, depth: number): WireValue {
  if (typeof value !== "object" || value === null) {
    // msgpack decodes to nothing else that is not an object.
    return value as null | undefined | boolean | number | string;
  }
  if (depth >= MAX_DEPTH) throw new ProtocolError(peer, `a value nested deeper than ${MAX_DEPTH}`);
  if (value instanceof Uint8Array || value instanceof Date) return value;
  if (value instanceof ExtData) {
    throw new ProtocolError(peer, `msgpack extension type ${value.type}`);
  }
  if (Array.isArray(value)) {
    for (const item of value) checkedValue(item, peer, depth + 1);
    return value;
  }
  const map = value as { [key: string]: WireValue };
  for (const key in map) checkedValue(map[key], peer, depth + 1);
  return map;
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
];

function checkedReason(value: unknown): CancelReason | null {
  if (!isRecord(value)) return null;
  const { source, detail, scope, byActor, atMs } = value;
  const ok = CANCEL_SOURCES.includes(source) && (detail === null || typeof detail === "string") &&
    typeof scope === "string" && typeof byActor === "string" && typeof atMs === "number";
  return ok ? { source: source as CancelReason["source"], detail, scope, byActor, atMs } : null;
}

function checkedError(value: unknown, depth: number): WireError | null {
  if (!isRecord(value) || depth > MAX_DEPTH) return null;
  const { type, message, stack, actor, cause, errors, reason } = value;
  if (typeof type !== "string" || typeof message !== "string" || typeof stack !== "string") {
    return null;
  }
  if (typeof actor !== "string" || !Array.isArray(errors)) return null;
  const parts = errors.map((part) => checkedError(part, depth + 1));
  if (parts.includes(null)) return null;
  const inner = cause === null ? null : checkedError(cause, depth + 1);
  if (cause !== null && inner === null) return null;
  return {
    type,
    message,
    stack,
    actor,
    cause: inner,
    errors: parts.filter((part) => part !== null),
    reason: reason === null ? null : checkedReason(reason),
  };
}

function checkedSpec(value: unknown): SpawnSpec | null {
  if (!isRecord(value)) return null;
  const { path, module, lifeLock, journal, remedies, softKillMs, hardKillMs, joinMs } = value;
  if (typeof path !== "string" || typeof module !== "string" || typeof lifeLock !== "string") {
    return null;
  }
  if (journal !== null && typeof journal !== "string") return null;
  if (
    !Array.isArray(remedies) || !remedies.every((name): name is string => typeof name === "string")
  ) return null;
  if (
    typeof softKillMs !== "number" || typeof hardKillMs !== "number" || typeof joinMs !== "number"
  ) return null;
  return { path, module, lifeLock, journal, remedies, softKillMs, hardKillMs, joinMs };
}
