import { assertEquals, assertRejects } from "@std/assert";
import { limited } from "./limited.ts";

Deno.test("limited runs so many at once, in order, also when one fails", async () => {
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const begun: number[] = [];
  const run = limited(2, async (n: number) => {
    begun.push(n);
    await gates[n]?.promise;
    return n;
  });
  const all = [0, 1, 2, 3].map((n) => run(n));
  const failed = assertRejects(() => all[0] ?? Promise.resolve(), Error, "broke");
  assertEquals(begun, [0, 1]);
  gates[0]?.reject(new Error("broke"));
  await failed;
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assertEquals(begun, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  assertEquals(await Promise.all(all.slice(1)), [1, 2, 3]);
  assertEquals(begun, [0, 1, 2, 3]);
});
