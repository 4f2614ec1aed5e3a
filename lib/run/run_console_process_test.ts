import { REMEDIES } from "../protocol/remedies.ts";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { processStartTime } from "../os/proc.ts";
import type { HungDecision, HungRun } from "./hung_run.ts";
import { RunConsole } from "./run_console.ts";
import type { RunEvent } from "./run_event.ts";
import {
  joinsWhenTold,
  judged,
  runFixture,
  runReal,
  runTest,
  type TestRun,
  type TestRunOptions,
} from "../../tests/support/run.ts";

/** Calls `then` when an event of that type comes for the first time. */
function once(type: RunEvent["type"], then: () => void): (event: RunEvent) => void {
  let came = false;
  return (event) => {
    if (came || event.type !== type) return;
    came = true;
    then();
  };
}

/** A console at which the operator asks for a run when an event of that type comes. */
function attending(on: RunEvent["type"] = "teardown-requested") {
  const console = new RunConsole();
  return { console, onEvent: once(on, () => console.attention()) };
}

/** A console that pauses a run when its teardown is requested, for some real time. */
function pausing(forMs: number): Pick<TestRunOptions, "console" | "onEvent"> {
  const console = new RunConsole();
  const onEvent = once("teardown-requested", async () => {
    await console.pause();
    setTimeout(() => console.resume(), forMs);
  });
  return { console, onEvent };
}

/** How long the run stood, as it says itself. */
function pausedMsOf(run: TestRun): number {
  const continued = run.events.find((event) => event.type === "continued");
  assert(continued?.type === "continued", JSON.stringify(run.events));
  return continued.pausedMs;
}

/** Fails unless a run took as long to join as its subject's records are apart, less the pause. */
function assertWithout(pausedMs: number, run: TestRun): void {
  const [from = NaN, to = NaN] = ["teardown-requested", "joined"].map((kind) =>
    run.journal.find((record) => record.kind === kind)?.t ?? NaN
  );
  const joinedMs = judged(run).clocks.nurseryJoinedMs ?? NaN;
  const difference = Math.abs(joinedMs - (to - from - pausedMs));
  assert(difference < 1, `${joinedMs} and not ${to - from} less ${pausedMs}`);
}

runTest(
  "RunConsole.pause stops every clock of a run, and the time is in none of them",
  async () => {
    const request = { deadlineMs: 1_900, slowMs: 1_800 };
    const run = await runFixture("slow", { set: { ms: "300" }, request, ...pausing(2_000) });
    const { verdict, clocks, evidence, timeline } = judged(run);
    assertEquals(verdict, "finished");
    const pausedMs = pausedMsOf(run);
    assertGreater(pausedMs, 1_999);
    assertWithout(pausedMs, run);
    assertLess(clocks.processExitedMs ?? Infinity, request.deadlineMs);
    assertEquals(run.events.filter(({ type }) => type === "slow"), []);
    const told = evidence.find(({ kind }) => kind === "paused");
    assert(
      told?.detail.includes(`stopped for ${Math.round(pausedMs)} ms`),
      JSON.stringify(evidence),
    );
    // Nobody blames the harness for a gap that the person made.
    assertEquals(evidence.filter(({ kind }) => kind === "observer"), []);
    const entries = timeline.filter(({ actor }) => actor === "unwedge").map(({ event }) => event);
    assertEquals(entries.slice(0, 3), ["subject-started", "paused", "continued"]);
  },
);

runTest("RunConsole.pause does not let the bounds of the runtime run out", async () => {
  // The soft kill takes 0.8 s of its 2.5; with the pause it takes longer than both bounds together.
  const set = { step: "50ms" };
  const request = { softKillMs: 2_500, hardKillMs: 300, deadlineMs: 6_000, set };
  const run = await runReal("slow-but-alive", { request, ...pausing(4_000) });
  const { verdict, ladder, loop } = judged(run);
  assertEquals(ladder.map(({ rung, effect }) => `${rung} ${effect}`), ["soft-kill ended"]);
  assertEquals([verdict, run.journal.some(({ kind }) => kind === "error")], ["finished", false]);
  const pausedMs = pausedMsOf(run);
  assertWithout(pausedMs, run);
  // A gap of the loop that the pause made would be as long as it.
  assertLess(loop.maxGapMs, pausedMs / 2);
});

runTest(
  "RunConsole.pause waits for a dump that is under way, and a subject goes on as it was",
  async () => {
    const console = new RunConsole();
    const onEvent = once("dump-started", async () => {
      await console.pause();
      console.resume();
      console.resume();
    });
    const run = await runFixture("hang", { request: { graceMs: 20_000 }, console, onEvent });
    const order = run.events.map(({ type }) => type)
      .filter((type) => ["dump-started", "dump-taken", "paused", "continued"].includes(type));
    assertEquals(order, ["dump-started", "dump-taken", "paused", "continued"]);
    assertEquals([judged(run).verdict, judged(run).sigint?.unwedged], ["hung", true]);
  },
);

runTest("RunConsole.pause is over when the run is to end", async () => {
  for (const how of ["stop", "kill"] as const) {
    const console = new RunConsole();
    const asked = new AbortController();
    const onEvent = once("teardown-requested", async () => {
      await console.pause();
      asked.abort();
      await console.pause();
    });
    const request = { deadlineMs: 30_000 };
    const run = await runFixture("hang", { request, console, onEvent, [how]: asked.signal });
    assertEquals(judged(run).verdict, "interrupted");
    const paused = run.events.filter(({ type }) => type === "paused" || type === "continued");
    assertEquals(paused.map(({ type }) => type), ["paused", "continued"]);
    assertEquals(processStartTime(run.pid), null);
  }
});

runTest("RunConsole.dumpNow dumps once and goes on", async () => {
  const console = new RunConsole();
  const told = joinsWhenTold();
  const onEvent = ({ type }: RunEvent) => {
    if (type === "dump-taken") told.join();
    if (type !== "teardown-requested") return;
    console.dumpNow();
    console.dumpNow();
  };
  const request = { deadlineMs: 20_000 };
  const run = await runFixture("until-file", { ...told, request, console, onEvent });
  assertEquals(run.events.filter(({ type }) => type === "dump-taken").length, 1);
  assertEquals([judged(run).verdict, judged(run).dump], ["finished", null]);
});

runTest("RunConsole.attention has a run stand before its deadline, which stands too", async () => {
  const seen: string[] = [];
  const run = await runFixture("slow", {
    set: { ms: "1500" },
    request: { deadlineMs: 1_000 },
    ...attending(),
    onHang: async (hung) => {
      seen.push(hung.because, hung.dump?.kind ?? "none", (await hung.judge()).verdict);
      await hung.exited;
      seen.push(String(hung.joined));
      return { kind: "continue" };
    },
  });
  assertEquals(seen, ["interrupted", "taken", "interrupted", "true"]);
  const { verdict, clocks, evidence } = judged(run);
  // It was not stopped, so its own clock went on; only the deadline did not.
  assertEquals(verdict, "finished");
  assert((clocks.nurseryJoinedMs ?? 0) >= 1_450, JSON.stringify(clocks));
  assertEquals(evidence.filter(({ kind }) => kind === "paused").length, 1);
});

runTest("RunConsole.attention to a run without onHang changes nothing", async () => {
  const request = { deadlineMs: 20_000 };
  const run = await runFixture("slow", { set: { ms: "200" }, request, ...attending() });
  assertEquals([judged(run).verdict, judged(run).evidence.length], ["finished", 1]);
});

runTest(
  "a run stands also before its clocks have started, and asking twice is asking once",
  async () => {
    const operator = attending("scenario-loaded");
    const stands: string[] = [];
    const run = await runFixture("settle", {
      set: { ms: "500" },
      ...operator,
      onHang: async (hung) => {
        stands.push(hung.because, (await hung.judge()).verdict);
        operator.console.attention();
        return { kind: "continue" };
      },
    });
    assertEquals([stands, judged(run).verdict], [["interrupted", "interrupted"], "finished"]);
  },
);

runTest(
  "a run that was stood before goes on to its deadline, and hangs as it would have",
  async () => {
    const stands: string[] = [];
    const run = await runFixture("hang", {
      ...attending(),
      onHang: (hung) => {
        stands.push(hung.because);
        return Promise.resolve<HungDecision>({
          kind: hung.because === "interrupted" ? "continue" : "end",
        });
      },
    });
    assertEquals(stands, ["interrupted", "deadline-passed"]);
    assertEquals([judged(run).verdict, judged(run).sigint], ["hung", null]);
  },
);

runTest("remedies by hand do not break a subject that is only slow", async () => {
  const effects: string[] = [];
  const run = await runReal("slow-but-alive", {
    ...attending(),
    onHang: async (hung: HungRun) => {
      for (const { name: remedy } of REMEDIES) {
        effects.push((await hung.act({ kind: "remedy", remedy })).effect.kind);
      }
      return { kind: "continue" };
    },
  });
  assertEquals(new Set(effects), new Set(["nothing-to-do"]));
  const { verdict, ladder, actions } = judged(run);
  assertEquals([verdict, actions?.length], ["finished", 7]);
  assertEquals(ladder.map(({ rung, effect }) => `${rung} ${effect}`), ["soft-kill ended"]);
});

runTest(
  "a run that the operator helped before its deadline is not judged as if it had done it itself",
  async () => {
    const run = await runFixture("hang", {
      request: { deadlineMs: 20_000 },
      ...attending(),
      onHang: async (hung) => {
        assertEquals((await hung.act({ kind: "sigint" })).unwedged, true);
        return { kind: "continue" };
      },
    });
    const { verdict, clocks } = judged(run);
    assertEquals([verdict, clocks.nurseryJoinedMs, clocks.processExitedMs], [
      "interrupted",
      null,
      null,
    ]);
    assertEquals(processStartTime(run.pid), null);
  },
);

runTest("RunConsole.pause of a subject that has not even begun does it no harm", async () => {
  const console = new RunConsole();
  const onEvent = once("subject-started", () => {
    // The run picks up its end of the console in this very turn.
    setTimeout(async () => {
      await console.pause();
      setTimeout(() => console.resume(), 1_000);
    }, 0);
  });
  const run = await runReal("happy", { console, onEvent });
  const { verdict, clocks } = judged(run);
  assertEquals(verdict, "finished");
  // Its clocks begin with its teardown, which it had not come to when it was stopped.
  assertLess(clocks.processExitedMs ?? Infinity, pausedMsOf(run));
});

Deno.test("RunConsole serves every run that is connected, each until it lets go", async () => {
  const console = new RunConsole();
  const heard: string[] = [];
  const line = (name: string) => ({
    wake: () => void heard.push(`${name} woken`),
    pause: () => Promise.resolve(void heard.push(`${name} paused`)),
    resume: () => void heard.push(`${name} resumed`),
  });
  const a = console.connect(line("a"));
  const b = console.connect(line("b"));
  console.attention();
  assertEquals([a.any, a.takeDump(), a.takeAttention(), a.takeAttention()], [
    true,
    false,
    true,
    false,
  ]);
  assertEquals([a.any, b.any], [false, true]);
  b[Symbol.dispose]();
  console.dumpNow();
  await console.pause();
  console.resume();
  assertEquals([a.takeDump(), b.takeDump()], [true, false]);
  assertEquals(heard, ["a woken", "b woken", "a woken", "a paused", "a resumed"]);
});
