/**
 * What was tried on copies of the hang, and the cause that this confirms, or contradicts.
 *
 * @module
 */

import type { Confirmation, DiagnosisReport } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import { type TrialCells, trialCells } from "./trial_text.ts";
import { count } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { type PageStyle, paragraph, relative, section } from "./section.ts";

/** The section; empty where nothing was diagnosed. */
export function diagnosisSection({ diagnosis, clocks }: Attempt, page: PageStyle): string[] {
  if (diagnosis === undefined) return [];
  const { replicas, wallMs } = diagnosis;
  const title =
    `what unwedged it, tried on ${count(replicas, "copy").replace("copys", "copies")} ` +
    `in ${time(wallMs)}`;
  return [
    ...section(title, [
      ...tableLines(diagnosis, clocks.threadsGoneMs !== null, page),
      ...beside(diagnosis, page),
    ], page),
    ...section(CAUSE[diagnosis.confirmation.kind], causeLines(diagnosis, page), page),
  ];
}

const CAUSE = {
  confirmed: "confirmed cause",
  conflict: "cause, contradicted by what unwedged it",
  unconfirmed: "cause, not confirmed",
} as const;

const HEAD = { name: "tried", nursery: "nursery", threads: "threads", process: "process" };

function tableLines(
  { trials, smallest }: DiagnosisReport,
  noThreads: boolean,
  page: PageStyle,
): string[] {
  const { style } = page;
  const rows = trials.map((trial) => trialCells(trial, noThreads));
  const width = (pick: (row: Pick<TrialCells, keyof typeof HEAD>) => string) =>
    Math.max(...[HEAD, ...rows].map((row) => pick(row).length));
  const widths = [
    width(({ name }) => name),
    width(({ nursery }) => nursery),
    width(({ threads }) => threads),
    width(({ process }) => process),
  ];
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
  const indent = 4 + widths.reduce((sum, each) => sum + each + 2, 0);
  const head = `    ${line([HEAD.name, HEAD.nursery, HEAD.threads, HEAD.process])}`;
  return [
    style.dim(head.trimEnd()),
    ...rows.flatMap((row) => {
      const best = row.name === smallest.nursery || row.name === smallest.process;
      const helped = row.helped === "process" || row.helped === "nursery";
      const all = line([row.name, row.nursery, row.threads, row.process]);
      const cells = helped ? all.trimEnd() : all;
      const marked = row.helped === "process"
        ? style.green(cells)
        : row.helped === "nursery"
        ? style.yellow(cells)
        : cells;
      const start = `  ${best ? style.bold("▸") : " "} ${marked}`;
      if (helped) return [start];
      const [first = "", ...rest] = noteLines(row, indent, page);
      return [`${start}  ${style.dim(first.trimStart())}`.trimEnd(), ...rest.map(style.dim)];
    }),
  ];
}

/** What explains an empty row, wrapped into the room that the table leaves. */
function noteLines({ note }: TrialCells, indent: number, page: PageStyle): string[] {
  return paragraph(relative(note, page), " ".repeat(indent), page);
}

/** What the table does not say: what the others mask, and why nothing ends the process. */
function beside({ masks, lost, smallest }: DiagnosisReport, page: PageStyle): string[] {
  const lines: string[] = [];
  if (smallest.nursery !== null || smallest.process !== null) {
    const both = smallest.nursery === smallest.process || smallest.nursery === null;
    lines.push(
      "",
      `  The smallest that ${both ? "does it" : "frees the nursery"}: ${
        page.style.bold(smallest.nursery ?? smallest.process ?? "")
      }${
        both || smallest.process === null
          ? ""
          : `; the process: ${page.style.bold(smallest.process)}`
      }.`,
    );
  }
  for (const mask of masks) lines.push(...point(mask, page));
  if (lost !== null) {
    lines.push("", ...paragraph(`The process is lost: ${relative(lost, page)}.`, "  ", page));
  }
  return lines;
}

function causeLines({ cause, confirmation }: DiagnosisReport, page: PageStyle): string[] {
  const lines = cause === null
    ? []
    : [...paragraph(capital(relative(cause, page)), "  ", page), ""];
  const { style } = page;
  const mark = { confirmed: style.green, conflict: style.red, unconfirmed: style.yellow };
  lines.push(`  ${mark[confirmation.kind](style.bold(saidOf(confirmation)))}`);
  return [...lines, ...confirmation.because.flatMap((each) => point(each, page))];
}

/** Agreement or conflict, in a sentence. */
function saidOf({ kind, class: name }: Confirmation): string {
  switch (kind) {
    case "confirmed":
      return `The remedies confirm the class: ${name}.`;
    case "conflict":
      return `The remedies contradict the class ${name} that the evidence names:`;
    case "unconfirmed":
      return `The remedies neither confirm nor contradict the class ${name}:`;
  }
}

function point(text: string, page: PageStyle): string[] {
  const [first = "", ...rest] = paragraph(text, "      ", page);
  return [`    - ${first.trimStart()}`, ...rest];
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
