/**
 * SIGINT, sent by the kernel to a real process. What the program does in each situation stands in
 * `fixtures/programs/interrupt_me.ts`.
 */

import { assertEquals } from "@std/assert";
import { test } from "../../tests/support/runtime_testing.ts";
import { signalled } from "../../tests/support/signalled.ts";

const INTERRUPTED = "KeyboardInterrupt: interrupted by SIGINT";
const THROWN = "run: KeyboardInterrupt";

/** A test of what the program says in that situation; it gets a SIGINT whenever it says that it is ready. */
function says(situation: string, ...expected: readonly string[]): () => Promise<void> {
  return async () => {
    const { lines, code, signal } = await signalled("interrupt_me.ts", { args: [situation] });
    assertEquals([lines.filter((line) => line !== "ready"), code, signal], [expected, 0, null]);
  };
}

/** A test of a program that the signal ends. */
function dies(situation: string): () => Promise<void> {
  return async () => {
    const { code, signal } = await signalled("interrupt_me.ts", { args: [situation] });
    assertEquals([code, signal], [130, "SIGINT"]);
  };
}

test(
  "run throws KeyboardInterrupt into the wait of the root task",
  says("parked", `wait: ${INTERRUPTED}`, THROWN),
);

test(
  "run throws KeyboardInterrupt into a wait under a shield",
  says("shielded", `wait: ${INTERRUPTED}`, THROWN),
);

test(
  "run cancels from the root when SIGINT comes while the root task joins its children",
  says(
    "joining",
    "first: Cancelled by keyboard-interrupt",
    "second: Cancelled by keyboard-interrupt",
    THROWN,
  ),
);

test(
  "run throws one KeyboardInterrupt however often SIGINT comes during the join",
  says("stubborn", THROWN),
);

test(
  "run throws KeyboardInterrupt at the next checkpoint of a task that runs, before a cancel",
  says(
    "running",
    "before: Cancelled by explicit",
    `first: ${INTERRUPTED}`,
    "second: Cancelled by explicit",
    "run: ok",
  ),
);

test(
  "run throws KeyboardInterrupt when SIGINT came too late for any checkpoint",
  says("late", THROWN),
);

test(
  "run throws the first KeyboardInterrupt alone when another comes on the way out",
  says("lateSecond", `wait: ${INTERRUPTED}`, THROWN),
);

test(
  "run throws KeyboardInterrupt instead of main's error when both come, with that as the cause",
  says("lateFailure", `${THROWN}, cause main's own`),
);

test("run gives SIGINT back when it is over", dies("after"));

test("run with handleSigint: false leaves SIGINT alone", dies("unhandled"));
