/**
 * Where scenarios are: the files of `scenarios/` by name, and files of the user's own by path. This side never imports
 * one; what a scenario says of itself is asked of a process of its own (`lib/subject/inside/describe.ts`), so that a
 * broken scenario file cannot bring the command line down.
 *
 * @module
 */

import { encodedFileUrl, pathOfFile } from "../protocol/file_url.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { Described } from "../protocol/subject_spec.ts";
import { CannotRunError } from "../os/cannot_run.ts";
import { CommandLineError } from "./command_line_error.ts";
import { loadLater } from "../os/load_later.ts";
import { suggest } from "../protocol/suggest.ts";
import { OWN_FLAGS } from "../protocol/own_code.ts";

const DIRECTORY = new URL("../../scenarios/", import.meta.url);
const LIBRARY = new URL("../", import.meta.url).href;
const DESCRIBE = new URL("../subject/inside/describe.ts", import.meta.url);
const CATALOG = new URL("../../scenarios/catalog.json", import.meta.url);

/** A scenario that was asked for: its name as typed and its file. */
export interface ScenarioFile {
  readonly name: string;
  readonly url: string;
}

/** The scenarios that ship with unwedge, by name, in alphabetical order. */
export function shippedScenarios(): ScenarioFile[] {
  return [...Deno.readDirSync(DIRECTORY)]
    .filter(({ isFile, name }) => isFile && name.endsWith(".ts") && !name.endsWith("_test.ts"))
    .map(({ name }) => name.slice(0, -".ts".length).replaceAll("_", "-"))
    .sort()
    .map((name) => ({ name, url: urlOf(name) }));
}

/**
 * Finds the scenario that a person named: a path when it looks like one, else a name of the catalog.
 *
 * @throws {CommandLineError} when there is no such name or file
 */
export async function findScenario(typed: string): Promise<ScenarioFile> {
  if (looksLikePath(typed)) return await fromPath(typed);
  const shipped = shippedScenarios();
  // The file is named with underscores, and people complete file names.
  const found = shipped.find(({ name }) => name === typed.replaceAll("_", "-"));
  if (found !== undefined) return found;
  const names = shipped.map(({ name }) => name);
  const { didYouMean } = await loadLater<typeof import("../protocol/suggest.ts")>(
    import.meta.resolve("../protocol/suggest.ts"),
  );
  throw new CommandLineError(
    `there is no scenario ${JSON.stringify(typed)}${didYouMean(typed, names)}`,
    `scenarios: ${names.join(", ")}; a file of your own: repro ./path/to/mine.ts`,
  );
}

/**
 * What the scenarios of `files` that are in `scenarios/catalog.json` say of themselves, by URL. The catalog spares
 * `list` and the completions a process. An entry counts only for the very text that it was made from; `deno task
 * catalog` writes the catalog, and a test holds it to what the scenarios say.
 */
async function cataloged(files: readonly ScenarioFile[]): Promise<Map<string, Described>> {
  const known = new Map<string, Described>();
  if (!files.some(({ url }) => url.startsWith(DIRECTORY.href))) return known;
  try {
    const catalog: Catalog = JSON.parse(await Deno.readTextFile(CATALOG));
    for (const { url } of files) {
      const entry = catalog[url.slice(DIRECTORY.href.length)];
      if (entry === undefined || entry.sha256 !== await sha256(new URL(url))) continue;
      known.set(url, { ok: true, facts: { ...entry.facts, file: url } });
    }
  } catch {
    // Without a catalog the scenarios are asked.
  }
  return known;
}

/** `scenarios/catalog.json`: by file name, what a scenario says of itself and the text that says it. */
export type Catalog = Readonly<
  Record<string, { readonly sha256: string; readonly facts: ScenarioFacts }>
>;

/** The catalog as it must be now. @throws {DescribeError} when a scenario cannot be described */
export async function makeCatalog(): Promise<Catalog> {
  const entries: [string, Catalog[string]][] = [];
  for (const said of await ask(shippedScenarios())) {
    if (!said.ok) throw new DescribeError("", said.message, said.file);
    const { file, ...facts } = said.facts;
    const name = file.slice(DIRECTORY.href.length);
    entries.push([name, { sha256: await sha256(new URL(file)), facts: { ...facts, file: name } }]);
  }
  return Object.fromEntries(entries);
}

async function sha256(url: URL): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(url));
  return new Uint8Array(digest).toHex();
}

/**
 * What scenarios say of themselves, in the order of `files`.
 *
 * @param signal ends the describing process, which a file may keep from ending
 * @param set values for parameters, which are checked by the scenarios that have them
 * @throws {DescribeError} when the describing process fails as a whole, or is ended
 */
export async function describeScenarios(
  files: readonly ScenarioFile[],
  signal?: AbortSignal,
  set: Readonly<Record<string, string>> = {},
): Promise<Described[]> {
  const known = Object.keys(set).length > 0 ? new Map() : await cataloged(files);
  const asked = await ask(files.filter(({ url }) => !known.has(url)), signal, set);
  return files.map(({ url }) => known.get(url) ?? asked.shift());
}

async function ask(
  files: readonly ScenarioFile[],
  signal?: AbortSignal,
  set: Readonly<Record<string, string>> = {},
): Promise<Described[]> {
  if (files.length === 0) return [];
  const checked = Object.keys(set).length === 0 ? [] : [`--set=${JSON.stringify(set)}`];
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", ...OWN_FLAGS, "-A", "--no-check", DESCRIBE.href, ...checked],
      ...files.map(({ url }) => url),
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    ...(signal === undefined ? {} : { signal }),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  // The files may print, too, while they are loaded.
  const said = decoder.decode(stdout).split("\n").findLast((line) => line.startsWith('[{"ok":'));
  if (code !== 0 || said === undefined) {
    const why = signal?.aborted
      ? "its file did not come to its end in time"
      : `its file ended the process that loaded it, with exit code ${code}`;
    throw new DescribeError(decoder.decode(stderr), why, files[0]?.url ?? "");
  }
  return JSON.parse(said) as Described[];
}

/** The describing process failed as a whole: with several files, no telling by which of them. */
export class DescribeError extends CannotRunError {
  override name = "DescribeError";
  /** Where the error came from, as far as it says. */
  readonly place: { readonly file: string; readonly line: number | null };

  /**
   * @param stderr what the process said
   * @param why what happened to it, for when it did not say
   * @param file the file to blame when it named none
   */
  constructor(stderr: string, why: string, file: string) {
    const said = /^error: (?:Uncaught )?(?:\(in promise\) )?(.+)$/m.exec(stderr)?.[1];
    super(said ?? why);
    const named = [...stderr.matchAll(/(file:\/\/[^\n()'"]+?):(\d+):\d+/g)]
      .map(([, url = "", line]) => ({ file: encodedFileUrl(url), line: Number(line) }))
      .find(({ file }) => !file.startsWith(LIBRARY));
    this.place = named ?? { file, line: null };
  }
}

/**
 * The facts of one scenario.
 *
 * @throws {CannotRunError} when its file is broken, with the line
 * @throws {CommandLineError} when it declares what makes no sense
 */
export async function describeOne(file: ScenarioFile): Promise<ScenarioFacts> {
  const [described] = await describeScenarios([file]).catch((error): Described[] => {
    if (!(error instanceof DescribeError)) throw error;
    return [{ ok: false, ...error.place, message: error.message }];
  });
  if (described?.ok === true) return described.facts;
  if (described?.misdeclared === true) throw new CommandLineError(trouble(described));
  throw new CannotRunError(
    described === undefined ? `${file.name} says nothing` : trouble(described),
  );
}

/** `path:line: message`, in one line. */
export function trouble(broken: Extract<Described, { ok: false }>): string {
  const path = pathOfFile(broken.file);
  const line = broken.line === null ? "" : `:${broken.line}`;
  return `${path}${line}: ${broken.message.split("\n")[0]}`;
}

function urlOf(name: string): string {
  return new URL(`${name.replaceAll("-", "_")}.ts`, DIRECTORY).href;
}

/** Whether a word is meant as a path and not as a name. */
export function looksLikePath(typed: string): boolean {
  return typed.includes("/") || /\.(ts|mts|js|mjs)$/.test(typed);
}

async function fromPath(typed: string): Promise<ScenarioFile> {
  const { resolve, toFileUrl } = await loadLater<typeof import("./paths.ts")>(
    import.meta.resolve("./paths.ts"),
  );
  const path = resolve(typed);
  if (!isFile(toFileUrl(path))) throw new CommandLineError(`there is no file ${typed}`);
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  return { name: base.replaceAll("_", "-"), url: toFileUrl(path).href };
}

function isFile(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}

/** Offers the nearest parameter, or null when nothing is near; the refusal itself lists them all. */
export async function parameterHint(
  file: ScenarioFile,
  typedKeys: readonly string[],
): Promise<string | null> {
  let known: string[];
  try {
    known = Object.keys((await describeOne(file)).params);
  } catch {
    // The refusal itself has been said; without the scenario's own list there is nothing to add.
    return null;
  }
  const stray = typedKeys.find((key) => !known.includes(key));
  const meant = stray === undefined ? null : suggest(stray, known);
  return meant === null ? null : `did you mean ${meant}?`;
}
