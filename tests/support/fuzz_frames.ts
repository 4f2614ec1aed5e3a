/**
 * Messages that a broken or hostile peer might send: what structured clone can carry, frames that were damaged, and
 * values that are frames where it matters to get further in. The same seed gives the same messages.
 *
 * Invariant that a fuzz run checks: every message gives frames that could be sent again, or a ProtocolError.
 *
 * @module
 */

import { framesIn } from "../../lib/actor/wire/check_frame.ts";
import { ProtocolError } from "../../lib/actor/wire/frame.ts";
import { FRAME_SAMPLES } from "./frame_samples.ts";
import { type Random, seeded } from "./random.ts";

/** What became of the messages of a fuzz run. */
export interface FuzzCount {
  /** Gave frames. */
  accepted: number;
  /** Refused with a ProtocolError. */
  refused: number;
}

const KEYS: readonly [string, ...string[]] = [
  "__proto__",
  "constructor",
  "kind",
  "call",
  "value",
  "args",
  "window",
  "error",
  "errors",
  "cause",
  "reason",
  "length",
  "",
];

/** Puts `count` messages through the check. @throws whatever is neither frames nor a ProtocolError */
export function fuzzCheck(count: number, seed: number): FuzzCount {
  const fuzzer = new FrameFuzzer(seed);
  const counted: FuzzCount = { accepted: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const message = fuzzer.next();
    try {
      for (const frame of framesIn(message, "fuzzer")) framesIn(frame, "fuzzer");
      counted.accepted++;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.peer !== "fuzzer") {
        throw new Error(`message ${i} of seed ${seed}`, { cause: error });
      }
      counted.refused++;
    }
  }
  return counted;
}

/** A source of bad messages. Each could be posted. */
export class FrameFuzzer {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** The next message. */
  next(): unknown {
    return this.#random.pick<() => unknown>([
      () => this.#value(0),
      () => Array.from({ length: this.#random.below(4) }, () => this.#damaged()),
      () => this.#damaged(),
      () => this.#damaged(),
    ])();
  }

  /** A frame with none to three things wrong with it. */
  #damaged(): unknown {
    const frame = structuredClone(FRAME_SAMPLES[this.#random.below(FRAME_SAMPLES.length)]);
    let damaged: unknown = frame;
    for (let wounds = this.#random.below(4); wounds > 0; wounds--) damaged = this.#wound(damaged);
    return damaged;
  }

  /** `whole` with a part replaced, left out, added or doubled, at any depth. */
  #wound(whole: unknown): unknown {
    if (!isRecord(whole) || this.#random.below(8) === 0) return this.#value(0);
    const keys = Object.keys(whole);
    const key = keys[this.#random.below(keys.length + 1)] ?? this.#random.pick(KEYS);
    const copy: Record<string, unknown> = { ...whole };
    const own = Object.hasOwn(whole, key) ? whole[key] : null;
    return this.#random.pick<() => unknown>([
      () => set(copy, key, this.#value(0)),
      () => set(copy, key, this.#wound(own)),
      () => set(copy, key, whole),
      () => set(copy, key, [own, own]),
      () => {
        delete copy[key];
        return copy;
      },
    ])();
  }

  #value(depth: number): unknown {
    const values = () =>
      Array.from(
        { length: depth > 6 ? 0 : this.#random.below(5) },
        () => this.#value(depth + 1),
      );
    return this.#random.pick<() => unknown>([
      () => this.#random.pick([null, undefined, true, false, NaN, -1, 0, -0, 1, 0.5, 2 ** 53, 10n]),
      () => this.#random.pick(["mine", "yours", "bye", "return", "deadline", "explicit"]),
      () => this.#random.pick(KEYS),
      () => this.#random.below(300),
      () => new Date(this.#random.pick([NaN, 0, 8.64e15])),
      () => new Uint8Array(this.#random.below(20)),
      () => new SharedArrayBuffer(this.#random.below(20)),
      () => new Error("an error as itself", { cause: this.#value(depth + 1) }),
      () => new Map(values().map((value, at) => [KEYS[at], value])),
      () => new Set(values()),
      () => values(),
      () => new Array(this.#random.pick([0, 1, 2_000, 20_000])),
      () => Object.fromEntries(values().map((value) => [this.#random.pick(KEYS), value])),
      () => this.#knot(),
    ])();
  }

  /** Something that holds itself, or shares so many parts that to follow all of them takes for ever. */
  #knot(): unknown {
    let part: Record<string, unknown> = {
      type: "E",
      message: "",
      stack: "",
      actor: "",
      reason: null,
      code: null,
    };
    set(set(part, "cause", part), "errors", [part, part]);
    for (let level = this.#random.below(40); level > 0; level--) {
      part = { ...part, cause: part, errors: [part, part] };
    }
    return part;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function set(of: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  Object.defineProperty(of, key, { value, enumerable: true, configurable: true, writable: true });
  return of;
}
