/**
 * Who this isolate is, and who hears what happens in its runtime. A worker learns both from its spawn spec; a plain
 * program without actors is `root` and has no observer.
 *
 * @module
 */

import type { JournalBody, Rung } from "../protocol/journal_event.ts";
import { ACTOR_KEY } from "../protocol/snapshot.ts";

let path = "root";
let sink: ((body: JournalBody) => void) | null = null;

/** Path of the actor that lives in this isolate: `root`, `root/child`. */
export function actorPath(): string {
  return path;
}

/** Names this isolate. Also publishes the path under `Symbol.for(ACTOR_KEY)` for the dump. */
export function setActorPath(name: string): void {
  path = name;
  Reflect.set(globalThis, Symbol.for(ACTOR_KEY), name);
}

/** Sends everything that happens in this isolate's runtime to `observer`; null: to no one. */
export function setObserver(observer: ((body: JournalBody) => void) | null): void {
  sink = observer;
}

/** Reports one thing that happened. Free without an observer. */
export function observe(body: JournalBody): void {
  if (sink !== null) sink(body);
}

/** Reports that a remedy is applied; `by` says whether an operator asked for it by hand. */
export function observeRemedy(
  remedy: string,
  peer: string | null,
  did: string,
  by: Applied = "runtime",
): void {
  observe({ kind: "remedy", remedy, peer, did, ...(by === "operator" ? { by } : {}) });
}

/** Reports one step of the teardown of `peer`. */
export function observeRung(
  peer: string,
  rung: Rung,
  step: "asked" | "acked" | "effect",
  effect: string | null = null,
): void {
  observe({ kind: "rung", peer, rung, step, effect });
}

/** What applies a remedy: the runtime, because the remedy is on, or an operator from outside. */
export type Applied = "runtime" | "operator";

let activityListener: (() => void) | null = null;

/**
 * Something moves in this isolate's runtime: a wait began or ended, a message came or went, a task ended, an alarm
 * rang, another isolate was heard of or seen to be gone. Free without a listener.
 *
 * Invariant: called before code of the user runs because of it. So a listener that writes down at once that this
 * isolate is active has written it before anything can come of it, in this isolate or in another.
 */
export function markActive(): void {
  if (activityListener !== null) activityListener();
}

/** Calls `onActive` at every {@linkcode markActive} from now on; null ends that. */
export function setActivityListener(onActive: (() => void) | null): void {
  activityListener = onActive;
}
