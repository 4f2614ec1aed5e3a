/**
 * Writes `docs/classes.md`, every class of hangs on one page, from the files of the classes: `deno task classes`.
 * @module
 */

import { CLASSES, neighboursOf, ownersOf } from "../lib/diagnose/classes/registry.ts";
import type { HangClass } from "../lib/diagnose/hang_class.ts";

const HEAD = `# All classes of hangs

What \`explain CLASS\` prints, without what the remedies say. This page is made from the files of
\`lib/diagnose/classes/\` (\`deno task classes\`); edit those.
`;

/** The page. */
export function classesPage(): string {
  const index = CLASSES.map(({ name, summary }) => `- [${name}](#${name}): ${summary}.`).join("\n");
  return `${HEAD}\n${index}\n${CLASSES.map(sectionOf).join("")}`;
}

function sectionOf(hangClass: HangClass): string {
  const { name, looksLike, why, rules, fixes, scenarios } = hangClass;
  const decided = rules.map(({ variant, requires }) =>
    `${variant}: ${requires.map(({ says }) => says).join("; ")}`
  );
  const owners = ownersOf(hangClass).map((owner) => `the ${owner}'s`).join(", or ");
  return [
    `\n## ${name}\n\n${looksLike}\n\n${why}\n`,
    owners === "" ? "" : `\nWhose bug: ${owners}.\n`,
    list("What decides it, variant by variant", decided),
    list(
      "What tells it from its neighbours",
      neighboursOf(hangClass).map((each) => `\`${each.class}\`: ${each.because}`),
    ),
    list("How to fix it, the smallest change first", fixes),
    scenarios.length === 0
      ? ""
      : `\nSee it: ${scenarios.map((each) => `\`repro ${each}\``).join(", ")}.\n`,
  ].join("");
}

function list(title: string, points: readonly string[]): string {
  return points.length === 0
    ? ""
    : `\n${title}:\n\n${points.map((point) => `- ${point}\n`).join("")}`;
}

if (import.meta.main) {
  const url = new URL("../docs/classes.md", import.meta.url);
  await Deno.writeTextFile(url, classesPage());
  // The page is prose: it is held to the width of the others.
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", url.pathname] }).output();
}
