/**
 * One command line from its words to its exit code. Whatever a verb throws ends here as one sentence on stderr:
 * mistakes of the person exit 2, faults of unwedge and results that could not be written exit 125, and no stack trace of ours is ever shown (set
 * `UNWEDGE_DEBUG=1` to see it).
 *
 * @module
 */

import type { RunTools } from "../run/run_tools.ts";
import { CANNOT_JUDGE, USAGE } from "../report/worst.ts";
import type { Invocation } from "./invocation.ts";
import { parse, type Typed } from "./parse.ts";
import { Settings } from "./settings.ts";
import { processStreams, type Streams } from "./streams.ts";
import { CannotRunError } from "../os/cannot_run.ts";
import { CommandLineError } from "./command_line_error.ts";
import { VERBS } from "./verbs.ts";
import { loadLater } from "../os/load_later.ts";
import { errorMessage } from "../protocol/error_message.ts";

/**
 * Runs the verb that `argv` names.
 *
 * @param argv the words after the program's name
 * @param tools for tests: what a run borrows from elsewhere, instead of the real tools
 * @returns the exit code of the process
 */
export async function runCommandLine(argv: readonly string[], tools?: RunTools): Promise<number> {
  const streams = processStreams();
  // A rejected promise without a handler must not end the process with a stack and Deno's own exit code.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    Deno.exit(complain(event.reason, streams));
  });
  try {
    const code = await dispatch(argv, streams, tools);
    return code === 0 && streams.lost.aborted ? CANNOT_JUDGE : code;
  } catch (error) {
    return complain(error, streams);
  }
}

async function dispatch(
  argv: readonly string[],
  streams: Streams,
  tools: RunTools | undefined,
): Promise<number> {
  if (argv[0] === "__complete") {
    const { answerCompletion } = await loadLater<typeof import("./complete/candidates.ts")>(
      import.meta.resolve("./complete/candidates.ts"),
    );
    return await answerCompletion(argv.slice(1), streams);
  }
  const typed = await parse(argv);
  if (typed.wantsVersion) return await version(streams);
  if (typed.wantsHelp) {
    const { helpPage } = await loadLater<typeof import("./verbs/help.ts")>(
      import.meta.resolve("./verbs/help.ts"),
    );
    streams.out(helpPage(typed.verb === "help" ? typed.words[0] ?? null : typed.verb));
    return 0;
  }
  const verb = VERBS.find(({ name }) => name === typed.verb);
  if (verb === undefined) {
    const { helpPage } = await loadLater<typeof import("./verbs/help.ts")>(
      import.meta.resolve("./verbs/help.ts"),
    );
    streams.err(helpPage(null));
    return USAGE;
  }
  // The verb's code is read from disk while deno.json is looked for.
  const loading = loadVerb(verb.name);
  loading.catch(() => {});
  const settings = new Settings({
    flags: typed.flags,
    env: readVariable,
    config: await config(typed),
  });
  const { words } = typed;
  const invocation: Invocation = { verb: verb.name, words, settings, streams, argv, tools };
  return await (await loading)(invocation);
}

/** What a verb's file exports under the verb's name. It resolves to the exit code of the process. */
type VerbMain = (invocation: Invocation) => Promise<number> | number;

/** @throws {TypeError} when the file of the verb exports no such function; a test holds the table to the files */
export async function loadVerb(name: string): Promise<VerbMain> {
  const url = import.meta.resolve(`./verbs/${name}.ts`);
  const main = (await loadLater<Readonly<Record<string, VerbMain>>>(url))[name];
  if (main === undefined) throw new TypeError(`${url} exports no ${name}`);
  return main;
}

/** What must work beside a deno.json that is broken; all other verbs take their settings from it. */
const UNCONFIGURED: readonly string[] = ["doctor", "schema", "completions", "help"];

async function config(typed: Typed): Promise<Record<string, unknown>> {
  if (typed.verb === null || UNCONFIGURED.includes(typed.verb)) return {};
  const { readConfig } = await import("./config.ts");
  return await readConfig(Deno.cwd());
}

async function version(streams: Streams): Promise<number> {
  const { versionLine } = await loadLater<typeof import("./version_line.ts")>(
    import.meta.resolve("./version_line.ts"),
  );
  streams.out(`${versionLine()}\n`);
  return 0;
}

/** Without the permission for a variable it counts as not set. */
function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

function complain(error: unknown, streams: Streams): number {
  if (error instanceof CommandLineError) {
    streams.err(`unwedge: ${error.message}\n${error.hint === null ? "" : `  ${error.hint}\n`}`);
    return USAGE;
  }
  const message = errorMessage(error);
  const oneLine = message.split("\n")[0] ?? message;
  const what = error instanceof CannotRunError ? oneLine : `a fault of unwedge itself: ${oneLine}`;
  streams.err(`unwedge: ${what}\n`);
  if (readVariable("UNWEDGE_DEBUG") === "1" && error instanceof Error) {
    streams.err(`${error.stack}\n`);
  }
  return CANNOT_JUDGE;
}
