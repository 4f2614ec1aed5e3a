/**
 * Tells one listener that something moves in this isolate's runtime: a wait began or ended, a message came or went, a
 * task ended, an alarm rang, another isolate was heard of or seen to be gone. Who listens can say when nothing does.
 *
 * Invariant: it is told synchronously, before code of the user runs because of it. So a listener that writes down at
 * once that this isolate stirs has written it before anything can come of it, in this isolate or in another.
 *
 * @module
 */

let listener: (() => void) | null = null;

/** Something moves. Free when nobody listens. */
export function stir(): void {
  if (listener !== null) listener();
}

/** Calls `onStir` at every stir from now on; null ends that. */
export function setStirListener(onStir: (() => void) | null): void {
  listener = onStir;
}
