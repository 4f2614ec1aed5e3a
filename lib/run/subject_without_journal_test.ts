import { assertEquals } from "@std/assert";
import type { Subject, SubjectJournal } from "../subject/subject.ts";
import type { SubjectExit, SubjectProcess } from "../subject/subject_process.ts";
import type { RunEvent } from "./run_event.ts";
import { runSubject } from "./run_scenario.ts";
import type { RunOutcome, RunSettings } from "./run_request.ts";

/** A subject without journal, facts and inspector, which exits with a code at once, or when it is ended. */
class PlainSubject implements Subject {
  readonly name = "plain";
  readonly module = null;
  readonly entry = null;
  readonly remedies = [];
  readonly journal: SubjectJournal | null;
  readonly inspector = { wsUrl: null, waitsForDebugger: false };
  readonly output = {
    bound: () => {},
    tail: () => ({ stdout: "out", stderr: "" }),
    clean: () => {},
  };
  readonly #code: number | null;
  readonly signals: Deno.Signal[] = [];

  constructor(code: number | null, journal: SubjectJournal | null = null) {
    this.#code = code;
    this.journal = journal;
  }

  start(): SubjectProcess {
    const ended = Promise.withResolvers<SubjectExit>();
    let exit: SubjectExit | null = null;
    let endedByUs = false;
    const end = (how: SubjectExit) => ended.resolve(exit ??= how);
    const atMs = performance.timeOrigin + performance.now();
    if (this.#code !== null) end({ atMs, kind: "code", code: this.#code });
    const endGroup = () => {
      endedByUs = exit === null;
      end({ atMs, kind: "signal", signal: "SIGKILL" });
      return Promise.resolve();
    };
    return {
      // More than the kernel gives to any process.
      pid: 2 ** 30,
      identity: null,
      get exit() {
        return exit;
      },
      exited: ended.promise,
      get endedByUs() {
        return endedByUs;
      },
      guard: () => {},
      signal: (name) => this.signals.push(name) > 0,
      signalGroup: () => true,
      endGroup,
      [Symbol.asyncDispose]: endGroup,
    };
  }
}

async function runPlain(
  subject: Subject,
  settings: Partial<RunSettings> = {},
): Promise<{ outcome: RunOutcome; events: string[] }> {
  const events: RunEvent[] = [];
  const runDir = Deno.makeTempDirSync({ prefix: "unwedge-plain-" });
  try {
    const outcome = await runSubject(subject, {
      runDir,
      deadlineMs: 30,
      settleMs: null,
      graceMs: 10,
      sigintProbe: true,
      samples: 2,
      sampleGapMs: 1,
      slowMs: 10_000,
      ...settings,
    }, { onEvent: (event) => events.push(event) });
    return { outcome, events: events.map(({ type }) => type) };
  } finally {
    Deno.removeSync(runDir, { recursive: true });
  }
}

Deno.test("runSubject judges a subject without a journal by the end of its process", async () => {
  for (const [code, verdict] of [[0, "finished"], [3, "failed"]] as const) {
    const { outcome } = await runPlain(new PlainSubject(code));
    assertEquals([outcome.kind, outcome.kind === "judged" && outcome.attempt.verdict], [
      "judged",
      verdict,
    ]);
  }
});

Deno.test("runSubject takes a subject without a journal that does not end through every step", async () => {
  const subject = new PlainSubject(null);
  const { outcome, events } = await runPlain(subject);
  if (outcome.kind !== "judged") throw new Error(outcome.message);
  const { facts, attempt: { verdict, proof, clocks, deadlineMs, outputTail } } = outcome;
  assertEquals([facts, verdict, proof?.kind, deadlineMs], [null, "hung", "not-provable", 30]);
  assertEquals(clocks, { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null });
  assertEquals([outputTail.stdout, subject.signals], ["out", ["SIGINT"]]);
  assertEquals(events, [
    "subject-started",
    "deadline-passed",
    "dump-started",
    "dump-failed",
    "sigint-sent",
    "sigint-ignored",
    "ending",
    "judged",
  ]);
});

Deno.test("runSubject concludes nothing from a journal that is damaged, however the process ended", async () => {
  for (
    const [code, damage] of [[0, "it was cut off"], [3, "it was cut off"], [
      null,
      "removed",
    ]] as const
  ) {
    const journal = { read: () => [], damage, end() {}, tellPause() {} };
    const { outcome, events } = await runPlain(new PlainSubject(code, journal));
    assertEquals(outcome.kind, "cannot-judge");
    assertEquals(outcome.kind === "cannot-judge" && outcome.message.includes(damage), true);
    assertEquals(events.includes("sigint-sent"), false);
  }
});

/** A command that does nothing, or always does something. */
class PlainCommand extends PlainSubject {
  readonly command = ["plain"];
  readonly #idle: boolean;

  constructor(idle: boolean) {
    super(null);
    this.#idle = idle;
  }

  idleMs(nowMs: number): number {
    return this.#idle ? nowMs : 0;
  }
}

const UNBOUNDED = { deadlineMs: Infinity, sigintProbe: false };

Deno.test("runSubject calls a command hung that does nothing for as long as it may, and no other", async () => {
  const limits = { idleMs: 1, stop: null };
  const { outcome } = await runPlain(new PlainCommand(true), { ...UNBOUNDED, limits });
  if (outcome.kind !== "judged") throw new Error(outcome.message);
  const { verdict, phase, deadlineMs, watched } = outcome.attempt;
  assertEquals([verdict, phase, deadlineMs], ["hung", "body", 0]);
  assertEquals(watched, { command: ["plain"], because: "idle", boundMs: 1, asked: null });
  const busy = await runPlain(new PlainCommand(false), { ...UNBOUNDED, deadlineMs: 30, limits });
  const other = busy.outcome.kind === "judged" ? busy.outcome.attempt.watched?.because : null;
  assertEquals(other, "deadline");
});

Deno.test("runSubject tells a command to stop, and counts its time from then", async () => {
  const subject = new PlainCommand(false);
  const limits = {
    idleMs: 1,
    stop: { afterMs: 1, signal: "SIGUSR2", deadlineMs: 20 },
  } as const;
  const { outcome, events } = await runPlain(subject, { ...UNBOUNDED, limits });
  if (outcome.kind !== "judged") throw new Error(outcome.message);
  const { verdict, phase, deadlineMs, watched } = outcome.attempt;
  assertEquals([verdict, phase, deadlineMs, watched?.because], ["hung", "teardown", 20, "stop"]);
  assertEquals(subject.signals, ["SIGUSR2"]);
  assertEquals(events.slice(0, 3), ["subject-started", "teardown-requested", "not-ended"]);
});
