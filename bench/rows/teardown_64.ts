/**
 * 64 healthy actors beside 64 raw workers that are told to close and close themselves. Both are timed until no thread
 * is left; of ours, the runtime knows, of the others, the system is asked every millisecond. See `teardown.ts`.
 *
 * `imports`: raw workers that have loaded node:async_hooks, and leave as much behind as that does.
 *
 * @module
 */

import { workersGone } from "../../tests/support/spawn_testing.ts";
import { compare, type Figures, type Side } from "../measure.ts";
import { actors } from "./teardown.ts";
import { startRaw } from "./workers.ts";

const SIZE = 64;

function raw(name: string, program: string): Side {
  return {
    name,
    once: async () => {
      const workers = await Promise.all(Array.from({ length: SIZE }, () => startRaw(program)));
      const began = performance.now();
      for (const worker of workers) worker.postMessage("close");
      await workersGone();
      return performance.now() - began;
    },
  };
}

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(raw("raw workers", "closing_worker.ts"), [
    actors(SIZE),
    raw("imports", "closing_imports_worker.ts"),
  ], { warmup: 0, rounds: 5, most: 9 });
}
