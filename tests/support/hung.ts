/**
 * Hung runs without a subject, for tests: what each action does to one is a table, or what the test says.
 *
 * @module
 */

import type { HungRun } from "../../lib/run/hung_run.ts";
import { attemptOf, DUMP, HUNG } from "./attempts.ts";
import { type Got, trial } from "./trials.ts";
import { NO_CLOCKS, SEED_DUMP, task } from "./facts.ts";
import type { Action, ActionReport } from "../../lib/model/action.ts";
import type { Attempt } from "../../lib/model/result.ts";
import type { Dump, DumpedTask } from "../../lib/model/dump.ts";
import { keyOf } from "../../lib/diagnose/cause/actions.ts";

/** A report of an action that did something and changed nothing. */
export function report(change: Partial<ActionReport> = {}): ActionReport {
  return {
    action: { kind: "remedy", remedy: "channel-abort" },
    atMs: 6_000,
    effect: { kind: "applied", did: ["broke the channel"] },
    tasksLeft: [],
    clocks: NO_CLOCKS,
    unwedged: false,
    watchedMs: 2_000,
    ...change,
  };
}

/** A hung run without a subject: it answers every action with `answer`. */
export class FakeHung implements HungRun {
  because: HungRun["because"] = "deadline-passed";
  readonly name = "non-checkpointing";
  readonly pid = 7;
  readonly isCommand = false;
  readonly inspectorUrl: string | null = "ws://127.0.0.1:1/id";
  dump: HungRun["dump"] = { kind: "taken", dump: DUMP };
  readonly done: ActionReport[] = [];
  readonly stop = new AbortController();
  readonly exit = Promise.withResolvers<void>();
  joined = false;
  judged: Attempt = HUNG;
  answer: (action: Action) => ActionReport = (action) => report({ action });

  get actions(): readonly ActionReport[] {
    return this.done;
  }

  get over(): AbortSignal {
    return this.stop.signal;
  }

  get exited(): Promise<void> {
    return this.exit.promise;
  }

  judge(): Promise<Attempt> {
    return Promise.resolve(this.judged);
  }

  /** How many dumps were asked for. */
  looks = 0;

  takeDump(): Promise<NonNullable<HungRun["dump"]>> {
    this.looks++;
    return Promise.resolve(this.dump ?? { kind: "failed", why: "no dump was taken" });
  }

  act(action: Action): Promise<ActionReport> {
    const answered = this.answer(action);
    this.done.push(answered);
    return Promise.resolve(answered);
  }
}

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
  const tasks = [TOP, task({ id: "root#2", name: "main", parent: "root#1", ...main })];
  return { ...SEED_DUMP, tasks, ...change };
}

/** A hung run in which actions have these effects. */
export function hungWith(effects: Effects, dump: Dump | null = dumpOf(), joined = false): FakeHung {
  const hung = new FakeHung();
  hung.dump = dump === null ? { kind: "failed", why: "no inspector" } : { kind: "taken", dump };
  hung.joined = joined;
  hung.judged = attemptOf(dump, { sigint: null, class: "unknown" });
  hung.answer = (action) => {
    const key = keyOf(action);
    const { outcome } = trial(key, effects[key] ?? "nothing-to-do");
    const clocks = outcome.kind === "applied" ? outcome.clocks : NO_CLOCKS;
    return report({
      action,
      effect: outcome.kind === "applied"
        ? { kind: "applied", did: [`did ${key}`] }
        : { kind: "nothing-to-do", why: "as the test says" },
      clocks,
      unwedged: clocks.nurseryJoinedMs !== null,
    });
  };
  return hung;
}
