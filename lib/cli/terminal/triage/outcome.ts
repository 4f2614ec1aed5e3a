/**
 * What an action did, what changed, and after how long, in lines for the terminal. When it unwedged the subject that is
 * the last thing said, plainly.
 *
 * @module
 */

import type { ActionReport, Clocks } from "../../../model/action.ts";
import { count } from "../../../report/text/words.ts";
import { time } from "../../../protocol/duration.ts";
import { actionWords } from "./action_words.ts";
import type { ShownCause } from "./cause.ts";
import { byTask } from "./order.ts";
import { line, type Piece, type Screen, sentences } from "./screen.ts";

/** Tasks named one by one. */
const MAX_TASKS = 6;

/**
 * The lines.
 *
 * @param joinedBefore whether the nursery had joined before the action
 * @param cause what it shows of the cause, for when it freed something; null when nothing can be told
 */
export function outcomeLines(
  report: ActionReport,
  joinedBefore: boolean,
  cause: ShownCause | null,
  page: Screen,
): string[] {
  const { effect } = report;
  const name: Piece = ["bold", `${actionWords(report.action)}: `];
  if (effect.kind === "nothing-to-do") {
    return [line([name, "nothing to do"], page), ...sentences(effect.why, page, "  ")];
  }
  if (effect.kind === "failed") {
    return [line([name, ["red", "failed"]], page), ...sentences(effect.why, page, "  ")];
  }
  const [first = "done", ...more] = effect.did;
  return [
    ...(fits([name, first], page)
      ? [line([name, first], page)]
      : [line([name], page), ...sentences(first, page, "  ")]),
    ...more.slice(0, MAX_TASKS).flatMap((each) => sentences(each, page, "  ")),
    ...rest(more.length - MAX_TASKS, "more such step", page),
    ...clockLines(report, joinedBefore, page),
    ...taskLines(report, page),
    ...verdictLines(report, cause, page),
  ];
}

/** What was done, and what came of it, is never cut: it is what the key was pressed for. */
function fits(pieces: readonly Piece[], { columns }: Screen): boolean {
  const length = (piece: Piece) => (typeof piece === "string" ? piece : piece[1]).length;
  return pieces.reduce((sum, piece) => sum + length(piece), 0) < columns;
}

const CLOCKS: readonly (readonly [keyof Clocks, string, string, string])[] = [
  ["nurseryJoinedMs", "nursery", "joined", "has not joined"],
  ["threadsGoneMs", "threads", "gone", "still there"],
  ["processExitedMs", "process", "exited", "still there"],
];

function clockLines(report: ActionReport, joinedBefore: boolean, page: Screen): string[] {
  const { clocks, watchedMs } = report;
  return CLOCKS.flatMap(([key, what, stopped, not]) => {
    // A thread that nobody saw end has gone with its process at the latest.
    const ms = clocks[key] ?? (key === "threadsGoneMs" ? clocks.processExitedMs : null);
    if (key === "nurseryJoinedMs" && joinedBefore) return [];
    const said: Piece = ms === null
      ? ["yellow", `${not}, ${time(watchedMs)} after it`]
      : ["green", `${stopped} ${time(ms)} after it`];
    return [line([`  ${what}  `, said], page)];
  });
}

function taskLines({ tasksLeft, clocks }: ActionReport, page: Screen): string[] {
  if (tasksLeft.length === 0) {
    // Who stopped the run before the tasks were asked again does not know of them.
    const known = clocks.nurseryJoinedMs === null;
    return known ? [line(["  tasks    none left its wait"], page)] : [];
  }
  const head = `  ${count(tasksLeft.length, "task")} left ${
    tasksLeft.length === 1 ? "its wait" : "their waits"
  }:`;
  const shown = tasksLeft.toSorted(byTask).slice(0, MAX_TASKS);
  return [
    line([head], page),
    ...shown.map((task) => line([`    ${task}`], page)),
    ...rest(tasksLeft.length - MAX_TASKS, "more", page),
  ];
}

function rest(n: number, noun: string, page: Screen): string[] {
  return n > 0
    ? [line([["dim", `    … ${noun === "more" ? `${n} more` : count(n, noun)}`]], page)]
    : [];
}

function verdictLines(report: ActionReport, cause: ShownCause | null, page: Screen): string[] {
  const { clocks, unwedged, unsure } = report;
  if (unsure !== undefined) {
    const text =
      `It joined, and perhaps by itself: before this, ${unsure}. So this is no confirmation.`;
    return sentences(text, page, "", "yellow");
  }
  const ms = clocks.nurseryJoinedMs;
  const stays = clocks.processExitedMs === null ? " The process stays." : " The process has gone.";
  const freed: Piece = [
    "green",
    unwedged && ms !== null
      ? `UNWEDGED by ${actionWords(report.action)} in ${time(ms)}.`
      : `The process has gone, ${time(clocks.processExitedMs ?? 0)} after it.`,
  ];
  const head = unwedged && ms !== null
    ? fits([freed, stays], page)
      ? [line([freed, stays], page)]
      : [...sentences(freed[1], page, "", "green"), ...sentences(stays, page)]
    : clocks.processExitedMs === null
    ? []
    : [line([freed], page)];
  return [
    ...head,
    ...(cause === null ? [] : causeLines(cause, page)),
  ];
}

/** What a confirmation says of what nobody has tried; as an answer it would read as if it had been seen. */
const UNTRIED = "not tried: ";

/** What was seen is shown; confirmed it is only where it agrees with the class that the evidence names. */
function causeLines({ sentence, confirmation }: ShownCause, page: Screen): string[] {
  const { kind, class: name, because } = confirmation;
  const word = kind === "confirmed" ? "Confirmed" : "Shown";
  const said = sentence === null ? [] : sentences(`${word}: ${sentence}`, page);
  if (kind === "confirmed") {
    return [...said, ...sentences(`This agrees with the class, ${name}.`, page)];
  }
  const [first = ""] = because;
  if (kind === "conflict") {
    const text = `This contradicts the class from the evidence, ${name}: ${first}.`;
    return [...said, ...sentences(text, page, "", "yellow")];
  }
  const text = name === "unknown"
    ? "The evidence fits no class, so this confirms none."
    : first.startsWith(UNTRIED)
    ? `This alone does not confirm the class, ${name}: it is still to be shown that ${
      first.slice(UNTRIED.length)
    }.`
    : `This alone does not confirm the class, ${name}; ${first}.`;
  return [...said, ...sentences(text, page, "", "yellow")];
}
