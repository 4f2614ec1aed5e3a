import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { freeStarvedMain } from "./free_main.ts";
import { startSubject, testSubject } from "../../tests/support/subject.ts";

const timeout = 30_000;

testSubject(
  "freeStarvedMain frees a main that is blocked on a lock, and main goes on and may exit",
  "blocked",
  async (subject) => {
    const outcome = await freeStarvedMain(subject);
    assert(outcome.kind === "freed");
    assertEquals(outcome.locks, 1);
    assertGreater(outcome.tookMs, 0);
    await subject.until("MAIN-FREE");
    assertEquals(await subject.leave(), 0);
  },
);

testSubject(
  "freeStarvedMain says that there is nothing to free when main is blocked on no lock",
  "spinning",
  async (subject) => {
    assertEquals((await freeStarvedMain(subject)).kind, "nothing-to-free");
  },
);

testSubject(
  "freeStarvedMain leaves a main alone in which no runtime of ours lives",
  "plain",
  async (subject) => {
    assertEquals(await freeStarvedMain(subject), { kind: "not-ours" });
  },
);

testSubject(
  "freeStarvedMain gets no answer from a main that is blocked in native code",
  "native",
  async (subject) => {
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
