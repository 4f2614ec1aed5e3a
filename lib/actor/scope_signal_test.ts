/** AbortSignals on their way out of scopes and into them. */

import { assert, assertEquals, assertFalse, assertInstanceOf, assertRejects } from "@std/assert";
import { CancelScope, failAfter, moveOnAfter } from "./cancel_scope.ts";
import { Cancelled, TooSlowError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { test, testInRun, toTheEnd } from "../../tests/support/runtime_testing.ts";

/** A signal that knows how many listen to it. */
class CountedSignal {
  readonly controller = new AbortController();
  listeners = 0;

  get signal(): AbortSignal {
    const { signal } = this.controller;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      this.listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      this.listeners--;
      removeEventListener.apply(signal, args);
    };
    return signal;
  }
}

testInRun("Scope.signal is aborted with the Cancelled of the scope", async () => {
  let reason: unknown;
  const outcome = await new CancelScope({ name: "here" }).run(async (scope) => {
    assert(scope.signal === scope.signal);
    assertFalse(scope.signal.aborted);
    scope.signal.addEventListener("abort", () => reason = scope.signal.reason);
    scope.cancel("enough");
    assert(scope.signal.aborted);
    await sleepForever();
  });
  assertInstanceOf(reason, Cancelled);
  assertEquals(outcome, { kind: "cancelled", reason: reason.reason });
});

testInRun(
  "Scope.signal of a scope further in is aborted, too, unless a shield hides it",
  async () => {
    await toTheEnd(new CancelScope(), async (outer) => {
      await toTheEnd(new CancelScope({ shield: true }), async (shielded) => {
        const within = new CancelScope();
        await toTheEnd(within, () => {
          assertFalse(within.signal.aborted || shielded.signal.aborted);
          outer.cancel();
          assertFalse(within.signal.aborted || shielded.signal.aborted);
          shielded.shield = false;
          assert(within.signal.aborted && shielded.signal.aborted);
        });
      });
    });
  },
);

testInRun(
  "Scope.signal that is first asked for when the scope is cancelled is aborted",
  async () => {
    await toTheEnd(new CancelScope(), async (outer) => {
      outer.cancel();
      await toTheEnd(new CancelScope(), (inner) => assert(inner.signal.aborted));
    });
    const early = new CancelScope();
    const { signal } = early;
    await toTheEnd(new CancelScope(), async (outer) => {
      outer.cancel();
      await toTheEnd(early, () => assert(signal.aborted));
    });
  },
);

testInRun(
  "Scope.signal is aborted by a deadline, and lets what it aborted end the scope",
  async () => {
    const outcome = await moveOnAfter(1, (scope) =>
      new Promise<void>((_, reject) => {
        scope.signal.addEventListener("abort", () => reject(scope.signal.reason));
      }));
    assertEquals(outcome.kind === "cancelled" && outcome.reason.source, "deadline");
  },
);

testInRun("Scope.signal stays as it is once the scope is left", async () => {
  const signals: AbortSignal[] = [];
  await toTheEnd(new CancelScope(), async (outer) => {
    await new CancelScope().run((inner) => void signals.push(inner.signal));
    outer.cancel();
  });
  assertEquals(signals.map(({ aborted }) => aborted), [false]);
});

testInRun(
  "Scope.signal with a listener that cancels and opens scopes reaches all the others",
  async () => {
    const outcomes = await openNursery(async (nursery) => {
      const first = new CancelScope({ name: "first" });
      const second = new CancelScope({ name: "second" });
      const ended: string[] = [];
      for (const scope of [first, second]) {
        nursery.spawn(async () => {
          await scope.run(() => sleepForever());
          ended.push(scope.name);
        });
      }
      await sleep(0);
      first.signal.addEventListener("abort", () => second.cancel());
      first.cancel();
      await sleep(0);
      return ended;
    });
    assertEquals(outcomes, ["first", "second"]);
  },
);

testInRun(
  "CancelScope with a signal is cancelled when it aborts, with its reason as detail",
  async () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [new RangeError("too far"), "RangeError: too far"],
      ["the user left", "the user left"],
      [undefined, "AbortError: The signal has been aborted"],
    ];
    for (const [reason, detail] of cases) {
      const controller = new AbortController();
      const outcome = await new CancelScope({ signal: controller.signal }).run(async () => {
        controller.abort(reason);
        await sleepForever();
      });
      assertEquals(outcome.kind === "cancelled" && outcome.reason.detail, detail);
    }
  },
);

testInRun("CancelScope with a signal that has aborted is cancelled from the start", async () => {
  let began = false;
  const outcome = await new CancelScope({ signal: AbortSignal.abort("before") }).run(async () => {
    began = true;
    await sleepForever();
  });
  assert(began);
  assertEquals(outcome.kind === "cancelled" && outcome.reason.detail, "before");
});

testInRun("CancelScope with the signal of another scope passes its cause on", async () => {
  const other = new CancelScope({ name: "other" });
  const outcome = await new CancelScope({ name: "this", signal: other.signal }).run(async () => {
    other.cancel("why");
    await sleepForever();
  });
  assertEquals(outcome.kind === "cancelled" && outcome.reason.scope, "other");
});

testInRun("CancelScope leaves no listener at its signal", async () => {
  const counted = new CountedSignal();
  const { signal } = counted;
  const scope = new CancelScope({ signal });
  assertEquals(counted.listeners, 0);
  await scope.run(() => assertEquals(counted.listeners, 1));
  assertEquals(counted.listeners, 0);
  await assertRejects(
    () => new CancelScope({ signal }).run(() => Promise.reject(new Error("no"))),
    Error,
    "no",
  );
  await moveOnAfter(1, () => sleepForever(), { signal });
  await openNursery((nursery) => void nursery.spawn(() => sleep(0)), { signal });
  assertEquals(counted.listeners, 0);
  counted.controller.abort();
});

testInRun(
  "moveOnAfter and failAfter take a signal: the one goes on, the other throws its reason",
  async () => {
    const controller = new AbortController();
    const reason = new RangeError("the user left");
    controller.abort(reason);
    const { signal } = controller;
    const outcome = await moveOnAfter(60_000, () => sleepForever(), { signal });
    assertEquals(outcome.kind === "cancelled" && outcome.reason.source, "explicit");
    assert(
      await failAfter(60_000, () => sleepForever(), { signal }).catch((error) => error === reason),
    );
    await assertRejects(
      () => failAfter(1, () => sleepForever(), { signal: new AbortController().signal }),
      TooSlowError,
    );
  },
);

testInRun("openNursery with a signal cancels its tasks and its body", async () => {
  const controller = new AbortController();
  let cancelled: unknown;
  const value = await openNursery(async (nursery) => {
    nursery.spawn(() => sleepForever().catch((error) => Promise.reject(cancelled = error)));
    await sleep(0);
    controller.abort("enough");
    await sleepForever();
    return 1;
  }, { signal: controller.signal });
  assertEquals(value, undefined);
  assertInstanceOf(cancelled, Cancelled);
});

test("Scope.signal of a run aborts when the run is cancelled from the root", async () => {
  const signals: AbortSignal[] = [];
  await run(async () => {
    await new CancelScope().run(async (outer) => {
      await openNursery(async (nursery) => {
        signals.push(nursery.cancelScope.signal);
        outer.cancel();
        await sleepForever();
      });
    });
  }, { handleSigint: false });
  assertEquals(signals.map(({ aborted }) => aborted), [true]);
});
