import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { HUNG } from "../../tests/support/attempts.ts";
import { scenarioOf, suiteDocument } from "../../tests/support/suite_document.ts";
import { REMEDIES } from "../../lib/protocol/remedies.ts";
import { breakRemedy, BREAKS } from "./breaks.ts";
import { agrees, compareNamed } from "./compare.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** A directory with copies of the files that are broken. */
function withCopies(body: (root: string) => void): void {
  const root = Deno.makeTempDirSync({ prefix: "unwedge-breaks-" });
  try {
    for (const { places } of BREAKS) {
      for (const { file } of places) {
        Deno.mkdirSync(`${root}/${file.slice(0, file.lastIndexOf("/"))}`, { recursive: true });
        Deno.copyFileSync(`${ROOT}/${file}`, `${root}/${file}`);
      }
    }
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("BREAKS knows every remedy, and each place stands in the source", () => {
  assertEquals(BREAKS.map(({ remedy }) => remedy), REMEDIES.map(({ name }) => name));
  withCopies((root) => {
    for (const each of BREAKS) {
      const mend = breakRemedy(each, root);
      for (const { file, after, insert } of each.places) {
        const lines = Deno.readTextFileSync(`${root}/${file}`).split("\n");
        assertEquals(lines[lines.findIndex((line) => line.trim() === after) + 1], insert);
      }
      mend();
      for (const { file } of each.places) {
        const mended = Deno.readTextFileSync(`${root}/${file}`);
        assertEquals(mended, Deno.readTextFileSync(`${ROOT}/${file}`));
      }
    }
  });
});

Deno.test("breakRemedy changes nothing when a place is not found exactly once", () => {
  withCopies((root) => {
    const [first] = BREAKS[0]?.places ?? [];
    assert(first !== undefined);
    const before = Deno.readTextFileSync(`${root}/${first.file}`);
    for (const after of ["no such line", "}"]) {
      const places = [first, { ...first, after }];
      assertThrows(() => breakRemedy({ remedy: "x", places }, root), Error, "times, not once");
    }
    assertEquals(Deno.readTextFileSync(`${root}/${first.file}`), before);
  });
});

Deno.test("compareNamed tells who was named from who depends", () => {
  const hangs = { ...HUNG, remedies: ["channel-abort", "reap"] };
  const document = suiteDocument([
    { ...scenarioOf("needs-it", [hangs]), fixedBy: ["reap"] },
    { ...scenarioOf("needs-another", []), fixedBy: ["death-watch"] },
  ], []);
  const broken = compareNamed(document, "reap");
  assertEquals(broken, { named: ["needs-it"], depend: ["needs-it"], unexpected: [] });
  assert(agrees(broken));
  const other = compareNamed(document, "death-watch");
  assertEquals([other.named, other.depend], [["needs-it"], ["needs-another"]]);
  assertMatch(
    other.unexpected.join(),
    /^needs-it \[channel-abort \+ reap\]: verdict hung, not finished/,
  );
  assert(!agrees(other));
  assertEquals(compareNamed(document, null).depend, []);
});
