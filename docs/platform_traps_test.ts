import { assert, assertEquals, assertGreater } from "@std/assert";

const PAGE = new URL("./platform-traps.md", import.meta.url);
const ROOT = new URL("../", import.meta.url);

/** The last cell of a row: `` `path`: name ``. */
const GUARD = /^`(\S+_test\.ts)`: (.+)$/;

Deno.test("platform-traps.md names for each trap a test that exists", async () => {
  const rows = (await Deno.readTextFile(PAGE)).split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()))
    .filter(([first]) => first !== "trap" && !/^-+$/.test(first ?? ""));
  assertGreater(rows.length, 16);
  for (const cells of rows) {
    assertEquals(cells.length, 3, cells.join(" | "));
    const [, file = "", name = ""] = GUARD.exec(cells[2] ?? "") ?? [];
    assert(file !== "", `no test is named in: ${cells[2]}`);
    const source = await Deno.readTextFile(new URL(file, ROOT));
    assert(source.includes(`"${name}"`), `no test of ${file} is called: ${name}`);
  }
});

Deno.test("platform-traps.md names no trap twice", async () => {
  const traps = [...(await Deno.readTextFile(PAGE)).matchAll(/^\| ([^|]+?) +\|/gm)]
    .map(([, trap]) => trap).filter((trap) => !/^(trap|-+)$/.test(trap ?? ""));
  assertEquals(traps.length, new Set(traps).size);
});
