/** Why there is no `await using nursery = …`: what the platform does, as docs/structured-concurrency.md tells it. */

import { assertEquals } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "../../tests/support/runtime_testing.ts";

test("AsyncLocalStorage.enterWith of a function reaches its caller, too, until it first awaits", async () => {
  const scope = new AsyncLocalStorage<string>();
  const opens = async () => {
    scope.enterWith("the nursery of opens()");
    await Promise.resolve();
  };
  await scope.run("the caller's", async () => {
    const running = opens();
    // What the caller begins beside it would be cancelled with a nursery that is not around it.
    assertEquals(scope.getStore(), "the nursery of opens()");
    await running;
  });
});

test("Symbol.asyncDispose is not told by what the block was left", async () => {
  const told: unknown[] = [];
  const block = async (error: Error | null) => {
    await using _ = {
      [Symbol.asyncDispose]: (...args: unknown[]) => {
        told.push(args);
        return Promise.resolve();
      },
    };
    if (error !== null) throw error;
  };
  await block(null);
  await block(new Error("the body failed")).catch(() => {});
  assertEquals(told, [[], []]);
});
