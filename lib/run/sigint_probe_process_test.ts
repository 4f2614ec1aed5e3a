import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import type { ActionReport } from "../model/action.ts";
import { standIn } from "./sigint_probe.ts";
import { judged, runReal, runTest, type TestRunOptions } from "../../tests/support/run.ts";

async function flooded(remedies: readonly string[]) {
  const request: TestRunOptions["request"] = { remedies };
  return judged(await runReal("sigint-flooded", { request }));
}

runTest(
  "probeSigint says that the sentinel acted, where main is flooded and takes nothing",
  async () => {
    const { class: name, owner, sigint, evidence } = await flooded(["sentinel"]);
    assertEquals([name, owner], ["loop-starved", "supervisor"]);
    assertEquals([sigint?.by, sigint?.unwedged, sigint?.joinedMs], ["sentinel", false, null]);
    assertGreater(sigint?.actedMs ?? 0, 0);
    // The probe's own grace is 2 s.
    assertLess(sigint?.actedMs ?? Infinity, 2_000);
    const variant = evidence.find(({ kind }) => kind === "class")?.detail;
    assert(variant?.startsWith("loop-starved: flooded by actors that were given up"), variant);
    const claims = evidence.filter(({ detail }) => /acted on/.test(detail));
    assertEquals(claims.filter(({ kind }) => kind !== "ruled-out"), []);
  },
);

runTest("probeSigint names no stand-in for main where there is no sentinel", async () => {
  const { class: name, sigint } = await flooded([]);
  assertEquals([name, sigint?.by], ["loop-starved", undefined]);
});

runTest(
  "act(sigint) says that the sentinel ended the process, and that is what the probe then says",
  async () => {
    const reports: ActionReport[] = [];
    const run = await runReal("sigint-flooded", {
      request: { remedies: ["sentinel"] },
      onHang: async (hung) => {
        reports.push(await hung.act({ kind: "sigint" }));
        return { kind: "end" };
      },
    });
    const [report] = reports;
    assertMatch(
      JSON.stringify(report?.effect),
      /main did not take it.*the sentinel ended the process/,
    );
    assertEquals([report?.unwedged, report?.clocks.nurseryJoinedMs], [false, null]);
    const { sigint, class: name } = judged(run);
    assertEquals([sigint?.by, name], ["sentinel", "loop-starved"]);
  },
);

Deno.test("standIn holds a death by SIGINT for the kernel's only when the signal was not acted on and nothing joined", () => {
  const died = { kind: "signal", signal: "SIGINT", atMs: 9 } as const;
  assertEquals(standIn(null, died, false), { by: "kernel" });
  assertEquals(standIn({ by: "sentinel" }, died, false), { by: "sentinel" });
  assertEquals(standIn({}, died, false), {});
  assertEquals(standIn(null, died, true), {});
  assertEquals(standIn(null, { kind: "signal", signal: "SIGKILL", atMs: 9 }, false), {});
  assertEquals(standIn(null, { kind: "code", code: 130, atMs: 9 }, false), {});
  assertEquals(standIn(null, null, false), {});
});
