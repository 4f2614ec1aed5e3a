/**
 * Where the result of many runs goes beside stdout: the files of the run directory, a JUnit file, and what GitHub
 * Actions reads.
 *
 * @module
 */

import { writeAtomic } from "../../run/run_dir.ts";
import { documentText } from "../../run/result/document.ts";
import type { ResultDocument } from "../../model/result.ts";
import type { Case } from "../../report/ci/cases.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import type { Streams } from "../streams.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import { redactedWords } from "../../protocol/redact.ts";
import { shortest } from "../paths.ts";
import { replayLine, setFlags, typedLine } from "../replay.ts";
import { variable } from "../outputs_wanted.ts";
import { sizeOf } from "../../os/disk.ts";
import { loadLater } from "../../os/load_later.ts";
import { errorMessage } from "../../protocol/error_message.ts";
import { CANNOT_JUDGE } from "../../report/worst.ts";

const SCENARIOS = new URL("../../../scenarios/", import.meta.url).href;

/** GitHub refuses a summary of more than 1 MiB, whole; the steps of a job add up. */
const SUMMARY_LIMIT = 1_024 * 1_024 - 1;

/** The command that runs a case again, for a document. */
export function againOf({ run }: ResultDocument): (each: Case) => string {
  if (run.verb === "watch") return () => typedLine(redactedWords(run.argv));
  const verb = run.verb === "diagnose" ? "diagnose" : "repro";
  return (each) => {
    const flags = [...setFlags(each.set), ...run.replayFlags];
    return replayLine(typedOf(each), each.remedies, flags, verb);
  };
}

/** The scenario of a case as a person would type it: a name, or a path. */
export function typedOf({ scenario, file }: Case): string {
  return file.startsWith(SCENARIOS) ? scenario : pathLike(shortest(pathOfFile(file)));
}

/** What was asked for beside the text on stdout. */
export interface Outputs extends StacksShown {
  readonly junit: string | null;
  readonly github: boolean;
}

/** What a run writes beside the outputs of every run. */
export interface MoreOutputs {
  /** What does not depend on how the run ends. */
  readonly first: () => Promise<void>;
  /** What tells its end. */
  readonly last: (ended: ResultDocument) => Promise<void>;
}

/**
 * Writes the JUnit file, the summary, and `result.json` last. A full disk does not take the result away from the person
 * who waits for it: what cannot be written is said, and the run ends with another exit code.
 *
 * @param more what this run has beside them
 * @returns the document as the run ended, from which everything else is to be rendered
 */
export async function writeOutputs(
  document: ResultDocument,
  runDir: string,
  outputs: Outputs,
  streams: Streams,
  more: MoreOutputs | null = null,
): Promise<ResultDocument> {
  const first = await isWritten(async () => await more?.first(), streams);
  const beside = await isWritten(() => writeBeside(document, outputs, streams), streams) && first;
  let ended = beside ? document : unwritten(document);
  if (!await isWritten(async () => await more?.last(ended), streams)) ended = unwritten(document);
  const path = `${runDir}/result.json`;
  const isWhole = await isWritten(() => writeAtomic(path, documentText(ended)), streams);
  return isWhole ? ended : unwritten(document);
}

function unwritten({ run, ...rest }: ResultDocument): ResultDocument {
  return { ...rest, run: { ...run, exitCode: CANNOT_JUDGE } };
}

async function isWritten(write: () => Promise<void>, { err }: Streams): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    err(`unwedge: ${errorMessage(error)}\n`);
    return false;
  }
}

async function writeBeside(
  document: ResultDocument,
  { junit, github, stacks, internalFrames }: Outputs,
  streams: Streams,
): Promise<void> {
  const shown = { stacks, internalFrames };
  if (junit !== null) {
    const { renderJUnit } = await loadLater<typeof import("../../report/ci/junit.ts")>(
      import.meta.resolve("../../report/ci/junit.ts"),
    );
    const xml = renderJUnit(document, againOf(document), shown);
    if (junit === "-") streams.out(xml);
    // Where the user wants it, for whom the user lets read it.
    else await writeAtomic(junit, xml, { mode: 0o666 });
  }
  if (github) await tellGithub(document, shown, streams);
}

async function tellGithub(
  document: ResultDocument,
  shown: StacksShown,
  streams: Streams,
): Promise<void> {
  const { githubLines } = await loadLater<typeof import("../../report/ci/github.ts")>(
    import.meta.resolve("../../report/ci/github.ts"),
  );
  const root = variable("GITHUB_WORKSPACE") ?? Deno.cwd();
  const again = againOf(document);
  const options = { again, root, token: crypto.randomUUID(), shown };
  streams.err(githubLines(document, options), "commands");
  await addSummary(document, shown, streams);
}

/** Adds the table to the job's summary page, as far as there is room for it. */
export async function addSummary(
  document: ResultDocument,
  shown: StacksShown,
  streams: Streams,
): Promise<void> {
  const path = variable("GITHUB_STEP_SUMMARY");
  if (path === null) return;
  const { renderMarkdown } = await loadLater<typeof import("../../report/ci/markdown.ts")>(
    import.meta.resolve("../../report/ci/markdown.ts"),
  );
  try {
    const maxBytes = SUMMARY_LIMIT - sizeOf(path);
    const text = renderMarkdown(document, { again: againOf(document), maxBytes, shown });
    if (new TextEncoder().encode(text).length > maxBytes) return;
    Deno.writeTextFileSync(path, text, { append: true });
  } catch (error) {
    // The summary is a courtesy: the run counts without it.
    const why = errorMessage(error);
    streams.err(`unwedge: the summary could not be written: ${why}\n`);
  }
}

function pathLike(path: string): string {
  return path.includes("/") ? path : `./${path}`;
}
