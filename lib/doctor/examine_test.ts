import { assert, assertEquals, assertMatch } from "@std/assert";
import { doctorText } from "./doctor_text.ts";
import { makeStyle } from "../report/text/style.ts";
import type { Check, CheckContext, CheckGroup, CheckOutcome } from "./check.ts";
import { CHECK_GROUPS, examine, realContext } from "./examine.ts";

const CONTEXT: CheckContext = {
  probe: () => Promise.resolve(new Map()),
  baseDir: "/nowhere",
};

function group(...checks: readonly (Partial<Check> & Pick<Check, "id" | "look">)[]): CheckGroup {
  return {
    title: "Group",
    checks: checks.map((each) => ({ name: each.id, needed: true, why: "because", ...each })),
  };
}

const OK: CheckOutcome = { kind: "ok", seen: "there" };
const MISSING: CheckOutcome = { kind: "missing", seen: "not there", advice: "get it" };

Deno.test("examine is fit when every needed check is ok, whatever the others are", async () => {
  const useful = { id: "b", needed: false, look: () => MISSING };
  const report = await examine([group({ id: "a", look: () => OK }, useful)], CONTEXT);
  assertEquals(report.fit, true);
  assertEquals(report.checks.map(({ status }) => status), ["ok", "missing"]);
});

Deno.test("examine is not fit when a needed check is missing or could not be tried", async () => {
  const unknown: CheckOutcome = { kind: "unknown", seen: "not tried", advice: "mend a" };
  const limited: CheckOutcome = { kind: "limited", seen: "little", advice: "more" };
  for (const [finding, fit] of [[MISSING, false], [unknown, false], [limited, true]] as const) {
    const report = await examine([group({ id: "a", look: () => finding })], CONTEXT);
    assertEquals(report.fit, fit, finding.kind);
  }
});

Deno.test("examine reports a check that throws, and one that never ends, as missing", {
  timeout: 10_000,
}, async () => {
  const throws = {
    id: "throws",
    look: () => {
      throw new Error("oh no");
    },
  };
  const report = await examine(
    [group(throws, { id: "never", look: () => new Promise(() => {}) }, {
      id: "c",
      look: () => OK,
    })],
    CONTEXT,
    20,
  );
  assertEquals(report.checks.map(({ status }) => status), ["missing", "missing", "ok"]);
  assertEquals(report.checks[0]?.seen, "oh no");
});

Deno.test("doctorText ends with the verdict, and gives the advice of every check that falls short", async () => {
  const needed = await examine([group({ id: "a", look: () => MISSING })], CONTEXT);
  const useful = await examine([group({ id: "b", needed: false, look: () => MISSING })], CONTEXT);
  for (
    const [report, last] of [[needed, /^NOT FIT: .*\ba\b/], [useful, /^FIT: .*\bb\b/]] as const
  ) {
    const lines = doctorText(report, makeStyle(false)).trimEnd().split("\n");
    assertMatch(lines.at(-1) ?? "", last);
    assertEquals(lines.filter((line) => line.trim() === "-> get it").length, 1);
  }
});

Deno.test("CHECK_GROUPS have unique ids, and every check says what it is for", () => {
  const checks = CHECK_GROUPS.flatMap((each) => each.checks);
  assertEquals(new Set(checks.map(({ id }) => id)).size, checks.length);
  assert(checks.every(({ why, name }) => why !== "" && name !== ""));
});

Deno.test("realContext starts one process for all checks", { timeout: 60_000 }, async () => {
  const context = realContext(Deno.cwd());
  const [a, b] = await Promise.all([context.probe(), context.probe()]);
  assert(a === b);
});
