/**
 * Proof of death. Every actor in a worker holds a Web Lock for life; a waiter for the lock is granted it 1-3 ms
 * after the worker's isolate is really gone, and not before (a web Worker stuck in JavaScript keeps it through
 * `terminate()`). Measured on Deno 2.9.6; it holds for web Workers, not for node:worker_threads.
 *
 * The name of a life lock is that of its supervisor's, `/`, the actor's name, `:`, a number that no other actor has. So
 * one query shows everything that still lives below an actor, also when that actor is dead and cannot tell.
 *
 * Invariant: code of the user runs in a worker only while it holds its lock. A worker that was terminated while it
 * booted may not hold it yet, so its lock is free and yet it could go on: a gate in shared memory, that either the
 * worker passes or its supervisor shuts, decides which. (Keeping the lock instead would keep the process alive.)
 *
 * @module
 */

import { AbortController, randomUUID } from "../../protocol/platform.ts";
import { markActive, observe } from "../identity.ts";
import { type Event, peerEvent } from "../event.ts";
import { hold, type PeerRef } from "../park.ts";

import { heldLocks, LIFE_KEY, locks, pathOfLock } from "../life_lock.ts";

export { LIFE_KEY, pathOfLock };

/** What a worker posts to its parent once it holds its life lock. */
export const LOCK_HELD = "unwedge:life-lock-held";

/** What a worker posts to its parent as the very last thing: no code of the user will run in it any more. */
export const CLOSING = "unwedge:closing";

let made = 0;

/** Lock name of a new actor of this isolate. The root has no lock; its name only keeps two roots apart. */
export function newLifeLock(supervisor: string | null, name: string): string {
  if (supervisor === null) return `unwedge-life:${randomUUID()}`;
  return `${supervisor}/${name}:${++made}`;
}

/** What a gate can be; it begins as 0 and is set once. */
const PASSED = 1;
const SHUT = 2;

/** A gate between a booting worker and the code of the user; see the invariant of this module. */
export function newGate(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Holds the lock `name` until this isolate dies.
 *
 * @returns resolves once it is held; false when its supervisor has given this actor up, or died: it will never
 * watch us, so nothing may begin here
 */
export function holdLifeLock(name: string, gate: SharedArrayBuffer): Promise<boolean> {
  Reflect.set(globalThis, Symbol.for(LIFE_KEY), name);
  return new Promise((resolve, reject) => {
    // Never resolves on purpose: the platform lets go when the isolate is dropped.
    const forLife = () => {
      const passed = Atomics.compareExchange(new Int32Array(gate), 0, 0, PASSED) === 0;
      isOrphan(name).then((orphan) => resolve(passed && !orphan), reject);
      return new Promise<never>(() => {});
    };
    locks.request(name, forLife).catch(reject);
  });
}

/** Name of the life lock of this isolate, null in a root. */
export function ownLifeLock(): string | null {
  const name: unknown = Reflect.get(globalThis, Symbol.for(LIFE_KEY));
  return typeof name === "string" ? name : null;
}

/** Names of the life locks that are held below `lifeLock` now. */
export async function heldBelow(lifeLock: string): Promise<string[]> {
  const held = await hold(heldLocks(), `life locks below ${pathOfLock(lifeLock)}`);
  return held.filter((name) => name.startsWith(`${lifeLock}/`));
}

/** Watches one actor's life lock. */
export class LifeWatch {
  /** Set once the actor's isolate is really gone. */
  readonly gone: Event;
  readonly #lockName: string;
  readonly #peer: PeerRef;
  readonly #gate: SharedArrayBuffer | null;
  readonly #stop = new AbortController();
  readonly #listeners: (() => void)[] = [];
  #waiting = false;

  /** @param gate its gate; null when it is known that the actor has held its lock */
  constructor(lockName: string, peer: PeerRef, gate: SharedArrayBuffer | null) {
    this.#lockName = lockName;
    this.#peer = peer;
    this.#gate = gate;
    this.gone = peerEvent(`isolate of ${peer.path} gone`, peer);
  }

  /**
   * Begins to wait for the lock. A free lock looks like a death, so this must not be called before the actor is known
   * to hold it, or was terminated.
   */
  begin(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    // Shared: several may watch, and only the actor itself is ever listed as the exclusive holder.
    locks.request(
      this.#lockName,
      { mode: "shared", signal: this.#stop.signal },
      () => this.#granted(),
    ).catch(() => {});
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
    markActive();
    if (this.#gate !== null) Atomics.compareExchange(new Int32Array(this.#gate), 0, 0, SHUT);
    this.#peer.state = "dead";
    observe({ kind: "actor-dead", peer: this.#peer.path });
    this.gone.set();
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the supervisor of the actor with this lock is dead. The root has no lock: its death ends the process. */
async function isOrphan(name: string): Promise<boolean> {
  const supervisor = name.slice(0, name.lastIndexOf("/"));
  if (!supervisor.includes("/")) return false;
  return !(await heldLocks()).includes(supervisor);
}
