import { assert, assertEquals } from "@std/assert";
import { CRASHED, FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { FIXED, scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { makeStyle } from "../text/style.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { casesOf } from "./cases.ts";
import { rowsOf, tableLines } from "./table.ts";

const PLAIN = makeStyle(false);
const CASES = casesOf(suiteDocument([
  scenarioOf("good", [HUNG, FIXED]),
  scenarioOf("bad", [FINISHED]),
]));

Deno.test("tableLines aligns columns without a terminal, and on one that is wide enough", () => {
  const lines = tableLines(CASES, PLAIN);
  assertEquals(lines.slice(0, 2), [
    "ok        good    no remedy             hung at 5 s: orphaned-channel, supervisor; Ctrl-C unwedges",
    "ok        good    channel-abort + reap  finished in 43 ms",
  ]);
  assertEquals(tableLines(CASES, PLAIN, 500), lines);
  const longest = Math.max(...lines.map(({ length }) => length));
  assertEquals(tableLines(CASES, PLAIN, longest + 1), lines);
  assert(tableLines(CASES, PLAIN, longest).length > lines.length);
});

Deno.test("tableLines puts each scenario above its directions where the columns do not fit", () => {
  assertEquals(tableLines(CASES, PLAIN, 60), [
    "good",
    "  ok        no remedy: hung at 5 s: orphaned-channel,",
    "            supervisor; Ctrl-C unwedges",
    "  ok        channel-abort + reap: finished in 43 ms",
    "bad",
    "  MISMATCH  no remedy: finished in 43 ms: verdict finished,",
    "            not hung; class none, not orphaned-channel;",
    "            owner none, not supervisor",
    "broken",
    "  FAULT     no remedy: Error: thrown on load",
    "late",
    "  skipped   no remedy: not started: stopped by --fail-fast",
  ]);
});

Deno.test("tableLines fits every terminal from 40 columns on, with colour and without", () => {
  for (let columns = 40; columns < 130; columns++) {
    const plain = tableLines(CASES, PLAIN, columns);
    const lines = tableLines(CASES, makeStyle(true), columns);
    assertEquals(lines.map(stripAnsi), plain);
    for (const line of plain) assert(line.length < columns, `${columns}: ${line}`);
  }
});

Deno.test("rowsOf shows the worst verdict of repetitions that came out alike", () => {
  const [crashed] = rowsOf(casesOf(suiteDocument([scenarioOf("flaky", [CRASHED])], [])));
  for (const attempts of [[FINISHED, CRASHED], [CRASHED, FINISHED]]) {
    const cases = casesOf(suiteDocument([scenarioOf("flaky", attempts)], []));
    assertEquals(rowsOf(cases), [{ ...crashed, text: `${crashed?.text}, 2 of 2` }]);
  }
});
