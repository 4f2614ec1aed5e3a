/**
 * Questions to a dump that several clues ask. None of them decides anything.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
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
  /** Its thread wants to run (spins) or sleeps in the kernel (blocks). */
  readonly how: "spinning" | "blocked";
  readonly looks: number;
}

/**
 * Where an isolate stood in all looks; null when there were fewer than two, or when it moved. A stack counts as the
 * same as far as its functions are the same from the outside in: a loop is at another line of the same function each
 * time, and a child that waits in slices may be caught between two of them.
 */
export function standstill(isolate: IsolateDump): Standstill | null {
  const looks = isolate.samples.map((sample) => [...sample.frames].reverse());
  const first = looks[0];
  if (isolate.state !== "busy" || first === undefined || looks.length < 2) return null;
  let common = first.length;
  for (const look of looks) {
    const differs = first.findIndex((frame, depth) => !sameFunction(frame, look[depth]));
    if (differs >= 0) common = Math.min(common, differs);
  }
  const shared = (looks.at(-1) ?? first).slice(0, common).reverse();
  const frame = shared.find((frame) => !frame.internal) ?? shared[0];
  if (frame === undefined) return null;
  const how = isolate.thread?.state === "R" ? "spinning" : "blocked";
  return { frame, how, looks: looks.length };
}

function sameFunction(a: StackFrame, b: StackFrame | undefined): boolean {
  return b !== undefined && a.fn === b.fn && a.file === b.file;
}

/** `path:line:column`, without the scheme of a file URL. */
export function at(position: Position): string {
  return `${pathOfFile(position.file)}:${position.line}:${position.column}`;
}
