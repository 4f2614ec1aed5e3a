import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { Bound } from "../../tests/support/bound.ts";
import { processStartTime } from "../os/proc.ts";
import type { HungDecision, HungRun } from "./hung_run.ts";
import type { DumpOutcome } from "./try_dump.ts";
import { RunConsole } from "./run_console.ts";
import { tenths } from "./tenths.ts";
import { joinsWhenTold, judged, runFixture, runReal, runTest } from "../../tests/support/run.ts";

/** An answer that never comes. */
function never(): Promise<HungDecision> {
  return new Promise(() => {});
}

runTest(
  "a hung run stands with its dump and what would be judged, and is ended when told so",
  async () => {
    let pid = 0;
    const run = await runFixture("hang", {
      onHang: async (hung) => {
        pid = hung.pid;
        assertEquals([hung.because, hung.name, hung.joined], [
          "deadline-passed",
          "harness-fixture",
          false,
        ]);
        assertEquals([hung.dump?.kind, hung.actions.length, hung.over.aborted], [
          "taken",
          0,
          false,
        ]);
        assert(hung.inspectorUrl?.startsWith("ws://127.0.0.1:"));
        const attempt = await hung.judge();
        assertEquals([attempt.verdict, attempt.sigint, attempt.actions], ["hung", null, undefined]);
        assert(attempt.leftovers.length > 0);
        assertEquals((await hung.takeDump()).kind, "taken");
        return { kind: "end" };
      },
    });
    assertEquals([judged(run).verdict, judged(run).subjectExit], ["hung", null]);
    const types = run.events.map(({ type }) => type);
    assert(types.indexOf("deadline-passed") < types.indexOf("standing"));
    assert(types.indexOf("standing") < types.indexOf("resumed"));
    // The probe is left to the operator.
    assertEquals([types.includes("sigint-sent"), processStartTime(pid)], [false, null]);
  },
);

runTest("a run that is proven to hang stands before its deadline, for that reason", async () => {
  const because: string[] = [];
  const run = await runReal("quiet-death", {
    request: { deadlineMs: 30_000 },
    onHang: (hung) => {
      because.push(hung.because);
      return Promise.resolve({ kind: "end" });
    },
  });
  assertEquals([because, judged(run).proven], [["proven"], true]);
});

runTest("a proof that is followed by a join with help is not refuted", async () => {
  const run = await runReal("quiet-death", {
    request: { deadlineMs: 30_000 },
    onHang: async (hung) => {
      await hung.act({ kind: "remedy", remedy: "death-watch" });
      assertEquals([hung.joined, (await hung.judge()).proven], [true, true]);
      return { kind: "end" };
    },
  });
  const { verdict, proven, proof, clocks } = judged(run);
  assertEquals([verdict, proven, proof?.kind, clocks.nurseryJoinedMs], [
    "hung",
    true,
    "proven",
    null,
  ]);
});

runTest("a stop, or a kill, is not kept waiting by a decision that does not come", async () => {
  for (const how of ["stop", "kill"] as const) {
    const asked = new AbortController();
    const late: Promise<unknown>[] = [];
    await using bounds = new AsyncDisposableStack();
    let bound: Bound | null = null;
    let stand: HungRun | null = null;
    const run = await runFixture("starve", {
      [how]: asked.signal,
      onHang: (hung) => {
        stand = hung;
        // In the middle of an action that would take long.
        late.push(hung.act({ kind: "sigint" }, 30_000), hung.takeDump());
        setTimeout(() => {
          bound = bounds.use(new Bound(how === "stop" ? 3_000 : 1_500));
          asked.abort();
        }, 100);
        return never();
      },
    });
    assertEquals((bound as Bound | null)?.over, false, how);
    const { verdict, cutShort } = judged(run);
    assertEquals([verdict, cutShort, processStartTime(run.pid)], ["hung", true, null], how);
    assert(stand !== null);
    const { over } = stand as HungRun;
    assertEquals(over.aborted, true);
    await Promise.all(late);
    const after = await (stand as HungRun).act({ kind: "sigint" });
    assertEquals(after.effect, {
      kind: "failed",
      why: "the run does not wait for a decision any more",
    });
    assertEquals((await (stand as HungRun).takeDump()).kind, "failed");
  }
});

runTest(
  "a run whose subject dies while it stands says crashed, and what dies with it is said",
  async () => {
    const run = await runFixture("hang", {
      onHang: async (hung) => {
        Deno.kill(hung.pid, "SIGKILL");
        await hung.exited;
        const { effect } = await hung.act({ kind: "sigint" });
        assertEquals(effect, { kind: "nothing-to-do", why: "the subject has exited" });
        assertEquals((await hung.judge()).verdict, "crashed");
        return { kind: "continue" };
      },
    });
    assertEquals([judged(run).verdict, judged(run).subjectExit], ["crashed", "SIGKILL"]);
  },
);

runTest("a hung run that shall go on is watched on, and what it does late is its own", async () => {
  let stands = 0;
  const told = joinsWhenTold();
  const run = await runFixture("until-file", {
    ...told,
    request: { deadlineMs: 300 },
    onHang: () => {
      stands++;
      return Promise.resolve({ kind: "continue" });
    },
    onEvent: ({ type }) => type === "resumed" && told.join(),
  });
  const { verdict, clocks } = judged(run);
  assertEquals([stands, verdict], [1, "hung"]);
  const [from, to] = ["teardown-requested", "joined"].map((kind) =>
    run.journal.find((record) => record.kind === kind)?.t ?? NaN
  );
  assertEquals(clocks.nurseryJoinedMs, tenths((to ?? NaN) - (from ?? NaN)));
  assert(clocks.processExitedMs !== null);
});

runTest(
  "a hung run that is watched on is offered again when the operator asks for it",
  async () => {
    const console = new RunConsole();
    const stands: string[] = [];
    const run = await runFixture("hang", {
      console,
      onHang: (hung) => {
        stands.push(hung.because);
        return Promise.resolve<HungDecision>({ kind: stands.length === 1 ? "continue" : "kill" });
      },
      onEvent: ({ type }) => {
        if (type !== "resumed" || stands.length !== 1) return;
        // What is asked before it is watched on is no news: an operator asks again until the run is offered.
        const asking = setInterval(() => {
          if (stands.length === 1) console.attention();
          else clearInterval(asking);
        }, 10);
      },
    });
    assertEquals(stands, ["deadline-passed", "deadline-passed"]);
    assertEquals([judged(run).verdict, processStartTime(run.pid)], ["hung", null]);
  },
);

runTest(
  "what joins by itself before it is acted on is not claimed to have been unwedged",
  async () => {
    const run = await runFixture("leak-timer", {
      onHang: async (hung) => {
        assertEquals(hung.joined, true);
        const { unwedged, clocks } = await hung.act({ kind: "sigint" });
        assertEquals([unwedged, clocks.nurseryJoinedMs], [false, null]);
        return { kind: "end" };
      },
    });
    assertEquals(judged(run).verdict, "leaked");
    assert(judged(run).clocks.nurseryJoinedMs !== null);
  },
);

runTest("runScenario throws what onHang throws, and leaves nothing of the subject", async () => {
  let pid = 0;
  const run = runFixture("hang", {
    onHang: (hung) => {
      pid = hung.pid;
      return Promise.reject(new RangeError("a bug of the menu"));
    },
  });
  await assertRejects(() => run, RangeError, "a bug of the menu");
  assertEquals(processStartTime(pid), null);
});

runTest(
  "a look that is under way when the run goes on is cut short, and leaves nothing behind",
  async () => {
    const looks: Promise<DumpOutcome>[] = [];
    const told = joinsWhenTold();
    const run = await runFixture("until-file", {
      ...told,
      // A look takes eight seconds.
      request: { deadlineMs: 300, samples: 81, sampleGapMs: 100 },
      onHang: (hung) => {
        const look = hung.takeDump();
        looks.push(look);
        // It joins when the look is over, which must not be for it.
        void look.then(() => told.join());
        return Promise.resolve({ kind: "continue" });
      },
    });
    const [look] = await Promise.all(looks);
    assert(look?.kind === "taken", JSON.stringify(look));
    assertLess(look.dump.tookMs, 4_000);
    // A client, or a pause, that was left would have kept the process.
    assertEquals([judged(run).verdict, judged(run).subjectExit], ["hung", "exit code 0"]);
  },
);

runTest("things that are asked for at once are done one after the other", async () => {
  const run = await runFixture("hang", {
    onHang: async (hung) => {
      await Promise.all([
        hung.takeDump(),
        hung.act({ kind: "remedy", remedy: "reap" }),
        hung.takeDump(),
      ]);
      return { kind: "end" };
    },
  });
  const order = run.events.map(({ type }) => type).filter((type) =>
    ["dump-started", "dump-taken", "action-started", "action-done"].includes(type)
  );
  const look = ["dump-started", "dump-taken"];
  assertEquals(order, [...look, ...look, "action-started", "action-done", ...look]);
});
