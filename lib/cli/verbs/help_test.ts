import { assert, assertEquals } from "@std/assert";
import { FLAGS, goesWith } from "../flags.ts";
import { VERBS } from "../verbs.ts";
import { helpPage } from "./help.ts";

Deno.test("helpPage shows the synopsis of a verb and the flags that go with it, and no others", () => {
  for (const { name, synopsis } of VERBS) {
    const lines = helpPage(name).split("\n");
    assertEquals(lines[0], `unwedge ${synopsis}`);
    const shown = lines.flatMap((line) =>
      /^ {2}(?:-\w, | {4})--(?:\[no-\])?([\w-]+)/.exec(line)?.[1] ?? []
    );
    const wanted = FLAGS.filter((flag) => goesWith(flag, name)).map((flag) => flag.name);
    assertEquals(shown.toSorted(), wanted.toSorted(), name);
  }
});

Deno.test("helpPage fits into 100 columns", () => {
  for (const name of [null, ...VERBS.map((verb) => verb.name)]) {
    for (const line of helpPage(name).split("\n")) assert(line.length <= 100, line);
  }
});
