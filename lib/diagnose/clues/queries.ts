/**
 * Questions to a dump that several clues ask. None of them decides anything.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { oneLine } from "../../protocol/text.ts";
import type {
  DumpedTask,
  DumpedWait,
  IsolateDump,
  Position,
  StackFrame,
} from "../../model/dump.ts";
import type { Facts } from "../facts.ts";

/** A task with the wait it is parked on and its place in the document. */
export interface ParkedTask {
  readonly task: DumpedTask;
  readonly wait: DumpedWait;
  /** `dump.tasks[3]`. */
  readonly ref: string;
}

/** Every parked task of the dump that passes a test. */
export function parkedTasks(
  facts: Facts,
  test: (wait: DumpedWait, task: DumpedTask) => boolean,
): ParkedTask[] {
  return (facts.dump?.tasks ?? []).flatMap((task, index) => {
    const wait = task.parkedOn;
    return wait !== null && test(wait, task) ? [{ task, wait, ref: `dump.tasks[${index}]` }] : [];
  });
}

/** An isolate with its place in the document. */
export interface FoundIsolate {
  readonly isolate: IsolateDump;
  readonly ref: string;
}

/** Every isolate of the dump that passes a test. */
export function isolates(facts: Facts, test: (isolate: IsolateDump) => boolean): FoundIsolate[] {
  return (facts.dump?.isolates ?? []).flatMap((isolate, index) =>
    test(isolate) ? [{ isolate, ref: `dump.isolates[${index}]` }] : []
  );
}

/** The main isolate, null without a dump. */
export function mainIsolate(facts: Facts): FoundIsolate | null {
  return isolates(facts, (isolate) => isolate.kind === "main")[0] ?? null;
}

/** The worker isolate in which an actor lives. Of several with one path (restarts) the latest. */
export function isolateOfActor(facts: Facts, actor: string): FoundIsolate | null {
  const found = isolates(facts, (isolate) => isolate.kind === "worker" && isolate.actor === actor);
  return found.at(-1) ?? null;
}

/** Where an isolate stands still, and how. */
export interface Standstill {
  /** The deepest frame that every look found: the program's own if there is one. */
  readonly frame: StackFrame;
  /** Its thread wants to run (spins) or sleeps in the kernel (blocks); `busy` where the thread cannot be seen. */
  readonly how: "spinning" | "blocked" | "busy";
  readonly looks: number;
}

/** Looks that are closer than this are one moment: what stands in it may move in the next. */
export const LOOKS_APART_MS = 50;

/** Whether the looks at an isolate can tell standing still from moving. */
export function areApart({ samples }: IsolateDump): boolean {
  const [first] = samples;
  const last = samples.at(-1);
  return first !== undefined && last !== undefined && last.atMs - first.atMs >= LOOKS_APART_MS;
}

/**
 * Where an isolate stood in all looks; null when it moved, or when there were too few or too close together to tell. A stack counts as the
 * same as far as its functions are the same from the outside in: a loop is at another line of the same function each
 * time, and a child that waits in slices may be caught between two of them.
 */
export function standstill(isolate: IsolateDump): Standstill | null {
  const { state, thread, samples } = isolate;
  if (state !== "busy" || !areApart(isolate)) return null;
  const frame = commonFrame(isolate);
  if (frame === null) return null;
  const how = thread === null ? "busy" : thread.state === "R" ? "spinning" : "blocked";
  return { frame, how, looks: samples.length };
}

/** Whether a busy isolate was in other code in one look than in another, however close they were. */
export function hasMoved(isolate: IsolateDump): boolean {
  return isolate.state === "busy" && isolate.samples.length > 1 && commonFrame(isolate) === null;
}

/** The deepest frame that every look found: the program's own if there is one. */
function commonFrame({ samples }: IsolateDump): StackFrame | null {
  const looks = samples.map((sample) => [...sample.frames].reverse());
  const [first = []] = looks;
  let common = first.length;
  for (const look of looks) {
    const differs = first.findIndex((frame, depth) => !sameFunction(frame, look[depth]));
    if (differs >= 0) common = Math.min(common, differs);
  }
  const shared = (looks.at(-1) ?? first).slice(0, common).reverse();
  return shared.find((frame) => !frame.internal) ?? shared[0] ?? null;
}

function sameFunction(a: StackFrame, b: StackFrame | undefined): boolean {
  return b !== undefined && a.fn === b.fn && a.file === b.file;
}

/** `path:line:column`, without the scheme of a file URL. */
export function at(position: Position): string {
  return `${oneLine(pathOfFile(position.file))}:${position.line}:${position.column}`;
}
