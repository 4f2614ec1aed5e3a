/**
 * Every remedy by hand, on the very hangs that it is declared to cure, and on hangs that are none of its business. Each
 * test is a real subject that hangs and is acted on.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { processStartTime } from "../os/proc.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { Attempt } from "../model/result.ts";
import type { Dump } from "../model/dump.ts";
import type { HungRun } from "./hung_run.ts";
import { judged, runReal, type TestRun, type TestRunOptions } from "../../tests/support/run.ts";

const TIMEOUT = { timeout: 90_000 };
const SIGINT: Action = { kind: "sigint" };
/** Longer than anything here takes that does something, in milliseconds. */
const BOUND_MS = 20_000;

function remedy(name: string): Action {
  return { kind: "remedy", remedy: name };
}

interface Acted {
  readonly run: TestRun;
  readonly reports: readonly ActionReport[];
}

/** Runs a scenario to its hang and does some things to it. */
async function actOn(
  name: string,
  actions: readonly Action[] | ((hung: HungRun) => Promise<ActionReport[]>),
  options: TestRunOptions = {},
): Promise<Acted> {
  let reports: ActionReport[] | null = null;
  const run = await runReal(name, {
    ...options,
    onHang: async (hung) => {
      if (typeof actions === "function") reports = await actions(hung);
      else {
        reports = [];
        for (const action of actions) reports.push(await hung.act(action));
      }
      return { kind: "end" };
    },
  });
  assert(reports !== null, `${name} never stood: ${JSON.stringify(run.outcome)}`);
  assertEquals(judged(run).actions, reports);
  for (const { clocks, watchedMs } of reports as readonly ActionReport[]) {
    // Who says "still there" of one clock says it of a moment after those that stopped.
    for (const ms of Object.values(clocks)) assert((ms ?? 0) <= watchedMs, JSON.stringify(clocks));
  }
  return { run, reports };
}

function only({ reports }: Acted): ActionReport {
  const [report] = reports;
  assert(report !== undefined && reports.length === 1);
  return report;
}

/** Scenarios that come free by one remedy alone, and whether the process goes too. */
const CURES: readonly (readonly [scenario: string, remedy: string, goes: boolean])[] = [
  ["non-checkpointing", "channel-abort", false],
  ["silent-channel", "channel-abort", true],
  ["backpressure", "channel-abort", true],
  ["shielded-cleanup", "channel-abort", true],
  ["native-child", "channel-abort", false],
  ["quiet-death", "death-watch", true],
  ["boot-death", "boot-race", true],
  ["shielded-join", "bounded-join", true],
  ["cancel-cascade", "cancel-peer-tasks", true],
  ["sync-sleep-grandchild", "reap", true],
  ["sigint-starved", "reap", true],
  ["sigint-starved", "sentinel", true],
  ["microtask-storm", "sentinel", true],
];

for (const [scenario, name, goes] of CURES) {
  Deno.test(`act(${name}) unwedges ${scenario}, by hand`, TIMEOUT, async () => {
    const acted = await actOn(scenario, [remedy(name)]);
    const report = only(acted);
    assertEquals([report.effect.kind, report.unwedged], ["applied", true], JSON.stringify(report));
    const { nurseryJoinedMs, processExitedMs } = report.clocks;
    assert(nurseryJoinedMs !== null && nurseryJoinedMs >= 0);
    assertEquals(processExitedMs !== null, goes);
    assert(report.tasksLeft.some((task) => task.startsWith("root#")), report.tasksLeft.join());
    const byHand = acted.run.journal.filter((event) =>
      event.kind === "remedy" && event.by === "operator"
    );
    const kinds = byHand.map((event) => event.kind === "remedy" ? event.remedy : "");
    // A thread that is ended from outside writes nothing any more; what it held is freed by the others, if anything.
    if (name !== "reap" && scenario !== "sigint-starved") assertEquals(kinds.includes(name), true);
    // What it did with help does not count as its own.
    const attempt = judged(acted.run);
    assertEquals([attempt.verdict, attempt.clocks.nurseryJoinedMs], ["hung", null]);
    assertEquals(attempt.clocks.processExitedMs, null);
  });
}

Deno.test(
  "act(reap) ends the thread of an abandoned child, and with it the process of a leak",
  TIMEOUT,
  async () => {
    const acted = await actOn("exit-leak", [remedy("reap")]);
    const report = only(acted);
    assert(report.clocks.threadsGoneMs !== null && report.clocks.processExitedMs !== null);
    // It had joined by itself.
    assertEquals([report.unwedged, report.clocks.nurseryJoinedMs], [false, null]);
    const attempt = judged(acted.run);
    assertEquals([attempt.verdict, attempt.class], ["leaked", "exit-leak"]);
    assert(attempt.clocks.nurseryJoinedMs !== null);
    assertEquals(attempt.clocks.processExitedMs, null);
  },
);

Deno.test(
  "act() one after the other: what frees the nursery and what frees the process",
  TIMEOUT,
  async () => {
    const { reports } = await actOn("spinning-child", [remedy("channel-abort"), remedy("reap")]);
    const [first, second] = reports;
    assertEquals([first?.unwedged, first?.clocks.processExitedMs], [true, null]);
    assertEquals(second?.unwedged, false);
    assert(second?.clocks.threadsGoneMs !== null && second?.clocks.processExitedMs !== null);
  },
);

Deno.test(
  "act(sigint) unwedges what it is declared to, and does not what it is not",
  TIMEOUT,
  async () => {
    const helped = only(await actOn("quiet-death", [SIGINT]));
    assertEquals(helped.unwedged, true);
    assertMatch(JSON.stringify(helped.effect), /acted on it after/);
    const acted = await actOn(
      "shielded-join",
      (hung) => Promise.all([hung.act(SIGINT, BOUND_MS)]),
    );
    const vain = only(acted);
    assertEquals([vain.effect.kind, vain.unwedged], ["applied", false]);
    // It is proven anew that nothing will come of it: the bound was not waited out.
    assertLess(vain.watchedMs, 0.75 * BOUND_MS);
    const { sigint, leftovers } = judged(acted.run);
    assertEquals(sigint?.unwedged, false);
    // Nothing else has to keep it.
    assertMatch(leftovers.join(), /no worker thread is left; its nursery has not joined$/);
  },
);

Deno.test("act(sigint) says of a starved main that it was not acted on", TIMEOUT, async () => {
  const acted = await actOn(
    "sigint-starved",
    async (hung) => [await hung.act(SIGINT, 300), await hung.act(remedy("reap"))],
  );
  const [report, reaped] = acted.reports;
  assert(report !== undefined);
  assertMatch(JSON.stringify(report.effect), /did not act on it/);
  const { sigint, evidence } = judged(acted.run);
  assertEquals([report.unwedged, sigint?.actedMs], [false, null]);
  assert(report.watchedMs >= 290, `${report.watchedMs}`);
  // It went for the remedy: its exit is no evidence of what Ctrl-C does.
  assert(reaped?.clocks.processExitedMs !== null);
  assertEquals(evidence.filter(({ detail }) => detail.includes("exited")), []);
});

/** Remedies and hangs that have nothing to do with each other. */
const OFF_TARGET: readonly (readonly [scenario: string, remedies: readonly string[]])[] = [
  ["rpc-cycle", [
    "channel-abort",
    "cancel-peer-tasks",
    "bounded-join",
    "boot-race",
    "death-watch",
    "reap",
    "sentinel",
  ]],
  ["quiet-death", ["channel-abort", "cancel-peer-tasks", "boot-race", "reap", "sentinel"]],
  ["boot-death", ["channel-abort", "cancel-peer-tasks", "bounded-join", "reap", "sentinel"]],
  ["microtask-storm", ["channel-abort", "cancel-peer-tasks", "boot-race", "reap"]],
];

for (const [scenario, remedies] of OFF_TARGET) {
  Deno.test(
    `act(${remedies.join("|")}) finds nothing to do in ${scenario} and changes nothing`,
    TIMEOUT,
    async () => {
      const dumps: (Dump | null)[] = [];
      const acted = await actOn(scenario, async (hung) => {
        dumps.push(dumpOf(hung));
        const reports = [];
        for (const name of remedies) reports.push(await hung.act(remedy(name)));
        await hung.takeDump();
        dumps.push(dumpOf(hung));
        return reports;
      });
      for (const { effect, unwedged, tasksLeft, watchedMs } of acted.reports) {
        assertEquals([effect.kind, unwedged, tasksLeft, watchedMs], [
          "nothing-to-do",
          false,
          [],
          0,
        ]);
      }
      const [before = null, after = null] = dumps;
      assertEquals(essence(after), essence(before));
      assertEquals(acted.run.journal.filter(({ kind }) => kind === "remedy"), []);
      // Nothing was done, so what it does from then on is still its own.
      assertEquals(judged(acted.run).verdict, "hung");
    },
  );
}

function dumpOf({ dump }: HungRun): Dump | null {
  return dump?.kind === "taken" ? dump.dump : null;
}

/** A dump without what time alone changes. */
function essence(dump: Dump | null): unknown {
  if (dump === null) return null;
  const tasks = dump.tasks.map(({ id, name, state, parkedOn, shielded, cancelled }) => ({
    id,
    name,
    // A main that storms is met in the middle of anything.
    wait: state === "parked" ? [parkedOn?.kind, parkedOn?.resource, parkedOn?.peerState] : state,
    shielded,
    cancelled: cancelled?.source ?? null,
  }));
  const channels = dump.channels.map(({ id, state, peerState }) => ({ id, state, peerState }));
  return { tasks, channels, isolates: dump.isolates.map(({ id }) => id) };
}

Deno.test(
  "act() says so of a thread that no inspector reaches, and of remedies that there are not",
  TIMEOUT,
  async () => {
    const { reports } = await actOn("native-child", [
      remedy("reap"),
      remedy("wishful-thinking"),
      { kind: "reap", actor: "root" },
      { kind: "reap", actor: "root/nobody" },
    ]);
    const [native, unknown, main, nobody] = reports;
    assertEquals(native?.effect.kind, "failed");
    assertStringIncludes(JSON.stringify(native?.effect), "did not answer (native code");
    assertEquals(unknown?.effect, {
      kind: "nothing-to-do",
      why: 'there is no remedy "wishful-thinking"',
    });
    assertEquals(main?.effect, { kind: "failed", why: "root does not live in a worker" });
    assertStringIncludes(
      JSON.stringify(nobody?.effect),
      "no isolate answers in the name of root/nobody",
    );
    assertEquals(reports.map(({ unwedged }) => unwedged), [false, false, false, false]);
  },
);

Deno.test("act(cancel-task) frees one task and leaves its siblings alone", TIMEOUT, async () => {
  const acted = await actOn("rpc-cycle", async (hung) => {
    const task = dumpOf(hung)?.tasks.find(({ name }) => name === "balance");
    assert(
      task !== undefined,
      JSON.stringify(dumpOf(hung)?.tasks.map(({ id, name }) => [id, name])),
    );
    const number = Number(task.id.slice(task.id.indexOf("#") + 1));
    return [await hung.act({ kind: "cancel-task", actor: task.actor, task: number })];
  });
  const report = only(acted);
  assertEquals(report.effect.kind, "applied");
  assert(report.tasksLeft.some((task) => task.endsWith(" balance")), report.tasksLeft.join());
});

Deno.test("act(cancel-task) reaches a task in another actor", TIMEOUT, async () => {
  const acted = await actOn("rpc-cycle", async (hung) => {
    const task = dumpOf(hung)?.tasks.find(({ actor, name }) =>
      actor === "root/auditor" && name === "audit"
    );
    assert(task !== undefined);
    const number = Number(task.id.slice(task.id.indexOf("#") + 1));
    return [await hung.act({ kind: "cancel-task", actor: task.actor, task: number })];
  });
  const { effect, tasksLeft } = only(acted);
  assertEquals(effect.kind, "applied");
  assert(tasksLeft.some((task) => task.startsWith("root/auditor#")), tasksLeft.join());
});

Deno.test("act(cancel-root) ends the whole tree", TIMEOUT, async () => {
  const report = only(await actOn("rpc-cycle", [{ kind: "cancel-root" }]));
  assertEquals([report.effect.kind, report.unwedged], ["applied", true]);
  assert(report.clocks.processExitedMs !== null);
});

Deno.test("act(abort-channel) breaks the one end that is named", TIMEOUT, async () => {
  const acted = await actOn("non-checkpointing", async (hung) => {
    const channel = dumpOf(hung)?.channels.find(({ actor }) => actor === "root");
    assert(channel !== undefined);
    const missing = await hung.act({ kind: "abort-channel", actor: "root", channel: "no<->such" });
    assertEquals(missing.effect.kind, "nothing-to-do");
    return [missing, await hung.act({ kind: "abort-channel", actor: "root", channel: channel.id })];
  });
  assertEquals(acted.reports.map(({ unwedged }) => unwedged), [false, true]);
});

Deno.test("act() reaches the supervisor that hangs, wherever it lives", TIMEOUT, async () => {
  const scenarioUrl = new URL("../../fixtures/programs/mid_level_hang.ts", import.meta.url).href;
  const request = { scenarioUrl, deadlineMs: 4_000, softKillMs: 300, hardKillMs: 300 };
  const acted = await actOn("mid-level-hang", [remedy("channel-abort")], { request });
  const { effect, unwedged, tasksLeft } = only(acted);
  assertEquals(effect, {
    kind: "applied",
    did: ["root/manager: broke the channel to root/manager/stuck"],
  });
  assertEquals(unwedged, true);
  assert(tasksLeft.some((task) => task.startsWith("root/manager#")), tasksLeft.join());
  const byHand = acted.run.journal.find(({ kind }) => kind === "remedy");
  assertEquals(byHand?.actor, "root/manager");
});

Deno.test(
  "act() does not change what is judged of the hang: class, evidence, proof",
  TIMEOUT,
  async () => {
    let before: Attempt | null = null;
    const { run, reports } = await actOn("non-checkpointing", async (hung) => {
      before = await hung.judge();
      const reaped = await hung.act({ kind: "reap", actor: "root/stuck" });
      return [reaped, await hung.act(remedy("death-watch"))];
    });
    const [reaped, heard] = reports;
    assertEquals([reaped?.effect.kind, reaped?.unwedged], ["applied", false]);
    assert(reaped?.clocks.threadsGoneMs !== null);
    assertEquals([heard?.effect.kind, heard?.unwedged], ["applied", true]);
    assert(heard?.clocks.processExitedMs !== null);
    const judgement = (attempt: Attempt | null) =>
      attempt && [attempt.verdict, attempt.class, attempt.evidence, attempt.proof, attempt.clocks];
    assertEquals(judgement(judged(run)), judgement(before));
  },
);

Deno.test(
  "act() says so when the subject has gone before it, or goes while it is acted on",
  TIMEOUT,
  async () => {
    const before = await actOn("quiet-death", async (hung) => {
      Deno.kill(hung.pid, "SIGKILL");
      await hung.exited;
      return [await hung.act(remedy("death-watch"))];
    });
    assertEquals(only(before).effect, { kind: "nothing-to-do", why: "the subject has exited" });
    assertEquals(judged(before.run).verdict, "crashed");

    const during = await actOn("sigint-starved", async (hung) => {
      const acting = hung.act(SIGINT, 20_000);
      Deno.kill(hung.pid, "SIGKILL");
      return [await acting];
    });
    const { unwedged, watchedMs } = only(during);
    assertEquals([unwedged, watchedMs < 10_000], [false, true]);
    assertEquals(processStartTime(during.run.pid), null);
  },
);

Deno.test("act() takes no credit for a subject that was only slow", TIMEOUT, async () => {
  const request = { deadlineMs: 500, graceMs: 15_000, set: { step: "300ms" } };
  const { reports, run } = await actOn("slow-but-alive", [SIGINT], { request });
  const [report] = reports;
  assert(report !== undefined && report.clocks.nurseryJoinedMs !== null, JSON.stringify(report));
  assertEquals(report.unwedged, false);
  assertMatch(report.unsure ?? "", /^work of root\/tidy was (in a sleep|at work)/);
  assertEquals(judged(run).sigint?.unwedged, false);
  assertEquals(judged(run).sigint?.unsure, report.unsure);
});
