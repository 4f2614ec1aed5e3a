/**
 * Who this isolate is, and whom its runtime tells what happens. A worker learns both from its spawn spec; a plain
 * program that never hears of actors is `root` and tells nobody.
 *
 * @module
 */

import type { JournalBody } from "../protocol/journal_event.ts";
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

/** Sends everything that happens in this isolate's runtime to `observer`, or to nobody. */
export function setObserver(observer: ((body: JournalBody) => void) | null): void {
  sink = observer;
}

/** Reports one thing that happened. Free when nobody listens. */
export function observe(body: JournalBody): void {
  if (sink !== null) sink(body);
}
