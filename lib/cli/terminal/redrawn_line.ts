/**
 * One line on a terminal that is redrawn about ten times a second and gone at the end. It is cut to the width of the
 * terminal, because a line that wraps cannot be erased.
 *
 * @module
 */

import { cutToTerminal } from "../../os/terminal.ts";
import type { Streams } from "../streams.ts";

const REDRAW_MS = 100;
const ERASE = "\r\x1b[2K";

/** Draws until it is ended. */
export class RedrawnLine {
  readonly #streams: Streams;
  readonly #text: () => string;
  readonly #timer: ReturnType<typeof setInterval>;
  #held = false;
  #ended = false;

  /** @param text gives the line as it is now, without marks */
  constructor(streams: Streams, text: () => string) {
    this.#streams = streams;
    this.#text = text;
    this.#timer = setInterval(() => this.draw(), REDRAW_MS);
  }

  /** Draws it now. */
  draw(): void {
    if (!this.#ended && !this.#held) this.#streams.err(ERASE + cutToTerminal(this.#text()));
  }

  /** Puts a whole line above it, which stays. */
  say(line: string): void {
    this.#streams.err(`${this.#ended || this.#held ? "" : ERASE}${line}\n`);
    this.draw();
  }

  /** Draws nothing until {@linkcode RedrawnLine.release}. */
  hold(): void {
    this.#held = true;
    if (!this.#ended) this.#streams.err(ERASE);
  }

  release(): void {
    this.#held = false;
    this.draw();
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#streams.err(ERASE);
  }
}
