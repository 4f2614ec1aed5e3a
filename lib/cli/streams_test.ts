import { assertEquals } from "@std/assert";
import { writer } from "./streams.ts";

Deno.test("writer writes all of it through a sink that takes a little at a time", () => {
  const taken: number[] = [];
  const write = writer({
    writeSync(bytes) {
      taken.push(...bytes.subarray(0, 2));
      return Math.min(2, bytes.length);
    },
  });
  write("five!");
  assertEquals(new TextDecoder().decode(new Uint8Array(taken)), "five!");
});

Deno.test("writer goes silent for good when the reader is gone", () => {
  let calls = 0;
  const write = writer({
    writeSync() {
      calls++;
      throw new Deno.errors.BrokenPipe("gone");
    },
  });
  write("one");
  write("two");
  assertEquals(calls, 1);
});

Deno.test("writer waits for a reader that is only slow", () => {
  let calls = 0;
  const write = writer({
    writeSync(bytes) {
      if (++calls < 3) throw new Deno.errors.WouldBlock("full");
      return bytes.length;
    },
  });
  write("text");
  assertEquals(calls, 3);
});
