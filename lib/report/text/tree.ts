/**
 * Who is stuck on what, on one screen: the task tree of every actor, one line a task, as far as there is room. Of the
 * actors below root only what is their program's own is shown: each has a message loop that waits for messages, and on
 * a small screen ten of those hide the one wait that matters.
 *
 * @module
 */

import { fold, type Node, plant, reachText } from "./dump_fold.ts";
import { movementOf, signature, spins } from "./dump_stacks.ts";
import type { Dump, DumpedTask, IsolateDump, StackFrame } from "../../model/dump.ts";
import { count, place } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { byDepth, fits, isLost, line, type Piece, type Screen, waitPieces } from "./screen.ts";

/** Files of the runtime under observation. */
const RUNTIME = /\/lib\/actor\//;
/** Before a line of a task that waits for an actor that can answer no more. */
const LOST = "▶";

/**
 * The lines of the tree, at most `room` of them (at least 3); the last says how many tasks were left out.
 *
 * @param whole where all of them are
 */
export function treeLines(dump: Dump, room: number, screen: Screen, whole: string): string[] {
  const rows: Row[] = [];
  for (const [actor, tasks] of actorsOf(dump)) {
    const shown = actor === "root" ? tasks : tasks.filter((task) => !isAtRest(task));
    if (shown.length === 0) continue;
    const isolate = dump.isolates.find((each) => each.actor === actor);
    const where = isolate === undefined ? "" : `  in ${isolate.id}, ${isolate.state}`;
    const rest = tasks.length - shown.length;
    const more = rest === 0 ? "" : `, ${count(rest, "task")} at rest`;
    rows.push({ tasks: 0, pieces: [["bold", actor], `${where}${more}`] });
    rows.push(...branch(plant(shown), 1, screen));
  }
  const lines = (each: readonly Row[]) => each.map(({ pieces }) => line(pieces, screen));
  if (rows.length <= room) return lines(rows);
  const kept = rows.slice(0, room - 1);
  const left = rows.slice(room - 1).reduce((sum, { tasks }) => sum + tasks, 0);
  const more = `  … ${count(left, "more task")}; ${whole}`;
  return [...lines(kept), line([["dim", more]], screen)];
}

interface Row {
  /** How many tasks it stands for. */
  readonly tasks: number;
  readonly pieces: readonly Piece[];
}

function actorsOf({ tasks }: Dump): [string, DumpedTask[]][] {
  return [...Map.groupBy(tasks, ({ actor }) => actor)].toSorted(([a], [b]) => byDepth(a, b));
}

/** Whether a task waits for messages or for the end, as every actor's runtime does, and is not cancelled. */
function isAtRest({ parkedOn, cancelled, name, site }: DumpedTask): boolean {
  if (parkedOn === null || cancelled !== null || site === null) return false;
  if (isLost(parkedOn.peerState)) return false;
  return RUNTIME.test(site.file) &&
    (parkedOn.kind === "recv" || parkedOn.kind === "event" || !name.includes(" "));
}

/** Deeper generations are indented no further: the width is needed for the words. */
const MAX_INDENT = 6;

function branch(nodes: readonly Node[], level: number, screen: Screen): Row[] {
  return fold(nodes).flatMap((group): Row[] => {
    const [first] = group;
    if (first === undefined) return [];
    const below = group.flatMap(({ children }) => children);
    const row = {
      tasks: group.length,
      pieces: taskPieces(group.map(({ task }) => task), level, screen),
    };
    if (level < MAX_INDENT * 2) return [row, ...branch(below, level + 1, screen)];
    return [{ ...row, tasks: row.tasks + reachText(below).size }];
  });
}

function taskPieces(tasks: readonly DumpedTask[], level: number, screen: Screen): Piece[] {
  const [first] = tasks;
  if (first === undefined) return [];
  const lost = isLost(first.parkedOn?.peerState);
  const indent = "  ".repeat(Math.min(level, MAX_INDENT));
  const lead: Piece = lost ? ["red", `${LOST}${indent.slice(1)}`] : indent;
  const times = tasks.length === 1 ? "" : `${tasks.length} × `;
  const age = first.sinceMs === null ? "" : `  ${time(oldest(tasks))}`;
  const pieces: Piece[] = [
    lead,
    ["bold", `${times}${first.name}`],
    age,
    "  ",
    ...waitPieces(first),
  ];
  const at = first.site ?? first.createdAt;
  // A place in the runtime says nothing about the program.
  if (at === null || RUNTIME.test(at.file)) return pieces;
  const site: Piece = ["dim", `  ${place(at, screen.here).replace(/:\d+$/, "")}`];
  return fits([...pieces, site], screen) ? [...pieces, site] : pieces;
}

function oldest(tasks: readonly DumpedTask[]): number {
  return tasks.reduce((most, { sinceMs }) => Math.max(most, sinceMs ?? 0), 0);
}

/** Isolates, or groups of them that run the same, that get a line. */
const MAX_BUSY = 4;

/** A line for each isolate that is busy or out of reach. */
export function busyLines(dump: Dump, screen: Screen): string[] {
  const busy = dump.isolates.filter(({ state }) => state === "busy" || state === "native-blocked");
  busy.sort((a, b) => byDepth(a.actor ?? "", b.actor ?? ""));
  const alike = [
    ...Map.groupBy(busy, (isolate) => `${isolate.state} ${lastStack(isolate)}`).values(),
  ];
  const lines = alike.slice(0, MAX_BUSY)
    .flatMap((group) => busyRows(group, dump, screen).map((row) => line(row, screen)));
  const more = alike.slice(MAX_BUSY).flat().length;
  return more === 0 ? lines : [...lines, `… ${count(more, "more isolate")} at work`];
}

/** One row; a second one where a lock has to be told as well. */
function busyRows(group: readonly IsolateDump[], dump: Dump, screen: Screen): Piece[][] {
  const [first] = group;
  if (first === undefined) return [];
  const more = group.length === 1 ? "" : ` and ${group.length - 1} more`;
  const lead: Piece[] = [["bold", `${first.id} ${first.actor ?? ""}`.trim() + more], "  "];
  if (first.state === "native-blocked") {
    return [[...lead, ["yellow", "in a native call that no inspector reaches"]]];
  }
  const frame = topFrame(first);
  // Frames of Deno alone say nothing about the program.
  const where: Piece[] = frame === null || frame.internal
    ? ["Deno itself"]
    : [`${frame.fn}  `, ["dim", place(frame, screen.here).replace(/:\d+$/, "")]];
  const lock = dump.sharedLocks.find(({ seenBy, blockedMs }) =>
    seenBy === first.actor && blockedMs !== null
  );
  if (lock === undefined) return [[...lead, ["yellow", `${verb(first)} `], ...where]];
  return [[...lead, ...lockPieces(lock)], ["  in ", ...where]];
}

function lockPieces(
  { name, holder, holderState, blockedMs }: Dump["sharedLocks"][number],
): Piece[] {
  const blocked: Piece = ["yellow", `blocked ${time(blockedMs ?? 0)} on lock "${name}"`];
  if (holder === null) return [blocked];
  const state = holderState ?? "";
  return [blocked, ", held by ", isLost(holderState) ? ["red", `${holder} ${state}`] : holder];
}

/** How it runs where it is, as far as the stacks that were taken of it show. */
function verb(isolate: IsolateDump): string {
  const movement = movementOf(isolate.samples);
  switch (movement.kind) {
    case "one-look":
      return "in";
    case "intermittent":
      return "now and then in";
    case "same":
      return spins(isolate, movement) ? "spinning in" : "blocked in";
    case "loops":
    case "moved":
      return "moving, now in";
  }
}

/** The innermost frame that is the program's own. */
export function topFrame({ samples }: IsolateDump): StackFrame | null {
  const frames = samples.findLast((sample) => sample.frames.length > 0)?.frames ?? [];
  return frames.find(({ internal }) => !internal) ?? frames[0] ?? null;
}

function lastStack({ samples }: IsolateDump): string {
  return signature(samples.findLast(({ frames }) => frames.length > 0)?.frames ?? []);
}
