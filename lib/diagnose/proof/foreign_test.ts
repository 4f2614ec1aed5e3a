import { assertEquals } from "@std/assert";
import { foreignSources } from "./foreign.ts";

const MAIN = "file:///p/main.ts";

function found(files: Record<string, string>): string[] {
  return foreignSources([MAIN], ["file:///lib/"], (url) => {
    const text = files[url.replace("file:///p/", "")];
    if (text === undefined) throw new Error("no such file");
    return text;
  });
}

Deno.test("foreignSources() finds nothing in a program of this library and plain JavaScript", () => {
  const text = `import { Event, Lock, sleep as nap } from "../lib/mod.ts";
    // setTimeout would be seen here, but for the comment
    const lock = new Lock("fetch"); /* fetch() */
    await nap(Math.min(1, 2)); self_made.fetch(); new Event('Deno');`;
  assertEquals(found({ "main.ts": text }), []);
});

Deno.test("foreignSources() finds globals of the platform", () => {
  for (
    const use of [
      "setTimeout(f, 1)",
      "fetch(url)",
      "Deno.readFile(p)",
      "globalThis.x",
      "new Worker(u)",
    ]
  ) {
    const name = /[A-Za-z]+/.exec(use.replace("new ", ""))?.[0];
    assertEquals(found({ "main.ts": use }), [`main.ts uses ${name}`]);
  }
});

Deno.test("foreignSources() finds what stands in a hole of a template, also behind slashes", () => {
  assertEquals(found({ "main.ts": "`http://${setTimeout(f)}`" }), ["main.ts uses setTimeout"]);
});

Deno.test("foreignSources() finds what stands behind a quote in a regular expression", () => {
  assertEquals(found({ "main.ts": "const quote = /'/;\nsetTimeout(f);" }), [
    "main.ts uses setTimeout",
  ]);
});

Deno.test("foreignSources() finds packages, builtins and computed imports", () => {
  const text = `import a from "npm:a"; import { b } from 'node:fs'; await import(name);`;
  assertEquals(found({ "main.ts": text }), [
    "main.ts imports npm:a",
    "main.ts imports node:fs",
    "main.ts uses import()",
  ]);
});

Deno.test("foreignSources() looks into files beside the program, once, and not into the library", () => {
  const files = {
    "main.ts": `import "./a.ts"; export * from "./a.ts"; import "/lib/clock.ts";`,
    "a.ts": `import "./main.ts"; fetch(url);`,
  };
  assertEquals(found(files), ["a.ts uses fetch"]);
});

Deno.test("foreignSources() says so when a module cannot be read", () => {
  assertEquals(found({ "main.ts": `import "./gone.ts";` }), [
    "file:///p/gone.ts cannot be read, so what it could do is not known",
  ]);
});
