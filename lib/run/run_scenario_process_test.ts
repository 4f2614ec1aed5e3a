import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { Bound } from "../../tests/support/bound.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { Dump } from "../model/dump.ts";
import type { RunEvent } from "./run_event.ts";
import { runScenario } from "./run_scenario.ts";
import { fixtureRequest, judged, runFixture, type TestRun } from "../../tests/support/run.ts";

/** Far above what any of these runs takes on a loaded machine; a wedge of the harness must fail, not hang. */
const TIMEOUT = 30_000;

function types(run: TestRun): string[] {
  return run.events.map((event) => event.type);
}

function event<T extends RunEvent["type"]>(
  run: TestRun,
  type: T,
): Extract<RunEvent, { type: T }> | undefined {
  return run.events.find((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}

/** No process of the subject's group may be left, but for zombies that init has not collected yet. */
function assertGone(run: TestRun): void {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = Deno.readTextFileSync(`/proc/${name}/stat`);
    } catch {
      continue;
    }
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    assert(group !== String(run.pid) || state === "Z", `left behind: ${stat}`);
  }
}

function test(name: string, run: () => Promise<void>): void {
  Deno.test(name, { timeout: TIMEOUT }, run);
}

/** For what is to act on SIGINT, or to be freed, in its grace. */
const PATIENT = { request: { graceMs: 2_000 } };

/** When the subject wrote that down for the first time, in epoch milliseconds. */
function at(run: TestRun, kind: JournalEvent["kind"]): number {
  const record = run.journal.find((record) => record.kind === kind);
  assert(record !== undefined, `no ${kind}`);
  return record.t;
}

/**
 * Half a second of the subject's, on any machine: it beats every 50 ms, so with ten beats in between its loop has
 * turned for as long and done something else.
 */
function assertSoon(run: TestRun, fromMs: number, toMs: number): void {
  const between = run.journal.filter(({ kind, t }) => kind === "beat" && t > fromMs && t < toMs);
  assertLess(between.length, 10, `${toMs - fromMs} ms`);
}

/** For what is to finish: no machine is so busy that a subject which does nothing takes this long. */
const UNHURRIED = { request: { deadlineMs: 20_000 } };

test("runScenario says finished of a subject that joins and exits, and takes no dump", async () => {
  const run = await runFixture("finish", UNHURRIED);
  const attempt = judged(run);
  assertEquals(attempt.verdict, "finished");
  assertEquals([attempt.class, attempt.owner, attempt.dump, attempt.sigint], [
    null,
    null,
    null,
    null,
  ]);
  assertEquals([attempt.leftovers, attempt.missing], [[], []]);
  assertEquals(attempt.subjectExit, "exit code 0");
  const { nurseryJoinedMs, threadsGoneMs, processExitedMs } = attempt.clocks;
  const tornAt = at(run, "teardown-requested");
  const overMs = epochNow() - tornAt;
  for (const ms of [nurseryJoinedMs, threadsGoneMs, processExitedMs]) {
    assert(ms !== null && ms >= 0 && ms < overMs, `${ms} of ${overMs}`);
  }
  assertSoon(run, tornAt, tornAt + (processExitedMs ?? NaN));
  assertEquals(types(run), [
    "subject-started",
    "scenario-loaded",
    "teardown-requested",
    "clock",
    "clock",
    "clock",
    "judged",
  ]);
  assertEquals(
    run.events.map((event) => event.type === "clock" ? event.which : null).filter(Boolean),
    [
      "nursery-joined",
      "threads-gone",
      "process-exited",
    ],
  );
  assertGone(run);
});

test("runScenario takes the clocks from the journal, whatever it gets to see when", async () => {
  const run = await runFixture("slow", { set: { ms: "150" }, ...UNHURRIED });
  const teardown = run.journal.find(({ kind }) => kind === "teardown-requested");
  const joined = run.journal.find(({ kind }) => kind === "joined");
  assert(teardown !== undefined && joined !== undefined);
  const expected = Math.round((joined.t - teardown.t) * 10) / 10;
  assertEquals(judged(run).clocks.nurseryJoinedMs, expected);
});

test("runScenario is not late for a join just before the deadline, however starved it is", async () => {
  const run = await runFixture("slow", {
    set: { ms: "300" },
    request: { deadlineMs: 2_000 },
    onEvent: (event) => {
      // The harness stands still over the deadline, and leaves the processor to the subject.
      if (event.type !== "teardown-requested") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_400);
    },
  });
  const attempt = judged(run);
  assertEquals(attempt.verdict, "finished");
  assert(attempt.evidence.some(({ kind }) => kind === "observer"));
});

test("runScenario says hung, and unwedged by SIGINT, of a subject that acts on it", async () => {
  const run = await runFixture("hang", { request: { graceMs: 20_000 } });
  const attempt = judged(run);
  assertEquals(attempt.verdict, "hung");
  assertEquals(attempt.clocks.nurseryJoinedMs, null);
  assertEquals(attempt.clocks.processExitedMs, null);
  const { sigint } = attempt;
  assert(sigint !== null && sigint.actedMs !== null && sigint.joinedMs !== null);
  assert(sigint.actedMs >= 0 && sigint.joinedMs >= sigint.actedMs);
  const actedAt = at(run, "signal-acted");
  assertSoon(run, actedAt - sigint.actedMs, actedAt);
  assertGreater(sigint.sentMs, judged(run).deadlineMs);
  assertEquals([sigint.unwedged, sigint.certificate], [true, null]);
  assertEquals(attempt.subjectExit, "exit code 0");
  assertEquals(attempt.dump?.isolates[0]?.id, "main");
  assertEquals(attempt.leftovers, []);
  assertGreater(attempt.loop.beats, 2);
  const seen = types(run).filter((type) => !["clock", "rung"].includes(type));
  assertEquals(seen, [
    "subject-started",
    "scenario-loaded",
    "teardown-requested",
    "deadline-passed",
    "dump-started",
    "dump-taken",
    "sigint-sent",
    "sigint-acted",
    "judged",
  ]);
  assertGone(run);
});

test("runScenario counts the deadline from the request of teardown", async () => {
  const run = await runFixture("hang", { request: { deadlineMs: 250 } });
  const { deadlineMs, timeline } = judged(run);
  assertEquals([deadlineMs, event(run, "deadline-passed")?.deadlineMs], [250, 250]);
  // Where the timeline begins is the subject's own record of the request, whenever the harness came to read it.
  const passed = timeline.find((entry) => entry.event === "deadline-passed");
  assert(passed !== undefined && passed.atMs >= 250, `${passed?.atMs}`);
});

test("runScenario names the thread that keeps a subject which SIGINT unwedged", async () => {
  const attempt = judged(await runFixture("hang-and-leak", PATIENT));
  assertEquals(attempt.verdict, "hung");
  assertEquals(attempt.sigint?.unwedged, true);
  assertEquals(attempt.subjectExit, null);
  assertEquals(attempt.leftovers.length, 1);
  assertMatch(attempt.leftovers[0] ?? "", /^thread worker-1 \(tid \d+\), busy$/);
});

test("runScenario tells a SIGINT that is acted on from one that unwedges", async () => {
  const { sigint } = judged(await runFixture("hang-shielded", PATIENT));
  assert(sigint !== null && sigint.actedMs !== null);
  assertEquals([sigint.unwedged, sigint.joinedMs, sigint.certificate], [false, null, null]);
});

test("runScenario says hung of a subject that dies of our SIGINT, not crashed", async () => {
  const attempt = judged(await runFixture("hang-without-listener"));
  assertEquals(attempt.verdict, "hung");
  assertEquals(attempt.subjectExit, "SIGINT");
  assertEquals(attempt.sigint?.unwedged, false);
});

test("runScenario certifies starvation: delivered, not handled, blocked where, ran when freed", async () => {
  const run = await runFixture("starve", PATIENT);
  const attempt = judged(run);
  assertEquals([attempt.verdict, attempt.class], ["hung", "loop-starved"]);
  const certificate = attempt.sigint?.certificate;
  assert(certificate !== undefined && certificate !== null);
  assertEquals(attempt.sigint?.actedMs, null);
  assertEquals([certificate.caught, certificate.nothingPending], [true, true]);
  assertMatch(certificate.blockingFrame?.file ?? "", /harness_subject\.ts$/);
  const { handledAfterFreeMs } = certificate;
  assert(handledAfterFreeMs !== null && handledAfterFreeMs >= 0);
  const actedAt = at(run, "signal-acted");
  assertSoon(run, actedAt - handledAfterFreeMs, actedAt);
  assertEquals(certificate.freedBy, "recovered 1 shared lock in main through the inspector");
  assertEquals(types(run).filter((type) => /sigint|freed/.test(type)), [
    "sigint-sent",
    "sigint-ignored",
    "main-freed",
  ]);
  assertGone(run);
});

test("runScenario leaves a starved subject without a certificate's last line if it cannot be freed", async () => {
  const attempt = judged(
    await runFixture("starve", {
      ...PATIENT,
      tools: { freeMain: () => Promise.resolve({ kind: "nothing-to-free", tookMs: 1 }) },
    }),
  );
  assertEquals(attempt.class, "loop-starved");
  const certificate = attempt.sigint?.certificate;
  assertEquals([certificate?.handledAfterFreeMs, certificate?.freedBy], [null, null]);
});

test("runScenario sends no SIGINT when the probe is off", async () => {
  const run = await runFixture("hang", { request: { sigintProbe: false } });
  assertEquals(judged(run).sigint, null);
  assertEquals(run.journal.filter(({ kind }) => kind === "signal-seen"), []);
});

test("runScenario says leaked, and names the thread, of a subject kept by a worker", async () => {
  const run = await runFixture("leak-worker", PATIENT);
  const attempt = judged(run);
  assertEquals([attempt.verdict, attempt.class], ["leaked", "exit-leak"]);
  assert(attempt.clocks.nurseryJoinedMs !== null);
  assertEquals([attempt.clocks.threadsGoneMs, attempt.clocks.processExitedMs], [null, null]);
  assertMatch(attempt.leftovers[0] ?? "", /^thread worker-1 \(tid \d+\), busy$/);
  assertEquals(event(run, "deadline-passed")?.joined, true);
  assertEquals(attempt.sigint, null);
  assertGone(run);
});

test("runScenario says leaked of a subject kept by a handle in main", async () => {
  const attempt = judged(await runFixture("leak-timer", PATIENT));
  assertEquals([attempt.verdict, attempt.class, attempt.owner], ["leaked", "exit-leak", "program"]);
  assert(attempt.clocks.threadsGoneMs !== null);
  const named = /^a timer in main: setInterval, every 1[.0]* s, .*harness_subject\.ts:\d+:\d+\)$/;
  assertEquals(attempt.leftovers.length, 1);
  assertMatch(attempt.leftovers[0] ?? "", named);
  const [leftover] = attempt.evidence.filter(({ kind }) => kind === "leftover");
  assert(leftover?.detail.endsWith(attempt.leftovers[0] ?? "?"), leftover?.detail);
});

test("runScenario says of a handle that has no name from outside that it has none", async () => {
  const openHandles = () => Promise.resolve({ kind: "failed", why: "no answer" } as const);
  const attempt = judged(await runFixture("leak-timer", { ...PATIENT, tools: { openHandles } }));
  assertEquals([attempt.verdict, attempt.class], ["leaked", "exit-leak"]);
  assertMatch(
    attempt.leftovers.join(),
    /^process \d+: no worker thread is left; what keeps its main isolate has no name/,
  );
});

test("runScenario does not look for handles in main while a worker's thread is left", async () => {
  let looked = false;
  const openHandles = () => {
    looked = true;
    return Promise.resolve({ kind: "named", handles: [] } as const);
  };
  const attempt = judged(await runFixture("leak-worker", { tools: { openHandles } }));
  assertEquals([attempt.leftovers.length, looked], [1, false]);
});

test("runScenario says leaked of a subject kept by a client of its inspector, and says so", async () => {
  const attempt = judged(await runFixture("leak-debugger"));
  assertEquals([attempt.verdict, attempt.class], ["leaked", "exit-leak"]);
  assert(attempt.evidence.some(({ detail }) => detail.includes("client of its inspector")));
});

test("runScenario says leaked of a subject that goes in its grace, with the time it took", async () => {
  const attempt = judged(
    await runFixture("leak-briefly", { set: { ms: "800" }, request: { graceMs: 5_000 } }),
  );
  assertEquals([attempt.verdict, attempt.leftovers], ["leaked", []]);
  assertGreater(attempt.clocks.processExitedMs ?? 0, 790);
});

test("runScenario ends a grandchild in the subject's group", async () => {
  const run = await runFixture("grandchild");
  assertEquals(judged(run).verdict, "leaked");
  assert(run.journal.some((event) => event.kind === "note" && /grandchild \d+/.test(event.text)));
  assertGone(run);
});

test("runScenario says failed of a subject whose run failed, at once", async () => {
  const run = await runFixture("fail");
  assertEquals([judged(run).verdict, judged(run).subjectExit], ["failed", "exit code 1"]);
  assertEquals(event(run, "deadline-passed"), undefined);
});

test("runScenario says failed of a subject whose run failed, and names what stayed", async () => {
  const attempt = judged(await runFixture("fail-and-leak"));
  assertEquals([attempt.verdict, attempt.leftovers.length], ["failed", 1]);
});

test("runScenario says failed of a subject that exits with a code of its own", async () => {
  assertEquals(judged(await runFixture("quit", { set: { code: "7" } })).verdict, "failed");
  assertEquals(judged(await runFixture("quit-late")).verdict, "failed");
});

test("runScenario says crashed of a subject that goes away with code 0 before it joined", async () => {
  const attempt = judged(await runFixture("quit", { set: { code: "0" } }));
  assertEquals([attempt.verdict, attempt.subjectExit], ["crashed", "exit code 0"]);
});

test("runScenario hands on a refusal and a failed load", async () => {
  assertEquals((await runFixture("refuse")).outcome, {
    kind: "refused",
    message: "unknown parameter nope",
  });
  assertEquals((await runFixture("load-failed")).outcome, {
    kind: "load-failed",
    message: "no default export",
    file: "/x.ts",
    line: 3,
  });
});

test("runScenario cannot judge a subject that ends before it has loaded a scenario", async () => {
  const { outcome } = await runFixture("die-at-start");
  assertEquals(outcome.kind, "cannot-judge");
  assertMatch(
    outcome.kind === "cannot-judge" ? outcome.message : "",
    /^the subject exited with code 1 .*: error: Uncaught .*TypeError: broken at start$/,
  );
});

test("runScenario judges a program that has not requested teardown at its deadline", async () => {
  const run = await runFixture("never-tear-down", { request: { deadlineMs: 300 } });
  const { verdict, phase, deadlineMs, dump } = judged(run);
  assertEquals([verdict, phase, deadlineMs, dump !== null], ["hung", "body", 300, true]);
  assertEquals(event(run, "deadline-passed")?.phase, "body");
  assertGone(run);
});

test("runScenario judges a program that is not loaded within the bound for that", async () => {
  const run = await runFixture("stay-at-start", { tools: { startBoundMs: 600 } });
  const { verdict, phase, dump } = judged(run);
  assertEquals([verdict, phase, dump !== null], ["hung", "start", true]);
  assertGone(run);
});

test("runScenario waits for teardown as long as the scenario settles, beyond its bound", async () => {
  const run = await runFixture("settle", {
    set: { ms: "900" },
    request: { settleMs: 20_000 },
    tools: { startBoundMs: 500 },
  });
  assertEquals(judged(run).verdict, "finished");
});

test("runScenario cannot judge a subject that cannot be started", async () => {
  const entry = new URL("./there_is_no_such_module.ts", import.meta.url);
  const { outcome } = await runFixture("finish", { tools: { entry } });
  assertEquals(outcome.kind, "cannot-judge");
  assertMatch(outcome.kind === "cannot-judge" ? outcome.message : "", /Module not found/);
});

test("runScenario cannot judge a run in a directory that has gone", async () => {
  const outcome = await runScenario(fixtureRequest("finish", "/nonexistent/run"));
  assertEquals(outcome.kind, "cannot-judge");
  const message = outcome.kind === "cannot-judge" ? outcome.message : "";
  assertMatch(message, /^the subject could not be started: .*nonexistent/);
});

test("runScenario lets a subject flood both logs, and cuts them while it does", async () => {
  const run = await runFixture("flood", { request: { deadlineMs: 20_000 } });
  assertEquals(judged(run).verdict, "finished");
  assertMatch(run.stdout, /bytes of stdout before this were dropped/);
  assertMatch(run.stdout, /the last line\n$/);
  assertLess(run.stdout.length, 2 * 1024 * 1024);
  assert(!run.stdout.includes("\u001b"));
  const note = run.journal.find((event) => event.kind === "note");
  assert(note?.kind === "note" && note.text === "cut meanwhile");
});

test("runScenario keeps the subject's output without ANSI and the inspector's lines", async () => {
  const run = await runFixture("print", UNHURRIED);
  assertEquals([run.stdout, run.stderr], ["bold and link\n", "to stderr\n"]);
  assertEquals(judged(run).outputTail, { stdout: "bold and link\n", stderr: "to stderr\n" });
});

test("runScenario says that it is still running, at slowMs and whenever that has doubled", async () => {
  const run = await runFixture("slow", {
    set: { ms: "900" },
    request: { deadlineMs: 10_000, slowMs: 100 },
  });
  const slow = run.events.flatMap((event) => event.type === "slow" ? [event.elapsedMs] : []);
  assertGreater(slow.length, 1);
  slow.forEach((ms, n) => assertGreater(ms, 100 * 2 ** n - 1));
});

test("runScenario stops in order: a dump, the group ended, verdict interrupted, within 3 s", async () => {
  const stop = new AbortController();
  await using bounds = new AsyncDisposableStack();
  let bound: Bound | null = null;
  const run = await runFixture("hang", {
    stop: stop.signal,
    request: { deadlineMs: 60_000 },
    onEvent: ({ type }) => {
      if (type !== "teardown-requested") return;
      bound = bounds.use(new Bound(3_000));
      stop.abort();
    },
  });
  assertEquals((bound as Bound | null)?.over, false);
  const attempt = judged(run);
  assertEquals(attempt.verdict, "interrupted");
  assert(attempt.dump !== null);
  assertEquals(attempt.class, null);
  assertEquals(event(run, "ending")?.why, "the run was stopped");
  assertGone(run);
});

test("runScenario stops in order before the scenario has been loaded", async () => {
  const stop = new AbortController();
  const run = await runFixture("stay-at-start", {
    stop: stop.signal,
    onEvent: ({ type }) => type === "subject-started" && stop.abort(),
  });
  assertEquals(judged(run).verdict, "interrupted");
  assertGone(run);
});

test("runScenario stops in order in the middle of the SIGINT probe, and concludes nothing from it", async () => {
  const stop = new AbortController();
  const run = await runFixture("starve", {
    stop: stop.signal,
    request: { graceMs: 20_000 },
    onEvent: ({ type }) => type === "sigint-sent" && stop.abort(),
  });
  const attempt = judged(run);
  assertEquals([attempt.verdict, attempt.cutShort, attempt.sigint], ["hung", true, null]);
  assert(attempt.dump !== null);
});

test("runScenario kills the group at once when told to, also in the middle of a dump", async () => {
  const kill = new AbortController();
  const run = await runFixture("hang", {
    kill: kill.signal,
    tools: { takeDump: () => new Promise<Dump>(() => {}) },
    onEvent: ({ type }) => type === "dump-started" && kill.abort(),
  });
  const { verdict, cutShort } = judged(run);
  assertEquals([verdict, cutShort], ["hung", true]);
  assertGone(run);
});

test("runScenario judges without a dump that throws, and says why there is none", async () => {
  const run = await runFixture("hang", {
    tools: { takeDump: () => Promise.reject(new Error("no way in")) },
  });
  const attempt = judged(run);
  assertEquals([attempt.verdict, attempt.class, attempt.dump], ["hung", "unknown", null]);
  assertEquals(attempt.missing[0], "there is no dump: no way in");
  assertEquals(event(run, "dump-failed")?.why, "no way in");
});
