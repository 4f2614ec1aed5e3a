/**
 * A mutex in shared memory between actors, taken with a blocking wait: the stand-in for a lock like the GIL, that a
 * killed holder takes with it. The lock word names its holder, so a dump can tell who that is, and a supervisor that
 * has proof of the holder's death can free the lock (a robust mutex).
 *
 * Invariant: the lock word goes from 0 to the number of an actor and back, by compare-and-exchange only. So a recovery
 * frees the mutex if and only if the dead one holds it, whichever other actor is just taking or releasing it.
 *
 * Layout of the shared memory: int32 lock word (0 free, otherwise the holder's number), int32 number of the actor whose
 * path follows, int32 byte length of the path, the path in UTF-8, at most {@linkcode MAX_PATH_BYTES} (longer ones are
 * cut: the path is for people only).
 *
 * @module
 */

import { nameText } from "../protocol/text.ts";
import { epochNow } from "../protocol/epoch.ts";
import { RECOVER_KEY, type SharedLockSnapshot } from "../protocol/snapshot.ts";
import { UsageError } from "./errors.ts";
import { actorPath, observeRemedy } from "./identity.ts";
import { FREE, freeFrom, holderIn, numberOf, ROOT } from "./life_lock.ts";
import type { PeerRef } from "./park.ts";
import type { HeldLock } from "./sentinel/messages.ts";
import { addSnapshotSources } from "./snapshot.ts";
import { ownLifeLock } from "./spawn/life.ts";

const MAX_PATH_BYTES = 500;
const HEADER_BYTES = 12;
const WORD = 0;
const PATH_OF = 1;
const PATH_BYTES = 2;

/** Strongly held on purpose: a supervisor may recover a mutex that it only passed on. */
const known: Set<SharedMutex> = new Set();
const peers: Map<number, PeerRef> = new Map();
let onKnown: ((mutex: SharedMutex) => void) | null = null;

addSnapshotSources({ sharedLocks: () => [...known].map((mutex) => mutex.snapshot()) });
Reflect.set(globalThis, Symbol.for(RECOVER_KEY), recoverBlocking);

/** A lock that actors of one process share. */
export class SharedMutex {
  /** For dumps and messages. */
  readonly name: string;
  /** The memory to hand to other actors: `startActor(name, { shared: { lock: mutex.memory } })`. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #path: Uint8Array;
  #blockedSinceMs: number | null = null;

  /**
   * Makes a mutex, or another handle on one made elsewhere.
   *
   * @param name for dumps
   * @param memory the memory of a mutex made elsewhere; a new one is made when it is left out
   * @throws {UsageError} when the memory is too small to be a mutex's
   */
  constructor(
    name: string,
    memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + MAX_PATH_BYTES),
  ) {
    if (memory.byteLength < HEADER_BYTES + MAX_PATH_BYTES) {
      throw new UsageError(`the memory of "${nameText(name)}" does not come from a SharedMutex`);
    }
    this.name = nameText(name);
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#path = new Uint8Array(memory, HEADER_BYTES, MAX_PATH_BYTES);
    known.add(this);
    onKnown?.(this);
  }

  /** Path of the actor that holds it, or null. */
  get holder(): string | null {
    const number = Atomics.load(this.#words, WORD);
    return number === FREE ? null : this.#pathOf(number);
  }

  /**
   * Takes the mutex, blocking the whole isolate until it is free. No task of this isolate runs meanwhile.
   *
   * @throws {UsageError} when this actor holds it already: it could never be freed
   */
  acquireBlocking(): void {
    const own = ownNumber();
    for (;;) {
      const holder = Atomics.compareExchange(this.#words, WORD, FREE, own);
      if (holder === FREE) break;
      if (holder === own) throw new UsageError(`${actorPath()} holds "${this.name}" already`);
      this.#blockedSinceMs ??= epochNow();
      Atomics.wait(this.#words, WORD, holder);
    }
    this.#blockedSinceMs = null;
    const bytes = new TextEncoder().encode(actorPath()).subarray(0, MAX_PATH_BYTES);
    this.#path.set(bytes);
    Atomics.store(this.#words, PATH_BYTES, bytes.length);
    Atomics.store(this.#words, PATH_OF, own);
  }

  /**
   * Frees the mutex.
   *
   * @throws {UsageError} when this actor does not hold it
   */
  release(): void {
    if (freeFrom(this.memory, ownNumber())) return;
    throw new UsageError(
      `${actorPath()} cannot release "${this.name}": ${this.holder ?? "no actor"} holds it`,
    );
  }

  /**
   * Frees the mutex if the actor with this life lock holds it. Only with proof that the actor is dead; what the mutex
   * guards may be half written.
   */
  recoverFrom(lifeLock: string): boolean {
    return freeFrom(this.memory, numberOf(lifeLock));
  }

  /** How it stands, for the dump. */
  snapshot(): SharedLockSnapshot {
    const number = Atomics.load(this.#words, WORD);
    const free = number === FREE;
    return {
      name: this.name,
      holder: free ? null : this.#pathOf(number),
      holderState: free ? null : peers.get(number)?.state ?? "alive",
      blockedSinceMs: this.#blockedSinceMs,
    };
  }

  /** Frees it if this isolate is blocked on it and its holder was given up. */
  recoverIfBlocking(): boolean {
    const number = Atomics.load(this.#words, WORD);
    const state = peers.get(number)?.state ?? "alive";
    return this.#blockedSinceMs !== null && state !== "alive" && freeFrom(this.memory, number);
  }

  #pathOf(number: number): string {
    const peer = peers.get(number);
    if (peer !== undefined) return peer.path;
    if (number === ownNumber()) return actorPath();
    // A holder that has the lock since a moment ago has not written its path yet.
    if (Atomics.load(this.#words, PATH_OF) !== number) return "unknown";
    return new TextDecoder().decode(this.#path.slice(0, Atomics.load(this.#words, PATH_BYTES)));
  }
}

/** Lets the mutexes of this isolate know an actor, so that a dump can say whether a holder lives. */
export function knowPeer(peer: PeerRef, lifeLock: string): void {
  peers.set(numberOf(lifeLock), peer);
}

/** What is known of the actor with a life lock; null when it was never met or is forgotten. */
export function knownPeer(lifeLock: string): PeerRef | null {
  return peers.get(numberOf(lifeLock)) ?? null;
}

/** The actor is dead, or of no interest any more. One that still holds a mutex is remembered. */
export function forgetPeer(lifeLock: string): void {
  const number = numberOf(lifeLock);
  for (const mutex of known) if (holderIn(mutex.memory) === number) return;
  peers.delete(number);
}

/** Frees every mutex known here that the dead actor held, and says so. */
export function recoverLocksOf(path: string, lifeLock: string): void {
  for (const mutex of known) {
    if (!mutex.recoverFrom(lifeLock)) continue;
    observeRemedy("reap", path, `freed shared mutex "${mutex.name}"`);
  }
}

/** Frees every mutex known here that the actor at `path` holds, which is proven dead; answers their names. */
export function recoverLocksOfPath(path: string): string[] {
  const freed: string[] = [];
  for (const mutex of known) {
    for (const [number, peer] of peers) {
      if (peer.path === path && freeFrom(mutex.memory, number)) freed.push(mutex.name);
    }
  }
  return freed;
}

/** The actors that were met here, as they stand. */
export function knownPeers(): readonly PeerRef[] {
  return [...peers.values()];
}

/** Calls `tell` with every mutex that is known here, and with those to come; null ends that. */
export function tellMutexes(tell: ((mutex: SharedMutex) => void) | null): void {
  onKnown = tell;
  if (tell !== null) known.forEach(tell);
}

/** The locks that this isolate is blocked on although their holders have been given up, or are dead. */
export function hostages(): HeldLock[] {
  return [...known].flatMap((mutex) => {
    const { name, holder, holderState, blockedSinceMs } = mutex.snapshot();
    if (blockedSinceMs === null || holder === null || holderState === "alive") return [];
    return [{ name, holder, sinceMs: blockedSinceMs }];
  });
}

/** Frees the mutexes that this isolate is blocked on and whose holder was given up. Answers how many. */
function recoverBlocking(): number {
  return [...known].filter((mutex) => mutex.recoverIfBlocking()).length;
}

function ownNumber(): number {
  const lifeLock = ownLifeLock();
  return lifeLock === null ? ROOT : numberOf(lifeLock);
}
