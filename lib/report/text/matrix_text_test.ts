import { assert, assertEquals } from "@std/assert";
import { FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { Matrix } from "../../model/matrix.ts";
import { matrixOf } from "../matrix.ts";
import { matrixLines } from "./matrix_text.ts";
import { makeStyle } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";

const PLAIN = makeStyle(false);
const SETS = [[], ...REMEDIES.map(({ name }) => [name]), ["channel-abort", "reap"]];

function matrix(...names: readonly string[]): Matrix {
  const attempts = SETS.map((remedies) => ({
    ...(remedies.length === 2 ? FINISHED : HUNG),
    remedies,
  }));
  return matrixOf(suiteDocument(names.map((name) => scenarioOf(name, attempts)), []));
}

Deno.test("matrixLines writes one table without a terminal, and on one that is wide enough", () => {
  const lines = matrixLines(matrix("a"), PLAIN);
  assertEquals(lines.length, 4);
  const longest = Math.max(...lines.map(({ length }) => length));
  assertEquals(matrixLines(matrix("a"), PLAIN, longest + 1), lines);
  assert(matrixLines(matrix("a"), PLAIN, longest).length > lines.length);
});

Deno.test("matrixLines writes several tables on a narrower terminal, each with the names", () => {
  assertEquals(matrixLines(matrix("non-checkpointing", "b"), PLAIN, 60), [
    "                                   cancel-",
    "                         channel-  peer-    bounded-  boot-",
    "scenario           none  abort     tasks    join      race",
    "non-checkpointing  hung  hung      hung     hung      hung",
    "b                  hung  hung      hung     hung      hung",
    "",
    "                   death-",
    "scenario           watch   reap  sentinel  declared  all",
    "non-checkpointing  hung    hung  hung      43 ms *   –",
    "b                  hung    hung  hung      43 ms *   –",
    "",
    "scenario           smallest set that is enough",
    "non-checkpointing  channel-abort + reap",
    "b                  channel-abort + reap",
  ]);
});

Deno.test("matrixLines breaks the smallest set between words where it does not fit", () => {
  const wrong = { ...matrix("sync-sleep-grandchild") };
  const rows = wrong.rows.map((row) => ({ ...row, declared: ["reap"] }));
  const lines = matrixLines({ ...wrong, rows }, PLAIN, 50);
  assertEquals(lines.slice(-4), [
    "                       smallest set that is",
    "scenario               enough",
    "sync-sleep-grandchild  channel-abort + reap",
    "                       (declared: reap)",
  ]);
});

Deno.test("matrixLines fits every terminal from 40 columns on, and loses no cell", () => {
  const all = matrix("sync-sleep-grandchild", "b");
  const words = (lines: readonly string[]) =>
    lines.join(" ").split(/\s+/).filter((each) => each === "hung");
  for (let columns = 40; columns < 160; columns++) {
    const plain = matrixLines(all, PLAIN, columns);
    assertEquals(matrixLines(all, makeStyle(true), columns).map(stripAnsi), plain);
    for (const line of plain) assert(line.length < columns, `${columns}: ${line}`);
    assertEquals(words(plain).length, 2 * (SETS.length - 1));
  }
});
