/**
 * The terminal while a run has it: single keys without echo, and its modes put back on every way out.
 *
 * The mode is "cbreak": Ctrl-C, Ctrl-\ and Ctrl-Z stay signals. So they mean the same as `kill` from elsewhere, work
 * while nobody reads keys, and still work for whatever comes after us if we are SIGKILLed.
 *
 * Who puts the modes back: {@linkcode Terminal.giveBack} in the ordinary course and before a stop (Ctrl-Z); the `unload`
 * listener for `Deno.exit`, which is also how an unhandled rejection ends; Deno itself when an uncaught error ends the
 * process (seen on 2.9.6). After a SIGKILL the shell does, if it is our parent; docs/triage.md says what is left otherwise.
 *
 * @module
 */

import { isForeground } from "../job.ts";
import { type KeyListener, type KeyReader, readKeys } from "./keys.ts";

/** Takes the terminal, gives it back, takes it again. */
export class Terminal implements AsyncDisposable {
  readonly #listener: KeyListener;
  readonly #onUnload = () => this.#atExit();
  #reader: KeyReader | null = null;
  #ended = false;

  constructor(listener: KeyListener) {
    this.#listener = listener;
    globalThis.addEventListener("unload", this.#onUnload);
  }

  /**
   * Takes the terminal, unless another job has it. Returns whether keys come now.
   */
  take(): boolean {
    if (this.#reader !== null) return true;
    // In the background, setting the terminal's modes would stop us (SIGTTOU).
    if (this.#ended || !isForeground()) return false;
    try {
      Deno.stdin.setRaw(true, { cbreak: true });
      this.#reader = readKeys(this.#listener);
    } catch {
      // The terminal has gone, or no process can be had: then there are no keys.
      this.#restore();
      return false;
    }
    return true;
  }

  /** Gives the terminal back: its modes are as they were when this returns, and soon nobody reads from it. */
  async giveBack(): Promise<void> {
    const reader = this.#reader;
    if (reader === null) return;
    this.#reader = null;
    // First: what is typed from here on waits in the terminal for whoever has it next.
    reader.kill();
    this.#restore();
    await reader.stop();
  }

  /** Gives it back for good. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    globalThis.removeEventListener("unload", this.#onUnload);
    await this.giveBack();
  }

  #atExit(): void {
    if (this.#reader === null) return;
    this.#reader.kill();
    this.#restore();
  }

  #restore(): void {
    try {
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal has gone.
    }
  }
}
