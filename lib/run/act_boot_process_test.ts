/** What is done to a subject whose child is not up yet: it might have come up without it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Action, ActionReport } from "../model/action.ts";
import { judged, runReal, runTest } from "../../tests/support/run.ts";

const SCENARIO = new URL("../../fixtures/programs/waits_for_boot.ts", import.meta.url).href;
const ACTIONS: readonly Action[] = [{ kind: "sigint" }, { kind: "remedy", remedy: "boot-race" }];

/** What came of one action on a hang whose child does `child`. */
async function actOn(child: string, action: Action): Promise<ActionReport> {
  const reports: ActionReport[] = [];
  const run = await runReal("waits-for-boot", {
    request: {
      scenarioUrl: SCENARIO,
      set: { child },
      deadlineMs: 400,
      settleMs: 100,
      softKillMs: 200,
      hardKillMs: 200,
    },
    onHang: async (hung) => {
      reports.push(await hung.act(action));
      return { kind: "end" };
    },
  });
  const [report] = reports;
  if (report === undefined) throw new Error(`it never stood: ${JSON.stringify(run.outcome)}`);
  return report;
}

for (const action of ACTIONS) {
  const name = action.kind === "remedy" ? action.remedy : action.kind;
  runTest(
    `act(${name}) claims nothing of a nursery that waited for a child that was still starting`,
    async () => {
      const report = await actOn("boots_for_long", action);
      assertEquals(report.effect.kind, "applied", JSON.stringify(report));
      assertEquals([report.unwedged, report.unsure], [false, "root/slow was still starting"]);
    },
  );
}

runTest(
  "act(sigint) unwedges a nursery that waited for a child that stands still in its start",
  async () => {
    const report = await actOn("spins_at_load", { kind: "sigint" });
    assertEquals(report.effect.kind, "applied", JSON.stringify(report));
    assertEquals([report.unwedged, report.unsure], [true, undefined], JSON.stringify(report));
  },
);

runTest("probeSigint gives Ctrl-C no credit for a child that was still starting", async () => {
  const run = await runReal("waits-for-boot", {
    request: {
      scenarioUrl: SCENARIO,
      set: { child: "boots_for_long" },
      deadlineMs: 400,
      settleMs: 100,
    },
  });
  const { sigint } = judged(run);
  assertEquals(sigint?.unwedged, false);
  assertStringIncludes(sigint?.unsure ?? "", "root/slow was still starting");
});
