import { assert, assertEquals, assertMatch } from "@std/assert";
import { readResult } from "../../report/read_result.ts";
import type { Dump } from "../../model/dump.ts";
import { stuckAwaits } from "../../report/text/stuck_awaits.ts";
import type { Attempt } from "../../model/result.ts";
import {
  installed,
  isAlive,
  testInDirectory,
  unwedge,
  unwedgeCommand,
} from "../../../tests/support/unwedge.ts";

const FIXTURES = decodeURIComponent(
  new URL("../../../fixtures/programs/watched/", import.meta.url).pathname,
);
const deno = (fixture: string, ...args: string[]) => [
  ...["deno", "run", "-A", "--no-config", `${FIXTURES}${fixture}`],
  ...args,
];

/** Runs a command under `watch` and reads what was recorded, which is in `dir`. Most of it is waiting: two go at once. */
async function watched(
  cwd: string,
  flags: readonly string[],
  command: readonly string[],
  dir = "run",
) {
  const called = await unwedge(["watch", "-o", dir, ...flags, "--", ...command], { cwd });
  const { scenarios } = readResult(`${cwd}/${dir}`);
  const attempt = scenarios[0]?.attempts[0];
  assert(attempt !== undefined, called.stderr);
  return { ...called, attempt };
}

type Request = readonly [flags: readonly string[], command: readonly string[]];

/** Two of them. */
function both(cwd: string, one: Request, other: Request) {
  return Promise.all([watched(cwd, ...one, "one"), watched(cwd, ...other, "other")]);
}

function dumpOf({ dump }: Attempt): Dump {
  assert(dump !== null);
  return dump;
}

/** The class, and where code of the program runs. */
function stuckAt(attempt: Attempt): readonly (string | number | null | undefined)[] {
  const frames = dumpOf(attempt).isolates.flatMap(({ samples }) => samples.at(-1)?.frames ?? []);
  const own = frames.find(({ internal }) => !internal);
  return [attempt.class, own?.fn, own?.line];
}

/** Of the function that the timer of `keeps_timer.mjs` calls, as it may be shown. */
const NAME = "flush\ufffd[2J Metrics";

const SOON = ["--deadline", "1s"];

testInDirectory("watch ends as the command does, and says nothing of it", async (cwd) => {
  const script = 'read line; echo "out $line"; echo err >&2; exit 7';
  const command = unwedgeCommand(["watch", ...SOON, "--", "sh", "-c", script], { cwd });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout), text.decode(stderr)], [7, "out \n", "err\n"]);
  const killed = await unwedge(["watch", "--", "sh", "-c", "kill -9 $$"], { cwd });
  assertEquals([killed.code, killed.stderr], [137, ""]);
});

testInDirectory("watch says what cannot be started as a shell does", async (cwd) => {
  const codes = [];
  for (const words of [["--", "no-such-program"], ["--", FIXTURES], ["deno"], []]) {
    codes.push((await unwedge(["watch", ...words], { cwd })).code);
  }
  assertEquals(codes, [127, 126, 2, 2]);
});

testInDirectory(
  "watch names the line at which main spins, and leaves nothing behind",
  async (cwd) => {
    const { code, attempt, stderr } = await watched(cwd, SOON, deno("spins.ts"));
    assertEquals(code, 124);
    assertEquals(stuckAt(attempt), ["loop-starved", "computeForEver", 5]);
    assertEquals([attempt.verdict, attempt.phase, attempt.watched?.because], [
      "hung",
      "body",
      "deadline",
    ]);
    assert(stderr.trim().split("\n").length <= 45, stderr);
    assertEquals(isAlive(dumpOf(attempt).pid ?? 0), false);
    for (const { name, isFile } of Deno.readDirSync(`${cwd}/run`)) {
      const path = `${cwd}/run/${name}`;
      assert(isFile, name);
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600, name);
      assertEquals(Deno.readTextFileSync(path).includes("ws://"), false, name);
    }
    assertEquals((Deno.statSync(`${cwd}/run`).mode ?? 0) & 0o777, 0o700);
    const again = await unwedge(["report", "run", "-q"], { cwd });
    assert(stderr.split("\n").includes(again.stdout.trim()), again.stdout);
  },
);

testInDirectory("watch tells a worker that spins from one that sleeps in a lock", async (cwd) => {
  const [spins, sleeps] = await both(
    cwd,
    [SOON, deno("worker_at_work.ts", "spin")],
    [SOON, deno("worker_at_work.ts", "sleep")],
  );
  assertEquals(stuckAt(spins.attempt).slice(0, 2), ["stuck-child", "spin"]);
  assertEquals(stuckAt(sleeps.attempt)[0], "unknown");
});

testInDirectory("watch finds the child that waits for its parent to read", async (cwd) => {
  const [{ attempt }, twin] = await both(
    cwd,
    [SOON, deno("full_pipe.ts")],
    [["--deadline", "20s"], deno("full_pipe.ts", "read")],
  );
  const { pid, processes = [] } = dumpOf(attempt);
  assertEquals([attempt.class, attempt.owner], ["waits-outside", "program"]);
  assertEquals(stuckAwaits(dumpOf(attempt)).map(({ name, at }) => [name, at.line]), [
    ["(module)", 9],
  ]);
  const blocked = processes.find(({ descriptor }) => descriptor !== null);
  assertEquals([blocked?.wchan, blocked?.descriptor?.fd], ["anon_pipe_write", 1]);
  assertEquals(blocked?.farPid, pid);
  assertEquals(processes.find((each) => each.pid === pid)?.runtime, "deno");
  assertEquals([twin.code, twin.attempt.verdict], [0, "finished"]);
});

testInDirectory("watch proves a wait whose resolve is lost, and no other", async (cwd) => {
  const test = ["deno", "test", "-A", "--no-config", "--no-check"];
  const [lost, kept] = await both(
    cwd,
    [["--deadline", "60s"], [...test, `${FIXTURES}lost_connection.mjs`, "--", "lost", "test"]],
    [[...SOON, "--sites"], deno("lost_connection.mjs", "kept")],
  );
  assertMatch(lost.stderr, /^HUNG .* the test "answers" had not ended/m);
  assertEquals([lost.code, lost.attempt.watched?.because], [124, "proof"]);
  const [stuck] = stuckAwaits(dumpOf(lost.attempt));
  assertEquals([lost.attempt.class, lost.attempt.path?.steps.at(-1)?.at?.line], [
    "never-settled",
    23,
  ]);
  assertEquals([stuck?.name, stuck?.at.line, stuck?.proven], ["query", 23, true]);
  assertEquals(stuck?.settlers.map(({ path }) => path), ["pool (Pool).#waiters[0]"]);
  assertEquals(kept.attempt.watched?.because, "deadline");
  const stuckStill = stuckAwaits(dumpOf(kept.attempt)).map(({ name, proven }) => [name, proven]);
  assertEquals(kept.attempt.class, "unknown");
  assertEquals(stuckStill, [["query", false]]);
  const [{ tree: [module] } = { tree: [] }] = dumpOf(kept.attempt).awaits ?? [];
  const leaf = module?.awaits[0]?.awaits[0]?.awaits[0]?.awaits[0];
  assertEquals([leaf?.kind, leaf?.position?.line], ["promise", 13]);
});

Deno.test({
  name: "watch proves a wait in a worker of Node's whose resolve a timer sees and does not use",
  ignore: !installed("node"),
  fn: async () => {
    const cwd = Deno.makeTempDirSync({ prefix: "unwedge test " });
    try {
      const command = ["node", `${FIXTURES}lost_connection.mjs`, "module", "worker"];
      const { attempt } = await watched(cwd, ["--deadline", "2s"], command);
      const [stuck] = stuckAwaits(dumpOf(attempt));
      assertEquals([stuck?.isolate, stuck?.name, stuck?.proven], ["worker-1", "query", true]);
      const inWorker = dumpOf(attempt).awaits?.find(({ isolate }) => isolate === "worker-1");
      const leaf = inWorker?.tree[0]?.awaits[0]?.awaits[0]?.awaits[0]?.awaits[0];
      assertEquals(leaf?.heldBy?.map(({ name }) => name), ["query", "serve"]);
    } finally {
      Deno.removeSync(cwd, { recursive: true });
    }
  },
});

testInDirectory(
  "watch tells an answer of an ended worker from one that no signal stops",
  async (cwd) => {
    const [orphan, deaf] = (await both(
      cwd,
      [SOON, deno("unanswered.ts", "worker")],
      [SOON, deno("unanswered.ts", "signal")],
    )).map(({ attempt }) => [attempt.class, attempt.owner, attempt.path?.steps.at(-1)?.at?.line]);
    assertEquals(orphan, ["orphaned-channel", "program", 9]);
    assertEquals(deaf, ["cancel-ignored", "program", 13]);
  },
);

testInDirectory("watch says wait-cycle of locks that are waited for in a circle", async (cwd) => {
  const told = async (kind: string) => {
    const { attempt } = await watched(cwd, SOON, deno("crossed_locks.mjs", kind));
    const lines = attempt.path?.steps.map(({ actor, at }) => [actor, at?.line]);
    return [attempt.class, attempt.path?.kind, ...lines ?? []];
  };
  assertEquals(await told("memory"), [
    ...["wait-cycle", "cycle"],
    ...[["main", 36], ["worker-1", 5], ["worker-2", 5]],
  ]);
  assertEquals(await told("web"), [
    ...["wait-cycle", "cycle"],
    ...[["main", 33], ["main", 27], ["main", 28]],
  ]);
});

testInDirectory(
  "watch looks into Deno without permissions, on no terminal and in no file",
  async (cwd) => {
    const command = ["deno", "run", "--no-prompt", "--no-config", `${FIXTURES}keeps_timer.mjs`];
    const { attempt, stdout, stderr } = await watched(cwd, SOON, command);
    const [timer] = dumpOf(attempt).handles ?? [];
    assertEquals([attempt.class, timer?.kind === "timer" && timer.fn], ["exit-leak", NAME]);
    assertEquals([stdout, ["ws://", "\u001b"].some((text) => stderr.includes(text))], ["", false]);
  },
);

Deno.test({
  name:
    "watch looks into Node below a shell, keeps the user's NODE_OPTIONS and adds no other variable",
  ignore: !installed("node"),
  fn: async () => {
    const cwd = Deno.makeTempDirSync({ prefix: "unwedge test " });
    try {
      const env = { NODE_OPTIONS: "--title=mine" };
      const plain = await new Deno.Command("env", { env, cwd, clearEnv: false }).output();
      const script = `env; node ${FIXTURES}keeps_timer.mjs; true`;
      const flags = ["-o", "run", "--deadline", "1500ms"];
      const { stdout } = await unwedge(["watch", ...flags, "--", "sh", "-c", script], { cwd, env });
      const names = (text: string) =>
        new Set([...text.matchAll(/^(\w+)=/gm)].map(([, name]) => name));
      const before = names(new TextDecoder().decode(plain.stdout));
      const added = [...names(stdout)].filter((name) => !before.has(name));
      assertEquals(
        added.filter((name) =>
          !/^(PWD|OLDPWD|SHLVL|_|UNWEDGE_\w+|CI|NO_COLOR|FORCE_COLOR|GITHUB_\w+)$/.test(name ?? "")
        ),
        [],
      );
      assertMatch(stdout, /^NODE_OPTIONS=.* --title=mine$/m);
      const attempt = readResult(`${cwd}/run`).scenarios[0]?.attempts[0];
      assert(attempt !== undefined);
      const { pid, processes = [], handles = [] } = dumpOf(attempt);
      assertEquals(processes.find((each) => each.pid === pid)?.runtime, "node");
      assertEquals(handles.map((each) => each.kind === "timer" ? each.fn : each.kind), [
        NAME,
      ]);
      assertEquals(processes.map((each) => isAlive(each.pid)), processes.map(() => false));
    } finally {
      Deno.removeSync(cwd, { recursive: true });
    }
  },
});

testInDirectory(
  "watch --stop-after tells a service that stops from one that does not",
  async (cwd) => {
    const flags = ["--stop-after", "500ms", "--stop-deadline", "1s", "--grace", "0ms"];
    const [good, deaf] = await both(
      cwd,
      [flags, deno("service.ts")],
      [flags, deno("service.ts", "deaf")],
    );
    assertEquals([good.code, good.attempt.verdict], [0, "finished"]);
    const { processExitedMs } = good.attempt.clocks;
    assert(processExitedMs !== null && processExitedMs < 1_000);
    const { verdict, phase, watched: seen, evidence } = deaf.attempt;
    assertMatch(
      evidence.find(({ kind }) => kind === "signal")?.detail ?? "",
      /handler for SIGTERM/,
    );
    assertMatch(deaf.stderr, /^ {2}main awaited nothing any more; no worker was left /m);
    assertEquals([deaf.code, verdict, phase, seen?.because, seen?.asked?.endedMs], [
      ...[124, "hung", "teardown", "stop", null],
    ]);
  },
);

testInDirectory("watch --idle tells what only wakes up from what does little", async (cwd) => {
  const [still, ticks] = await both(
    cwd,
    [["--idle", "600ms"], deno("keeps_timer.mjs", "100")],
    [["--idle", "600ms"], deno("ticks.ts")],
  );
  assertEquals([still.code, still.attempt.watched?.because], [124, "idle"]);
  assertEquals([ticks.code, ticks.attempt.verdict], [0, "finished"]);
});

testInDirectory("watch passes Ctrl-C on after it has looked inside, and tells", async (cwd) => {
  const words = ["watch", "-o", "run", "--junit", "junit.xml", "--", ...deno("says_goodbye.ts")];
  const child = unwedgeCommand(words, { cwd }).spawn();
  // Read to its end: a run whose reader goes away ends.
  const stderr = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "ready\n");
  child.kill("SIGINT");
  assertEquals((await reader.read()).value, "goodbye\n");
  while (!(await reader.read()).done);
  const [{ code }] = await Promise.all([child.status, stderr]);
  assertEquals(code, 130);
  const { run, scenarios } = readResult(`${cwd}/run`);
  const attempt = scenarios[0]?.attempts[0];
  assert(attempt !== undefined);
  assertEquals([run.interruptedBy, attempt.verdict, attempt.watched?.asked?.signal], [
    ...["SIGINT", "interrupted", "SIGINT"],
  ]);
  // An orderly stop gives the look inside two seconds, which on a busy machine may not do for all of it.
  const { isolates, handles = [null] } = dumpOf(attempt);
  assertEquals([isolates.length, handles.length], [1, 1]);
  assertMatch(Deno.readTextFileSync(`${cwd}/junit.xml`), /skipped="1"/);
});
