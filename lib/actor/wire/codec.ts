/**
 * Frames to bytes and back: msgpack arrays `[version, code, …fields]`. A message may hold several frames one after the
 * other. Decoding has limits and refuses what it does not know; whatever bytes come in, the answer is frames or a
 * {@linkcode ProtocolError}. What one side can encode, the other can decode: a value that is out of bounds fails where
 * it is sent.
 *
 * @module
 */

import { Decoder, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { frameOf, listOf } from "./fields.ts";
import { type Frame, ProtocolError } from "./frame.ts";
import { MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES, scanMessage } from "./scan.ts";

export { MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES } from "./scan.ts";

/** Coders keep the buffer of their last message. One that has seen a message longer than this is replaced. */
const KEEP_BYTES = 64 * 1024;

/** The largest time that a Date can hold, in milliseconds. */
const MAX_TIME_MS = 8.64e15;

/**
 * Lets msgpack encode plain values and dates, and refuses everything else by name. A value that the peer would refuse,
 * or that would arrive as something else (a Map as an empty object, a Float64Array as bytes), must fail in the hands of
 * its owner and not break the channel.
 */
class PlainValues extends ExtensionCodec<undefined> {
  /**
   * Called by the encoder for everything that is not null, a boolean, a number or a string.
   *
   * @throws {TypeError} for what cannot cross
   */
  override tryToEncode(value: unknown): ReturnType<ExtensionCodec["tryToEncode"]> {
    if (Array.isArray(value)) return withinLimit("an array", value.length);
    if (typeof value !== "object" || value === null) throw cannotCross(`a ${typeof value}`);
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw cannotCross("an invalid Date");
      return super.tryToEncode(value, undefined);
    }
    if (value instanceof Uint8Array) return withinLimit("bytes", value.length);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw cannotCross(`an instance of ${value.constructor?.name ?? "an unnamed class"}`);
    }
    if (Object.hasOwn(value, "__proto__")) {
      throw cannotCross('an object with its own key "__proto__"');
    }
    return null;
  }

  /** Called by the decoder for every extension that the scan has let through: timestamps. */
  override decode(data: Uint8Array, type: number): unknown {
    const time = super.decode(data, type, undefined);
    if (!(time instanceof Date) || !(Math.abs(time.getTime()) <= MAX_TIME_MS)) {
      throw new RangeError("a timestamp that is no time");
    }
    return time;
  }
}

/** A sparse array or an empty buffer of any length is made in no time, and encoding it would take all memory. */
function withinLimit(what: string, length: number): null {
  if (length <= MAX_MESSAGE_BYTES) return null;
  throw new RangeError(`${what} of length ${length}: a message holds ${MAX_MESSAGE_BYTES} bytes`);
}

function cannotCross(what: string): TypeError {
  return new TypeError(
    `${what} cannot cross to another actor: null, booleans, numbers, strings, Uint8Array, Date, arrays and plain ` +
      "objects can",
  );
}

const extensionCodec = new PlainValues();
let encoder = newEncoder();
let decoder = newDecoder();

/**
 * Encodes one frame.
 *
 * @throws {RangeError} when the message would be over {@linkcode MAX_MESSAGE_BYTES} or {@linkcode MAX_VALUES}
 * @throws {TypeError} when a value is none that can cross
 * @throws {Error} when a value is nested too deep, as a cycle is
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  return encodeShared(frame).slice();
}

/** The same, but the bytes belong to the encoder: they are good until the next frame is encoded. */
export function encodeShared(frame: Frame): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> | null = null;
  try {
    bytes = encoder.encodeSharedRef(listOf(frame));
  } finally {
    if (bytes === null || bytes.length > KEEP_BYTES) encoder = newEncoder();
  }
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new RangeError(
      `a ${frame.kind} frame of ${bytes.length} bytes is over the limit of ${MAX_MESSAGE_BYTES}`,
    );
  }
  if (bytes.length > MAX_VALUES) {
    const scanned = scanMessage(bytes);
    if (typeof scanned === "string") throw new RangeError(`a ${frame.kind} frame is ${scanned}`);
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
  // Bytes that the peer can still change would not be what was scanned.
  if (!(message.buffer instanceof ArrayBuffer)) {
    throw new ProtocolError(peer, "a message in shared memory");
  }
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new ProtocolError(
      peer,
      `a message of ${message.length} bytes, over ${MAX_MESSAGE_BYTES}`,
    );
  }
  const scanned = scanMessage(message);
  if (typeof scanned === "string") throw new ProtocolError(peer, scanned);
  if (scanned === 0) throw new ProtocolError(peer, "a message without a frame");
  let wellFormed = false;
  try {
    const frames: Frame[] = [];
    if (scanned === 1) frames.push(frameOf(decoder.decode(message), peer));
    else for (const list of decoder.decodeMulti(message)) frames.push(frameOf(list, peer));
    wellFormed = true;
    return frames;
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError(peer, `msgpack that is not in the protocol (${cause})`, { cause });
  } finally {
    if (!wellFormed || message.length > KEEP_BYTES) decoder = newDecoder();
  }
}

function newEncoder(): Encoder {
  return new Encoder({ extensionCodec, maxDepth: MAX_DEPTH, ignoreUndefined: true });
}

function newDecoder(): Decoder {
  return new Decoder({ extensionCodec, mapKeyConverter: textKey });
}

/** msgpack would take numbers too, and `{1: x}` would come back as `{"1": x}`. */
function textKey(key: unknown): string {
  if (typeof key === "string") return key;
  throw new TypeError(`a map key that is not text but ${typeof key}`);
}
