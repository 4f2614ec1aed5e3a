/**
 * Progress where no line can be redrawn (CI logs, pipes): a line at the start, one for everything that belongs to the
 * verdict, and "still running" at `--slow` and whenever that has doubled.
 *
 * @module
 */

import type { RunEvent } from "../../../run/run_event.ts";
import { listed } from "../../../report/text/words.ts";
import type { Streams } from "../../streams.ts";
import { phrase } from "../../../run/event_texts.ts";
import type { Progress, ProgressSubject } from "./progress.ts";

/** Progress as lines. */
export class PlainLines implements Progress {
  readonly #streams: Streams;
  readonly #verbose: boolean;
  readonly #attempts: number;

  constructor(subject: ProgressSubject, streams: Streams, verbose: boolean) {
    this.#streams = streams;
    this.#verbose = verbose;
    this.#attempts = subject.attempts;
    this.#line(startLine(subject));
  }

  event(attempt: number, event: RunEvent): void {
    const { text, weight } = phrase(event);
    if (weight === "detail" && !this.#verbose) return;
    this.#line(this.#attempts === 1 ? text : `attempt ${attempt}: ${text}`);
  }

  judged(attempt: number, verdict: string): void {
    if (this.#attempts !== 1) this.#line(`attempt ${attempt}: ${verdict}`);
  }

  say(text: string): void {
    this.#line(text);
  }

  print(text: string): void {
    this.#streams.err(text);
  }

  hold(): void {}

  release(): void {}

  stopping(_ms: number): void {}

  end(): void {}

  #line(text: string): void {
    this.#streams.err(`unwedge: ${text}\n`);
  }
}

/** What is about to run, whole: enough to run it again when nothing else is ever printed. */
export function startLine({ name, seed, remedies, attempts }: ProgressSubject): string {
  const times = attempts === 1
    ? ""
    : attempts === Infinity
    ? ", until it hangs"
    : `, ${attempts} times`;
  const on = remedies.length === 0 ? "no remedy on" : `with ${listed(remedies)}`;
  return `running ${name}${times}, ${on}, seed ${seed}`;
}
