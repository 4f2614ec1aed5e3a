/**
 * Numbers events and writes each as a line of JSON. Invariant: `seq` has no gap, and the last line is `run-finished`,
 * so that a reader can tell a complete stream from a cut one.
 *
 * @module
 */

import type { StreamEvent, StreamEventBody } from "../model/event.ts";

/** Writes the events of one run. */
export class EventLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #startMs: number;
  #seq = 0;
  #finished = false;

  /**
   * @param write takes one line, its end of line included
   * @param now a clock in milliseconds that never goes back
   */
  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#startMs = now();
  }

  /** Writes one event. After `run-finished` nothing is written any more. */
  add(body: StreamEventBody): void {
    if (this.#finished) return;
    this.#finished = body.type === "run-finished";
    const event: StreamEvent = {
      schema: "unwedge/event@1",
      seq: this.#seq++,
      atMs: Math.round((this.#now() - this.#startMs) * 1_000) / 1_000,
      ...body,
    };
    this.#write(`${JSON.stringify(event)}\n`);
  }
}
