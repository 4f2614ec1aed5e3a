/**
 * A dump as text for people. Its first line says how complete it is, before anything that could be misread for lack
 * of the rest; then stacks, the task tree of every actor, channels, shared locks and OS threads.
 *
 * Invariant: it stays readable whatever the size. What is alike is folded with a count and the range of its ages, and
 * what is cut for length says so; `dump.json` has all of it.
 *
 * @module
 */

import { channelLines, lockLines, outsideLines, threadLines } from "./dump_tables.ts";
import { awaitLines } from "./await_text.ts";
import { handleText } from "./handle_text.ts";
import { processLines } from "./dump_processes.ts";
import { stackSection } from "./dump_stacks.ts";
import { taskLines } from "./dump_tasks.ts";
import type { Dump } from "../../model/dump.ts";
import type { DumpPage, DumpTextOptions } from "./dump_page.ts";
import { makeStyle } from "./style.ts";
import { count, listed } from "./words.ts";
import { time } from "../../protocol/duration.ts";

/** Renders a dump, of all processes where there are several. The text ends with a newline. */
export function renderDumpText(dump: Dump, options: DumpTextOptions): string {
  const here = options.baseDir ?? workingDirectory();
  const page: DumpPage = { dump, options, style: makeStyle(options.color), here };
  const { processes = [] } = dump;
  const others = processes.flatMap(({ pid, command, inside }) =>
    inside === null ? [] : [
      `\n${page.style.bold(`process ${pid} (${command})`)}\n`,
      inText({ ...page, dump: { ...inside, pid } }),
    ]
  );
  const own = processes.find(({ pid }) => pid === dump.pid);
  const head = own === undefined ? [] : [
    ...titled("processes", processLines(page), page),
    page.style.bold(`process ${own.pid} (${own.command})`),
    "",
  ];
  return `${head.join("\n")}${inText(page)}${others.join("")}`;
}

/** One process. */
function inText(page: DumpPage): string {
  const stacks = stackSection(page);
  const lines = [
    ...completeness(page, stacks.folded),
    ...titled("stacks", stacks.lines, page),
    ...titled("tasks", taskLines(page), page),
    ...titled("channels", channelLines(page), page),
    ...titled("shared locks", lockLines(page), page),
    ...titled("OS threads", threadLines(page), page),
    ...titled("outside of it", outsideLines(page), page),
    ...(page.dump.awaits ?? []).flatMap(({ isolate, tree }) =>
      titled(`awaits in ${isolate}`, treeLines(tree, page), page)
    ),
    ...titled("open in main", (page.dump.handles ?? []).map(handleText), page),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function treeLines(tree: Parameters<typeof awaitLines>[0], page: DumpPage): readonly string[] {
  const { style, here, options: { internalFrames } } = page;
  return awaitLines(tree, { style, here, internalFrames });
}

function completeness({ dump, style }: DumpPage, folded: number): string[] {
  const { isolates, missing, tookMs } = dump;
  const silent = new Set(missing.map(({ isolate }) => isolate));
  const here = isolates.filter(({ state }) => state !== "gone");
  const gone = isolates.length - here.length;
  const answered = here.filter(({ id }) => !silent.has(id)).length;
  const parts = [
    `${answered}/${count(here.length, "isolate")} answered`,
  ];
  for (const [what, names] of reasons(dump)) parts.push(`${listed(names)} ${what}`);
  if (gone > 0) parts.push(`${count(gone, "isolate")} ended meanwhile`);
  if (folded > 0) parts.push(`${count(folded, "identical stack")} folded`);
  const headline = `${parts.join("; ")}  (taken in ${time(tookMs)})`;
  const mark = dump.complete ? style.bold : style.yellow;
  return [mark(headline), ...missing.map(({ isolate, why }) => `  ${isolate}: ${why}`), ""];
}

/** The isolates that are missing, by the short form of the reason (what stands before its brackets). */
function reasons({ missing }: Dump): ReadonlyMap<string, string[]> {
  const byReason = new Map<string, string[]>();
  for (const { isolate, why } of missing) {
    const short = why.split(/ \(|:|;/)[0] ?? why;
    byReason.set(short, [...byReason.get(short) ?? [], isolate]);
  }
  return byReason;
}

function titled(title: string, lines: readonly string[], { style }: DumpPage): string[] {
  if (lines.length === 0) return [];
  return [
    style.bold(title),
    ...lines.map((line) => line === "" ? "" : `  ${line}`),
    ...(lines.at(-1) === "" ? [] : [""]),
  ];
}

function workingDirectory(): string {
  try {
    return Deno.cwd();
  } catch {
    // No permission to know it, or it is gone: paths are then written in full.
    return "";
  }
}
