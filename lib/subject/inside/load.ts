/** Loads scenario files, and says in one sentence what is wrong with one that cannot be loaded. @module */

import { encodedFileUrl } from "../../protocol/file_url.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { SubjectSpec } from "../../protocol/subject_spec.ts";
import { isScenario, ParamError, type Scenario, type ScenarioTiming } from "./scenario.ts";

/** What loading came to. */
export type Loaded =
  | { readonly kind: "loaded"; readonly scenario: Scenario }
  | {
    readonly kind: "load-failed";
    readonly message: string;
    readonly file: string;
    readonly line: number | null;
  };

/** Loads the scenario module at a file URL. Never throws: a file can be wrong in any way. */
export async function loadScenario(url: string): Promise<Loaded> {
  let module: { readonly default?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    return { kind: "load-failed", ...whereItFailed(error, url) };
  }
  const { default: scenario } = module;
  const problem = problemOf(scenario);
  if (problem === null && isScenario(scenario)) return { kind: "loaded", scenario };
  const { message = "", text = null } = problem ?? {};
  // Where a thing is missing, the whole file is the place: its first line.
  const line = text === null ? 1 : lineOf(text, url);
  return { kind: "load-failed", message, file: url, line };
}

/** What has no default. */
const NEEDED = ["name", "summary", "story", "expected", "fixedBy"] as const;

/** What is wrong with a default export, and the text that it stands beside; null when it is a scenario that can run. */
function problemOf(scenario: unknown): { message: string; text?: string } | null {
  if (scenario === undefined) {
    return { message: "has no default export; it needs `export default defineScenario({ … })`" };
  }
  if (!isScenario(scenario)) {
    const message = "exports something by default that did not come from defineScenario()";
    return { message, text: "export default" };
  }
  // A file is run without a type check.
  const missing = NEEDED.find((part) => scenario[part] === undefined);
  if (missing !== undefined) {
    const message = `declares no \`${missing}\`, which defineScenario() needs`;
    return { message, text: "defineScenario({" };
  }
  const unknown = scenario.fixedBy.find((name) => !REMEDIES.some((each) => each.name === name));
  if (unknown === undefined) return null;
  const names = REMEDIES.map(({ name }) => name).join(", ");
  const text = JSON.stringify(unknown);
  return {
    message: `fixedBy names a remedy ${text} that does not exist; remedies: ${names}`,
    text,
  };
}

/** The line of a file, from 1, that a text first stands in; 1 when it cannot be found. */
function lineOf(text: string, url: string): number {
  try {
    const lines = Deno.readTextFileSync(new URL(url)).split("\n");
    return Math.max(0, lines.findIndex((line) => line.includes(text))) + 1;
  } catch {
    return 1;
  }
}

/** The times of a run: the scenario's, unless the spec says otherwise. */
export function timingOf(scenario: Scenario, spec: SubjectSpec | null): ScenarioTiming {
  const { timing } = scenario;
  return {
    settleMs: spec?.settleMs ?? timing.settleMs,
    softKillMs: spec?.softKillMs ?? timing.softKillMs,
    hardKillMs: spec?.hardKillMs ?? timing.hardKillMs,
    deadlineMs: spec?.deadlineMs ?? timing.deadlineMs,
  };
}

/** What a scenario says of itself, with the parameters as they are set. */
export function factsOf(scenario: Scenario, file: string, spec: SubjectSpec | null): ScenarioFacts {
  const params: Record<string, { value: string; default: string; about: string }> = {};
  for (const [name, param] of Object.entries(scenario.params)) {
    params[name] = {
      value: spec?.set[name] ?? param.default,
      default: param.default,
      about: param.about,
    };
  }
  return {
    name: scenario.name,
    file,
    summary: scenario.summary,
    story: scenario.story,
    params,
    expected: scenario.expected,
    fixedBy: scenario.fixedBy,
    load: scenario.load,
    ...timingOf(scenario, spec),
  };
}

/** A request that makes no sense for this scenario. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/**
 * Reads the `--set` values as the scenario declares them.
 *
 * @throws {Refused} for an undeclared parameter, a bad value or an unknown remedy
 */
export function readRequest(
  scenario: Scenario,
  spec: Pick<SubjectSpec, "set" | "remedies">,
): Record<string, unknown> {
  const declared = Object.keys(scenario.params);
  for (const name of Object.keys(spec.set)) {
    if (declared.includes(name)) continue;
    const known = declared.length === 0 ? "it has none" : `it has ${declared.join(", ")}`;
    throw new Refused(`scenario ${scenario.name} has no parameter "${name}": ${known}`);
  }
  for (const remedy of spec.remedies) {
    if (!REMEDIES.some(({ name }) => name === remedy)) {
      throw new Refused(`there is no remedy "${remedy}"`);
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(scenario.params)) {
    try {
      values[name] = param.read(spec.set[name] ?? param.default);
    } catch (error) {
      if (error instanceof ParamError) throw new Refused(`--set ${name}:${error.message}`);
      throw error;
    }
  }
  return values;
}

/** File names may be decoded in stacks; they are encoded in messages of the loader. */
const POSITION = /(file:\/\/[^\n()'"]+?):(\d+):\d+/g;
/** Deno colours what its loader says, unless NO_COLOR is set. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character
const COLOUR = /\u001b\[[\d;]*m/g;
const HERE = new URL(".", import.meta.url).href;
const LOADER_ERROR = /^\w*Error: /;

function whereItFailed(
  error: unknown,
  url: string,
): { readonly message: string; readonly file: string; readonly line: number | null } {
  const { name, message, stack } = partsOf(error);
  // The loader names the place in the message, errors of the module's own code in the stack; who asked for the module
  // is neither.
  const [place] = [...`${message}\n${stack}`.matchAll(POSITION)]
    .filter(([, file = ""]) => !encodedFileUrl(file).startsWith(HERE));
  const [head = ""] = message.split("\n");
  // What the parser says has its name in the message.
  const named = name === "" || LOADER_ERROR.test(head) ? head : `${name}: ${head}`;
  return {
    message: place === undefined ? named : named.replace(` at ${place[0]}`, ""),
    file: place?.[1] === undefined ? url : encodedFileUrl(place[1]),
    line: place === undefined ? null : Number(place[2]),
  };
}

/** A module can throw anything, also what cannot be turned into text. */
function partsOf(error: unknown): { name: string; message: string; stack: string } {
  if (error instanceof Error) {
    const { name, message, stack = "" } = error;
    return { name, message: plain(message), stack: plain(stack) };
  }
  try {
    return { name: "", message: `it threw ${plain(String(error))}`, stack: "" };
  } catch {
    return { name: "", message: "it threw something that cannot be shown", stack: "" };
  }
}

function plain(text: string): string {
  return String(text).replace(COLOUR, "");
}
