/** A screen, tasks and a hung run as tests of triage want them. @module */

import { DUMP, HUNG } from "./attempts.ts";
import type { HungDecision, HungRun } from "../../lib/run/hung_run.ts";
import type { Action, ActionReport } from "../../lib/model/action.ts";
import type { Attempt } from "../../lib/model/result.ts";
import type { DumpedTask } from "../../lib/model/dump.ts";
import { makeStyle } from "../../lib/report/text/style.ts";
import type { Screen } from "../../lib/cli/terminal/triage/lines.ts";
import {
  triage,
  type TriageConsole,
  type TriageEvent,
} from "../../lib/cli/terminal/triage/session.ts";

/** A screen without colour. */
export function screen(columns = 80, rows = 24): Screen {
  return { style: makeStyle(false), columns, rows, here: "/project" };
}

/** A parked task of root; `change` says what is different. */
export function task(change: Partial<DumpedTask> = {}): DumpedTask {
  const [, pump] = DUMP.tasks;
  if (pump === undefined) throw new Error("the fixture has two tasks");
  return { ...pump, ...change };
}

/** A report of an action that did something and changed nothing. */
export function report(change: Partial<ActionReport> = {}): ActionReport {
  return {
    action: { kind: "remedy", remedy: "channel-abort" },
    atMs: 6_000,
    effect: { kind: "applied", did: ["broke the channel"] },
    tasksLeft: [],
    clocks: {
      nurseryJoinedMs: null,
      threadsGoneMs: null,
      processExitedMs: null,
    },
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
    return Promise.resolve(
      this.dump ?? { kind: "failed", why: "no dump was taken" },
    );
  }

  act(action: Action): Promise<ActionReport> {
    const answered = this.answer(action);
    this.done.push(answered);
    return Promise.resolve(answered);
  }
}

/** What was shown, and what was decided. */
export interface Played {
  readonly shown: string;
  readonly decision: HungDecision;
}

/** Plays events, one each time triage asks for a key, and returns what came of it. */
export async function play(
  hung: FakeHung,
  events: readonly (string | TriageEvent | (() => void | Promise<string>))[],
  at: Screen = screen(),
): Promise<Played> {
  let shown = "";
  const left = [...events];
  const console: TriageConsole = {
    screen: () => at,
    show: (lines) => shown += lines.map((line) => `${line}\n`).join(""),
    prompt: (text) => shown += text,
    during: (_what, work) => work,
    writeReport: () => Promise.resolve("out/report.txt"),
    next: () => {
      const event = left.shift();
      if (typeof event === "string") {
        return Promise.resolve({ kind: "char", char: event });
      }
      if (typeof event === "object") return Promise.resolve(event);
      const pressed = event?.();
      return pressed === undefined
        ? new Promise(() => {})
        : pressed.then((char) => ({ kind: "char", char }));
    },
  };
  return { decision: await triage(hung, console), shown };
}
