/**
 * SIGINT, sent by the kernel to a real process. What the program does in each situation stands in
 * `fixtures/programs/interrupt_me.ts`.
 */

import { assertEquals } from "@std/assert";
import { test } from "../../tests/support/runtime_testing.ts";

const PROGRAM = new URL("../../fixtures/programs/interrupt_me.ts", import.meta.url).href;

interface Ending {
  readonly lines: readonly string[];
  readonly code: number;
  readonly signal: string | null;
}

/** Runs the program and sends it a SIGINT whenever it says that it is ready. */
async function interrupted(situation: string): Promise<Ending> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", PROGRAM, situation],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const lines: string[] = [];
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const complete = (rest + text).split("\n");
      rest = complete.pop() ?? "";
      for (const line of complete) {
        if (line === "ready") child.kill("SIGINT");
        else lines.push(line);
      }
    }
    const { code, signal } = await child.status;
    return { lines, code, signal };
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
}

async function assertLines(situation: string, lines: string[]): Promise<void> {
  assertEquals(await interrupted(situation), { lines, code: 0, signal: null });
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
  const { code, signal } = await interrupted("after");
  assertEquals([code, signal], [130, "SIGINT"]);
});

test("run with handleSigint: false leaves SIGINT alone", async () => {
  const { code, signal } = await interrupted("unhandled");
  assertEquals([code, signal], [130, "SIGINT"]);
});
