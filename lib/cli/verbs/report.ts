/**
 * `report RUN_DIR|latest`: shows a saved run again, as text, JSON, JUnit or Markdown. The exit code says whether it
 * could be shown, not how the run came out.
 *
 * @module
 */

import { documentText } from "../../run/result/document.ts";
import { NoResultError, readResult } from "../../report/read_result.ts";
import type { ResultDocument } from "../../model/result.ts";
import { makeStyle, type Style } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { pageStacksWanted, stacksWanted } from "../outputs_wanted.ts";
import { DEFAULTS } from "../defaults.ts";
import { shortest } from "../paths.ts";
import { againOf } from "../suite/outputs.ts";
import { amountOf } from "./repro_options.ts";
import { CommandLineError } from "../command_line_error.ts";
import { loadLater } from "../../os/load_later.ts";

const FORMATS = ["human", "json", "junit", "markdown"] as const;
const LATEST = `${DEFAULTS.baseDir}/latest`;

/**
 * Shows a run.
 *
 * @throws {CommandLineError} when there is no such run
 */
export async function report(invocation: Invocation): Promise<number> {
  const { words, settings, streams } = invocation;
  const [word, extra] = words;
  if (word === undefined || extra !== undefined) {
    throw new CommandLineError("report needs one run directory, or latest");
  }
  const format = settings.choice("format", FORMATS) ?? "human";
  const runDir = word === "latest" ? latest() : word.replace(/(?<=.)\/+$/, "");
  const document = read(runDir);
  const color = settings.choice("color", ["auto", "always", "never"]);
  const style = makeStyle(wantsColor(color, streams.outIsTerminal));
  streams.out(await textOf(document, format, runDir, style, invocation));
  return 0;
}

/** The directory that `latest` points at, so that the page names it as the run did. */
function latest(): string {
  try {
    return shortest(Deno.realPathSync(LATEST));
  } catch {
    return LATEST;
  }
}

function read(runDir: string): ResultDocument {
  try {
    return readResult(runDir);
  } catch (cause) {
    if (!(cause instanceof NoResultError)) throw cause;
    throw new CommandLineError(cause.message, "runs are in .unwedge/runs; the last one is latest");
  }
}

async function textOf(
  document: ResultDocument,
  format: typeof FORMATS[number],
  runDir: string,
  style: Style,
  invocation: Invocation,
): Promise<string> {
  const again = againOf(document);
  const matrix = document.run.verb === "matrix";
  switch (format) {
    case "json":
      return documentText(document);
    case "junit": {
      const { renderJUnit } = await loadLater<typeof import("../../report/ci/junit.ts")>(
        import.meta.resolve("../../report/ci/junit.ts"),
      );
      return renderJUnit(document, again, stacksWanted(invocation.settings));
    }
    case "markdown": {
      if (matrix) return await matrixText(document, "markdown", runDir, style, invocation);
      const { renderMarkdown } = await loadLater<typeof import("../../report/ci/markdown.ts")>(
        import.meta.resolve("../../report/ci/markdown.ts"),
      );
      const shown = stacksWanted(invocation.settings);
      return renderMarkdown(document, { again, maxBytes: Infinity, shown });
    }
    case "human": {
      if (matrix) return await matrixText(document, "human", runDir, style, invocation);
      if (document.run.verb === "repro" || document.run.verb === "diagnose") {
        const { fullReportOf, reproPage } = await loadLater<typeof import("./repro_page.ts")>(
          import.meta.resolve("./repro_page.ts"),
        );
        const { settings } = invocation;
        const amount = amountOf(settings);
        const columns = columnsOf(invocation.streams);
        const page = {
          style,
          here: Deno.cwd(),
          columns,
          amount,
          runDir,
          fullReport: fullReportOf(runDir),
          ...stacksWanted(settings),
        } as const;
        return await reproPage(document, page);
      }
      if (document.run.verb === "watch") {
        return await watchedText(document, runDir, style, invocation);
      }
      const { smokePage } = await loadLater<typeof import("./smoke_page.ts")>(
        import.meta.resolve("./smoke_page.ts"),
      );
      const quiet = invocation.settings.switch("quiet") ?? false;
      return smokePage(document, {
        style,
        here: Deno.cwd(),
        again,
        runDir: shortest(runDir),
        quiet,
        stacks: pageStacksWanted(invocation.settings),
        columns: columnsOf(invocation.streams),
      });
    }
  }
}

async function watchedText(
  document: ResultDocument,
  runDir: string,
  style: Style,
  { settings, streams }: Invocation,
): Promise<string> {
  const { watchedPage } = await loadLater<typeof import("./watched_page.ts")>(
    import.meta.resolve("./watched_page.ts"),
  );
  const page = { style, here: Deno.cwd(), columns: columnsOf(streams), runDir };
  return watchedPage(document, { ...page, amount: amountOf(settings), ...stacksWanted(settings) });
}

async function matrixText(
  document: ResultDocument,
  format: "human" | "markdown",
  runDir: string,
  style: Style,
  { settings, streams }: Invocation,
): Promise<string> {
  const { matrixOf } = await loadLater<typeof import("../../report/matrix.ts")>(
    import.meta.resolve("../../report/matrix.ts"),
  );
  const { matrixPage } = await loadLater<typeof import("./matrix_page.ts")>(
    import.meta.resolve("./matrix_page.ts"),
  );
  return matrixPage(matrixOf(document), document, {
    format,
    style,
    runDir,
    quiet: settings.switch("quiet") ?? false,
    stacks: pageStacksWanted(settings),
    columns: columnsOf(streams),
  });
}
