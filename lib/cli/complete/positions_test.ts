import { assertEquals } from "@std/assert";
import { VERBS } from "../verbs.ts";
import { positionAt, positionsOf } from "./line.ts";

/** Kinds of the words of a synopsis, place by place; `+` stands for "and more of them". */
function places(synopsis: string): string[] {
  return positionsOf(synopsis).map(({ kinds, repeats }) =>
    kinds.map((each) => each.kind === "literal" ? each.value : each.kind.toUpperCase()).join("|") +
    (repeats ? "+" : "")
  );
}

Deno.test("positionsOf reads the words of a synopsis and none of its flags", () => {
  assertEquals(places("repro NAME|FILE [flags]"), ["SCENARIO|FILE"]);
  assertEquals(places("smoke [NAME…] [flags]"), ["SCENARIO+"]);
  assertEquals(places("merge DIR… -o DIR"), ["DIRECTORY+"]);
  assertEquals(places("report RUN_DIR|latest [--format FORMAT]"), ["RUN|latest"]);
  assertEquals(places("explain CLASS|SCENARIO"), ["CLASS|SCENARIO"]);
  assertEquals(places("schema result|event"), ["result|event"]);
  assertEquals(places("doctor [--sweep]"), []);
  assertEquals(places("watch [flags] -- CMD [ARG…]"), ["COMMAND", "FILE+"]);
  assertEquals(places("dump PID | ws://… | HOST:PORT"), ["PROCESS"]);
});

Deno.test("positionsOf understands every verb of the table: each word can be completed with something", () => {
  for (const { name, synopsis } of VERBS) {
    for (const { kinds } of positionsOf(synopsis)) {
      assertEquals(kinds.length > 0, true, `${name}: ${synopsis}`);
    }
  }
});

Deno.test("positionAt goes on with the last place when it repeats, and ends when not", () => {
  const once = positionsOf("explain CLASS|SCENARIO");
  assertEquals([positionAt(once, 0) !== null, positionAt(once, 1)], [true, null]);
  const many = positionsOf("smoke [NAME…]");
  assertEquals(positionAt(many, 7), many[0] ?? null);
  assertEquals(positionAt([], 0), null);
});
