import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async";

Deno.test("delay resolves to undefined, also for a negative or missing number", async () => {
  assertEquals(await delay(1), undefined);
  assertEquals(await delay(-5), undefined);
  assertEquals(await delay(NaN), undefined);
});

Deno.test("delay is rejected with the signal's reason, before and during the wait", async () => {
  const reason = new TypeError("enough");
  const during = new AbortController();
  const waiting = delay(60_000, { signal: during.signal });
  during.abort(reason);
  assertEquals(await assertRejects(() => waiting), reason);
  assertEquals(await assertRejects(() => delay(1, { signal: AbortSignal.abort(reason) })), reason);
});
