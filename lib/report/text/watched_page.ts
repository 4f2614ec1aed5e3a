/**
 * The report on a watched command, from detail to verdict, on one screen: its processes, what the one in question does,
 * what keeps it, and the verdict. Everything in it comes from the result document; `dump.txt` has what is cut here.
 *
 * @module
 */

import type { Attempt } from "../../model/result.ts";
import type { WatchedCommand } from "../../model/watched.ts";
import type { Dump, IsolateDump } from "../../model/dump.ts";
import type { DumpTextOptions } from "./dump_page.ts";
import { processLines } from "./dump_processes.ts";
import { stackSection } from "./dump_stacks.ts";
import { renderDumpText } from "./dump_text.ts";
import { labelled } from "./answer.ts";
import { awaitLines, provenText, settlerText } from "./await_text.ts";
import { type StuckAwait, stuckAwaits } from "./stuck_awaits.ts";
import { visible } from "./style.ts";
import { fitted, item, type PageStyle, point, relative, rule, section } from "./section.ts";
import { timelineSection } from "./timeline.ts";
import { askedText, clocksText } from "./watched_text.ts";
import { verdictLine } from "./verdict.ts";
import { count, place } from "./words.ts";

/** What the report is made of. */
export interface WatchedReport {
  readonly name: string;
  readonly attempt: Attempt & { readonly watched: WatchedCommand };
  readonly exitCode: number;
  /** Why the run ends with another code than the verdict has. */
  readonly note: string | null;
  /** The command to type next. */
  readonly next: string;
  /** The path of the whole report, or the command that shows it. */
  readonly fullReport: string;
  /** `quiet`: the verdict alone. `verbose`: everything. */
  readonly amount: "quiet" | "normal" | "verbose";
  readonly stacks: DumpTextOptions["stacks"];
  readonly internalFrames: boolean;
}

/** Kinds of evidence that say what the process does, and not how it was looked at. */
const TOLD: readonly string[] = ["main", "worker", "thread", "self-check", "dump"];

/** And what a class rests on, beside the line that waits. */
const DECIDING: readonly string[] = [
  ...["signal", "worker", "thread", "outside", "leftover", "cycle", "orphan", "cancel"],
];

/** Lines of each section, so that all of them are one screen. */
const MOST = { processes: 5, inside: 14, keeps: 4, evidence: 1, deciding: 3, stuck: 2, above: 3 };

/** The whole report, ending with the verdict and an end of line. */
export function renderWatched(report: WatchedReport, page: PageStyle): string {
  const { attempt, amount, name, exitCode, note } = report;
  if (amount === "quiet") {
    return `${verdictLine(name, attempt, exitCode, page.style, note)}\n`;
  }
  const lines = amount === "verbose" ? whole(report, page) : screen(report, page);
  return `${[...fitted(lines, page), ...answer(report, page)].join("\n")}\n`;
}

/** What a command does that has not come to a verdict, in at most `most` lines; the line where it is stands last. */
export function watchedNow(attempt: Attempt, most: number, page: PageStyle): string[] {
  const { dump } = attempt;
  if (dump === null) return [];
  const own = ownLines(dump, page);
  const above = screen({ attempt, stacks: "folded", internalFrames: false }, page);
  return [...cut(fitted(above, page), Math.max(1, most - own.length)), ...own];
}

type Shown = Pick<WatchedReport, "stacks" | "internalFrames">;

function screen(report: Shown & { readonly attempt: Attempt }, page: PageStyle): string[] {
  const { attempt: { dump, leftovers } } = report;
  if (dump === null) return [];
  const shown = { dump, style: page.style };
  return [
    ...section("processes", cut(fitted(indented(processLines(shown)), page), MOST.processes), page),
    ...section(
      title(dump),
      cut(fitted(indented(insideLines(dump, report, page)), page), MOST.inside),
      page,
    ),
    ...section("what keeps it", cut(points(leftovers, page), MOST.keeps), page),
  ];
}

function whole({ attempt, stacks, internalFrames }: WatchedReport, page: PageStyle): string[] {
  const { dump, leftovers, missing } = attempt;
  const options = { stacks, internalFrames, color: page.style.enabled, baseDir: page.here };
  return [
    ...dump === null ? [] : [
      ...rule("inside the command", page),
      ...renderDumpText(dump, options).trimEnd().split("\n"),
      "",
    ],
    ...timelineSection(attempt, page),
    ...section("what keeps it", points(leftovers, page), page),
    ...section("evidence that is missing for a class", points(missing, page), page),
  ];
}

function title({ pid }: Dump): string {
  return pid === undefined ? "inside" : `inside process ${pid}`;
}

function insideLines(dump: Dump, report: Shown, page: PageStyle): string[] {
  const { stacks, internalFrames } = report;
  const options = { stacks, internalFrames, color: page.style.enabled };
  const inside = stackSection({ dump, options, style: page.style, here: page.here });
  const trees = (dump.awaits ?? []).filter(({ tree }) => tree.length > 0);
  const awaits = trees.flatMap(({ isolate, tree }) => [
    `${isolate} awaits:`,
    ...awaitLines(tree, {
      style: page.style,
      here: page.here,
      internalFrames,
      foldPackages: !internalFrames,
    }),
  ]);
  const missing = dump.missing.map(({ isolate, why }) => `${isolate}: ${why}`);
  return [...missing, ...awaits, ...inside.lines];
}

/** The verdict first, whole, for those who search for it; then why, and what to do next. */
function answer(report: WatchedReport, page: PageStyle): string[] {
  const { name, attempt, exitCode, note, next, fullReport } = report;
  const { watched, dump, evidence, verdict } = attempt;
  const head = verdictLine(name, attempt, exitCode, page.style, note);
  if (verdict !== "hung" && verdict !== "interrupted") return [head];
  // Where code stands, that is evidence enough.
  const isPlaced = dump !== null && stuckAwaits(dump).length > 0;
  const told = attempt.class !== null && attempt.class !== "unknown"
    ? evidence.filter(({ kind }) => DECIDING.includes(kind)).slice(0, MOST.deciding)
    : evidence.filter(({ kind }) => kind === "signal" || (!isPlaced && TOLD.includes(kind)))
      .slice(0, MOST.evidence);
  const asked = askedText(watched);
  const clocks = clocksText(attempt);
  return [
    head,
    // What has come to its end has no line that runs or awaits.
    ...(dump === null || attempt.class === "exit-leak" ? [] : ownLines(dump, page)),
    ...told.flatMap(({ detail }) => item("      ", relative(detail, page), page)),
    ...(clocks === null ? [] : item("  ", clocks, page)),
    ...(asked === null ? [] : item("  ", asked, page)),
    labelled("next", next, page),
    labelled("full report", fullReport, page),
  ];
}

/** The line of the program's own code that runs, where one does. */
function ownLines(
  { pid, processes = [], isolates, awaits, missing }: Dump,
  page: PageStyle,
): string[] {
  const command = processes.find((each) => each.pid === pid)?.command ?? "";
  const process = `process ${pid} (${command})`;
  const running = isolates.flatMap((isolate) => {
    const frame = ownFrame(isolate);
    return frame === null ? [] : [{ isolate, frame }];
  });
  const [first] = running;
  if (first === undefined && missing.some(({ isolate }) => isolate === "main")) {
    return item("  ", `what ${process} does could not be seen`, page);
  }
  if (first === undefined && awaits === undefined) {
    return item("  ", `no line of the program runs in ${process}; its heap was not read`, page);
  }
  if (first === undefined) return awaitingLines(stuckAwaits({ awaits }), process, page);
  const { isolate: { id }, frame } = first;
  const more = running.length > 1 ? ` (and ${count(running.length - 1, "more isolate")})` : "";
  return [
    ...item("  ", `${page.style.cyan(place(frame, page.here))} ${frame.fn}`, page),
    ...item("      ", `runs in ${id}${more} of ${process}`, page),
  ];
}

/** Where the program waits, when none of its code runs. */
function awaitingLines(stuck: readonly StuckAwait[], process: string, page: PageStyle): string[] {
  if (stuck.length === 0) {
    return [
      ...item("  ", `no line of the program runs in ${process}, nor is one seen to await`, page),
      ...item("      ", "(an await that nothing can end any more leaves no trace in a heap)", page),
    ];
  }
  const { here, style } = page;
  const shown = stuck.slice(0, MOST.stuck).flatMap((each) => {
    const { name, at, above, isolate } = each;
    const could = couldSettle(each, here);
    const chain = above.slice(0, MOST.above).map((each) =>
      `${visible(each.name)} ${visible(place(each.at, here))}`
    );
    if (above.length > MOST.above) chain.push(`${above.length - MOST.above} more`);
    const where = style.cyan(visible(place(at, here)));
    return [
      ...item(
        "  ",
        `${where} ${visible(name)} awaits, in ${isolate}${could && `; ${could}`}`,
        page,
      ),
      ...(chain.length === 0 ? [] : item("      ", `awaited by ${chain.join(", by ")}`, page)),
    ];
  });
  const left = stuck.length - MOST.stuck;
  const more = left > 0 ? `, and ${count(left, "more await")} above` : "";
  return [...shown, ...item("      ", `of ${process}${more}`, page)];
}

function couldSettle({ settlers, proven }: StuckAwait, here: string): string {
  if (proven) return provenText(settlers, here);
  const [first] = settlers;
  return first === undefined ? "" : settlerText(first, false, here);
}

function ownFrame({ state, samples }: IsolateDump) {
  if (state !== "busy") return null;
  return samples.at(-1)?.frames.find(({ internal }) => !internal) ?? null;
}

function points(lines: readonly string[], page: PageStyle): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].flatMap(([line, n]) =>
    point(`${n === 1 ? "" : `${n} × `}${relative(line, page)}`, page)
  );
}

function indented(lines: readonly string[]): string[] {
  const trimmed = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  return trimmed.map((line) => line === "" ? "" : `  ${line}`);
}

function cut(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), `  … and ${lines.length - most + 1} more lines: dump.txt`];
}
