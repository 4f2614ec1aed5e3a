/**
 * What runs, or blocks, in the isolates that are not at rest: one line each, the frame of the program's own that is
 * innermost, and whether it moved between two looks.
 *
 * @module
 */

import type { Dump, IsolateDump, StackFrame } from "../../../model/dump.ts";
import { count, place } from "../../../report/text/words.ts";
import { time } from "../../../protocol/duration.ts";
import { byDepth } from "./order.ts";
import { line, type Piece, type Screen } from "./screen.ts";
import { isLost } from "./wait_words.ts";

const MAX_LINES = 4;

/** A line for each isolate that is busy or out of reach. */
export function busyLines(dump: Dump, page: Screen): string[] {
  const busy = dump.isolates.filter(({ state }) => state === "busy" || state === "native-blocked");
  busy.sort((a, b) => byDepth(a.actor ?? "", b.actor ?? ""));
  const alike = [...Map.groupBy(busy, (isolate) => `${isolate.state} ${stack(isolate)}`).values()];
  const lines = alike.slice(0, MAX_LINES)
    .flatMap((group) => rows(group, dump, page).map((row) => line(row, page)));
  const more = alike.slice(MAX_LINES).flat().length;
  return more === 0 ? lines : [...lines, `… ${count(more, "more isolate")} at work`];
}

/** One row; a second one where a lock has to be told as well. */
function rows(group: readonly IsolateDump[], dump: Dump, page: Screen): Piece[][] {
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
    : [`${frame.fn}  `, ["dim", place(frame, page.here).replace(/:\d+$/, "")]];
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

/** Whether all looks saw the same, and whether the thread got processor time meanwhile. */
function verb(isolate: IsolateDump): string {
  const { samples, thread } = isolate;
  const running = samples.filter(({ frames }) => frames.length > 0);
  if (running.length < samples.length) return "now and then in";
  if (running.length < 2) return "in";
  const same = running.every(({ frames }) => text(frames) === text(running[0]?.frames ?? []));
  if (!same) return "moving, now in";
  return thread?.state === "R" ? "spinning in" : "blocked in";
}

/** The innermost frame that is the program's own. */
export function topFrame({ samples }: IsolateDump): StackFrame | null {
  const frames = samples.findLast((sample) => sample.frames.length > 0)?.frames ?? [];
  return frames.find(({ internal }) => !internal) ?? frames[0] ?? null;
}

function stack(isolate: IsolateDump): string {
  return text(isolate.samples.findLast(({ frames }) => frames.length > 0)?.frames ?? []);
}

function text(frames: readonly StackFrame[]): string {
  return frames.map(({ fn, file, line, column }) => `${fn} ${file}:${line}:${column}`).join("\n");
}
