/** That the snippets of `docs/guide-to-mod.md` are programs: each type-checks, runs to its end and prints what it says. */

import { assert, assertEquals } from "@std/assert";

const GUIDE = new URL("guide-to-mod.md", import.meta.url);
const MOD = new URL("../mod.ts", import.meta.url).href;
const CONFIG = new URL("../deno.json", import.meta.url).pathname;

interface Snippet {
  readonly name: string;
  readonly text: string;
}

/** The files of the guide; each names itself in its first line. */
async function snippets(): Promise<Snippet[]> {
  const guide = await Deno.readTextFile(GUIDE);
  return [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)].map((
    [, name = "", text = ""],
  ) => ({
    name,
    text: text.replaceAll('"@unwedge/unwedge"', JSON.stringify(MOD)),
  }));
}

async function deno(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    // One that hangs would hang the tests.
    signal: AbortSignal.timeout(120_000),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + (code === 0 ? "" : decoder.decode(stderr)) };
}

Deno.test("docs/guide-to-mod.md has snippets that type-check, run and print what they say", async () => {
  const all = await snippets();
  assert(all.length >= 7, `${all.length} snippets`);
  const dir = await Deno.makeTempDir();
  try {
    for (const { name, text } of all) await Deno.writeTextFile(`${dir}/${name}`, text);
    const paths = all.map(({ name }) => `${dir}/${name}`);
    assertEquals(await deno("check", "-q", `--config=${CONFIG}`, ...paths), { code: 0, text: "" });
    for (const { name, text } of all) {
      const run = await deno(
        "run",
        "-q",
        "-A",
        "--no-check",
        `--config=${CONFIG}`,
        `${dir}/${name}`,
      );
      const said = [...text.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, value]) => value);
      const lines = said.join("\n").replace("1, 2, 3", "1\n2\n3");
      assertEquals(run, { code: 0, text: lines === "" ? "" : `${lines}\n` }, name);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
