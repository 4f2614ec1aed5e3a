/**
 * Frames to bytes and back: msgpack arrays `[version, code, …fields]`. A message may hold several frames one after the
 * other. Decoding has limits and refuses what it does not know; whatever bytes come in, the answer is frames or a
 * {@linkcode ProtocolError}. What one side can encode, the other can decode: a value that is out of bounds fails where
 * it is sent.
 *
 * @module
 */

import { Decoder, Encoder } from "@msgpack/msgpack";
import { frameOf, listOf } from "./fields.ts";
import { type Frame, ProtocolError } from "./frame.ts";
import { PlainValues } from "./plain_values.ts";
import { MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES, scanMessage } from "./scan.ts";

export { MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES } from "./scan.ts";

/** Coders keep the buffer of their last message. One that has seen a message longer than this is replaced. */
const KEEP_BYTES = 64 * 1024;

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
