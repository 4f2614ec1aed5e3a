/**
 * The result as a GitHub Actions log reads it: a group for each scenario, annotations at the line of the user's code,
 * and the subject's own output where it cannot be taken for commands.
 *
 * Invariant: at most nine annotations. The service shows ten a step and drops the rest without a word, so the ninth
 * says how many there are.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import type { Attempt, ResultDocument } from "../../model/result.ts";
import type { Position } from "../../model/dump.ts";
import { stuckAwaits } from "../text/stuck_awaits.ts";
import { plain } from "../../protocol/text.ts";
import { count } from "../text/words.ts";
import { type Case, casesOf, seenLine, troubleLine } from "./cases.ts";
import { detailLines, outputLines, type StacksShown } from "./detail.ts";

/** How a document is written. */
export interface GithubOptions {
  readonly again: (each: Case) => string | null;
  /** The directory that paths of annotations are relative to: the root of the checkout. */
  readonly root: string;
  /** A word that the subject cannot guess; it ends the stretches in which the service obeys no command. */
  readonly token: string;
  /** How stacks are shown; default folded. */
  readonly shown?: StacksShown;
}

/** Annotations for single cases; one more says how many cases have none. */
const MOST = 8;
/** Characters of an annotation, which is shown beside code; the group has the whole text. */
const LONGEST = 1_000;

/** Groups and annotations, as lines with an end of line. */
export function githubLines(document: ResultDocument, options: GithubOptions): string {
  const cases = casesOf(document);
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    groups.set(each.scenario, [...groups.get(each.scenario) ?? [], each]);
  }
  const lines = [...groups].flatMap(([scenario, group]) => groupLines(scenario, group, options));
  return `${[...lines, ...annotations(cases, options)].join("\n")}\n`;
}

function groupLines(scenario: string, cases: readonly Case[], options: GithubOptions): string[] {
  const wrong = cases.filter((each) => troubleLine(each) !== null).length;
  const state = wrong === 0
    ? "as declared"
    : `${wrong} of ${count(cases.length, "run")} not as declared`;
  const inner = cases.flatMap((each) => {
    const trouble = troubleLine(each);
    if (trouble === null) return [`${each.name}: ${seenLine(each)}`];
    return [
      trouble,
      ...detailLines(each, options.again(each), options.shown),
      ...outputLines(each),
    ];
  });
  // Evidence and output come from the program under test, and the service must not take them for commands.
  return [
    `::group::${data(`${scenario}: ${state}`)}`,
    `::stop-commands::${options.token}`,
    ...inner.map(plain),
    `::${options.token}::`,
    "::endgroup::",
  ];
}

function annotations(cases: readonly Case[], { root }: GithubOptions): string[] {
  const troubled = cases.filter((each) => troubleLine(each) !== null);
  const lines = troubled.slice(0, MOST).map((each) => {
    const place = placeOf(each);
    const file = relative(place.file, root);
    const properties = [
      ...(file === null ? [] : [`file=${property(file)}`, `line=${place.line}`]),
      `title=${property(`unwedge: ${each.name}`)}`,
    ];
    return `::error ${properties.join(",")}::${data((troubleLine(each) ?? "").slice(0, LONGEST))}`;
  });
  if (troubled.length <= MOST) return lines;
  const rest = troubled.length - MOST;
  return [
    ...lines,
    `::error title=unwedge::${data(`and ${rest} more, see the summary and the log`)}`,
  ];
}

/** The first frame of the user's own: of an isolate, else where a task waits, else the scenario itself. */
export function placeOf(each: Case): Pick<Position, "file" | "line"> {
  const { attempt, outcome } = each;
  if (outcome.kind === "fault" && outcome.file !== null) {
    return { file: outcome.file, line: outcome.line ?? 1 };
  }
  const place = attempt === null ? null : userFrame(attempt);
  return place ?? { file: each.file, line: 1 };
}

function userFrame({ dump, path, watched }: Attempt): Position | null {
  if (dump === null) return null;
  const isFile = (at: Position | null) => at?.file.startsWith("file://") ?? false;
  const end = watched === undefined ? undefined : path?.steps.findLast(({ at }) => isFile(at));
  if (end !== undefined && end.at !== null) return end.at;
  const frames = dump.isolates.flatMap(({ samples }) => samples.at(-1)?.frames ?? []);
  const frame = frames.find(({ internal, file }) => !internal && file.startsWith("file://"));
  if (frame !== undefined) return frame;
  const awaiting = stuckAwaits(dump).find(({ at }) => at.file.startsWith("file://"));
  if (awaiting !== undefined) return awaiting.at;
  return dump.tasks.map(({ site }) => site).find((site) => site?.file.startsWith("file://")) ??
    null;
}

/** The path in the checkout, null for a place outside of it: the service could not show it. */
function relative(file: string, root: string): string | null {
  const path = pathOfFile(file);
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

function data(text: string): string {
  return plain(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
