/** That the tables for trio and tractor in docs are true: what they name as a test of ours is one. */

import { assert, assertEquals } from "@std/assert";
import { test } from "../../tests/support/runtime_testing.ts";

const HERE = new URL(".", import.meta.url);
const FOLDERS = [".", "rpc", "spawn"];
/** The pages, and at least how many of our tests and of their items each has. */
const PAGES = [
  { page: "structured-concurrency.md", tests: 100, items: 120 },
  { page: "after-tractor.md", tests: 30, items: 30 },
] as const;

/** The first argument of every call that registers a test, with the two names that are made in a loop. */
async function testNames(): Promise<Set<string>> {
  const names = new Set<string>();
  const files = FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(new URL(`${folder}/`, HERE))].map(({ name }) => `${folder}/${name}`)
  );
  for (const name of files) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, HERE));
    for (
      const [, quoted] of text.matchAll(
        /^ *(?:test\w*|actorTest|Deno\.test)\(\s*(?:"((?:[^"\\]|\\.)*)")/gm,
      )
    ) {
      if (quoted !== undefined) names.add(quoted);
    }
    for (const [, rest] of text.matchAll(/^ *testInRun\(`\$\{name\}(.*?)`/gm)) {
      for (const each of ["moveOnAfter", "failAfter"]) names.add(`${each}${rest}`);
    }
  }
  return names;
}

/** The items of the lists that go through their tests, each on one line: their tests, then what stands for them. */
async function itemsOf(page: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(`../../docs/${page}`, import.meta.url));
  return text.split(/\n(?=- |\n)/).map((item) => item.trim().replaceAll(/\s+/g, " "))
    .filter((item) => /^- (test_|check|beyond)/.test(item));
}

/** Every back-quoted text that is a sentence, not a piece of code. */
function namedTests(item: string): string[] {
  return [...item.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? "")
    .filter((text) => text.split(" ").length >= 4);
}

for (const { page, tests, items } of PAGES) {
  test(`docs/${page} names only tests that exist`, async () => {
    const names = await testNames();
    const named = (await itemsOf(page)).flatMap(namedTests);
    assert(named.length > tests, `${named.length} tests named`);
    assertEquals(named.filter((name) => !names.has(name)), []);
  });

  test(`docs/${page} says of every item what stands for it or why nothing does`, async () => {
    const all = await itemsOf(page);
    assert(all.length > items, `${all.length} items`);
    const bare = all.filter((item) =>
      !/: .*(`[^`]+`|not here: |constructor is private|plain data)/.test(item)
    );
    assertEquals(bare, []);
  });
}
