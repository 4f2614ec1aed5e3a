/**
 * The page of `dump`: how complete it is, then for each isolate what it runs and what waits in it.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import type { StackFrame } from "../../model/dump.ts";
import type { ProcessDump, ProcessIsolate, WebLock } from "../../model/process_dump.ts";
import { awaitLines, type AwaitTextOptions } from "./await_text.ts";
import { handleText } from "./handle_text.ts";
import { memoryWaitText } from "./memory_text.ts";
import { processText, socketTexts } from "./outside.ts";
import { movementOf } from "./dump_stacks.ts";
import { paragraph, rule } from "./section.ts";
import { visible } from "./style.ts";
import { count, listed, place, shortFile } from "./words.ts";

/** `USER_HZ` is 100 on every Linux. */
const TICK_MS = 10;

/** How the page is written. */
export interface ProcessDumpPage extends AwaitTextOptions {
  readonly columns?: number;
}

/** The page. */
export function processDumpText(dump: ProcessDump, page: ProcessDumpPage): string {
  const lines = [
    ...headLines(dump, page),
    "",
    ...dump.isolates.flatMap((isolate) => [...isolateLines(isolate, page), ""]),
    ...section("Web Locks", lockTexts(dump.locks ?? []), page),
    ...section("waits in shared memory", (dump.memoryWaits ?? []).map(memoryWaitText), page),
    ...section("open in the process", folded(openTexts(dump)), page),
    ...portLines(dump, page),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function headLines(
  { target, complete, missing, isolates, tookMs }: ProcessDump,
  page: ProcessDumpPage,
): string[] {
  const { style } = page;
  const runtime = target.runtime === null ? "" : ` (${visible(target.runtime)})`;
  const what = target.kind === "file"
    ? `heap snapshot ${visible(target.file ?? "")}`
    : target.pid === null
    ? `program${runtime}`
    : `process ${target.pid}${runtime}`;
  const suspended = isolates.reduce((sum, { heap }) => sum + (heap?.suspended ?? 0), 0);
  const heaps = isolates.some(({ heap }) => heap !== null)
    ? `, ${count(suspended, "suspended async function")}`
    : "";
  const seen = `${count(isolates.length, "isolate")}${heaps}`;
  const whole = complete ? style.green("complete") : style.yellow("incomplete");
  return [
    `${style.bold(what)}: ${whole}, ${seen}, ${time(tookMs)}`,
    ...missing.flatMap(({ what, why }) =>
      paragraph(`missing: ${visible(what)}: ${visible(why)}`, "  ", page)
    ),
  ];
}

function isolateLines(isolate: ProcessIsolate, page: ProcessDumpPage): string[] {
  const lines = [...rule(titleOf(isolate, page), page), ...stackLines(isolate, page)];
  if (isolate.heap === null) return lines;
  const awaits = awaitLines(isolate.awaits, { ...page, foldPackages: !page.internalFrames });
  const { file } = isolate.heap;
  const kept = file === undefined ? [] : paragraph(
    `Its heap snapshot is kept in ${visible(file)}: every string of the program is in it.`,
    "  ",
    page,
  );
  return [
    ...lines,
    ...kept,
    ...(awaits.length === 0 ? ["  no function of the program is suspended in an await"] : awaits),
  ];
}

const STATES: Readonly<Record<ProcessIsolate["state"], string>> = {
  busy: "runs JavaScript",
  parked: "at rest in its event loop",
  "native-blocked": "blocked in native code",
  gone: "gone",
  unknown: "",
};

const LIVES: Readonly<Record<NonNullable<ProcessIsolate["life"]>, string>> = {
  booting: "its module has not come to its end",
  ready: "",
  terminated: "terminated, but its thread is alive",
};

function titleOf(
  { id, url, name, life, state, thread }: ProcessIsolate,
  { here }: ProcessDumpPage,
): string {
  const file = url === null ? "" : ` ${visible(shortFile(url, here))}`;
  const called = name === undefined ? "" : ` ${JSON.stringify(visible(name))}`;
  const words = [
    STATES[state],
    life === undefined ? "" : LIVES[life],
    thread === null ? "" : `thread ${thread.tid}${waitChannel(thread, state)}`,
  ].filter((word) => word !== "");
  return `${visible(id)}${called}${file}${
    words.length === 0 ? "" : `: ${listed(words).replace(" and ", ", ")}`
  }`;
}

/** What an isolate at rest burns is the answer to our questions. */
function waitChannel(
  { state, wchan, cpuTicks = 0 }: NonNullable<ProcessIsolate["thread"]>,
  isolate: ProcessIsolate["state"],
): string {
  const burnt = cpuTicks === 0 || isolate === "parked"
    ? ""
    : `, ${time(cpuTicks * TICK_MS)} of processor time between two looks`;
  return `${wchan === null ? ` ${state}` : ` ${state} in ${visible(wchan)}`}${burnt}`;
}

function stackLines({ samples }: ProcessIsolate, page: ProcessDumpPage): string[] {
  const shown = samples.findLast(({ frames }) => frames.length > 0);
  if (shown === undefined) return [];
  const movement = movementOf(samples);
  const words = movement.kind === "same"
    ? `the same stack in ${movement.looks} looks over ${time(movement.apartMs)}`
    : movement.kind === "moved" || movement.kind === "loops"
    ? `it moved within ${time(movement.apartMs)}`
    : "its stack";
  const frames = shown.frames.flatMap((frame) => frameLine(frame, page));
  return frames.length === 0 ? [] : [`  ${words}:`, ...frames, ""];
}

function frameLine(frame: StackFrame, { internalFrames, here, style }: ProcessDumpPage): string[] {
  if (frame.internal && !internalFrames) return [];
  const text = `    ${visible(frame.fn)}  ${visible(place(frame, here))}`;
  return [frame.internal ? style.dim(text) : text];
}

function section(title: string, texts: readonly string[], page: ProcessDumpPage): string[] {
  if (texts.length === 0) return [];
  return [
    ...rule(title, page),
    ...texts.flatMap((text) => paragraph(visible(text), "  ", page)),
    "",
  ];
}

/** One line for each lock: who holds it, and who waits. */
function lockTexts(locks: readonly WebLock[]): string[] {
  return [...new Set(locks.map(({ name }) => name))].map((wanted) => {
    const of = (state: WebLock["state"]) =>
      locks.filter((lock) => lock.name === wanted && lock.state === state)
        .map(({ isolate, mode }) =>
          `${isolate ?? "an isolate that did not answer"}${mode === "shared" ? " (shared)" : ""}`
        );
    const [held, pending] = [of("held"), of("pending")];
    const holder = held.length === 0 ? "held by none" : `held by ${listed(held)}`;
    const waiters = pending.length === 0 ? "" : `; waited for by ${listed(pending)}`;
    return `lock ${JSON.stringify(wanted)}: ${holder}${waiters}`;
  });
}

/** Equal lines are one, with their number. */
function folded(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, n]) => n === 1 ? text : `${n} × ${text}`);
}

function openTexts({ handles, outside }: ProcessDump): string[] {
  return [
    ...handles.map(handleText),
    ...(outside?.processes ?? []).map(processText),
    ...(outside === null ? [] : socketTexts(outside)),
  ];
}

function portLines({ openedPort, target }: ProcessDump, page: ProcessDumpPage): string[] {
  if (openedPort === null) return [];
  return paragraph(
    `Port ${openedPort} of process ${target.pid} was opened for this dump and stays open, on 127.0.0.1 ` +
      "only, until the process ends: whoever may connect to it can run code in that process.",
    "",
    page,
  );
}
