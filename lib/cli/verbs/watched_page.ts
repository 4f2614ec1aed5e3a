/** The page of a watched command, made from the document alone, so that `report` shows what `watch` showed. @module */

import type { Attempt, ResultDocument } from "../../model/result.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import { casesOf } from "../../report/ci/cases.ts";
import type { PageStyle } from "../../report/text/section.ts";
import { makeStyle } from "../../report/text/style.ts";
import { renderWatched } from "../../report/text/watched_page.ts";
import { endNote } from "../../report/worst.ts";
import { writeAtomic } from "../../run/run_dir.ts";
import { fullReportOf, REPORT_FILE } from "./repro_page.ts";
import { shortest } from "../paths.ts";
import { ourCommand } from "../replay.ts";
import { againOf } from "../suite/outputs.ts";

/** How the page is written. */
export interface WatchedPageOptions extends PageStyle, StacksShown {
  /** The directory of the run. */
  readonly runDir: string;
  /** The path of the whole report; absent to look whether there is one. */
  readonly fullReport?: string;
  readonly amount: "quiet" | "normal" | "verbose";
  /** Of the terminal; Infinity where there is none. */
  readonly columns: number;
}

/**
 * Writes the whole report, `report.txt`, and returns its path.
 *
 * @throws {RunDirError} when it cannot be written
 */
export async function writeWatchedReport(
  document: ResultDocument,
  runDir: string,
  shown: StacksShown,
): Promise<string> {
  const path = `${runDir}/${REPORT_FILE}`;
  const page = watchedPage(document, {
    ...shown,
    runDir,
    fullReport: shortest(path),
    style: makeStyle(false),
    here: Deno.cwd(),
    columns: Infinity,
    amount: "verbose",
  });
  await writeAtomic(path, page);
  return shortest(path);
}

/** The page, with an end of line. */
export function watchedPage(document: ResultDocument, options: WatchedPageOptions): string {
  const { runDir, fullReport } = options;
  const [shown] = casesOf(document);
  const { attempt = null } = shown ?? {};
  const watched = attempt?.watched;
  if (shown === undefined || attempt === null || watched === undefined) {
    const why = document.unjudged.map(({ message }) => `${message}\n`).join("");
    return `${why}nothing was judged (exit code ${document.run.exitCode})\n`;
  }
  return renderWatched({
    ...options,
    name: shown.scenario,
    attempt: { ...attempt, watched },
    exitCode: document.run.exitCode,
    note: endNote(document),
    next: nextOf(attempt, againOf(document)(shown)),
    fullReport: fullReport ?? fullReportOf(runDir),
  }, options);
}

/** A class has a page; without one another look may tell more. */
function nextOf({ class: name, verdict }: Attempt, again: string): string {
  return verdict === "hung" && name !== null && name !== "unknown"
    ? `${ourCommand()} explain ${name}`
    : again;
}
