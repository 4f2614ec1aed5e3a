/**
 * `matrix [NAME…]`: which remedy lets teardown finish. Each scenario runs with none, with each remedy alone, with the
 * declared set and with all; when no single one is enough, sets of two, of three and so on are tried until one is.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import { matrixOf, sameSet, smallestOf } from "../../report/matrix.ts";
import type { Attempt } from "../../model/result.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { matrixPage } from "./matrix_page.ts";
import { shortest } from "../paths.ts";
import { makeStyle } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import { carryOut } from "../suite/carry_out.ts";
import { suiteOptions } from "../suite/options.ts";
import type { Selected } from "../suite/selection.ts";
import type { Suite } from "../suite/suite.ts";
import { CommandLineError } from "../command_line_error.ts";

const ALL = REMEDIES.map(({ name }) => name);

/** Something is not as declared. */
const MISMATCH = 1;

type RemedySet = readonly string[];

/**
 * Runs, writes the files, prints.
 *
 * @returns the exit code
 * @throws {CommandLineError} for anything that was typed wrong
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function matrix(invocation: Invocation): Promise<number> {
  const { settings, streams } = invocation;
  const options = await suiteOptions(invocation);
  const chosen = settings.choice("format", ["human", "json", "markdown"]);
  if (chosen !== null && options.format !== "text") {
    throw new CommandLineError(`--format ${chosen} and --${options.format} both want stdout`);
  }
  // Ctrl-C is no remedy: it is left out unless it is asked for, and so is the time that trying it takes.
  const probe = settings.switch("sigint-probe") ?? false;
  const done = await carryOut(invocation, options, probe, async (suite, { scenarios }) => {
    const tried = await firstRound(suite, scenarios, options.repeat);
    await search(suite, tried, options.repeat);
    return declaredTooMuch(tried) ? MISMATCH : 0;
  });
  const { document, runDir } = done;
  const format = options.format === "json" ? "json" : chosen ?? "human";
  if (options.format !== "events") {
    streams.out(matrixPage(matrixOf(document), document, {
      format,
      style: makeStyle(wantsColor(options.color, streams.outIsTerminal)),
      runDir: shortest(runDir),
      quiet: options.amount === "quiet",
      stacks: options.pageStacks,
      columns: columnsOf(streams),
    }));
  }
  return document.run.exitCode;
}

/** What is known of a scenario: attempts by the set they ran with. */
type Tried = Map<Selected, Attempt[]>;

async function firstRound(
  suite: Suite,
  scenarios: readonly Selected[],
  repeat: number,
): Promise<Tried> {
  const tried: Tried = new Map(scenarios.map((scenario) => [scenario, []]));
  await tryAll(suite, tried, repeat, ({ facts }) => {
    const sets: RemedySet[] = [[], ...ALL.map((name) => [name])];
    for (const set of [facts.fixedBy, ALL]) {
      if (!sets.some((each) => sameSet(each, set))) sets.push(set);
    }
    return sets;
  });
  return tried;
}

/** Whether a scenario declares more remedies than are needed: it says that its set is the smallest. */
function declaredTooMuch(tried: Tried): boolean {
  return [...tried].some(([{ facts: { fixedBy } }, attempts]) => {
    const smallest = smallestOf(attempts, fixedBy);
    return smallest !== null && smallest.length < fixedBy.length;
  });
}

/** Stops at the first size at which a set is enough, and does not begin where not even all together are. */
async function search(suite: Suite, tried: Tried, repeat: number): Promise<void> {
  for (let size = 2; size < ALL.length; size++) {
    await tryAll(suite, tried, repeat, (scenario) => {
      const attempts = tried.get(scenario) ?? [];
      const smallest = smallestOf(attempts, scenario.facts.fixedBy);
      if (smallest === null || smallest.length <= size) return [];
      return subsets(ALL, size).filter((set) =>
        !attempts.some(({ remedies }) => sameSet(remedies, set))
      );
    });
  }
}

async function tryAll(
  suite: Suite,
  tried: Tried,
  repeat: number,
  setsFor: (scenario: Selected) => readonly RemedySet[],
): Promise<void> {
  const cells = [...tried.keys()].flatMap((scenario) =>
    setsFor(scenario).flatMap((remedies) =>
      Array.from({ length: repeat }, (_, index) => ({ scenario, remedies, repetition: index + 1 }))
    )
  );
  if (cells.length === 0) return;
  const attempts = await suite.run(cells);
  cells.forEach(({ scenario }, index) => {
    const attempt = attempts[index];
    if (attempt) tried.get(scenario)?.push(attempt);
  });
}

/** The subsets of one size, in the order of the table of remedies. */
export function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    subsets(items.slice(index + 1), size - 1).map((rest) => [item, ...rest])
  );
}
