import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connectInspector } from "../cdp/inspector.ts";
import { SubjectOutput } from "../subject/subject_output.ts";
import {
  joinsWhenTold,
  runFixture,
  type TestRun,
  type TestRunOptions,
} from "../../tests/support/run.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, timeout: 60_000, fn });

test("runScenario says of a hang that nothing was in the subject's way, when nothing was", async () => {
  const { outcome } = await runFixture("ticking");
  assert(outcome.kind === "judged");
  assertEquals(outcome.attempt.verdict, "hung");
  assertStringIncludes(selfCheckOf(outcome.attempt.evidence), "not unwedge's doing");
});

test("runScenario does not call blocked a subject that prints more than any pipe holds", async () => {
  const { outcome } = await runFixture("flood", { request: { deadlineMs: 30_000 } });
  assert(outcome.kind === "judged");
  assertEquals(outcome.attempt.verdict, "finished");
});

test("runScenario judges no hang of a subject whose stdout is a pipe that is not emptied", async () => {
  let reader: Deno.FsFile | null = null;
  try {
    const run = await runFixture("flood", {
      set: { mib: "1" },
      prepare(runDir) {
        const path = `${runDir}/stdout.log`;
        new Deno.Command("mkfifo", { args: [path] }).outputSync();
        // Open at both ends, so that neither end waits for the other, and never read.
        reader = Deno.openSync(path, { read: true, write: true });
      },
    });
    assertStringIncludes(whyNot(run), "stdout.log, which is full");
  } finally {
    (reader as Deno.FsFile | null)?.close();
  }
});

test("runScenario judges no hang while unwedge itself is connected to the inspector", async () => {
  await using connections = new AsyncDisposableStack();
  const run = await runFixture("ticking", {
    ...whenTornDown(async (wsUrl) => {
      const connection = await connectInspector(wsUrl);
      assert(connection.kind === "ok");
      connections.use(connection.inspector);
    }),
    request: { deadlineMs: 2_000 },
  });
  assertStringIncludes(whyNot(run), "unwedge itself is still connected");
});

test("runScenario judges no hang of a main that another client of the inspector holds", async () => {
  await using clients = new AsyncDisposableStack();
  const run = await runFixture("ticking", {
    ...whenTornDown(async (wsUrl) => void clients.use(await foreignClient(wsUrl, "pause"))),
    request: { deadlineMs: 3_000 },
  });
  assertStringIncludes(whyNot(run), "main is paused by another client");
});

test("runScenario judges a hang beside another client that holds nothing, and names it", async () => {
  await using clients = new AsyncDisposableStack();
  const { outcome } = await runFixture("ticking", {
    ...whenTornDown(async (wsUrl) => void clients.use(await foreignClient(wsUrl, "watch"))),
    request: { deadlineMs: 3_000 },
  });
  assert(outcome.kind === "judged");
  assertStringIncludes(selfCheckOf(outcome.attempt.evidence), "another client of the inspector");
});

test("runScenario judges no hang of a worker that a debugger had left paused", async () => {
  const run = await runFixture("ticking", {
    ...whenTornDown(async (wsUrl) => {
      const connection = await connectInspector(wsUrl);
      assert(connection.kind === "ok");
      const { inspector } = connection;
      const to = { sessionId: "1" };
      const paused = new Promise<void>((resolve) =>
        inspector.on("Debugger.paused", () => resolve())
      );
      await inspector.send("Debugger.enable", {}, to);
      await inspector.send("Debugger.pause", {}, to);
      await paused;
      await inspector.close();
    }),
    request: { deadlineMs: 3_000 },
  });
  assertStringIncludes(whyNot(run), "worker-1 had been left paused");
});

test("runScenario goes by the subject's clock when its own timer fires late", async () => {
  const { outcome } = await runFixture("slow", {
    set: { ms: "100" },
    request: { deadlineMs: 1_500 },
    onEvent({ type }) {
      // Twice the deadline, in which this process, and with it the harness, does nothing.
      if (type === "teardown-requested") block(3_000);
    },
  });
  assert(outcome.kind === "judged");
  assertEquals(outcome.attempt.verdict, "finished");
});

test("runScenario judges no hang of a subject that another process has stopped", async () => {
  let pid = -1;
  const told = joinsWhenTold();
  const run = await runFixture("until-file", {
    ...told,
    onEvent(event) {
      if (event.type === "subject-started") pid = event.pid;
      if (event.type !== "teardown-requested") return;
      Deno.kill(pid, "SIGSTOP");
      // It would join now.
      told.join();
    },
  });
  assertStringIncludes(whyNot(run), "is stopped (SIGSTOP) by another process");
});

test("runScenario judges no hang of a subject that another process stopped for a while", async () => {
  let pid = -1;
  const run = await runFixture("hang", {
    request: { deadlineMs: 2_000 },
    onEvent(event) {
      if (event.type === "subject-started") pid = event.pid;
      if (event.type !== "teardown-requested") return;
      Deno.kill(pid, "SIGSTOP");
      setTimeout(() => Deno.kill(pid, "SIGCONT"), 500);
    },
  });
  assertStringIncludes(
    whyNot(run),
    "another process stopped the subject (SIGSTOP, or its cgroup frozen) for",
  );
});

/**
 * Does something with the inspector's address when teardown has been requested; the deadline must leave time for it.
 */
function whenTornDown(act: (wsUrl: string) => Promise<void>): Partial<TestRunOptions> {
  let dir = "";
  return {
    prepare: (runDir) => void (dir = runDir),
    onEvent({ type }) {
      if (type === "teardown-requested") void act(new SubjectOutput(dir).wsUrl ?? "");
    },
  };
}

/** Another process that is connected to the subject's inspector. */
async function foreignClient(wsUrl: string, what: "watch" | "pause"): Promise<AsyncDisposable> {
  const program = new URL("../../fixtures/programs/inspector_client.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program.href, wsUrl, what],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return {
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself when its subject did.
      }
      await reader.cancel();
      await child.status;
    },
  };
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function whyNot({ outcome }: TestRun): string {
  return outcome.kind === "cannot-judge" ? outcome.message : `judged, or ${outcome.kind}`;
}

function selfCheckOf(evidence: readonly { readonly kind: string; readonly detail: string }[]) {
  return evidence.filter(({ kind }) => kind === "self-check").map(({ detail }) => detail).join();
}
