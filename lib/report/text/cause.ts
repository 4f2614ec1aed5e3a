/**
 * The evidence, and what follows from it: the class, the owner of the bug, and what is missing where no class fits.
 *
 * @module
 */

import type { Attempt, Evidence, Owner } from "../../model/result.ts";
import { withNearest } from "../../diagnose/neighbours.ts";
import { listed, sentenceOf } from "./words.ts";
import { item, type PageStyle, paragraph, point, relative, section } from "./section.ts";

/** What is known about the class in general; from the table of classes. */
export interface ClassSummary {
  /** What it is, without a capital and a full stop. */
  readonly summary: string;
  /** How it comes about. */
  readonly why: string;
  /** How to fix it, the smallest change first. */
  readonly fixes: readonly string[];
}

const OWNERS: Readonly<Record<Owner, string>> = {
  supervisor: "the supervisor's (the code that tears children down)",
  program: "the program's; the supervision code did what it could",
  platform: "the platform's; it does not do what it promises",
};

/** Classes that a hang without one is told to be near to. */
export const NEAREST = 2;

/** Evidence of this kind says why a neighbouring class does not fit. */
const RULED_OUT = "ruled-out";

/** Each line of evidence, numbered, with where to find it in the files. */
export function evidenceSection({ evidence }: Attempt, page: PageStyle): string[] {
  const numbered = evidence.map((each, index) => ({ each, number: index + 1 }));
  const shown = numbered.filter(({ each }) => each.kind !== RULED_OUT);
  const ruledOut = numbered.filter(({ each }) => each.kind === RULED_OUT);
  const lines = [shown, ruledOut].map((part) =>
    part.flatMap(({ each, number }) => evidenceLines(each, number, page))
  );
  return [
    ...section("evidence", lines[0] ?? [], page),
    ...section(
      "what else it could have been, and what would have had to be seen",
      lines[1] ?? [],
      page,
    ),
  ];
}

function evidenceLines({ detail, ref }: Evidence, number: number, page: PageStyle): string[] {
  return [
    ...item(`${`${number}.`.padStart(4)}  `, relative(detail, page), page),
    ...(ref === null ? [] : [page.style.dim(`      in result.json: ${ref}`)]),
  ];
}

/** The class and the owner, in words. */
export function causeSection(
  attempt: Attempt,
  text: ClassSummary | null,
  page: PageStyle,
): string[] {
  if (attempt.class === null) return [];
  const lines = [`  ${page.style.bold(attempt.class)}`];
  if (text !== null) {
    lines.push(...paragraph(`${sentenceOf(text.summary)} ${text.why}`, "    ", page));
  }
  if (attempt.owner !== null) {
    lines.push("", ...paragraph(`Whose bug: ${OWNERS[attempt.owner]}.`, "  ", page));
  }
  if (attempt.missing.length > 0) lines.push("", "  What is missing for a class:");
  for (const each of withNearest(attempt.missing, NEAREST)) lines.push(...point(each, page));
  return section("cause", lines, page);
}

/** What to try next: remedies with the command that applies them, and how a fix would look. */
export function remedySection(
  attempt: Attempt,
  fixedBy: readonly string[],
  text: ClassSummary | null,
  replayWith: (remedies: readonly string[]) => string,
  page: PageStyle,
): string[] {
  if (attempt.verdict !== "hung" && attempt.verdict !== "leaked") return [];
  const lines: string[] = [];
  const untried = fixedBy.filter((name) => !attempt.remedies.includes(name));
  if (attempt.remedies.length > 0) {
    lines.push(`  Switched on in this run: ${listed(attempt.remedies)}; not enough.`);
  }
  if (untried.length > 0) {
    const set = [...new Set([...attempt.remedies, ...fixedBy])];
    lines.push(
      `  The scenario declares that teardown finishes with ${listed(fixedBy)}. To see it:`,
    );
    lines.push(`    ${page.style.cyan(replayWith(set))}`);
  }
  const fixes = text?.fixes ?? [];
  if (fixes.length > 0) {
    lines.push("  How to fix it, the smallest change first:");
    lines.push(...fixes.flatMap((each) => point(each, page)));
  }
  return section("what unwedges it", lines, page);
}
