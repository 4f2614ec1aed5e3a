import { assertEquals } from "@std/assert";
import { judge, type Observed } from "./judge.ts";

const JOINED = { t: 1_300, actor: "root", kind: "joined", outcome: "ok", error: null } as const;
const EXIT_0 = { kind: "code", code: 0, atMs: 1_400 } as const;

/** A run that went well: clocks started at 1000, deadline at 1500. */
function seen(change: Partial<Observed> = {}): Observed {
  return {
    phase: "teardown",
    clockStart: 1_000,
    deadlineAt: 1_500,
    joined: JOINED,
    exit: EXIT_0,
    overdue: false,
    sigintSent: false,
    interrupted: false,
    ...change,
  };
}

Deno.test("judge says finished when all three clocks stopped in time and the code is 0", () => {
  assertEquals(judge(seen()).kind, "finished");
});

Deno.test("judge says leaked when the nursery joined in time and the process stayed", () => {
  assertEquals(judge(seen({ exit: null, overdue: true })).kind, "leaked");
});

Deno.test("judge says leaked even if the process went in its grace, after the deadline", () => {
  const exit = { ...EXIT_0, atMs: 1_600 };
  assertEquals(judge(seen({ exit, overdue: true })).kind, "leaked");
});

Deno.test("judge says hung when the nursery had not joined at the deadline", () => {
  assertEquals(judge(seen({ joined: null, exit: null, overdue: true })).kind, "hung");
});

Deno.test("judge goes by when the nursery joined, not by when that was read", () => {
  const late = { ...JOINED, t: 1_501 };
  assertEquals(judge(seen({ joined: late, exit: null, overdue: true })).kind, "hung");
  const inTime = { ...JOINED, t: 1_500 };
  assertEquals(judge(seen({ joined: inTime, exit: null, overdue: true })).kind, "leaked");
});

Deno.test("judge says hung although SIGINT joined the nursery and ended the process", () => {
  const joined = { ...JOINED, t: 1_700, outcome: "interrupted" as const };
  const exit = { ...EXIT_0, atMs: 1_710 };
  assertEquals(judge(seen({ joined, exit, overdue: true, sigintSent: true })).kind, "hung");
});

Deno.test("judge says hung when our SIGINT killed a subject without a listener", () => {
  const exit = { kind: "signal", signal: "SIGINT", atMs: 1_700 } as const;
  const run = { joined: null, exit, overdue: true };
  assertEquals(judge(seen({ ...run, sigintSent: true })).kind, "hung");
  assertEquals(judge(seen({ ...run, sigintSent: false })).kind, "crashed");
});

Deno.test("judge says crashed when another process killed the subject, whatever it had done", () => {
  const exit = { kind: "signal", signal: "SIGKILL", atMs: 1_400 } as const;
  assertEquals(judge(seen({ exit })).kind, "crashed");
  assertEquals(judge(seen({ exit, joined: null })).kind, "crashed");
  assertEquals(judge(seen({ exit, joined: null, overdue: true })).kind, "crashed");
  assertEquals(judge(seen({ exit, interrupted: true })).kind, "crashed");
});

Deno.test("judge says crashed when the subject went away with code 0 before it joined", () => {
  assertEquals(judge(seen({ joined: null })).kind, "crashed");
});

Deno.test("judge says failed when the subject ended with another code before it joined", () => {
  const exit = { kind: "code", code: 1, atMs: 1_400 } as const;
  assertEquals(judge(seen({ joined: null, exit })).kind, "failed");
});

Deno.test("judge says failed when the run's own error came out, leftovers or not", () => {
  const joined = { ...JOINED, outcome: "error" as const, error: "boom" };
  assertEquals(judge(seen({ joined })).kind, "failed");
  assertEquals(judge(seen({ joined, exit: null, overdue: true })), {
    kind: "failed",
    because: "the run failed: boom",
  });
});

Deno.test("judge says failed when the subject exited with another code after it had joined", () => {
  assertEquals(judge(seen({ exit: { kind: "code", code: 3, atMs: 1_400 } })).kind, "failed");
});

Deno.test("judge says interrupted when the person stopped the run", () => {
  assertEquals(judge(seen({ interrupted: true, exit: null, joined: null })).kind, "interrupted");
});

Deno.test("judge says hung before teardown was requested, also when the program joins for a signal", () => {
  const verdicts = ([["start", null], ["body", null], ["body", JOINED]] as const).map((
    [phase, joined],
  ) => judge(seen({ phase, joined, exit: null, overdue: true, sigintSent: true })).kind);
  assertEquals(verdicts, ["hung", "hung", "hung"]);
  const exited = judge(seen({ phase: "body", clockStart: null, joined: null }));
  assertEquals(exited.kind, "crashed");
});

Deno.test("judge says of a command that was told to stop whether it did, and of what else it died", () => {
  const told = { journal: false, joined: null, stopSignal: "SIGTERM" } as const;
  const died = (signal: string) => ({ kind: "signal", signal, atMs: 1_400 }) as const;
  const kinds = [
    seen({ ...told, exit: died("SIGTERM") }),
    seen({ ...told, exit: EXIT_0 }),
    seen({ ...told, exit: { ...EXIT_0, code: 3 } }),
    seen({ ...told, exit: died("SIGSEGV") }),
    seen({ ...told, exit: null, overdue: true }),
    seen({ journal: false, joined: null, exit: died("SIGTERM") }),
  ].map((each) => judge(each).kind);
  assertEquals(kinds, ["finished", "finished", "failed", "crashed", "hung", "crashed"]);
});
