/**
 * Breaks each remedy of the runtime by hand, one after the other, and compares the scenarios that smoke then names with
 * those that declare that they need it: they must be the same. So a scenario that finishes for another reason than its
 * declared remedy is found, and so is a remedy that nothing depends on.
 *
 *     deno run -A tools/break_remedies/main.ts                      # about 2 minutes for each remedy, on two quiet cores
 *     deno run -A tools/break_remedies/main.ts --only reap,sentinel
 *     deno run -A tools/break_remedies/main.ts --jobs 1             # on a machine that is busy with other things
 *
 * It works on a clone of the last commit in a temporary directory, which is removed at the end. First it runs smoke on
 * the whole program, where nothing may be named. The exit code is 0 when all agrees, 1 when not, 2 for a wrong word.
 *
 * @module
 */

import type { ResultDocument } from "../../lib/model/result.ts";
import { breakRemedy, BREAKS } from "./breaks.ts";
import { agrees, compareNamed } from "./compare.ts";
import { flagsOrExit } from "../flags.ts";

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const { only, jobs } = flagsOrExit(
    "Usage: deno run -A tools/break_remedies/main.ts [flags]\n\nAbout two minutes for each remedy, on two quiet cores.",
    {
      only: {
        kind: "names",
        known: BREAKS.map(({ remedy }) => remedy),
        about: "the remedies that are broken",
      },
      jobs: { kind: "count", default: null, about: "runs of smoke at once (default: smoke's own)" },
    },
  );
  const directory = Deno.makeTempDirSync({ prefix: "unwedge-broken-" });
  // smoke is asked to stop in order, and leaves no subject behind.
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  Deno.addSignalListener("SIGINT", stop);
  try {
    const root = `${directory}/unwedge`;
    await clone(root);
    const chosen = BREAKS.filter(({ remedy }) => only.length === 0 || only.includes(remedy));
    const run = { root, jobs, signal: stopping.signal };
    let wrong = await tell(run, null);
    for (const each of chosen) {
      const mend = breakRemedy(each, root);
      wrong += await tell(run, each.remedy);
      mend();
    }
    console.log(
      wrong === 0 ? "All of it agrees." : `${wrong} of ${chosen.length + 1} do not agree.`,
    );
    return wrong === 0 ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return 130;
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    Deno.removeSync(directory, { recursive: true });
  }
}

async function clone(into: string): Promise<void> {
  const from = decodeURIComponent(new URL("../..", import.meta.url).pathname);
  const { code, stderr } = await new Deno.Command("git", {
    args: ["clone", "--quiet", from, into],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`cannot clone ${from}: ${new TextDecoder().decode(stderr)}`);
}

interface SmokeRun {
  readonly root: string;
  readonly jobs: number | null;
  readonly signal: AbortSignal;
}

/** Runs smoke, prints one row, and answers 1 when it does not agree. */
async function tell(run: SmokeRun, remedy: string | null): Promise<number> {
  const comparison = compareNamed(await smoke(run), remedy);
  const { named, depend, unexpected } = comparison;
  const fine = agrees(comparison) && (remedy === null || depend.length > 0);
  console.log(`${fine ? "ok   " : "WRONG"} ${remedy ?? "nothing broken"}`);
  console.log(`      smoke names:  ${listed(named)}`);
  if (remedy !== null) console.log(`      depend on it: ${listed(depend)}`);
  for (const line of unexpected) console.log(`      not expected: ${line}`);
  return fine ? 0 : 1;
}

async function smoke({ root, jobs, signal }: SmokeRun): Promise<ResultDocument> {
  const words = [
    "smoke",
    "--json",
    "--github",
    "off",
    ...jobs === null ? [] : ["--jobs", String(jobs)],
  ];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "main.ts", ...words],
    cwd: root,
    stdin: "null",
    signal,
  }).output();
  signal.throwIfAborted();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`smoke said nothing: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(text) as ResultDocument;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
