/** That deno.json keeps its word: its import map against the one for JSR, and the lock file against both. */

import { assertEquals, assertMatch } from "@std/assert";

type Imports = Record<string, string>;

async function importsOf(name: string): Promise<Imports> {
  const text = await Deno.readTextFile(new URL(`../${name}`, import.meta.url));
  return (JSON.parse(text) as { imports: Imports }).imports;
}

function split(imports: Imports): { std: Imports; rest: Imports } {
  const entries = Object.entries(imports);
  return {
    std: Object.fromEntries(entries.filter(([key]) => key.startsWith("@std/"))),
    rest: Object.fromEntries(entries.filter(([key]) => !key.startsWith("@std/"))),
  };
}

const here = split(await importsOf("deno.json"));
const onJsr = split(await importsOf("jsr_import_map.json"));

Deno.test("jsr_import_map.json binds the same names to the same npm packages as deno.json", () => {
  assertEquals(onJsr.rest, here.rest);
});

Deno.test("jsr_import_map.json binds each @std name of deno.json to its package on JSR", () => {
  assertEquals(Object.keys(onJsr.std).sort(), Object.keys(here.std).sort());
  for (const [name, target] of Object.entries(onJsr.std)) {
    assertEquals(target, `jsr:${name}@^1`);
  }
});

Deno.test("deno.json binds each @std name to a file of lib/std and pins every npm package", () => {
  for (const [name, target] of Object.entries(here.std)) {
    assertEquals(target, `./lib/std/${name.slice("@std/".length)}.ts`);
  }
  for (const target of Object.values(here.rest)) {
    assertMatch(target, /^npm:(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+(\/|$)/);
  }
});

Deno.test("deno.lock holds the packages of deno.json and nothing that only tests or the bench use", async () => {
  const text = await Deno.readTextFile(new URL("../deno.lock", import.meta.url));
  const { specifiers } = JSON.parse(text) as { specifiers: Imports };
  const wanted = Object.values(here.rest).map((target) =>
    /^npm:(?:@[^/]+\/)?[^/]+/.exec(target)?.[0]
  );
  assertEquals(Object.keys(specifiers).sort(), wanted.sort());
});
