/** `for await` over a stream. Not a generator: a dump shall name the loop, not the generator's `yield`. @module */

import { EndOfChannel } from "../errors.ts";
import type { Where } from "../park.ts";
import type { SiteCapture } from "../site.ts";
import type { WireValue } from "../wire/frame.ts";

/** Yields values until the peer stops. */
export class StreamIterator implements AsyncIterableIterator<WireValue, void, undefined> {
  readonly #receive: (where: Where) => Promise<WireValue>;
  readonly #site: SiteCapture;

  /** @param site where the loop stands: captured once for all its waits */
  constructor(receive: (where: Where) => Promise<WireValue>, site: SiteCapture) {
    this.#receive = receive;
    this.#site = site;
  }

  /** See {@linkcode AsyncIterator.next}. */
  async next(): Promise<IteratorResult<WireValue, void>> {
    try {
      return { done: false, value: await this.#receive(this.#site) };
    } catch (error) {
      if (error instanceof EndOfChannel) return { done: true, value: undefined };
      throw error;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
