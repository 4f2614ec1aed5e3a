/**
 * Storms that only the valve can end: every test would wedge without it, and the runner's timeout says so. The valve is
 * opened before the storm here, as nobody could do it from within.
 */

import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { closeValve, openValve, valveIsOpen } from "./valve.ts";

const TIMEOUT_MS = 10_000;
const MANY_MS = 60_000;

/** Registers a test whose body runs with the valve open. `turned()` is true once the loop has turned. */
function testOpen(name: string, body: (turned: () => boolean) => unknown): void {
  Deno.test(name, { timeout: TIMEOUT_MS }, async () => {
    let turned = false;
    const timer = setTimeout(() => turned = true, 0);
    openValve(MANY_MS);
    try {
      await body(() => turned);
    } finally {
      closeValve();
      clearTimeout(timer);
    }
  });
}

// deno-lint-ignore require-await -- this is the mistake that storms are made of
async function look<T>(value: T): Promise<T> {
  return value;
}

testOpen("openValve() has an await of an async function wait for a turn", async (turned) => {
  while (!turned()) await look(1);
  assertEquals(await look("value"), "value");
});

testOpen("openValve() has an await of one promise wait, again and again", async (turned) => {
  const done = Promise.resolve(5);
  while (!turned()) await done;
  assertEquals(await done, 5);
});

testOpen("openValve() has chains of then wait", async (turned) => {
  const chain = (): Promise<string> => Promise.resolve().then(() => turned() ? "end" : chain());
  assertEquals(await chain(), "end");
});

testOpen("openValve() has microtasks wait that are queued by hand", async (turned) => {
  await new Promise<void>((resolve) => {
    const again = () => turned() ? resolve() : queueMicrotask(again);
    again();
  });
});

testOpen("openValve() has async iteration and the combinators wait", async (turned) => {
  while (!turned()) {
    assertEquals(await Promise.all([look(1), look(2)]), [1, 2]);
    assertEquals(await Promise.race([look(1), look(2)]), 1);
    assertEquals(await look(3).finally(() => {}), 3);
  }
  async function* numbers() {
    for (let i = 0;; i++) yield i;
  }
  for await (const i of numbers()) if (i === 3) break;
});

testOpen("openValve() lets rejections through, and leaves none unhandled meanwhile", async () => {
  const unhandled: unknown[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  try {
    await assertRejects(() => Promise.reject(new Error("no")), Error, "no");
    assertEquals(await Promise.reject(1).catch((error: unknown) => error), 1);
    const late = Promise.reject(2);
    assertEquals(await Promise.allSettled([late]), [{ status: "rejected", reason: 2 }]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(unhandled, []);
  } finally {
    globalThis.removeEventListener("unhandledrejection", listener);
  }
});

testOpen("openValve() leaves subclasses, thenables and the looks of a promise alone", async () => {
  class Mine extends Promise<number> {
    extra = 1;
  }
  const mine = new Mine((resolve) => resolve(1));
  assertStrictEquals(mine.constructor, Mine);
  assertInstanceOf(mine.then((n) => n), Mine);
  assertEquals(await mine, 1);
  assertEquals(await { then: (resolve: (n: number) => void) => resolve(7) }, 7);
  const plain = Promise.resolve(1);
  assertEquals(plain.constructor.name, "Promise");
  assertInstanceOf(plain, Promise);
  assertInstanceOf(plain.then(() => {}), Promise);
});

Deno.test("closeValve() puts everything back as it was", { timeout: TIMEOUT_MS }, async () => {
  const look = () => [
    Object.getOwnPropertyDescriptor(Promise.prototype, "constructor"),
    Object.getOwnPropertyDescriptor(Promise.prototype, "then"),
    Object.getOwnPropertyDescriptor(globalThis, "queueMicrotask"),
  ];
  const before = look();
  openValve(MANY_MS);
  openValve(MANY_MS);
  assertEquals([valveIsOpen(), look()[0]?.get !== undefined], [true, true]);
  closeValve();
  assertEquals(valveIsOpen(), false);
  look().forEach((property, i) => {
    assertStrictEquals(property?.value, before[i]?.value);
    assertStrictEquals(property?.get, undefined);
  });
  let microtask = false;
  void Promise.resolve().then(() => microtask = true);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(microtask, true);
});

Deno.test("openValve() closes by itself", { timeout: TIMEOUT_MS }, async () => {
  openValve(1);
  while (valveIsOpen()) await new Promise((resolve) => setTimeout(resolve, 1));
});
