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

/** The items of the lists that go through trio's tests, each on one line: trio's tests, then what stands for them. */
async function items(): Promise<string[]> {
  const page = await Deno.readTextFile(PAGE);
  return page.split(/\n(?=- |\n)/).map((item) => item.trim().replaceAll(/\s+/g, " "))
    .filter((item) => /^- (test_|check|beyond)/.test(item));
}

/** Every back-quoted text that is a sentence, not a piece of code. */
function namedTests(item: string): string[] {
  return [...item.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? "")
    .filter((text) => text.split(" ").length >= 4);
}

test("docs/structured-concurrency.md names only tests that exist", async () => {
  const names = await testNames();
  const named = (await items()).flatMap(namedTests);
  assert(named.length > 100, `${named.length} tests named`);
  assertEquals(named.filter((name) => !names.has(name)), []);
});

test("docs/structured-concurrency.md says of every item what stands for it or why nothing does", async () => {
  const all = await items();
  assert(all.length > 120, `${all.length} items`);
  const bare = all.filter((item) =>
    !/: .*(`[^`]+`|not here: |constructor is private|plain data)/.test(item)
  );
  assertEquals(bare, []);
});
