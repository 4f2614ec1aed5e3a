/** Loads scenario files, and says in one sentence what is wrong with one that cannot be loaded. @module */

import { encodedFileUrl } from "../../protocol/file_url.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { SubjectSpec } from "../../protocol/subject_spec.ts";
import { type Mistake, mistakeIn } from "./declaration.ts";
import {
  declarationOf,
  isScenario,
  ParamError,
  type Scenario,
  type ScenarioTiming,
} from "./scenario.ts";

/** What loading came to. */
export type Loaded =
  | { readonly kind: "loaded"; readonly scenario: Scenario }
  /** It cannot be loaded, or declares what makes no sense: that is a mistake of whoever wrote it. */
  | {
    readonly kind: "load-failed" | "misdeclared";
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
  if (!isScenario(scenario)) {
    const { message, line } = notAScenario(scenario);
    return { kind: "load-failed", message, file: url, line: lineOf([line], url) };
  }
  const { options, stack } = declarationOf(scenario);
  const mistake = await mistakeIn(options);
  if (mistake === null) return { kind: "loaded", scenario };
  // The second frame is the call of defineScenario(), which may stand in a file that this one only passes on.
  const [, caller] = stack.matchAll(POSITION);
  const file = caller?.[1] === undefined ? url : encodedFileUrl(caller[1]);
  return {
    kind: "misdeclared",
    message: mistake.message,
    file,
    line: lineOf(placesOf(mistake), file),
  };
}

/** What is wrong with a default export that is no scenario, and the text that it stands beside. */
function notAScenario(exported: unknown): { readonly message: string; readonly line: RegExp } {
  return exported === undefined
    ? {
      message: "has no default export; it needs `export default defineScenario({ … })`",
      line: /^/,
    }
    : {
      message: "exports something by default that did not come from defineScenario()",
      line: /export default/,
    };
}

/** Any quotation mark. */
const QUOTE = "[\"'\\x60]";

/** Where a mistake stands: the value at its key, the value, the key, the declaration, whichever is found first. */
function placesOf({ key, value }: Mistake): RegExp[] {
  const found = value === null ? null : pattern(value);
  const named = key === null ? null : `\\b${RegExp.escape(key)}${QUOTE}?\\s*`;
  const places = [
    named === null || found === null ? null : `${named}:\\s*${found}`,
    found,
    named === null ? null : `${named}[:(]`,
    "defineScenario\\s*[(<]",
  ];
  return places.flatMap((place) => place === null ? [] : [new RegExp(place)]);
}

function pattern(value: string): string {
  if (!value.startsWith('"')) return RegExp.escape(value);
  return QUOTE + RegExp.escape(JSON.parse(value)) + QUOTE;
}

/** The line of a file, from 1, that first shows one of these; 1 when none does. */
function lineOf(places: readonly RegExp[], url: string): number {
  try {
    const lines = Deno.readTextFileSync(new URL(url)).split("\n");
    const found = places.map((place) => lines.findIndex((line) => place.test(line)));
    return (found.find((index) => index >= 0) ?? 0) + 1;
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
