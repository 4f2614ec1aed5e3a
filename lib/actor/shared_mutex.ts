/**
 * A mutex in shared memory between actors, taken with a blocking wait: the stand-in for a lock like the GIL, that a
 * killed holder takes with it. The holder's path is written beside the lock word, so a dump can name it, and a
 * supervisor that has proof of the holder's death can free the lock (a robust mutex).
 *
 * Layout of the shared memory: int32 lock word (0 free, 1 held), int32 byte length of the holder's path, then the path
 * in UTF-8, at most {@linkcode MAX_PATH_BYTES}.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import { RECOVER_KEY, type SharedLockSnapshot } from "../protocol/snapshot.ts";
import { UsageError } from "./errors.ts";
import { actorPath, observe } from "./identity.ts";
import type { PeerRef } from "./park.ts";
import { addSnapshotSources } from "./snapshot.ts";

const MAX_PATH_BYTES = 248;
const HEADER_BYTES = 8;

const known: Set<SharedMutex> = new Set();
const peers: Map<string, PeerRef> = new Map();

addSnapshotSources({ sharedLocks: () => [...known].map((mutex) => mutex.snapshot()) });
Reflect.set(globalThis, Symbol.for(RECOVER_KEY), recoverBlocking);

/** A lock that actors of one process share. */
export class SharedMutex {
  readonly name: string;
  /** The memory to hand to other actors: `startActor(name, { shared: { lock: mutex.memory } })`. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #path: Uint8Array;
  #blockedSinceMs: number | null = null;

  /**
   * @param name for dumps
   * @param memory the memory of a mutex made elsewhere; a new one is made when it is left out
   */
  constructor(
    name: string,
    memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + MAX_PATH_BYTES),
  ) {
    this.name = name;
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 2);
    this.#path = new Uint8Array(memory, HEADER_BYTES);
    known.add(this);
  }

  /** Path of the actor that holds it, or null. */
  get holder(): string | null {
    if (Atomics.load(this.#words, 0) === 0) return null;
    return new TextDecoder().decode(this.#path.slice(0, Atomics.load(this.#words, 1)));
  }

  /** Takes the mutex, blocking the whole isolate until it is free. No task of this isolate runs meanwhile. */
  acquireBlocking(): void {
    while (Atomics.compareExchange(this.#words, 0, 0, 1) !== 0) {
      this.#blockedSinceMs ??= epochNow();
      Atomics.wait(this.#words, 0, 1);
    }
    this.#blockedSinceMs = null;
    const bytes = new TextEncoder().encode(actorPath()).slice(0, MAX_PATH_BYTES);
    this.#path.set(bytes);
    Atomics.store(this.#words, 1, bytes.length);
  }

  /**
   * Frees the mutex.
   *
   * @throws {UsageError} when this actor does not hold it
   */
  release(): void {
    if (this.holder !== actorPath()) {
      throw new UsageError(
        `${actorPath()} cannot release "${this.name}": ${this.holder ?? "nobody"} holds it`,
      );
    }
    this.#free();
  }

  /** Frees the mutex if `holder` holds it. Only for who has proof that the holder is dead. */
  recoverFrom(holder: string): boolean {
    if (this.holder !== holder) return false;
    this.#free();
    return true;
  }

  /** How it stands, for the dump. */
  snapshot(): SharedLockSnapshot {
    const holder = this.holder;
    return {
      name: this.name,
      holder,
      holderState: holder === null ? null : peers.get(holder)?.state ?? "alive",
      blockedSinceMs: this.#blockedSinceMs,
    };
  }

  #free(): void {
    Atomics.store(this.#words, 0, 0);
    Atomics.notify(this.#words, 0, 1);
  }
}

/** Lets the mutexes of this isolate know an actor, so that a dump can say whether a holder lives. */
export function knowPeer(peer: PeerRef): void {
  peers.set(peer.path, peer);
}

/** Frees every mutex known here that the dead actor `path` held, and says so. */
export function recoverLocksOf(path: string): void {
  for (const mutex of known) {
    if (!mutex.recoverFrom(path)) continue;
    observe({
      kind: "remedy",
      remedy: "reap",
      peer: path,
      did: `freed shared mutex "${mutex.name}"`,
    });
  }
}

/** Frees the mutexes that this isolate is blocked on and whose holder was given up. Answers how many. */
function recoverBlocking(): number {
  let freed = 0;
  for (const mutex of known) {
    const { holder, holderState, blockedSinceMs } = mutex.snapshot();
    if (blockedSinceMs === null || holder === null || holderState === "alive") continue;
    if (mutex.recoverFrom(holder)) freed++;
  }
  return freed;
}
