/**
 * The stacks of a dump: what each isolate runs, whether it moved between two looks, and for how long at least.
 *
 * @module
 */

import type { DumpPage } from "./dump_page.ts";
import type { Dump, IsolateDump, StackFrame, StackSample } from "../../model/dump.ts";
import { count, listed, place } from "./words.ts";
import { time } from "../../protocol/duration.ts";

/** What several looks at one isolate show. */
export type Movement =
  | { readonly kind: "one-look" }
  /** The same frames at the same places: it is stuck there. */
  | { readonly kind: "same"; readonly looks: number; readonly apartMs: number }
  /** The same functions, other places in them: it goes round. */
  | { readonly kind: "loops"; readonly looks: number; readonly apartMs: number }
  | { readonly kind: "moved"; readonly from: string; readonly apartMs: number }
  /** Some looks found nothing running: its event loop turns. */
  | { readonly kind: "intermittent"; readonly running: number; readonly looks: number };

interface Group {
  readonly isolates: IsolateDump[];
  readonly movement: Movement;
  readonly shown: StackSample;
}

/** Share of a processor's time from which a thread that never sleeps counts as spinning. */
const SPINNING_SHARE = 0.2;
/** Isolates at rest that are named one by one. */
const MAX_AT_REST = 12;

/** The lines of the section, and how many identical stacks were left out. */
export function stackSection(
  page: DumpPage,
): { readonly lines: string[]; readonly folded: number } {
  const { dump, options } = page;
  if (options.stacks === "none") return { lines: [], folded: 0 };
  const running = dump.isolates.filter(({ samples }) => samples.length > 0);
  const groups = group(running, dump, options.stacks !== "full");
  // Workers first: what holds the workers is most often what main waits for.
  groups.sort((a, b) => rank(a) - rank(b));
  const lines = groups.flatMap((each) => groupLines(each, page));
  lines.push(...restLines(page));
  return { lines, folded: running.length - groups.length };
}

function rank({ isolates }: Group): number {
  return isolates[0]?.kind === "main" ? 1 : 0;
}

/** Isolates that are blocked on different locks may be blocking each other, so they are not alike. */
function group(isolates: readonly IsolateDump[], dump: Dump, fold: boolean): Group[] {
  const groups = new Map<string, Group>();
  for (const isolate of isolates) {
    const shown = isolate.samples.findLast(({ frames }) => frames.length > 0);
    if (shown === undefined) continue;
    const movement = movementOf(isolate.samples);
    const key = fold
      ? `${isolate.state} ${movement.kind} ${spins(isolate, movement)} ${lockOf(isolate, dump)} ${
        signature(shown.frames)
      }`
      : isolate.id;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { isolates: [isolate], movement, shown });
    else known.isolates.push(isolate);
  }
  return [...groups.values()];
}

function lockOf({ actor }: IsolateDump, { sharedLocks }: Dump): string {
  return sharedLocks.find(({ seenBy, blockedMs }) => blockedMs !== null && seenBy === actor)
    ?.name ?? "";
}

/** How the looks at one isolate compare. */
export function movementOf(samples: readonly StackSample[]): Movement {
  const running = samples.filter(({ frames }) => frames.length > 0);
  const [first] = running;
  const last = running.at(-1);
  if (first === undefined || last === undefined || samples.length === 1) {
    return { kind: "one-look" };
  }
  if (running.length < samples.length) {
    return { kind: "intermittent", running: running.length, looks: samples.length };
  }
  const apartMs = last.atMs - first.atMs;
  const looks = samples.length;
  if (running.every(({ frames }) => signature(frames) === signature(first.frames))) {
    return { kind: "same", looks, apartMs };
  }
  if (running.every(({ frames }) => functions(frames) === functions(first.frames))) {
    return { kind: "loops", looks, apartMs };
  }
  return { kind: "moved", from: first.frames[0]?.fn ?? "", apartMs };
}

/** Equal for stacks with the same frames at the same places. */
export function signature(frames: readonly StackFrame[]): string {
  return frames.map(({ fn, file, line, column }) => `${fn} ${file}:${line}:${column}`).join("\n");
}

function functions(frames: readonly StackFrame[]): string {
  return frames.map(({ fn, file }) => `${fn} ${file}`).join("\n");
}

function groupLines(each: Group, page: DumpPage): string[] {
  const { options, here } = page;
  const header = groupHeader(each, page);
  const { frames } = each.shown;
  if (options.stacks === "top") {
    const top = frames.find(({ internal }) => !internal) ?? frames[0];
    return [top === undefined ? header : `${header}  ${top.fn} ${place(top, here)}`];
  }
  if (options.stacks === "full" && each.movement.kind !== "same") {
    const samples = each.isolates[0]?.samples ?? [];
    const looks = samples.flatMap((sample) => [
      `  sample at ${time(sample.atMs)}:${sample.frames.length === 0 ? " nothing ran" : ""}`,
      ...frameLines(sample.frames, page),
    ]);
    return [header, ...looks, ""];
  }
  return [header, ...frameLines(frames, page), ""];
}

function groupHeader({ isolates, movement }: Group, page: DumpPage): string {
  const { style } = page;
  const [first] = isolates;
  if (first === undefined) return "";
  const who = isolates.length === 1
    ? named(first, "(no actor of ours)", page)
    : `${isolates.length} × ${listed(shorten(isolates.map(label)))}`;
  const facts = [
    stateWord(first, page),
    movementWords(movement, first),
    ...locksOf(isolates, page),
  ];
  if (isolates.length === 1) facts.push(threadWords(first));
  return `${style.bold(who)}  ${facts.filter((fact) => fact !== "").join("; ")}`;
}

/** A program that was not made for unwedge has no actors. */
function named({ id, actor }: IsolateDump, none: string, { dump }: DumpPage): string {
  if (actor !== null) return `${id}  ${actor}`;
  return dump.pid === undefined ? `${id}  ${none}` : id;
}

function label({ id, actor }: IsolateDump): string {
  return actor === null ? id : `${id} ${actor}`;
}

function shorten(names: readonly string[]): readonly string[] {
  return names.length <= 4 ? names : [...names.slice(0, 3), `${names.length - 3} more`];
}

function stateWord({ state }: IsolateDump, { style }: DumpPage): string {
  return state === "parked" ? state : style.yellow(state);
}

function movementWords(movement: Movement, isolate: IsolateDump): string {
  switch (movement.kind) {
    case "one-look":
      return "seen once";
    case "same":
      return `${
        spins(isolate, movement) ? "spinning in place" : "stuck"
      }: same stack in ${movement.looks} samples over ${time(movement.apartMs)}`;
    case "loops":
      return `moving within the same functions over ${time(movement.apartMs)}`;
    case "moved":
      return `moved: was in ${movement.from} ${time(movement.apartMs)} before`;
    case "intermittent":
      return `running in ${movement.running} of ${movement.looks} samples, at rest in the others`;
  }
}

/** Whether the thread of a stuck isolate got a good part of a processor: a clock tick is 10 ms. */
export function spins({ thread }: IsolateDump, movement: Movement): boolean {
  if (thread === null || thread.state !== "R" || movement.kind !== "same") return false;
  return thread.cpuTicks * 10 > movement.apartMs * SPINNING_SHARE;
}

/** For how long an isolate has been blocked in a shared lock: the only age of a stack that its runtime records. */
function locksOf(isolates: readonly IsolateDump[], { dump }: DumpPage): string[] {
  const actors = new Set(isolates.map(({ actor }) => actor));
  return dump.sharedLocks
    .filter(({ seenBy, blockedMs }) => blockedMs !== null && actors.has(seenBy))
    .slice(0, 3)
    .map(({ name, blockedMs }) => `blocked in lock ${name} for ${time(blockedMs ?? 0)}`);
}

function threadWords({ thread }: IsolateDump): string {
  if (thread === null) return "";
  return thread.wchan === null
    ? `thread ${thread.state}, ${count(thread.cpuTicks, "CPU tick")}`
    : `thread ${thread.state} in ${thread.wchan}`;
}

function frameLines(frames: readonly StackFrame[], { options, here, style }: DumpPage): string[] {
  const lines: string[] = [];
  let hidden = 0;
  const flush = (): void => {
    if (hidden > 0) lines.push(style.dim(`    … ${count(hidden, "internal frame")}`));
    hidden = 0;
  };
  for (const frame of frames) {
    if (frame.internal && !options.internalFrames) {
      hidden++;
      continue;
    }
    flush();
    const text = `    ${frame.fn}  ${place(frame, here)}`;
    lines.push(frame.internal ? style.dim(text) : text);
  }
  flush();
  return lines;
}

/** The isolates without a stack: at rest, out of the inspector's reach, or gone. */
function restLines(page: DumpPage): string[] {
  const without = page.dump.isolates.filter(({ samples }) => samples.length === 0);
  const waits = longestWaits(page);
  const lines: string[] = [];
  let atRest = 0;
  for (const isolate of without) {
    if (isolate.state === "parked" && ++atRest > MAX_AT_REST) continue;
    lines.push(restLine(isolate, waits, page));
  }
  const more = atRest - MAX_AT_REST;
  if (more > 0) lines.push(`… ${count(more, "more isolate")} at rest`);
  return lines;
}

function restLine(
  isolate: IsolateDump,
  waits: ReadonlyMap<string, number>,
  page: DumpPage,
): string {
  const who = page.style.bold(named(isolate, "(no actor known)", page));
  const wait = waits.get(isolate.actor ?? "");
  switch (isolate.state) {
    case "parked": {
      const age = wait === undefined ? "" : `, its longest wait ${time(wait)}`;
      return `${who}  parked: no JavaScript runs${age}`;
    }
    case "gone":
      return `${who}  gone: it ended during the dump`;
    default:
      return `${who}  ${stateWord(isolate, page)}: no stack to be had; ${threadWords(isolate)}`;
  }
}

/** Longest wait of each actor's tasks. */
function longestWaits({ dump }: DumpPage): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { actor, sinceMs } of dump.tasks) {
    if (sinceMs !== null) longest.set(actor, Math.max(sinceMs, longest.get(actor) ?? 0));
  }
  return longest;
}
