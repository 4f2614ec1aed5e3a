/**
 * What a subject may do.
 *
 * Our own scenarios get what was measured to suffice on Deno 2.9.6, for all of them with every remedy:
 * - read: the scenario is a module that is only known at run time;
 * - write: the journal, in the run directory;
 * - net, loopback: the remedy `reap` talks to the inspector of its own process;
 * - sys: `inspector.url()` of node:inspector asks for a kind of it that has no name on the command line.
 *
 * A scenario of the user's own is a program whose needs we do not know: it gets, beside that, each permission that
 * unwedge itself was given without limits, and so never more than the person who started it gave.
 *
 * @module
 */

const OWN_SCENARIOS = new URL("../../scenarios/", import.meta.url).href;

const KINDS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/** What single scenarios of ours need beyond that. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  // Its child waits for an external program.
  "native_child.ts": ["--allow-run=sh"],
};

/**
 * Deno's permission flags for one subject.
 *
 * @param scenarioUrl file URL of its scenario
 * @param runDir absolute path of its run directory
 */
export function subjectPermissions(scenarioUrl: string, runDir: string): readonly string[] {
  const needed = ["--allow-read", allowWrite(runDir), "--allow-net=127.0.0.1", "--allow-sys"];
  if (scenarioUrl.startsWith(OWN_SCENARIOS)) {
    return [...needed, ...MORE[scenarioUrl.slice(OWN_SCENARIOS.length)] ?? []];
  }
  const granted = KINDS.filter((name) => Deno.permissions.querySync({ name }).state === "granted");
  if (granted.length === KINDS.length) return ["-A"];
  const flags = granted.map((name) => `--allow-${name}`);
  const covered = (flag: string) => flags.some((granted) => flag.startsWith(`${granted}=`));
  return [...new Set([...needed.filter((flag) => !covered(flag)), ...flags])];
}

/** A list of paths is split at commas, and Deno knows no way to write one that is part of a path. */
function allowWrite(path: string): string {
  return path.includes(",") ? "--allow-write" : `--allow-write=${path}`;
}
