import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { DumpedSharedLock, DumpedTask } from "../model/dump.ts";
import type { SigintProbe } from "../model/result.ts";
import { classify, RULES } from "./classify.ts";
import type { Facts } from "./facts.ts";
import {
  ACTED,
  CHILD,
  IDLE_MAIN,
  isolate,
  kinds,
  orphaned,
  starved,
  STARVED_MAIN,
  task,
  variantOf,
  withDump,
} from "../../tests/support/facts.ts";

const FLOODED = "loop-starved: flooded by actors that were given up";
const LATE = "loop-starved: flooded by actors that were given up, and heeds SIGINT late";
const BUSY_MAIN = {
  ...STARVED_MAIN,
  thread: { tid: 1, name: "deno", state: "R", wchan: null, cpuTicks: 20 },
};

/** Calls of a peer that main has taken in: one is under way, the others have not begun. */
function calls(count: number, change: Partial<DumpedTask> = {}): DumpedTask[] {
  return Array.from({ length: count }, (_, n) =>
    task({
      id: `root#${100 + n}`,
      name: "handIn",
      state: n === 0 ? "native" : "starting",
      parkedOn: null,
      sinceMs: null,
      serves: CHILD,
      ...change,
    }));
}

/** Main is busy with what an abandoned child has sent since. */
function flooded(
  { late = 34, peerState = "abandoned", served = calls(16), microtasks }: {
    readonly late?: number;
    readonly peerState?: "abandoned" | "alive";
    readonly served?: readonly DumpedTask[];
    readonly microtasks?: "run";
  } = {},
  more: Partial<Facts> = {},
): Facts {
  const [channel] = orphaned().dump?.channels ?? [];
  assert(channel !== undefined);
  return withDump(starved(), {
    isolates: [{ ...BUSY_MAIN, ...(microtasks && { microtasks }) }, isolate()],
    tasks: [task(), ...served],
    channels: [{ ...channel, peerState, ...(late > 0 && { afterAbandon: late }) }],
    sharedLocks: [],
  }, more);
}

Deno.test("classify calls main flooded that works on calls of actors it has given up", () => {
  const diagnosis = classify(flooded());
  assertEquals([diagnosis.class, diagnosis.owner], ["loop-starved", "supervisor"]);
  assertEquals(variantOf(flooded()), FLOODED);
  const [late, busy] = kinds(flooded()).flood ?? [];
  assertStringIncludes(late ?? "", "34 frames from an actor");
  assertStringIncludes(busy ?? "", "16 of their calls under way or queued");
  assertStringIncludes(busy ?? "", "it was in wait at /p/child.ts:7:1");
});

const NO_FLOOD: Readonly<Record<string, () => Facts>> = {
  "nothing came from it since it was given up": () => flooded({ late: 0 }),
  "what came may have been on its way by then": () => flooded({ late: 2 }),
  "the sender has not been given up": () => flooded({ peerState: "alive" }),
  "none of its calls is left": () => flooded({ served: [] }),
  "it is one call that does not come to its end": () => flooded({ served: calls(1) }),
  "its calls wait for something": () =>
    flooded({ served: calls(16, { parkedOn: task().parkedOn, state: "parked" }) }),
  "the calls are somebody else's": () => flooded({ served: calls(16, { serves: "root/other" }) }),
  "another actor serves them": () => flooded({ served: calls(16, { actor: "root/other" }) }),
};

for (const [swapped, facts] of Object.entries(NO_FLOOD)) {
  Deno.test(`classify turns from a flood to a main that spins when ${swapped}`, () => {
    assertEquals(variantOf(facts()), "loop-starved: main spins");
  });
}

Deno.test("classify turns from a flood to the hostage when main blocks on a lock", () => {
  const lock = (holderState: DumpedSharedLock["holderState"]) => [
    { name: "books", seenBy: "root", holder: CHILD, holderState, blockedMs: 4_000 },
  ];
  const blocked = (sharedLocks: readonly DumpedSharedLock[]) =>
    variantOf(withDump(flooded(), { sharedLocks }));
  assertEquals(blocked(lock("abandoned")), "loop-starved: hostage of a dead lock holder");
  assertEquals(blocked(lock("alive")), "loop-starved: waits for a living lock holder");
  assertEquals(blocked([]), FLOODED);
  // Wherever its row stands in the table: blocked is not busy.
  const [first] = classify(
    withDump(flooded(), { sharedLocks: lock("abandoned") }),
    [...RULES].reverse(),
  )
    .evidence.filter(({ kind }) => kind === "class");
  assert(first !== undefined && !first.detail.includes("flooded"), first?.detail);
});

Deno.test("classify turns from a flood to a storm of microtasks when no calls are there to run as such", () => {
  assertEquals(variantOf(flooded({ microtasks: "run" })), FLOODED);
  assertEquals(
    variantOf(flooded({ microtasks: "run", served: [] })),
    "loop-starved: microtasks keep main from turning",
  );
});

Deno.test("classify turns from a flood to an orphaned channel by when SIGINT was acted on", () => {
  const loop = { beats: 12, lastBeatMs: 900, maxGapMs: 2_400 };
  const acted = (actedMs: number) =>
    flooded({}, { sigint: { ...ACTED, actedMs, joinedMs: actedMs + 5 }, loop });
  assertEquals(variantOf(acted(1_500)), LATE);
  assertStringIncludes(kinds(acted(1_500)).sigint?.[0] ?? "", "1.50 s, when the loop got a turn");
  assertEquals(classify(acted(900)).class, "orphaned-channel");
});

Deno.test("classify calls a loaded machine flooded in no case, however late SIGINT was acted on", () => {
  const loop = { beats: 12, lastBeatMs: 900, maxGapMs: 6_000 };
  const sigint = { ...ACTED, actedMs: 1_900, joinedMs: 1_950 };
  const loaded = [
    orphaned({ sigint, loop }),
    withDump(orphaned({ sigint, loop }), { isolates: [BUSY_MAIN, isolate()] }),
    flooded({ late: 0 }, { sigint, loop }),
    flooded({ served: [] }, { sigint, loop }),
    withDump(flooded({}, { sigint, loop }), { isolates: [IDLE_MAIN, isolate()] }),
  ];
  for (const facts of loaded) assertEquals(classify(facts).class, "orphaned-channel");
});

Deno.test("classify calls a flood late, and nothing else, when the nursery joined by itself", () => {
  const sigint = { ...ACTED, actedMs: 1_500, joinedMs: 1_505 };
  for (const facts of [flooded(), flooded({}, { sigint })]) {
    assertEquals(classify({ ...facts, joinedByItselfMs: 5_300 }).class, "late");
  }
});

/** A sentinel ended the process with SIGINT: main was not waited for any longer. */
const ENDED: SigintProbe = {
  sentMs: 5_000,
  actedMs: 162,
  by: "sentinel",
  unwedged: false,
  joinedMs: null,
  certificate: null,
};

Deno.test("classify takes no turn of main's loop from a sentinel that ended the process in its place", () => {
  const beat = (lastBeatMs: number) => ({ beats: 12, lastBeatMs, maxGapMs: 240 });
  const facts = flooded({}, { sigint: ENDED, loop: beat(1_860) });
  assertEquals(variantOf(facts), FLOODED);
  const told =
    "main had not taken SIGINT after 162 ms, when the sentinel ended the process with it";
  assertEquals(kinds(facts).sigint?.[0], told);
  // A loop that has beaten lately has not stopped, and works on the flood all the same.
  const beating = flooded({}, { sigint: ENDED, loop: beat(300) });
  assertEquals(variantOf(beating), LATE);
  assertEquals(kinds(beating).sigint?.[0], told);
});

Deno.test("classify takes a turn of main's loop from main that acted on SIGINT as fast as a sentinel does", () => {
  const loop = { beats: 12, lastBeatMs: 1_860, maxGapMs: 240 };
  const sigint = { sentMs: 5_000, actedMs: 162, joinedMs: 170, unwedged: true, certificate: null };
  assertEquals(classify(flooded({}, { sigint, loop })).class, "orphaned-channel");
});

Deno.test("classify starves nobody whose process a sentinel, or the kernel, ended while main's loop beat", () => {
  const loop = { beats: 12, lastBeatMs: 300, maxGapMs: 240 };
  for (const by of ["sentinel", "kernel"] as const) {
    assertEquals(classify(orphaned({ sigint: { ...ENDED, by }, loop })).class, "orphaned-channel");
  }
  const kernel = { ...ENDED, by: "kernel" } as const;
  assertEquals(classify(flooded({}, { sigint: kernel, loop })).class, "orphaned-channel");
});

Deno.test("classify holds no SIGINT for in vain that a sentinel ended the process with", () => {
  const loop = { beats: 12, lastBeatMs: 300, maxGapMs: 240 };
  const diagnosis = classify(orphaned({ sigint: ENDED, loop }));
  const said = diagnosis.evidence.map(({ detail }) => detail).join("\n");
  assertEquals(/was acted on|did not join/.test(said), false, said);
});
