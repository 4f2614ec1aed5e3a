/** That `docs/structured-concurrency.md` is true: what it names as a test of ours is one. */

import { assert, assertEquals } from "@std/assert";
import { test } from "../../tests/support/runtime_testing.ts";

const HERE = new URL(".", import.meta.url);
const PAGE = new URL("../../docs/structured-concurrency.md", import.meta.url);

/** The first argument of every call that registers a test, with the two names that are made in a loop. */
async function testNames(): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name } of Deno.readDir(HERE)) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, HERE));
    for (const [, quoted] of text.matchAll(/^ *test(?:InRun)?\(\s*(?:"((?:[^"\\]|\\.)*)")/gm)) {
      if (quoted !== undefined) names.add(quoted);
    }
    for (const [, rest] of text.matchAll(/^ *testInRun\(`\$\{name\}(.*?)`/gm)) {
      for (const each of ["moveOnAfter", "failAfter"]) names.add(`${each}${rest}`);
    }
  }
  return names;
}

/** Every back-quoted text in the second column of a table that is a sentence, not a piece of code. */
function namedTests(page: string): string[] {
  const cells = page.split("\n").filter((line) => line.startsWith("|"))
    .filter((line) => /^\| *(test_|check|beyond)/.test(line))
    .map((line) => line.split("|")[2] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)])
    .map(([, text]) => text ?? "")
    .filter((text) => text.split(" ").length >= 4);
}

test("docs/structured-concurrency.md names only tests that exist", async () => {
  const names = await testNames();
  const named = namedTests(await Deno.readTextFile(PAGE));
  assert(named.length > 100, `${named.length} tests named`);
  assertEquals(named.filter((name) => !names.has(name)), []);
});

test("docs/structured-concurrency.md says of every row what stands for it or why nothing does", async () => {
  const page = await Deno.readTextFile(PAGE);
  const rows = page.split("\n").filter((line) => /^\| *test_/.test(line));
  const bare = rows.filter((row) =>
    !/`[^`]+`|not here: |constructor is private|plain data/.test(row)
  );
  assertEquals(bare, []);
});
