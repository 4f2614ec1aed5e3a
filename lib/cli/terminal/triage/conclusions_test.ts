import { assertEquals } from "@std/assert";
import { HUNG } from "../../../../tests/support/attempts.ts";
import { classedSoFar } from "./conclusions.ts";

const INTERRUPTED = {
  ...HUNG,
  verdict: "interrupted",
  class: null,
  owner: null,
  sigint: null,
} as const;

Deno.test("classedSoFar says what an interrupted run looks like", () => {
  const { class: name, owner, verdict } = classedSoFar(INTERRUPTED);
  assertEquals([name, owner, verdict], ["orphaned-channel", "supervisor", "interrupted"]);
});

Deno.test("classedSoFar guesses nothing where nothing fits", () => {
  const dump = { ...INTERRUPTED.dump, tasks: [], channels: [], isolates: [] };
  assertEquals(classedSoFar({ ...INTERRUPTED, dump } as typeof INTERRUPTED).class, null);
});

Deno.test("classedSoFar leaves a class alone, and a run whose nursery has joined", () => {
  assertEquals(classedSoFar({ ...HUNG, class: "boot-death" }).class, "boot-death");
  const clocks = { nurseryJoinedMs: 3, threadsGoneMs: null, processExitedMs: null };
  assertEquals(classedSoFar({ ...INTERRUPTED, clocks }).class, null);
});

Deno.test("classedSoFar names the class of a command that was not prepared, and of no other program so", () => {
  const idle = { actor: null, state: "parked", thread: null, samples: [] } as const;
  const main = { ...idle, id: "main", kind: "main" } as const;
  const timer = { kind: "timer", repeats: true, ms: 100, fn: null, at: null } as const;
  const awaits = [{ isolate: "main", tree: [], kept: true }];
  const dump = {
    ...HUNG.dump,
    tasks: [],
    channels: [],
    isolates: [main],
    awaits,
    handles: [timer],
  };
  const watched = { command: ["node"], because: null, boundMs: null, asked: null };
  const command = { ...INTERRUPTED, dump } as typeof INTERRUPTED;
  assertEquals(classedSoFar({ ...command, watched }).class, "exit-leak");
  assertEquals(classedSoFar(command).class, null);
});
