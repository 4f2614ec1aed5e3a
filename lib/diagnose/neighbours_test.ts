import { assertEquals } from "@std/assert";
import { neighbourLine, withNearest } from "./neighbours.ts";

Deno.test("withNearest() keeps what is general, and of the classes the nearest", () => {
  const classes = ["a-b", "c", "d"].map((name) => neighbourLine(name, ["it rains"], []));
  const general = ["there is no dump: refused", "e: fits, but for what was not seen"];
  assertEquals(withNearest([...general, ...classes], 2), [...general, ...classes.slice(0, 2)]);
  assertEquals(withNearest(classes, 0), []);
});
