import { assert, assertEquals } from "@std/assert";
import type { Attempt } from "../model/result.ts";
import { runScenario } from "./run_scenario.ts";

async function attemptOf(how: "hang" | "leak"): Promise<Attempt> {
  const runDir = await Deno.makeTempDir({ prefix: "unwedge-hostile-" });
  try {
    const outcome = await runScenario({
      scenarioUrl: import.meta.resolve("../../fixtures/programs/hostile.ts"),
      name: "hostile",
      runDir,
      remedies: [],
      set: { how },
      deadlineMs: how === "hang" ? 1_000 : 300,
      settleMs: null,
      softKillMs: null,
      hardKillMs: null,
      graceMs: 1_000,
      sigintProbe: true,
      samples: 2,
      sampleGapMs: 20,
      seed: 1,
      slowMs: 60_000,
    });
    assert(outcome.kind === "judged", JSON.stringify(outcome));
    return outcome.attempt;
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}

const TIMEOUT = { timeout: 60_000 };

Deno.test(
  "runScenario judges a hang under replaced clocks and forged names as any other",
  TIMEOUT,
  async () => {
    const { verdict, class: name, owner, sigint, dump, timeline, clocks } = await attemptOf("hang");
    assertEquals([verdict, name, owner, sigint?.unwedged], ["hung", "wait-cycle", "program", true]);
    assertEquals(clocks.nurseryJoinedMs, null);
    const tasks = dump?.tasks ?? [];
    assert(tasks.length > 5 && tasks.every(({ createdAt }) => createdAt !== null));
    const told = [...tasks.map(({ name }) => name), ...timeline.map(({ detail }) => detail)];
    assertEquals(told.filter((text) => text.includes("\u001b")), []);
    assertEquals(tasks.filter(({ name }) => name.includes("\n")), []);
  },
);

Deno.test(
  "runScenario names what leaks under replaced timers, whatever stands on stderr",
  TIMEOUT,
  async () => {
    const { verdict, class: name, leftovers } = await attemptOf("leak");
    assertEquals([verdict, name, leftovers.length], ["leaked", "exit-leak", 1]);
    assert(leftovers[0]?.includes("calls tick"), leftovers[0]);
  },
);
