/**
 * The result as Markdown: for the summary page of a CI job, an issue or a chat. One table, and below it what is not as
 * declared.
 *
 * @module
 */

import { longest } from "../text/words.ts";
import type { ResultDocument } from "../../model/result.ts";
import { plain } from "../../protocol/text.ts";
import { trialCells } from "../text/trial_text.ts";
import { type Case, casesOf, troubleLine } from "./cases.ts";
import { detailLines, type StacksShown } from "./detail.ts";
import { countsLine, rowsOf } from "./table.ts";

/** How a document is written. */
export interface MarkdownOptions {
  /** The command that runs a case again. */
  readonly again: (each: Case) => string | null;
  /** The text is kept below this, by leaving out details first and then rows, and says so. */
  readonly maxBytes: number;
  /** How stacks are shown; default folded. */
  readonly shown?: StacksShown;
}

/** The document as Markdown, with an end of line. */
export function renderMarkdown(document: ResultDocument, options: MarkdownOptions): string {
  const cases = casesOf(document);
  const { run } = document;
  const troubled = cases.filter((each) => troubleLine(each) !== null);
  const title = `## unwedge ${run.verb}${run.shard === null ? "" : ` ${run.shard}`}: ${
    troubled.length === 0 ? "as declared" : `${troubled.length} not as declared`
  }`;
  const head = [title, "", `${escaped(countsLine(cases))}${partial(document)}`, ""];
  const rows = rowsOf(cases).map((row) =>
    `| ${MARKS[row.state]} | ${[row.scenario, row.remedies, row.text].map(escaped).join(" | ")} |`
  );
  const table = ["| | scenario | remedies | seen |", "|---|---|---|---|"];
  const budget = new Budget(options.maxBytes - RESERVE);
  const lines = [...head, ...table];
  for (const line of lines) budget.take(line);
  const shown = budget.fill(rows, "rows");
  const details = budget.fill(troubled.map((each) => detail(each, options)), "details");
  const diagnosed = budget.fill(cases.flatMap(diagnosisText), "diagnoses");
  return [...lines, ...shown, "", ...details, ...diagnosed, ""].join("\n");
}

/** Agreement or conflict, as it is said after the name of the class. */
const SAID = {
  confirmed: "confirmed by what unwedged it",
  conflict: "contradicted by what unwedged it",
  unconfirmed: "neither confirmed nor contradicted by what was tried",
} as const;

/** What was tried on a diagnosed hang as a table, and its cause. */
function diagnosisText({ name, attempt }: Case): string[] {
  if (attempt?.diagnosis === undefined) return [];
  const { trials, smallest, cause, masks, lost, confirmation } = attempt.diagnosis;
  const noThreads = attempt.clocks.threadsGoneMs !== null;
  const rows = trials.map((trial) => {
    const { name, nursery, threads, process, note, helped } = trialCells(trial, noThreads);
    const best = name === smallest.nursery || name === smallest.process;
    const title = best ? `**${escaped(name)}**` : escaped(name);
    const why = helped === "process" || helped === "nursery" ? "" : escaped(note);
    return `| ${[title, nursery, threads, process, why].join(" | ")} |`;
  });
  const lines = [
    `### ${escaped(name)}: ${escaped(confirmation.class)}, ${SAID[confirmation.kind]}`,
    "",
    ...(cause === null ? [] : [escaped(cause), ""]),
    ...confirmation.because.map((each) => `- ${escaped(each)}`),
    ...masks.map((each) => `- ${escaped(each)}`),
    ...(lost === null ? [] : [`- The process is lost: ${escaped(lost)}`]),
    "",
    "| tried | nursery | threads | process | |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ];
  return [lines.join("\n")];
}

/** Room for the lines that say what was left out. */
const RESERVE = 200;

/** Keeps a text below its limit by leaving out its last pieces. */
class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(text: string): boolean {
    const size = ENCODER.encode(text).length + 1;
    if (size > this.#left) return false;
    this.#left -= size;
    return true;
  }

  /** The pieces that fit, and a line that counts the others. */
  fill(pieces: readonly string[], noun: string): string[] {
    const cut = pieces.findIndex((piece) => !this.take(piece));
    if (cut === -1) return [...pieces];
    return [
      ...pieces.slice(0, cut),
      "",
      `and ${pieces.length - cut} more ${noun}: see result.json`,
    ];
  }
}

const ENCODER = new TextEncoder();

const MARKS = { ok: "✅", MISMATCH: "❌", FAULT: "⚠️", skipped: "⏭️", seen: "👁️" } as const;

function partial({ run }: ResultDocument): string {
  if (run.interruptedBy !== null) return ` (stopped by ${run.interruptedBy}: partial)`;
  return run.partial ? " (partial)" : "";
}

function detail(each: Case, { again, shown }: MarkdownOptions): string {
  const body = plain(detailLines(each, again(each), shown).join("\n"));
  // A fence longer than any in the text cannot be closed by it.
  const fence = "`".repeat(1 + longest(["``", ...body.match(/`+/g) ?? []]));
  const summary = html(troubleLine(each) ?? each.name);
  return `<details><summary>${summary}</summary>\n\n${fence}text\n${body}\n${fence}\n\n</details>\n`;
}

/** Text for a cell: nothing in it is markup, and it stays in its line. */
function escaped(text: string): string {
  return html(plain(text)).replace(/[\\`*_[\]|~]/g, "\\$&").replace(/\s+/g, " ").trim();
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
