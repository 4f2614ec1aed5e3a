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
