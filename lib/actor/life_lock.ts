/**
 * Life locks (`spawn/life.ts`) as they are referred to: the path in a name, and the number by which the word of a mutex
 * in shared memory names its holder. The sentinel imports this, and nothing else of the runtime: it must free mutexes
 * and never takes one.
 *
 * @module
 */

/** Key (for `Symbol.for`) of a global string in every worker: the name of its life lock, for the inspector. */
export const LIFE_KEY = "unwedge.life";

/** Path of the actor that a life lock belongs to: `root/supervisor/child`. */
export function pathOfLock(lifeLock: string): string {
  const [, ...names] = lifeLock.split("/");
  return ["root", ...names.map((part) => part.slice(0, part.lastIndexOf(":")))].join("/");
}

/** The word of a free mutex. */
export const FREE = 0;
/** The number of the root, which has no life lock. */
export const ROOT = 1;

/** The number of an actor as lock words have it: FNV-1a of its life lock, which is unique in the process. */
export function numberOf(lifeLock: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < lifeLock.length; i++) {
    hash = Math.imul(hash ^ lifeLock.charCodeAt(i), 0x01000193);
  }
  return hash === FREE || hash === ROOT ? 2 : hash;
}

/** The number of the holder of the mutex with this memory; {@linkcode FREE} when there is none. */
export function holderIn(memory: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(memory, 0, 1), 0);
}

/** Frees the mutex with this memory if the actor with this number holds it. Answers whether it did. */
export function freeFrom(memory: SharedArrayBuffer, number: number): boolean {
  const word = new Int32Array(memory, 0, 1);
  if (Atomics.compareExchange(word, 0, number, FREE) !== number) return false;
  Atomics.notify(word, 0, 1);
  return true;
}

/** The part of Web Locks in use; Deno 2.9 has them at run time, its type library does not list them. */
interface Locks {
  request(name: string, granted: () => unknown): Promise<unknown>;
  request(
    name: string,
    options: { readonly mode: "shared"; readonly signal: AbortSignal },
    granted: () => unknown,
  ): Promise<unknown>;
  query(): Promise<{
    readonly held: readonly { readonly name: string; readonly mode: "exclusive" | "shared" }[];
  }>;
}

/** The locks of this process. */
export const { locks } = navigator as typeof navigator & { readonly locks: Locks };

/** Names of the locks that are held in this process, those that actors hold for life among them. */
export async function heldLocks(): Promise<string[]> {
  const { held } = await locks.query();
  // Several isolates may watch a lock: they share it.
  return held.filter(({ mode }) => mode === "exclusive").map(({ name }) => name);
}
