/**
 * What an action did, what changed, and after how long, in lines for the terminal. When it unwedged the subject that is
 * the last thing said, plainly.
 *
 * @module
 */

import type { ActionReport, Clocks } from "../../../model/action.ts";
import { count } from "../../../report/text/words.ts";
import { time } from "../../../protocol/duration.ts";
import { actionWords, byTask, missingLines, waitText } from "./words.ts";
import type { ShownCause } from "./conclusions.ts";
import { line, type Mark, type Piece, type Screen, sentences } from "./screen.ts";
import type { Dump, DumpedTask, IsolateDump } from "../../../model/dump.ts";
import { topFrame } from "./tree.ts";

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

/** One change, in words. */
export interface Change {
  readonly kind: "left" | "came" | "moved";
  readonly text: string;
}

const SHOWN: Readonly<Record<Change["kind"], readonly [mark: Mark, sign: string]>> = {
  left: ["green", "-"],
  came: ["cyan", "+"],
  moved: ["yellow", "~"],
};

/** What moved since the dump before, or that nothing did. */
export function movedLines(before: Dump | null, after: Dump, page: Screen): string[] {
  const size = `${count(after.tasks.length, "task")} in ${count(after.isolates.length, "isolate")}`;
  if (before === null) return [line([`${size}; there is no dump before to compare with`], page)];
  const changes = changesBetween(before, after);
  const unsaid = missingLines(after, page);
  if (changes.length === 0) {
    const text = `Nothing moved: the same ${size}, each where it was.`;
    return [...sentences(text, page, "", "bold"), ...unsaid];
  }
  const room = Math.max(4, page.rows - 10);
  const lines = changes.slice(0, room).map(({ kind, text }) => {
    const [mark, sign] = SHOWN[kind];
    return line([" ", [mark, sign], ` ${text}`], page);
  });
  const more = changes.length - room;
  const head = line([["bold", `${count(changes.length, "change")} since the last look:`]], page);
  return [
    head,
    ...unsaid,
    ...lines,
    ...(more > 0 ? [line([["dim", `   … ${more} more`]], page)] : []),
  ];
}

/** Every change from the one to the other, tasks first. */
export function changesBetween(before: Dump, after: Dump): Change[] {
  const silent = new Set([...silentActors(before), ...silentActors(after)]);
  const told = ({ actor }: DumpedTask) => !silent.has(actor);
  return [
    ...taskChanges(before.tasks.filter(told), after.tasks.filter(told)),
    ...isolateChanges(before, after),
    ...channelChanges(before, after),
  ];
}

/** Actors whose isolates are there and told no tasks: what they do is not known, and not over. */
function silentActors({ isolates, tasks }: Dump): string[] {
  return isolates.flatMap(({ actor, state }) =>
    actor === null || state === "gone" || tasks.some((task) => task.actor === actor) ? [] : [actor]
  );
}

function taskChanges(before: readonly DumpedTask[], after: readonly DumpedTask[]): Change[] {
  const was = new Map(before.map((task) => [task.id, task]));
  const is = new Map(after.map((task) => [task.id, task]));
  const changes: Change[] = [];
  for (const task of before) {
    if (!is.has(task.id)) changes.push({ kind: "left", text: `${label(task)}: ended` });
  }
  for (const task of after) {
    const old = was.get(task.id);
    if (old === undefined) {
      changes.push({ kind: "came", text: `${label(task)}: new, ${waitText(task)}` });
    } else if (waitText(old) !== waitText(task)) {
      changes.push({
        kind: "moved",
        text: `${label(task)}: was in ${waitText(old)}, is in ${waitText(task)}`,
      });
    } else if (waitsAnew(old, task)) {
      changes.push({ kind: "moved", text: `${label(task)}: waits anew, ${waitText(task)}` });
    }
  }
  return changes;
}

/** A wait that is younger than it was began since: it came free and waits again. */
function waitsAnew(old: DumpedTask, { sinceMs }: DumpedTask): boolean {
  return old.sinceMs !== null && sinceMs !== null && sinceMs < old.sinceMs;
}

function label({ id, name }: DumpedTask): string {
  return `${id} ${name}`;
}

function isolateChanges(before: Dump, after: Dump): Change[] {
  const was = new Map(before.isolates.map((isolate) => [isolate.id, isolate]));
  // Of one that did not answer it is said that it did not, and nothing of what it may do now.
  const missing = new Set(after.missing.map(({ isolate }) => isolate));
  return after.isolates.flatMap((isolate): Change[] => {
    const old = was.get(isolate.id);
    was.delete(isolate.id);
    const now = describe(isolate);
    if (old === undefined) return [{ kind: "came", text: `${who(isolate)}: new, ${now}` }];
    if (describe(old) === now || missing.has(isolate.id)) return [];
    return [{ kind: "moved", text: `${who(isolate)}: was ${describe(old)}, is ${now}` }];
  }).concat([...was.values()].map((isolate) => ({
    kind: "left" as const,
    text: `${who(isolate)}: its thread has gone`,
  })));
}

function describe(isolate: IsolateDump): string {
  const frame = isolate.state === "busy" ? topFrame(isolate) : null;
  return frame === null ? isolate.state : `${isolate.state} in ${frame.fn}:${frame.line}`;
}

function who({ id, actor }: IsolateDump): string {
  return actor === null ? id : `${id} ${actor}`;
}

function channelChanges(before: Dump, after: Dump): Change[] {
  const was = new Map(before.channels.map((end) => [`${end.actor} ${end.id}`, end]));
  return after.channels.flatMap((end): Change[] => {
    const old = was.get(`${end.actor} ${end.id}`);
    if (old === undefined) return [];
    const [from, to] = [old, end].map(({ state, peerState }) => `${state}, peer ${peerState}`);
    if (from === to) return [];
    return [{ kind: "moved", text: `channel ${end.id} of ${end.actor}: was ${from}, is ${to}` }];
  });
}
