/**
 * A hang that stands still for tests: what each action does to it is a table.
 *
 * @module
 */

import type { HungRun } from "../../lib/run/hung_run.ts";
import { attemptOf } from "./attempt.ts";
import { type Got, trial } from "./trials.ts";
import { IDLE_MAIN, isolate, orphaned, task } from "./facts.ts";
import type { Action, ActionReport } from "../../lib/model/action.ts";
import type { Dump, DumpedTask } from "../../lib/model/dump.ts";
import { keyOf } from "../../lib/diagnose/cause/actions.ts";

/** What actions do, by remedy or kind; what is not named finds nothing to do. */
export type Effects = Readonly<Record<string, Got>>;

const TOP = task({
  id: "root#1",
  name: "root",
  parent: null,
  parkedOn: { kind: "join", resource: 'nursery "program"', peer: null, peerState: null },
});

/** The seed's dump: a task parked on the channel of an abandoned child that blocks. */
export function dumpOf(main: Partial<DumpedTask> = {}, change: Partial<Dump> = {}): Dump {
  const { dump } = orphaned();
  if (dump === null) throw new Error("the fixture has a dump");
  const tasks = [TOP, task({ id: "root#2", name: "main", parent: "root#1", ...main })];
  return { ...dump, isolates: [IDLE_MAIN, isolate()], tasks, ...change };
}

/** A run that stands, and what was done to it, in order. */
export interface FakeHung {
  readonly hung: HungRun;
  readonly done: readonly Action[];
}

/** Makes one. */
export function fakeHung(effects: Effects, dump: Dump | null = dumpOf(), joined = false): FakeHung {
  const done: Action[] = [];
  const hung: HungRun = {
    because: "deadline-passed",
    name: "seed",
    pid: 1,
    inspectorUrl: null,
    dump: dump === null ? { kind: "failed", why: "no inspector" } : { kind: "taken", dump },
    actions: [],
    over: new AbortController().signal,
    exited: new Promise(() => {}),
    joined,
    judge: () => Promise.resolve(attemptOf(dump, { sigint: null, class: "unknown" })),
    takeDump: () => Promise.resolve({ kind: "failed", why: "not in this test" }),
    act(action) {
      done.push(action);
      return Promise.resolve(reportOf(action, effects));
    },
  };
  return { hung, done };
}

function reportOf(action: Action, effects: Effects): ActionReport {
  const key = keyOf(action);
  const { outcome } = trial(key, effects[key] ?? "nothing-to-do");
  const nothing = { kind: "nothing-to-do", why: "as the test says" } as const;
  const clocks = outcome.kind === "applied"
    ? outcome.clocks
    : { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null };
  return {
    action,
    atMs: 4_000,
    effect: outcome.kind === "applied" ? { kind: "applied", did: [`did ${key}`] } : nothing,
    tasksLeft: [],
    clocks,
    unwedged: clocks.nurseryJoinedMs !== null,
    watchedMs: 10,
  };
}
