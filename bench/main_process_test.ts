import { assertEquals, assertStringIncludes } from "@std/assert";
import { ROWS } from "./rows.ts";

const OPTIONS = { timeout: 30_000 };

async function bench(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("main.ts", import.meta.url).href, ...args],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("bench refuses a row that does not exist and names those that do", OPTIONS, async () => {
  const { code, out, err } = await bench("--only", "nope");
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "nope");
  for (const { name } of ROWS) assertStringIncludes(err, name);
});

Deno.test("bench refuses --only without a name", OPTIONS, async () => {
  assertEquals((await bench("--only")).code, 2);
});

Deno.test("bench refuses an unknown argument", OPTIONS, async () => {
  const { code, err } = await bench("--jsno");
  assertEquals(code, 2);
  assertStringIncludes(err, "--jsno");
});

Deno.test("bench explains itself", OPTIONS, async () => {
  const { code, out } = await bench("--help");
  assertEquals(code, 0);
  for (const { name, what } of ROWS) {
    assertStringIncludes(out, name);
    assertStringIncludes(out, what);
  }
});

Deno.test(
  "bench prints one JSON array that holds the row asked for",
  { timeout: 120_000 },
  async () => {
    const { code, out } = await bench("--only", "snapshot-10k-ms", "--json");
    const rows = JSON.parse(out);
    assertEquals(rows.length, 1);
    assertEquals(Object.keys(rows[0]).slice(0, 4), ["name", "ratio", "target", "ok"]);
    assertEquals(rows[0].name, "snapshot-10k-ms");
    // Whether the target is kept depends on the machine; that the exit code says the same does not.
    assertEquals(code, rows[0].ok ? 0 : 1);
  },
);

Deno.test("the table names every row once", () => {
  const names = ROWS.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  // Each is measured in the file of its name.
  for (const name of names) {
    Deno.statSync(new URL(`rows/${name.replaceAll("-", "_")}.ts`, import.meta.url));
  }
});
