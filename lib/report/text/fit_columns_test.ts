import { assertEquals } from "@std/assert";
import { fitColumns } from "./fit_columns.ts";

const LONG = "word ".repeat(20).trim();

Deno.test("fitColumns changes nothing for a terminal that is wide enough, or too narrow for words", () => {
  assertEquals(fitColumns(LONG, 101), LONG);
  assertEquals(fitColumns(LONG, 20), LONG);
});

Deno.test("fitColumns breaks between words and indents the rest", () => {
  const [first, second, third] = fitColumns(`  - ${LONG}\nend`, 60).split("\n");
  assertEquals(first, `  - ${"word ".repeat(11).trim()}`.slice(0, 59).trimEnd());
  assertEquals(second, `    ${"word ".repeat(9).trim()}`);
  assertEquals(third, "end");
});

Deno.test("fitColumns cuts a heading, marked or not, and leaves commands whole", () => {
  const heading = `── title ${"─".repeat(91)}`;
  assertEquals(fitColumns(`${heading}\nend`, 60), `${heading.slice(0, 59)}\nend`);
  assertEquals(
    fitColumns(`\x1b[1m${heading}\x1b[22m\nend`, 60),
    `\x1b[1m${heading.slice(0, 59)}\x1b[22m\nend`,
  );
  const command = `  deno run -A main.ts repro ${LONG}`;
  assertEquals(fitColumns(`${command}\nend`, 60), `${command}\nend`);
});

Deno.test("fitColumns does not count escape sequences as width", () => {
  const marked = `\x1b[31m${"x".repeat(50)}\x1b[39m y`;
  assertEquals(fitColumns(`${marked}\nend`, 60), `${marked}\nend`);
});

Deno.test("fitColumns never breaks the last line", () => {
  assertEquals(fitColumns(`a\n${LONG}\n`, 60), `a\n${LONG}\n`);
});

Deno.test("fitColumns breaks a heading whose title alone is too long, and draws no rule behind it", () => {
  const title = "── the three clocks, from the request of teardown (deadline 700 ms) ───";
  assertEquals(
    fitColumns(`${title}\nx\n`, 60),
    "── the three clocks, from the request of teardown (deadline\n  700 ms)\nx\n",
  );
});

Deno.test("fitColumns leaves the replay command of a finished run in one line", () => {
  const again = `again: deno run -A main.ts repro happy ${"--set a=1 ".repeat(9)}--seed 1`;
  assertEquals(fitColumns(`${again}\nx\n`, 60), `${again}\nx\n`);
});
