/**
 * Workers that stand ready for actors to come: their modules are loaded, and they have held a conversation with
 * themselves, so that what an actor's start runs is compiled. They run no code of the program before they are taken, and
 * so can always be ended.
 *
 * @module
 */

import {
  clearTimeout,
  setTimeout,
  unrefTimer,
  Worker as PlatformWorker,
} from "../../protocol/platform.ts";
import { UsageError } from "../errors.ts";
import { REHEARSE } from "./boot_message.ts";

/** The name of the worker of an actor that was started in a spare. Names of workers cannot be changed. */
export const SPARE_NAME = "unwedge:spare";
/** A start that has just ended is followed by the first call, and perhaps by more starts: these come first. */
const FILL_AFTER_MS = 20;

/** Starts the worker of an actor, or of one to come. */
export function startWorker(name: string): Worker {
  return new PlatformWorker(new URL("./worker_main.ts", import.meta.url), { type: "module", name });
}

/** The spare workers of one root actor. */
export class Spares {
  #wanted: number;
  readonly #ready: Worker[] = [];
  readonly #rehearsing: Set<Worker> = new Set();
  #waiting: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @throws {UsageError} when `wanted` is no whole number of at least 0 */
  constructor(wanted: number) {
    if (!Number.isSafeInteger(wanted) || wanted < 0) {
      throw new UsageError(`spare must be a whole number of at least 0, got ${wanted}`);
    }
    this.#wanted = wanted;
    this.#fill();
  }

  /** A worker that is ready, null when none is. */
  take(): Worker | null {
    return this.#ready.shift() ?? null;
  }

  /** Has those that were taken replaced, shortly after the last time that this was called. */
  fillSoon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fill(), FILL_AFTER_MS);
    unrefTimer(this.#timer);
  }

  /** Waits until as many are ready as there shall be, or will be no more. */
  async filled(): Promise<void> {
    while (this.#ready.length < this.#wanted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends all that are not taken. */
  end(): void {
    this.#wanted = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const worker of [...this.#ready.splice(0), ...this.#rehearsing]) worker.terminate();
    this.#rehearsing.clear();
    this.#tell();
  }

  #fill(): void {
    while (this.#ready.length + this.#rehearsing.size < this.#wanted) {
      const worker = startWorker(SPARE_NAME);
      this.#rehearsing.add(worker);
      worker.onmessage = () => {
        if (!this.#rehearsing.delete(worker)) return;
        this.#ready.push(worker);
        this.#tell();
      };
      worker.onerror = (event) => {
        event.preventDefault();
        // Starts go on without; one that failed once would fail again.
        this.end();
      };
      worker.postMessage(REHEARSE);
    }
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
