import { assertEquals, assertGreaterOrEqual, assertRejects, assertStrictEquals } from "@std/assert";
import { abortable, deadline, delay } from "@std/async";

/** A wedge fails its test. */
const options = { timeout: 10_000 };

/** Lets the loop turn a few times. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve));
}

/** Whether `p` is still pending once the loop has turned. */
async function isPending(p: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => (settled = true);
  p.then(note, note);
  await turns();
  return !settled;
}

Deno.test("delay resolves to undefined, not before its time", options, async () => {
  const start = performance.now();
  assertStrictEquals(await delay(30), undefined);
  assertGreaterOrEqual(performance.now() - start, 29);
});

Deno.test("delay takes a negative, missing or strange number for 0", options, async () => {
  const body = `await std.delay(-5); await std.delay(NaN); console.log("done")`;
  assertEquals(await runProgram(body), "done\n"); // and not a word of warning
});

Deno.test("delay waits longer than one timer of the platform can", options, async () => {
  const abort = new AbortController();
  const waits = [2 ** 31, 2 ** 40, Infinity].map((ms) => delay(ms, { signal: abort.signal }));
  assertEquals(await Promise.all(waits.map((it) => isPending(it))), [true, true, true]);
  abort.abort();
  await Promise.allSettled(waits);
});

Deno.test("delay adds up timers to the whole of a long wait", options, async () => {
  const real = { setTimeout: globalThis.setTimeout, now: Date.now };
  const slices: number[] = [];
  let clock = Date.now();
  Date.now = () => clock;
  globalThis.setTimeout = Object.assign((callback: () => void, ms = 0) => {
    slices.push(ms);
    clock += ms;
    return real.setTimeout(callback, 0);
  }, { __promisify__: real.setTimeout.__promisify__ });
  try {
    await delay(2 ** 32);
  } finally {
    globalThis.setTimeout = real.setTimeout;
    Date.now = real.now;
  }
  assertEquals(slices.reduce((sum, ms) => sum + ms, 0), 2 ** 32);
  assertEquals(slices.every((ms) => ms < 2 ** 31), true);
});

Deno.test(
  "delay is rejected with the signal's reason, before and during the wait",
  options,
  async () => {
    const reason = new Error("enough");
    const before = await assertRejects(() => delay(0, { signal: AbortSignal.abort(reason) }));
    assertStrictEquals(before, reason);
    const abort = new AbortController();
    const wait = delay(1_000_000, { signal: abort.signal });
    abort.abort(reason);
    assertStrictEquals(await assertRejects(() => wait), reason);
  },
);

Deno.test("delay is rejected with an AbortError where no reason is given", options, async () => {
  const error = await assertRejects(() => delay(0, { signal: AbortSignal.abort() }), DOMException);
  assertEquals(error.name, "AbortError");
});

Deno.test("delay takes its listener off the signal when the time is up", options, async () => {
  const abort = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = abort.signal;
  abort.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(abort.signal, args);
  };
  abort.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(abort.signal, args);
  };
  await delay(0, { signal: abort.signal });
  assertEquals(listeners, 0);
});

/** Runs a program that imports `@std/async` as `std` to its natural end, or to the end of the test's patience. */
async function runProgram(body: string): Promise<string> {
  const code = `import * as std from "${import.meta.resolve("@std/async")}"; ${body}`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", code],
    signal: AbortSignal.timeout(options.timeout / 2),
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

// On Deno 2.9.6 the package itself (1.5.0) fails this one: it unrefs the timer's number.
Deno.test("delay keeps the process alive, unless it is not persistent", options, async () => {
  const body = (ms: number, persistent: boolean) =>
    `std.delay(${ms}, { persistent: ${persistent} }).then(() => console.log("waited"));` +
    `addEventListener("unload", () => console.log("gone"))`;
  assertEquals(await runProgram(body(1, true)), "waited\ngone\n");
  assertEquals(await runProgram(body(3_600_000, false)), "gone\n");
});

Deno.test("delay that was aborted does not keep the process alive", options, async () => {
  const body = `const abort = new AbortController();` +
    `addEventListener("unload", () => console.log("gone"));` +
    `std.delay(3_600_000, abort).catch(() => console.log("aborted")); abort.abort()`;
  assertEquals(await runProgram(body), "aborted\ngone\n");
});

Deno.test("deadline settles as its promise does when that is in time", options, async () => {
  assertEquals(await deadline(Promise.resolve(7), 60_000), 7);
  const reason = new Error("own");
  const got = await assertRejects(() => deadline(Promise.reject(reason), 60_000));
  assertStrictEquals(got, reason);
});

Deno.test("deadline is rejected with a TimeoutError when the time is up", options, async () => {
  const never = new Promise<never>(() => {});
  const error = await assertRejects(() => deadline(never, 5), DOMException);
  assertEquals(error.name, "TimeoutError");
});

Deno.test("deadline is rejected with the reason of its signal", options, async () => {
  const never = new Promise<never>(() => {});
  const reason = new Error("enough");
  const abort = new AbortController();
  const wait = deadline(never, 60_000, { signal: abort.signal });
  abort.abort(reason);
  assertStrictEquals(await assertRejects(() => wait), reason);
});

Deno.test("deadline never expires at Number.MAX_SAFE_INTEGER or beyond", options, async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const waits = [Number.MAX_SAFE_INTEGER, Infinity].map((ms) => deadline(promise, ms));
  assertEquals(await Promise.all(waits.map((it) => isPending(it))), [true, true]);
  resolve("late");
  assertEquals(await Promise.all(waits), ["late", "late"]);
});

Deno.test("deadline that was met does not keep the process alive", options, async () => {
  const body = `console.log(await std.deadline(Promise.resolve("met"), 3_600_000))`;
  assertEquals(await runProgram(body), "met\n");
});

Deno.test("abortable settles as its promise does while the signal is quiet", options, async () => {
  const { signal } = new AbortController();
  assertEquals(await abortable(Promise.resolve(7), signal), 7);
  const reason = new Error("own");
  assertStrictEquals(await assertRejects(() => abortable(Promise.reject(reason), signal)), reason);
});

Deno.test(
  "abortable rejects a promise with the signal's reason, before and during",
  options,
  async () => {
    const never = new Promise<never>(() => {});
    const reason = new Error("enough");
    const before = await assertRejects(() => abortable(never, AbortSignal.abort(reason)));
    assertStrictEquals(before, reason);
    const abort = new AbortController();
    const wait = abortable(never, abort.signal);
    abort.abort(reason);
    assertStrictEquals(await assertRejects(() => wait), reason);
  },
);

Deno.test("abortable answers for a rejection that comes after the abort", options, async () => {
  const late = Promise.withResolvers<never>();
  const wait = abortable(late.promise, AbortSignal.abort());
  await assertRejects(() => wait, DOMException);
  late.reject(new Error("nobody waits any more")); // unhandled, this would end the test run
  await turns();
});

Deno.test("abortable yields all of an iterable while the signal is quiet", options, async () => {
  const { signal } = new AbortController();
  const source = async function* () {
    yield 1;
    yield await Promise.resolve(2);
  };
  assertEquals(await Array.fromAsync(abortable(source(), signal)), [1, 2]);
});

/** A source that yields `go` once and then nothing, and knows how often it was asked and whether it was closed. */
function stuckSource(): {
  iterable: AsyncIterable<string>;
  steps: () => number;
  isClosed: () => boolean;
} {
  let closed = false;
  let steps = 0;
  const next = () => {
    if (steps++ > 0) return new Promise<never>(() => {});
    return Promise.resolve({ done: false, value: "go" });
  };
  const close = () => {
    closed = true;
    return Promise.resolve({ done: true as const, value: undefined });
  };
  const iterable = { [Symbol.asyncIterator]: () => ({ next, return: close }) };
  return { iterable, steps: () => steps, isClosed: () => closed };
}

Deno.test(
  "abortable ends a stuck iteration with the reason, and closes the source",
  options,
  async () => {
    const source = stuckSource();
    const abort = new AbortController();
    const reason = new Error("enough");
    const seen: string[] = [];
    const got = await assertRejects(async () => {
      for await (const item of abortable(source.iterable, abort.signal)) {
        seen.push(item);
        queueMicrotask(() => abort.abort(reason));
      }
    });
    assertStrictEquals(got, reason);
    assertEquals(seen, ["go"]);
    assertEquals(source.isClosed(), true);
  },
);

Deno.test("abortable closes the source when its reader leaves early", options, async () => {
  const source = stuckSource();
  for await (const _ of abortable(source.iterable, new AbortController().signal)) break;
  assertEquals(source.isClosed(), true);
});

Deno.test(
  "abortable starts no iteration under a signal that was aborted before",
  options,
  async () => {
    const reason = new Error("enough");
    const source = stuckSource();
    const items = abortable(source.iterable, AbortSignal.abort(reason));
    assertStrictEquals(await assertRejects(() => items.next()), reason);
    assertEquals(source.steps(), 0);
  },
);
