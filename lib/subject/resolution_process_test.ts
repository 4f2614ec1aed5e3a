import { assertEquals } from "@std/assert";
import { resolution } from "./resolution.ts";

const FILES: Readonly<Record<string, string>> = {
  "deno.json": '{ "imports": { "./quiet.ts": "./noisy.ts", "lib": "./library.ts" } }',
  "sub/main.ts": "",
  "program.ts":
    'import "./quiet.ts"; import "lib"; import type { T } from "./types.ts"; import "node:fs";',
  "quiet.ts": "export {};",
  "noisy.ts": "export {};",
  "library.ts": "export {};",
  "types.ts": "export type T = 1;",
};

Deno.test("resolution() resolves as a process does whose main module has this configuration", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-resolution-" });
  try {
    Deno.mkdirSync(`${dir}/sub`);
    for (const [name, text] of Object.entries(FILES)) {
      Deno.writeTextFileSync(`${dir}/${name}`, text);
    }
    const url = (name: string) => new URL(`file://${dir}/${name}`);
    const [program, quiet] = [url("program.ts").href, url("quiet.ts").href];
    const found = await resolution([program, quiet], url("sub/main.ts"));
    if (found.kind === "unknown") throw new Error(found.why);
    const { resolve } = found;
    const noisy = { url: url("noisy.ts").href };
    assertEquals([resolve(program, null), resolve(quiet, null)], [{ url: program }, noisy]);
    assertEquals(resolve("./quiet.ts", program), noisy);
    assertEquals(resolve("lib", program), { url: url("library.ts").href });
    assertEquals(resolve("./types.ts", program), "only types");
    assertEquals(resolve("node:fs", program), { url: "node:fs" });
    assertEquals([resolve("./other.ts", program), resolve("lib", quiet)], [null, null]);
    Deno.writeTextFileSync(`${dir}/deno.json`, "{");
    assertEquals((await resolution([program], url("sub/main.ts"))).kind, "unknown");
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
