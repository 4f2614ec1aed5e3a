import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { freeStarvedMain } from "./free_main.ts";
import { inEventLoop } from "../os/proc.ts";
import { asleepIn, startSubject } from "../../tests/support/subject.ts";

const timeout = 30_000;

Deno.test("freeStarvedMain frees a main that is blocked on a lock, and main goes on and may exit", {
  timeout,
}, async () => {
  await using subject = await startSubject("blocked");
  await subject.untilThread("main", asleepIn.futex);
  const outcome = await freeStarvedMain(subject);
  assert(outcome.kind === "freed");
  assertEquals(outcome.locks, 1);
  assertGreater(outcome.tookMs, 0);
  await subject.until("MAIN-FREE");
  await subject.endStdin();
  assertEquals((await subject.status).code, 0);
});

Deno.test("freeStarvedMain says that there is nothing to free when main is blocked on no lock", {
  timeout,
}, async () => {
  await using subject = await startSubject("spinning");
  assertEquals((await freeStarvedMain(subject)).kind, "nothing-to-free");
});

Deno.test(
  "freeStarvedMain leaves a main alone in which no runtime of ours lives",
  { timeout },
  async () => {
    await using subject = await startSubject("plain");
    await subject.untilThread("main", inEventLoop);
    assertEquals(await freeStarvedMain(subject), { kind: "not-ours" });
  },
);

Deno.test(
  "freeStarvedMain gets no answer from a main that is blocked in native code",
  { timeout },
  async () => {
    await using subject = await startSubject("native");
    await subject.untilThread("main", asleepIn.child);
    const { wsUrl } = subject;
    assertEquals(await freeStarvedMain({ wsUrl, timeoutMs: 100 }), {
      kind: "no-answer",
      afterMs: 100,
    });
    await subject.say("go");
    await subject.until("MAIN-FREE");
  },
);

Deno.test("freeStarvedMain says why it failed when the subject is gone", { timeout }, async () => {
  const subject = await startSubject("idle");
  await subject[Symbol.asyncDispose]();
  const outcome = await freeStarvedMain(subject);
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.why, "cannot connect");
});
