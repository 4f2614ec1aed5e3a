/**
 * What was tried on copies of the hang, and the cause that this confirms, or contradicts.
 *
 * @module
 */

import type { Confirmation, DiagnosisReport } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import { type TrialCells, trialCells } from "./trial_text.ts";
import { table } from "./table.ts";
import { count, listed, longest } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { item, type PageStyle, paragraph, point, relative, section } from "./section.ts";

/** The section; empty where nothing was diagnosed. */
export function diagnosisSection({ diagnosis, clocks }: Attempt, page: PageStyle): string[] {
  if (diagnosis === undefined) return [];
  const { replicas, wallMs } = diagnosis;
  const title = `what unwedged it, tried on ${copies(replicas)} in ${time(wallMs)}`;
  return [
    ...section(title, [
      ...tableLines(diagnosis, clocks.threadsGoneMs !== null, page),
      ...beside(diagnosis, page),
    ], page),
    ...section(CAUSE[diagnosis.confirmation.kind], causeLines(diagnosis, page), page),
  ];
}

/** The same in a few sentences; the table and the reasons are in the whole report. */
export function diagnosisSummary({ diagnosis, verdict }: Attempt, page: PageStyle): string[] {
  if (diagnosis === undefined) return [];
  const { trials, replicas, wallMs, cause, confirmation } = diagnosis;
  const names = (helped: TrialCells["helped"]) =>
    listed(trials.filter((each) => trialCells(each).helped === helped).map(({ name }) => name));
  const groups: readonly [said: string, names: string][] = [
    [verdict === "leaked" ? "the process went with" : "everything ended with", names("process")],
    ["the nursery joined with", names("nursery")],
    ["no help from", names("no")],
    ["not known", names("not-known")],
  ];
  const told = groups.filter(([, those]) => those !== "").map((group) => group.join(": "));
  return [
    ...item("tried ", `on ${copies(replicas)} in ${time(wallMs)}; ${told.join("; ")}.`, page),
    ...(cause === null ? [] : paragraph(capital(relative(cause, page)), "", page)),
    ...paragraph(saidOf(confirmation).replace(/:$/, "."), "", page),
    "",
  ];
}

function copies(replicas: number): string {
  return count(replicas, "copy").replace("copys", "copies");
}

const CAUSE = {
  confirmed: "confirmed cause",
  conflict: "cause, contradicted by what unwedged it",
  unconfirmed: "cause, not confirmed",
} as const;

function tableLines(
  { trials, smallest }: DiagnosisReport,
  noThreads: boolean,
  page: PageStyle,
): string[] {
  const { style } = page;
  const trialRows = trials.map((trial) => trialCells(trial, noThreads));
  const [head = "", ...rows] = table([
    ["tried", "nursery", "threads", "process"],
    ...trialRows.map(({ name, nursery, threads, process }) => [name, nursery, threads, process]),
  ]);
  const width = longest([head, ...rows]);
  return [
    style.dim(`    ${head}`),
    ...trialRows.flatMap(({ name, helped, note }, index) => {
      const cells = rows[index] ?? "";
      const best = name === smallest.nursery || name === smallest.process;
      const start = `  ${best ? style.bold("▸") : " "} `;
      if (helped === "process") return [start + style.green(cells)];
      if (helped === "nursery") return [start + style.yellow(cells)];
      // The note explains the empty row, in the room that the table leaves.
      const indent = " ".repeat(width + 6);
      const [first = "", ...rest] = paragraph(relative(note, page), indent, page);
      const row = `${start}${cells.padEnd(width)}  ${style.dim(first.trimStart())}`;
      return [row.trimEnd(), ...rest.map(style.dim)];
    }),
  ];
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

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
