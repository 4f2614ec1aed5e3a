import { assertEquals } from "@std/assert";
import { withoutCommands, writer } from "./streams.ts";

function never(why: string): void {
  throw new Error(why);
}

Deno.test("writer writes all of it through a sink that takes a little at a time", () => {
  const taken: number[] = [];
  const write = writer({
    writeSync(bytes) {
      taken.push(...bytes.subarray(0, 2));
      return Math.min(2, bytes.length);
    },
  }, never);
  write("five!");
  assertEquals(new TextDecoder().decode(new Uint8Array(taken)), "five!");
});

Deno.test("writer goes silent for good when it cannot write, and says why once", () => {
  for (
    const [error, said] of [
      [new Deno.errors.BrokenPipe("Broken pipe (os error 32)"), "its reader has gone"],
      [new Error("No space left on device"), "No space left on device"],
    ] as const
  ) {
    let calls = 0;
    const why: string[] = [];
    const write = writer({
      writeSync() {
        calls++;
        throw error;
      },
    }, (text) => why.push(text));
    write("one");
    write("two");
    assertEquals([calls, why], [1, [said]]);
  }
});

Deno.test("writer waits for a reader that is only slow", () => {
  let calls = 0;
  const write = writer({
    writeSync(bytes) {
      if (++calls < 3) throw new Deno.errors.WouldBlock("full");
      return bytes.length;
    },
  }, never);
  write("text");
  assertEquals(calls, 3);
});

Deno.test("withoutCommands leaves nothing that GitHub Actions obeys, and all else", () => {
  assertEquals(
    withoutCommands("::error::a\n  ::add-mask::b\r\nstd::c ##[error]d\n\n::e"),
    ": :error::a\n  : :add-mask::b\r\nstd::c ## [error]d\n\n: :e",
  );
});
