/** `for await` over a stream. Not a generator: a dump shall name the loop, not the generator's `yield`. @module */

import { EndOfChannel } from "../errors.ts";
import type { Where } from "../park.ts";
import type { WireValue } from "../wire/frame.ts";

/** Yields values until the peer stops. */
export class StreamIterator implements AsyncIterableIterator<WireValue, void, undefined> {
  readonly #receive: (where: Where) => Promise<WireValue>;

  constructor(receive: (where: Where) => Promise<WireValue>) {
    this.#receive = receive;
  }

  /** See {@linkcode AsyncIterator.next}. */
  async next(): Promise<IteratorResult<WireValue, void>> {
    try {
      return { done: false, value: await this.#receive(this.next) };
    } catch (error) {
      if (error instanceof EndOfChannel) return { done: true, value: undefined };
      throw error;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
