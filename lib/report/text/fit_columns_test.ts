import { assertEquals } from "@std/assert";
import { fitColumns } from "./fit_columns.ts";

const LONG = "word ".repeat(20).trim();

Deno.test("fitColumns changes nothing for a terminal that is wide enough, or too narrow for words", () => {
  assertEquals(fitColumns(`${LONG}\nend`, 101), `${LONG}\nend`);
  assertEquals(fitColumns(`${LONG}\nend`, 20), `${LONG}\nend`);
});

Deno.test("fitColumns breaks between words and indents the rest", () => {
  const [first, second, third] = fitColumns(`  - ${LONG}\nend`, 60).split("\n");
  assertEquals(first, `  - ${"word ".repeat(11).trim()}`.slice(0, 59).trimEnd());
  assertEquals(second, `    ${"word ".repeat(9).trim()}`);
  assertEquals(third, "end");
});

Deno.test("fitColumns leaves commands whole", () => {
  for (const start of ["  ", "again: "]) {
    const command = `${start}deno run -A main.ts repro ${LONG}`;
    assertEquals(fitColumns(`${command}\nend`, 60), `${command}\nend`);
  }
});

Deno.test("fitColumns does not count escape sequences as width", () => {
  const marked = `\x1b[31m${"x".repeat(50)}\x1b[39m y`;
  assertEquals(fitColumns(`${marked}\nend`, 60), `${marked}\nend`);
});

Deno.test("fitColumns never breaks the last line", () => {
  assertEquals(fitColumns(`a\n${LONG}\n`, 60), `a\n${LONG}\n`);
});
