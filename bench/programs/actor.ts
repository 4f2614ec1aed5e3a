/** The functions that the actor rows call. @module */

import {
  type ActorNursery,
  openActorNursery,
  openNursery,
  type ServedContext,
  sleepForever,
} from "../../mod.ts";

/** Sends `count` small messages as fast as the reader lets it. */
export async function produce(context: ServedContext, count: number): Promise<void> {
  context.started();
  for (let seq = 0; seq < count; seq++) await context.send({ seq, text: "tick" });
}

/** Blocks this isolate for good, in slices: the seed's bad child. */
export function stuck(): void {
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(nobodyWakes, 0, 0, 1_000);
}

/** Burns a processor for good. */
export function spin(): void {
  for (;;);
}

/** Grows a tree below this actor, says when it stands, and keeps it until it is cancelled. */
export async function grow(context: ServedContext, depth: number, breadth: number): Promise<void> {
  await openActorNursery(async (actors) => {
    await withTree(actors, depth, breadth, () => context.started());
  });
}

/**
 * Starts `breadth` actors, has each of them do the same one level further down, calls `grown` when the last leaf is
 * ready, and stays.
 *
 * @param depth how many levels to start, 1 or more
 */
export async function withTree(
  actors: ActorNursery,
  depth: number,
  breadth: number,
  grown: () => void,
): Promise<void> {
  await openNursery(async (branches) => {
    const starting = Array.from(
      { length: breadth },
      (_, i) =>
        branches.start((ready) => branch(actors, `child-${i}`, depth - 1, breadth, () => ready())),
    );
    await Promise.all(starting);
    grown();
    await sleepForever();
  }, { name: "branches" });
}

async function branch(
  actors: ActorNursery,
  name: string,
  below: number,
  breadth: number,
  ready: () => void,
): Promise<void> {
  const child = await actors.startActor(name, { module: import.meta.url });
  if (below === 0) return ready();
  await child.openContext("grow", [below, breadth], async () => {
    ready();
    await sleepForever();
  });
}
