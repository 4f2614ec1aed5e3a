/**
 * A full dump with default options: connect, find the isolates, tasks of all of them, two looks at every stack 150 ms
 * apart, positions mapped to TypeScript, everything left as it was, disconnect. Timed from the call to the finished
 * document. The processes run for the whole row; a dump finds everything cold on our side, because positions are
 * mapped anew by each dump.
 *
 * 32 isolates: main, 23 workers at rest, 8 that are stuck in `Atomics.wait`. One isolate: main.
 *
 * @module
 */

import { takeDump } from "../../lib/dump/take_dump.ts";
import type { Dump } from "../../lib/model/dump.ts";
import { compare, type Figures, type Side } from "../measure.ts";
import { startProgram, type TestSubject } from "../../tests/support/subject.ts";

const ISOLATES = 32;
const STUCK = 8;

/** Measures the row. */
export async function measure(): Promise<Figures> {
  await using alone = await startTarget(0, 0, 0);
  await using many = await startTarget(STUCK, 0, ISOLATES - 1 - STUCK);
  await using busy = await startTarget(STUCK - 2, 2, ISOLATES - 1 - STUCK);
  return await compare(
    dumping("1 isolate", alone, 1, 0),
    [
      dumping("32 isolates", many, ISOLATES, STUCK),
      dumping("2 of the 8 spinning", busy, ISOLATES, STUCK),
    ],
    { warmup: 1, rounds: 11 },
  );
}

/** A process with that many workers of each kind beside its main isolate. */
function startTarget(stuck: number, spinning: number, parked: number): Promise<TestSubject> {
  const program = import.meta.resolve("../programs/dump_target.ts");
  return startProgram(program, ...[stuck, spinning, parked].map(String));
}

function dumping(name: string, { pid, wsUrl }: TestSubject, isolates: number, stuck: number): Side {
  return {
    name,
    once: async () => {
      const began = performance.now();
      const dump = await takeDump({ pid, wsUrl });
      const ms = performance.now() - began;
      assertFull(dump, isolates, stuck);
      return ms;
    },
  };
}

/** A dump that saw less would be quicker. */
function assertFull(dump: Dump, isolates: number, stuck: number): void {
  const seen = dump.isolates.length;
  const stacks = dump.isolates.filter(({ samples }) => samples.some((look) => look.frames.length));
  const tasks = dump.tasks.filter(({ state }) => state === "parked").length;
  // Ten sleepers, and the root task that joins them, in each isolate.
  if (dump.complete && seen === isolates && stacks.length === stuck && tasks === isolates * 11) {
    return;
  }
  throw new Error(
    `the dump shows ${seen} isolates, ${stacks.length} stacks, ${tasks} parked tasks; missing: ` +
      JSON.stringify(dump.missing),
  );
}
