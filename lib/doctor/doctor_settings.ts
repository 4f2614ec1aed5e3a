/**
 * The check of the doctor that only the command line can make: the settings that are in force without being typed,
 * from the environment and from deno.json, and whether each of them would be understood.
 *
 * @module
 */

import { type CheckGroup, type CheckOutcome, granted } from "./check.ts";
import { readConfig } from "../cli/config.ts";
import { FLAGS, variableOf } from "../cli/flags.ts";

/** Read by other means than the table of flags. */
const OTHER_VARIABLES: readonly string[] = ["UNWEDGE_DEBUG"];

/** Variables with our prefix that tests and CI use. */
const FOR_TESTS = /^UNWEDGE_(?:SOAK|CI_|TEST_)/;

/**
 * Settings as a group of checks.
 *
 * @param directory where deno.json is looked for
 * @param variables the whole environment; null when we may not read it
 */
export function settingsChecks(
  directory: string,
  variables: Readonly<Record<string, string>> | null,
): CheckGroup {
  return {
    title: "Settings",
    checks: [
      {
        id: "environment",
        name: "environment",
        needed: false,
        why:
          "a flag of the command line can come from a variable, too; one that is not known does nothing",
        look: () => judgeVariables(variables),
      },
      {
        id: "config",
        name: "deno.json",
        needed: true,
        why: 'the "unwedge" block of the nearest one holds for every run below it',
        look: () => judgeConfig(directory),
      },
    ],
  };
}

/** Judges the variables that begin with `UNWEDGE_`. */
export async function judgeVariables(
  variables: Readonly<Record<string, string>> | null,
): Promise<CheckOutcome> {
  if (variables === null) {
    return { kind: "unknown", seen: "not allowed to read it", advice: "--allow-env, or -A" };
  }
  const set = Object.keys(variables).filter((name) =>
    name.startsWith("UNWEDGE_") && variables[name] !== ""
  );
  const known = FLAGS.filter(({ settable }) => settable).map(({ name }) => variableOf(name));
  const strange = set.filter((name) =>
    !known.includes(name) && !OTHER_VARIABLES.includes(name) && !FOR_TESTS.test(name)
  );
  const [first] = strange;
  if (first !== undefined) {
    const { didYouMean } = await import("../cli/suggest.ts");
    const hint = didYouMean(first, known).replace(/^; /, "");
    return {
      kind: "limited",
      seen: `nothing reads ${strange.join(", ")}`,
      advice: hint === "" ? "take it away, or see unwedge help repro for the flags" : hint,
    };
  }
  const hooks = ["NODE_OPTIONS", "DENO_V8_FLAGS"].filter((name) => (variables[name] ?? "") !== "");
  if (hooks.length > 0) {
    return {
      kind: "limited",
      seen: `${hooks.map((name) => `${name}=${variables[name]}`).join(" ")} reaches every subject`,
      advice: "unset it unless it is meant: it may change what hangs",
    };
  }
  const shown = set.map((name) => `${name}=${variables[name]}`);
  return { kind: "ok", seen: shown.length === 0 ? "no settings" : shown.join(" ") };
}

/** Judges the `"unwedge"` block. */
export async function judgeConfig(directory: string): Promise<CheckOutcome> {
  if (!granted({ name: "read" })) {
    return { kind: "unknown", seen: "not allowed to read it", advice: "--allow-read, or -A" };
  }
  try {
    const entries = Object.entries(await readConfig(directory));
    if (entries.length === 0) return { kind: "ok", seen: "no settings" };
    return {
      kind: "ok",
      seen: entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", "),
    };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { kind: "missing", seen, advice: "no run below it will start: mend the file" };
  }
}
