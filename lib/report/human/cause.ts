/**
 * Evidence first, then what it adds up to: the class, whose bug it is, and what is missing where nothing was proven.
 *
 * @module
 */

import type { Attempt, Owner } from "../result.ts";
import { list } from "../words.ts";
import { type Page, paragraph, section } from "./section.ts";

/** What is known about the class in general; from the table of classes. */
export interface ClassText {
  /** What it looks like and why, in a sentence or two. */
  readonly about: string;
  /** Directions in which a fix lies, most surgical first. */
  readonly fixes: readonly string[];
}

const OWNERS: Readonly<Record<Owner, string>> = {
  ours: "ours: the supervision code that tears down, not the program and not the platform",
  program: "the program's: the supervision code did what it could",
  platform: "the platform's: no supervision code in this process could have done it",
};

/** Each line of evidence, numbered, with where to find it in the files. */
export function evidenceSection({ evidence }: Attempt, page: Page): string[] {
  const lines = evidence.flatMap(({ kind, detail, ref }, index) => {
    const [first = "", ...rest] = paragraph(detail, "      ");
    const number = `${index + 1}.`.padStart(4);
    const source = ref === null ? "" : ` → ${ref}`;
    return [`${number}  ${first.trimStart()}`, ...rest, page.style.dim(`      ${kind}${source}`)];
  });
  return section("evidence", lines, page);
}

/** The class and the owner, in words. */
export function causeSection(attempt: Attempt, text: ClassText | null, page: Page): string[] {
  if (attempt.class === null) return [];
  const lines = [`  ${page.style.bold(attempt.class)}${attempt.proven ? " (proven)" : ""}`];
  if (text !== null) lines.push(...paragraph(text.about, "    "));
  if (attempt.owner !== null) lines.push("", ...paragraph(`Whose bug: ${OWNERS[attempt.owner]}.`));
  if (attempt.missing.length > 0) lines.push("", "  What is missing for a class:");
  for (const each of attempt.missing) lines.push(...point(each));
  return section("cause", lines, page);
}

/** What to try next: remedies with the command that applies them, and how a fix would look. */
export function remedySection(
  attempt: Attempt,
  fixedBy: readonly string[],
  text: ClassText | null,
  replayWith: (remedies: readonly string[]) => string,
  page: Page,
): string[] {
  if (attempt.verdict !== "hung" && attempt.verdict !== "leaked") return [];
  const lines: string[] = [];
  const untried = fixedBy.filter((name) => !attempt.remedies.includes(name));
  if (attempt.remedies.length > 0) {
    lines.push(`  Switched on in this run: ${list(attempt.remedies)}; not enough.`);
  }
  if (untried.length > 0) {
    const set = [...new Set([...attempt.remedies, ...fixedBy])];
    lines.push(`  By the scenario, teardown finishes with ${list(fixedBy)} on. See it:`);
    lines.push(`    ${page.style.cyan(replayWith(set))}`);
  }
  const fixes = text?.fixes ?? [];
  if (fixes.length > 0) {
    lines.push("  Where a fix lies, most surgical first:");
    lines.push(...fixes.flatMap(point));
  }
  return section("what unwedges it", lines, page);
}

function point(text: string): string[] {
  const [first = "", ...rest] = paragraph(text, "      ");
  return [`    - ${first.trimStart()}`, ...rest];
}
