/**
 * What an action did, what changed, and after how long, in lines for the terminal. When it unwedged the subject that is
 * the last thing said, plainly. What was done and what came of it is broken into lines, never cut: the key was pressed
 * for it.
 *
 * @module
 */

import type { ActionReport, Clocks } from "../../../model/action.ts";
import { time } from "../../../protocol/duration.ts";
import { count } from "../../../report/text/words.ts";
import type { ShownCause } from "./conclusions.ts";
import { nameOf } from "../../../diagnose/cause/actions.ts";
import {
  byTask,
  fits,
  line,
  type Piece,
  type Screen,
  sentences,
} from "../../../report/text/screen.ts";

/** Tasks, and steps of an action, that are named one by one. */
const MAX_NAMED = 6;

/**
 * The lines.
 *
 * @param of whether the nursery had joined before the action; and whether it is a command, which has none
 * @param cause what the action shows of the cause; null when it shows nothing
 */
export function outcomeLines(
  report: ActionReport,
  of: { readonly joined: boolean; readonly isCommand: boolean },
  cause: ShownCause | null,
  screen: Screen,
): string[] {
  const { effect } = report;
  const name: Piece = ["bold", `${nameOf(report.action)}: `];
  if (effect.kind === "nothing-to-do") {
    return [line([name, "nothing to do"], screen), ...sentences(effect.why, screen, "  ")];
  }
  if (effect.kind === "failed") {
    return [line([name, ["red", "failed"]], screen), ...sentences(effect.why, screen, "  ")];
  }
  const [first = "done", ...more] = effect.did;
  return [
    ...(fits([name, first], screen)
      ? [line([name, first], screen)]
      : [line([name], screen), ...sentences(first, screen, "  ")]),
    ...more.slice(0, MAX_NAMED).flatMap((each) => sentences(each, screen, "  ")),
    ...unnamed(more.length, (n) => count(n, "more such step"), screen),
    ...clockLines(report, of, screen),
    ...(of.isCommand ? [] : taskLines(report, screen)),
    ...(report.unsure === undefined
      ? [...unwedgedLines(report, screen), ...(cause === null ? [] : causeLines(cause, screen))]
      : sentences(
        `It joined, and perhaps by itself: before this, ${report.unsure}. So this is no confirmation.`,
        screen,
        "",
        "yellow",
      )),
  ];
}

function unnamed(all: number, words: (n: number) => string, screen: Screen): string[] {
  return all > MAX_NAMED ? [line([["dim", `    … ${words(all - MAX_NAMED)}`]], screen)] : [];
}

const CLOCKS: readonly (readonly [keyof Clocks, string, string, string])[] = [
  ["nurseryJoinedMs", "nursery", "joined", "has not joined"],
  ["threadsGoneMs", "threads", "gone", "still there"],
  ["processExitedMs", "process", "exited", "still there"],
];

function clockLines(
  report: ActionReport,
  { joined, isCommand }: { readonly joined: boolean; readonly isCommand: boolean },
  screen: Screen,
): string[] {
  const { clocks, watchedMs } = report;
  return CLOCKS.flatMap(([key, what, stopped, not]) => {
    if (key === "nurseryJoinedMs" && joined) return [];
    if (key !== "processExitedMs" && isCommand) return [];
    // A thread whose end was not seen has gone with its process at the latest.
    const ms = clocks[key] ?? (key === "threadsGoneMs" ? clocks.processExitedMs : null);
    const said: Piece = ms === null
      ? ["yellow", `${not}, ${time(watchedMs)} after it`]
      : ["green", `${stopped} ${time(ms)} after it`];
    return [line([`  ${what}  `, said], screen)];
  });
}

function taskLines({ tasksLeft, clocks }: ActionReport, screen: Screen): string[] {
  const all = tasksLeft.length;
  if (all === 0) {
    // The tasks are not asked again where the action stopped the run: then none is known to have left.
    const known = clocks.nurseryJoinedMs === null;
    return known ? [line(["  tasks    none left its wait"], screen)] : [];
  }
  const waits = all === 1 ? "its wait" : "their waits";
  const named = tasksLeft.toSorted(byTask).slice(0, MAX_NAMED);
  return [
    line([`  ${count(all, "task")} left ${waits}:`], screen),
    ...named.map((task) => line([`    ${task}`], screen)),
    ...unnamed(all, (n) => `${n} more`, screen),
  ];
}

function unwedgedLines({ action, clocks, unwedged }: ActionReport, screen: Screen): string[] {
  const { nurseryJoinedMs: joined, processExitedMs: exited } = clocks;
  if (unwedged && joined !== null) {
    const freed = `UNWEDGED by ${nameOf(action)} in ${time(joined)}.`;
    const stays = exited === null ? "The process stays." : "The process has gone.";
    return fits([freed, " ", stays], screen)
      ? [line([["green", freed], " ", stays], screen)]
      : [...sentences(freed, screen, "", "green"), ...sentences(stays, screen)];
  }
  if (exited === null) return [];
  return [line([["green", `The process has gone, ${time(exited)} after it.`]], screen)];
}

/** How a confirmation begins what was not tried; as an answer to a key it would read as if it had been seen. */
const UNTRIED = "not tried: ";

/** What was seen is "shown"; it is "confirmed" only where it agrees with the class that the evidence names. */
function causeLines({ sentence, confirmation }: ShownCause, screen: Screen): string[] {
  const { kind, class: name, because: [first = ""] } = confirmation;
  const word = kind === "confirmed" ? "Confirmed" : "Shown";
  const said = sentence === null ? [] : sentences(`${word}: ${sentence}`, screen);
  if (kind === "confirmed") {
    return [...said, ...sentences(`This agrees with the class, ${name}.`, screen)];
  }
  const doubt = kind === "conflict"
    ? `This contradicts the class from the evidence, ${name}: ${first}.`
    : name === "unknown"
    ? "The evidence fits no class, so this confirms none."
    : first.startsWith(UNTRIED)
    ? `This alone does not confirm the class, ${name}: it is still to be shown that ${
      first.slice(UNTRIED.length)
    }.`
    : `This alone does not confirm the class, ${name}; ${first}.`;
  return [...said, ...sentences(doubt, screen, "", "yellow")];
}
