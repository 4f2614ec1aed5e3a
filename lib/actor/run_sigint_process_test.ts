/**
 * SIGINT, sent by the kernel to a real process. What the program does in each situation stands in
 * `fixtures/programs/interrupt_me.ts`.
 */

import { assertEquals } from "@std/assert";
import { test } from "../../tests/support/runtime_testing.ts";
import { signalled } from "../../tests/support/signalled.ts";

/** Sends the program a SIGINT whenever it says that it is ready. */
async function assertLines(situation: string, expected: readonly string[]): Promise<void> {
  const { lines, code, signal } = await signalled("interrupt_me.ts", { args: [situation] });
  assertEquals([lines.filter((line) => line !== "ready"), code, signal], [expected, 0, null]);
}

test("run throws KeyboardInterrupt into the wait of the root task", async () => {
  await assertLines("parked", [
    "wait: KeyboardInterrupt: interrupted by SIGINT",
    "run: KeyboardInterrupt",
  ]);
});

test("run throws KeyboardInterrupt into a wait under a shield", async () => {
  await assertLines("shielded", [
    "wait: KeyboardInterrupt: interrupted by SIGINT",
    "run: KeyboardInterrupt",
  ]);
});

test("run cancels from the root when SIGINT comes while the root task joins its children", async () => {
  await assertLines("joining", [
    "first: Cancelled by keyboard-interrupt",
    "second: Cancelled by keyboard-interrupt",
    "run: KeyboardInterrupt",
  ]);
});

test("run throws one KeyboardInterrupt however often SIGINT comes during the join", async () => {
  await assertLines("stubborn", ["run: KeyboardInterrupt"]);
});

test("run throws KeyboardInterrupt at the next checkpoint of a task that runs, before a cancel", async () => {
  await assertLines("running", [
    "before: Cancelled by explicit",
    "first: KeyboardInterrupt: interrupted by SIGINT",
    "second: Cancelled by explicit",
    "run: ok",
  ]);
});

test("run throws KeyboardInterrupt when SIGINT came too late for any checkpoint", async () => {
  await assertLines("late", ["run: KeyboardInterrupt"]);
});

test("run throws the first KeyboardInterrupt alone when another comes on the way out", async () => {
  await assertLines("lateSecond", [
    "wait: KeyboardInterrupt: interrupted by SIGINT",
    "run: KeyboardInterrupt",
  ]);
});

test("run throws KeyboardInterrupt instead of main's error when both come, with that as the cause", async () => {
  await assertLines("lateFailure", ["run: KeyboardInterrupt, cause main's own"]);
});

test("run gives SIGINT back when it is over", async () => {
  const { code, signal } = await signalled("interrupt_me.ts", { args: ["after"] });
  assertEquals([code, signal], [130, "SIGINT"]);
});

test("run with handleSigint: false leaves SIGINT alone", async () => {
  const { code, signal } = await signalled("interrupt_me.ts", { args: ["unhandled"] });
  assertEquals([code, signal], [130, "SIGINT"]);
});
