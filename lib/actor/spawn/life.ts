/**
 * Proof of death. Every actor in a worker holds a Web Lock for life; whoever waits for the lock is granted it 1-3 ms
 * after the worker's isolate is really gone, and not before (a web Worker stuck in JavaScript keeps it through
 * `terminate()`). Measured on Deno 2.9.6; it holds for web Workers, not for node:worker_threads.
 *
 * @module
 */

import { Event } from "../event.ts";
import { observe } from "../identity.ts";
import type { PeerRef } from "../park.ts";

/** The part of Web Locks in use; Deno 2.9 has them at run time, its type library does not list them. */
interface Locks {
  request(name: string, granted: () => unknown): Promise<unknown>;
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    granted: () => unknown,
  ): Promise<unknown>;
}

const { locks } = navigator as Navigator & { readonly locks: Locks };

/** What a worker posts to its parent once it holds its life lock. */
export const LOCK_HELD = "unwedge:life-lock-held";

/** Holds the lock `name` until this isolate dies, and calls `held` once that is so. */
export function holdLifeLock(name: string, held: () => void): void {
  // Never resolves on purpose: the platform lets go when the isolate is dropped.
  const forLife = () => {
    held();
    return new Promise<never>(() => {});
  };
  locks.request(name, forLife).catch(() => {});
}

/** Watches one actor's life lock from its parent. */
export class LifeWatch {
  /** Set once the actor's isolate is really gone. */
  readonly gone: Event;
  readonly #lockName: string;
  readonly #peer: PeerRef;
  readonly #stop = new AbortController();
  readonly #listeners: (() => void)[] = [];
  #waiting = false;

  constructor(lockName: string, peer: PeerRef) {
    this.#lockName = lockName;
    this.#peer = peer;
    this.gone = new Event(`isolate of ${peer.path} gone`, peer);
  }

  /**
   * Begins to wait for the lock. Must not be called before the actor holds it (or was terminated before it could):
   * a free lock would look like a death.
   */
  begin(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    locks.request(this.#lockName, { signal: this.#stop.signal }, () => this.#granted())
      .catch(() => {});
  }

  /** Calls `listener` when the isolate is gone. */
  onGone(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Stops watching. A pending lock request would keep the process alive. */
  stop(): void {
    this.#stop.abort();
  }

  #granted(): void {
    this.#peer.state = "dead";
    observe({ kind: "actor-dead", peer: this.#peer.path });
    this.gone.set();
    for (const listener of this.#listeners) listener();
  }
}
