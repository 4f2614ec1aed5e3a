import { assertEquals, assertThrows } from "@std/assert";
import { CommandLineError } from "../command_line_error.ts";
import { inShard, parseShard } from "./selection.ts";

const NAMES = Array.from({ length: 200 }, (_, i) => `scenario-${i}`);

Deno.test("parseShard reads I/N and refuses everything else", () => {
  assertEquals(parseShard("2/3", "--shard"), { index: 2, total: 3 });
  for (const text of ["0/3", "4/3", "1/0", "1", "/3", "1/", "a/b", "-1/3", "1/3/5", "1.5/3"]) {
    assertThrows(() => parseShard(text, "--shard"), CommandLineError, "write I/N");
  }
});

Deno.test("inShard puts every name into exactly one part", () => {
  for (const total of [1, 2, 3, 7]) {
    const shards = Array.from({ length: total }, (_, i) => ({ index: i + 1, total }));
    for (const name of NAMES) {
      assertEquals(shards.filter((shard) => inShard(name, shard)).length, 1, name);
    }
    // Far from even would mean that the hash does not spread.
    for (const shard of shards) {
      const share = NAMES.filter((name) => inShard(name, shard)).length;
      assertEquals(share > NAMES.length / total / 2, true, `${share} of ${total}`);
    }
  }
});

Deno.test("inShard never moves a name: CI jobs of different checkouts must agree", () => {
  // The published values of FNV-1a for "a" and "foobar", modulo 1000.
  assertEquals(inShard("a", { index: 0xe40c292c % 1_000 + 1, total: 1_000 }), true);
  assertEquals(inShard("foobar", { index: 0xbf9cf968 % 1_000 + 1, total: 1_000 }), true);
});
