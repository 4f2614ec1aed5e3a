/** What the rows about workers have in common. @module */

import { openActorNursery, type Portal, runActors } from "../../mod.ts";
import { workersGone } from "../../tests/support/spawn_testing.ts";

/** Starts a worker of `programs/` and waits for its first message. */
export async function startRaw(program: string): Promise<Worker> {
  const url = new URL(`../programs/${program}`, import.meta.url);
  const worker = new Worker(url, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  return worker;
}

/** Ends a worker and waits until no worker thread is left, so that it burdens nothing that is measured next. */
export async function endRaw(worker: Worker): Promise<void> {
  worker.terminate();
  await workersGone();
}

/** Starts an actor of `programs/`, measures with it, and ends it. */
export async function withActor<T>(
  program: string,
  measure: (portal: Portal) => Promise<T>,
): Promise<T> {
  const measured = await runActors(() =>
    openActorNursery(async (actors) => {
      const module = import.meta.resolve(`../programs/${program}`);
      const result = await measure(await actors.startActor("child", { module }));
      actors.cancel();
      return result;
    })
  );
  if (measured === undefined) throw new Error("the actors were cancelled");
  return measured;
}
