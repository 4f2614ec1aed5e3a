import { assertEquals } from "@std/assert";
import { fitColumns } from "./fit_columns.ts";

const LONG = "word ".repeat(20).trim();

Deno.test("fitColumns leaves a terminal that is wide enough alone, and one without room", () => {
  assertEquals(fitColumns(LONG, 101), LONG);
  assertEquals(fitColumns(LONG, 20), LONG);
});

Deno.test("fitColumns breaks between words and goes on below the beginning", () => {
  const [first, second, third] = fitColumns(`  - ${LONG}`, 60).split("\n");
  assertEquals(first, `  - ${"word ".repeat(11).trim()}`.slice(0, 59).trimEnd());
  assertEquals(second, `    ${"word ".repeat(9).trim()}`);
  assertEquals(third, undefined);
});

Deno.test("fitColumns cuts a heading, marked or not, and no command", () => {
  const heading = `── title ${"─".repeat(91)}`;
  assertEquals(fitColumns(heading, 60), heading.slice(0, 59));
  assertEquals(
    fitColumns(`\x1b[1m${heading}\x1b[22m`, 60),
    `\x1b[1m${heading.slice(0, 59)}\x1b[22m`,
  );
  const command = `  deno run -A main.ts repro ${LONG}`;
  assertEquals(fitColumns(command, 60), command);
});

Deno.test("fitColumns does not count marks as width", () => {
  const marked = `\x1b[31m${"x".repeat(50)}\x1b[39m y`;
  assertEquals(fitColumns(marked, 60), marked);
});
