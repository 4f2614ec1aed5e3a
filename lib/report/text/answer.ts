/**
 * The last lines of a page: the verdict, the lines of the program that it is about, whose they are, what Ctrl-C does,
 * what to do next, and where the whole report is.
 *
 * Invariant: the line to edit first is one of the last `LAST` lines, however narrow the terminal: what waits for it is
 * left out where there is no room.
 *
 * @module
 */

import type { Attempt, Owner } from "../../model/result.ts";
import { type ChainLine, chainOf } from "./chain.ts";
import { heightOf, item, type PageStyle, relative, widthOf } from "./section.ts";
import { fill } from "./wrap.ts";
import { count, place } from "./words.ts";

/** Lines from the one to edit first to the end of the page, at most. */
const LAST = 8;
/** Lines of what waits for it, at most. */
const MOST_WAITING = 4;

/** What the lines are made of, beside the attempt. */
export interface AnswerParts {
  readonly attempt: Attempt;
  /** The verdict in one line. */
  readonly verdict: string;
  /** `nextStep`. */
  readonly next: string;
  /** The path of the whole report, or the command that shows it. */
  readonly fullReport: string;
}

/** The lines. */
export function answerLines(parts: AnswerParts, page: PageStyle): string[] {
  const { attempt, verdict, next, fullReport } = parts;
  const below = [
    ...segments(facts(attempt), page),
    labelled("next", next, page),
    labelled("full report", fullReport, page),
  ];
  const room = LAST - heightOf(below, page);
  return [
    // Whole, for those who search for it.
    verdict,
    ...chainLines(chainOf(attempt), room, page),
    ...below,
  ];
}

/** The lines of a chain, cut to `room` lines; the first, with its reason, is never cut. */
export function chainLines(
  chain: readonly ChainLine[],
  room: number,
  page: PageStyle,
): string[] {
  const [first, ...waiting] = chain.map((each) => chainLine(each, page));
  if (first === undefined) return [];
  const lines = [...first];
  const shown = waiting.slice(0, MOST_WAITING).filter((each) => {
    if (lines.length + each.length > room) return false;
    lines.push(...each);
    return true;
  });
  const left = waiting.length - shown.length;
  if (left > 0 && lines.length < room) lines.push(`  … and ${count(left, "wait")} above it`);
  return lines;
}

function chainLine({ at, text, because }: ChainLine, page: PageStyle): string[] {
  const { style, here } = page;
  // The space at its end sets it off from what stands there.
  const where = at === null ? [] : [`${style.cyan(place(at, here).replace(/:\d+$/, ""))} `];
  const [first = "", ...words] = [...where, ...relative(text, page).split(" ")];
  return [
    ...fill([`  ${first}`, ...words], widthOf(page), "      "),
    ...(because === null
      ? []
      : item("      ", relative(because, page).replace(/#\d+ /g, ""), page)),
  ];
}

const OWNERS: Readonly<Record<Owner, string>> = {
  supervisor: "the supervisor's",
  program: "the program's",
  platform: "the platform's",
};

function facts(attempt: Attempt): string[] {
  const { class: name, owner, sigint, diagnosis } = attempt;
  const ctrlC = sigint === null ? [] : [`Ctrl-C ${ctrlCWords(attempt)}`];
  const confirmed = diagnosis === undefined ? [] : [CONFIRMED[diagnosis.confirmation.kind]];
  if (name === null) return ctrlC;
  const whose = owner === null ? "not known" : OWNERS[owner];
  return [`whose: ${whose}`, ...ctrlC, ...confirmed];
}

const CONFIRMED = {
  confirmed: "confirmed by what unwedged it",
  conflict: "CONTRADICTED by what unwedged it",
  unconfirmed: "not confirmed",
} as const;

/** What Ctrl-C does to the hang, after the word. */
function ctrlCWords({ sigint, leftovers, subjectExit }: Attempt): string {
  if (sigint === null) return "was not tried";
  const { actedMs, by, unwedged, unsure, joinedMs } = sigint;
  if (actedMs === null) return "does nothing";
  if (by !== undefined) return "ends the process";
  if (unsure !== undefined && joinedMs !== null) {
    return "perhaps frees it: it may have ended by itself";
  }
  if (!unwedged) return "is heard, and does not free it";
  return leftovers.length > 0 && subjectExit === null
    ? "ends the waits, and the process stays"
    : "frees it";
}

/** Short facts beside each other, as many as a line holds. */
function segments(texts: readonly string[], page: PageStyle): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const grown = last === undefined ? `  ${text}` : `${last}    ${text}`;
    if (last === undefined || grown.length > widthOf(page)) lines.push(`  ${text}`);
    else lines[lines.length - 1] = grown;
  }
  return lines;
}

/** Never broken: a terminal joins a line that it has wrapped when it is copied. */
export function labelled(name: string, text: string, { style }: PageStyle): string {
  return `  ${name}: ${style.cyan(text)}`;
}
