/**
 * What may cross, checked where it is sent. A value that the peer would refuse, or that would arrive as something else
 * (a Map as an empty object, a Float64Array as bytes), must fail in the hands of its owner and not break the channel.
 *
 * @module
 */

import { ExtensionCodec } from "@msgpack/msgpack";
import { MAX_MESSAGE_BYTES } from "./scan.ts";

/** The largest time that a Date can hold, in milliseconds. */
const MAX_TIME_MS = 8.64e15;

/** Lets msgpack encode plain values and dates, and refuses everything else by name. */
export class PlainValues extends ExtensionCodec<undefined> {
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
      throw cannotCross('an object with a key "__proto__" of its own');
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
