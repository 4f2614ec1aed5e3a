import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { DUMP, FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { again, scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { makeStyle } from "../../report/text/style.ts";
import { smokePage, type SmokePageOptions } from "./smoke_page.ts";

const OPTIONS: SmokePageOptions = {
  style: makeStyle(false),
  here: "/project",
  columns: Infinity,
  again,
  runDir: "out",
  quiet: false,
  stacks: null,
};
const hung = { ...HUNG, dump: DUMP };
const DOCUMENT = suiteDocument([
  scenarioOf("good", [hung]),
  scenarioOf("bad", [FINISHED, { ...hung, remedies: ["channel-abort", "reap"] }]),
]);

Deno.test("smokePage shows the stacks of what is not as declared when they are asked for", () => {
  assertFalse(smokePage(DOCUMENT, OPTIONS).includes("waitInSlices"));
  const stacks = { stacks: "folded", internalFrames: false } as const;
  const page = smokePage(DOCUMENT, { ...OPTIONS, stacks });
  assertEquals(page.split("waitInSlices").length, 2, "once: what is as declared has none");
  assertFalse(page.includes("\n\n\n"));
  assertStringIncludes(page, "\nNOT OK smoke: ");
});

Deno.test("smokePage fits a narrow terminal but for its last line, and no other is touched", () => {
  const wide = smokePage(DOCUMENT, OPTIONS).trimEnd().split("\n");
  assert(Math.max(...wide.map(({ length }) => length)) > 120);
  for (const columns of [60, 80, 120]) {
    const lines = smokePage(DOCUMENT, { ...OPTIONS, columns }).trimEnd().split("\n");
    assertEquals(lines.at(-1), wide.at(-1));
    for (const line of lines.slice(0, -1)) assert(line.length < columns, line);
  }
});
