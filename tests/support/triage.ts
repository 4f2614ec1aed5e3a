/** A screen and tasks as tests of triage want them, and triage played with events. @module */

import { DUMP } from "./attempts.ts";
import type { FakeHung } from "./hung.ts";
import type { HungDecision } from "../../lib/run/hung_run.ts";
import type { DumpedTask } from "../../lib/model/dump.ts";
import { makeStyle } from "../../lib/report/text/style.ts";
import type { Screen } from "../../lib/report/text/screen.ts";
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
