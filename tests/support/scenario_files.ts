/**
 * Scenario files for tests of runs of many: what they declare is read by the real describer, what they do is done by the
 * stand-in for a subject, by the name of the file.
 *
 * @module
 */

import { type Called, STAND_IN, unwedge } from "./unwedge.ts";

const SCENARIO = new URL("../../lib/subject/inside/scenario.ts", import.meta.url).href;

/** What a file declares; the rest is that of a hang that everything fixes. */
export interface Declaring {
  readonly expected?: Record<string, unknown>;
  readonly fixedBy?: readonly string[];
  readonly load?: "light" | "spins";
  /** Name of a parameter that is a duration. */
  readonly param?: string;
}

/** What the stand-in's hang is classified as: it has no dump of ours. */
export const STAND_IN_HANG = {
  verdict: "hung",
  class: "unknown",
  owner: null,
  ctrlC: "unwedges",
};

/** Declares that nothing hangs. */
export const STAND_IN_FINISH = {
  verdict: "finished",
  class: null,
  owner: null,
  ctrlC: "not-needed",
};

/**
 * Writes `<name>.<without remedies>.<with remedies>.ts` and returns the path as a person would type it.
 *
 * @param name for example `a.hang.finish`
 */
export function writeScenario(cwd: string, name: string, declaring: Declaring = {}): string {
  const { expected = STAND_IN_HANG, fixedBy = ["reap"], load = "light", param } = declaring;
  const params = param === undefined ? "{}" : `{ ${param}: durationParam("1s", "") }`;
  const options = { name, summary: "", story: "", expected, fixedBy, load };
  const text = [
    `import { defineScenario, durationParam } from ${JSON.stringify(SCENARIO)};`,
    `export default defineScenario({ ...${
      JSON.stringify(options)
    }, params: ${params}, run() {} });`,
    "",
  ].join("\n");
  Deno.writeTextFileSync(`${cwd}/${name}.ts`, text);
  return `./${name}.ts`;
}

/** Calls a verb with the stand-in; deadlines are short, because it is never slow. */
export async function suite(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Called> {
  const quick = ["--deadline", "500ms", "--grace", "3s", "--sample-gap", "50ms"];
  return await unwedge([...words, ...quick], {
    cwd,
    main: STAND_IN,
    env,
  });
}
