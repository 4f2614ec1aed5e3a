/**
 * Checks the default page of every hang of a saved smoke run: `deno run -A tools/hang_pages.ts RUN_DIR`. On a terminal
 * of 80 columns it has at most 40 lines, and its last 8 name a line of a scenario or of a fixture. CI asks about the
 * whole catalog in this way, without running it again.
 *
 * @module
 */

import { reproPage } from "../lib/cli/verbs/repro_page.ts";
import type { ResultDocument } from "../lib/model/result.ts";
import { readResult } from "../lib/report/read_result.ts";
import { makeStyle } from "../lib/report/text/style.ts";

const COLUMNS = 80;
const ROWS = 40;
const LAST = 8;
const OURS = /\b(?:scenarios|fixtures)\/\S+\.ts:\d+/;

/** What was found. */
export interface PagesChecked {
  readonly pages: number;
  /** One sentence for each page that is not as it should be, with the page. */
  readonly faults: readonly string[];
}

/** Checks the page of every attempt without remedies that hung or leaked. */
export async function checkPages(document: ResultDocument): Promise<PagesChecked> {
  let pages = 0;
  const faults: string[] = [];
  for (const scenario of document.scenarios) {
    for (const attempt of scenario.attempts) {
      const { verdict, remedies } = attempt;
      if (remedies.length > 0 || (verdict !== "hung" && verdict !== "leaked")) continue;
      pages++;
      const scenarios = [{ ...scenario, attempts: [attempt], runs: [] }];
      const page = await pageOf({ ...document, scenarios, unjudged: [] });
      const rows = page.trimEnd().split("\n").flatMap(rowsOf);
      const problems = [
        ...(rows.length > ROWS ? [`${rows.length} lines`] : []),
        ...(OURS.test(rows.slice(-LAST).join("")) ? [] : [`no line of ours in the last ${LAST}`]),
      ];
      if (problems.length > 0) faults.push(`${scenario.name}: ${problems.join(", ")}\n${page}`);
    }
  }
  return { pages, faults };
}

/** The page that `repro` would have shown. */
async function pageOf(document: ResultDocument): Promise<string> {
  return await reproPage({ ...document, run: { ...document.run, verb: "repro", exitCode: 124 } }, {
    runDir: ".unwedge/runs/20261128T101500-3f2a1b",
    fullReport: ".unwedge/runs/20261128T101500-3f2a1b/report.txt",
    amount: "normal",
    style: makeStyle(false),
    here: Deno.cwd(),
    columns: COLUMNS,
    stacks: "folded",
    internalFrames: false,
  });
}

/** A line as the rows that a terminal breaks it into. */
function rowsOf(line: string): string[] {
  return line.match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [line];
}

if (import.meta.main) {
  const [dir = "."] = Deno.args;
  const { pages, faults } = await checkPages(readResult(dir));
  for (const fault of faults) console.error(fault);
  console.log(`${pages} pages, ${faults.length} not as they should be`);
  if (pages === 0 || faults.length > 0) Deno.exit(1);
}
