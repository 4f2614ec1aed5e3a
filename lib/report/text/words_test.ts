import { assertEquals } from "@std/assert";
import { bound, time } from "../../protocol/duration.ts";
import { abridged, count, listed, place, shortFile } from "./words.ts";

Deno.test("time writes three digits, and minutes from one minute on", () => {
  const cases: [number, string][] = [
    [0, "0.0 ms"],
    [0.84, "0.8 ms"],
    [9.949, "9.9 ms"],
    [9.96, "10 ms"],
    [43.4, "43 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [2_314, "2.31 s"],
    [12_340, "12.3 s"],
    [59_960, "1 min 0 s"],
    [65_000, "1 min 5 s"],
    [-512.5, "-512 ms"],
  ];
  for (const [ms, text] of cases) assertEquals(time(ms), text, String(ms));
});

Deno.test("bound writes a configured time exactly", () => {
  assertEquals([bound(5_000), bound(2_500), bound(250)], ["5 s", "2.5 s", "250 ms"]);
});

Deno.test("count writes the plural of all but one", () => {
  assertEquals([count(1, "thread"), count(0, "thread")], ["1 thread", "0 threads"]);
});

Deno.test("listed joins names as a sentence does", () => {
  assertEquals([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])], [
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

Deno.test("place is relative below the working directory", () => {
  assertEquals(place({ file: "file:///w/a%20b.ts", line: 1, column: 2 }, "/w"), "a b.ts:1:2");
  assertEquals(place({ file: "/x/c.ts", line: 1, column: 2 }, "/w"), "/x/c.ts:1:2");
  assertEquals(
    place({ file: "file:///w/100% new.ts", line: 1, column: 2 }, "/w"),
    "100% new.ts:1:2",
  );
});

Deno.test("abridged leaves out the middle of many items, and counts it", () => {
  assertEquals(abridged(["a", "b"]), "a, b");
  const many = Array.from({ length: 20 }, (_, n) => `${n}`);
  assertEquals(abridged(many.slice(0, 8)), "0, 1, 2, 3, 4, 5, 6, 7");
  assertEquals(abridged(many), "0, 1, 2, 3, 4, 5, … (13 more), 19");
});

Deno.test("shortFile cuts the source off a data: URL", () => {
  const source = "console.log(1);".repeat(100);
  assertEquals(shortFile(`data:text/javascript,${source}`, "/app"), "data:text/javascript,…");
});
