/**
 * What could be meant by an unfinished word: the one place that knows, for all three shells.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import { type Flag, FLAGS, goesWith } from "../flags.ts";
import { VERBS } from "../verbs.ts";
import type { CompletionCandidate } from "./live_names.ts";
import {
  type Current,
  positionAt,
  positionsOf,
  sortWords,
  type TypedWords,
  type WordKind,
} from "./line.ts";
import type { Streams } from "../streams.ts";

/** What a shell is told. */
export interface Completion {
  /**
   * `words`: the candidates are all; `open`: the same, and the word is likely to go on, so no space after it;
   * `files`, `directories`: the shell adds paths.
   */
  readonly mode: "words" | "open" | "files" | "directories";
  readonly candidates: readonly CompletionCandidate[];
}

const NOTHING: Completion = { mode: "words", candidates: [] };

/**
 * Completes the last word.
 *
 * @param typed everything after the program's name, up to the cursor; the last word may be empty
 */
export async function complete(typed: readonly string[]): Promise<Completion> {
  const line = sortWords(typed);
  const { current } = line;
  const completion = await unfiltered(line, current);
  const lead = current.kind === "value" ? current.lead : "";
  const candidates = completion.candidates
    .map(({ value, about }) => ({ value: lead + value, about }))
    .filter(({ value }) => value.startsWith(lead + current.text));
  return { mode: completion.mode, candidates };
}

async function unfiltered(line: TypedWords, current: Current): Promise<Completion> {
  switch (current.kind) {
    case "value":
      return await valuesOf(current.flag, current.text, line);
    case "flag":
      return { mode: "words", candidates: flagsFor(line) };
    case "foreign":
      return { mode: "files", candidates: [] };
    case "word":
      return await wordsFor(line, current.text);
  }
}

async function valuesOf(flag: Flag, text: string, line: TypedWords): Promise<Completion> {
  if (flag.choices.length > 0) {
    const candidates = flag.choices.map((value) => ({ value, about: "" }));
    return { mode: "words", candidates };
  }
  if (flag.name === "remedy") return { mode: "open", candidates: remedyLists(text) };
  if (flag.kind === "pairs") {
    const { parameters, scenarios } = await import("./live_names.ts");
    const all = line.words.length === 0 && runsMany(line.verb);
    const names = all ? scenarios().map(({ value }) => value) : line.words;
    return { mode: "open", candidates: await parameters(names) };
  }
  if (flag.value === "DIR") return { mode: "directories", candidates: [] };
  if (/PATH|FILE/.test(flag.value ?? "")) return { mode: "files", candidates: [] };
  return NOTHING;
}

/** Whether a verb runs all scenarios when none is named. */
function runsMany(verb: string | null): boolean {
  const synopsis = VERBS.find(({ name }) => name === verb)?.synopsis ?? "";
  return positionsOf(synopsis).some(({ repeats }) => repeats);
}

/** `reap,ch` goes on with each remedy that is not in the list yet. */
function remedyLists(text: string): CompletionCandidate[] {
  const given = text.split(",").slice(0, -1);
  const lead = given.map((name) => `${name},`).join("");
  const rest = REMEDIES.filter(({ name }) => !given.includes(name))
    .map(({ name, does }) => ({ value: lead + name, about: does }));
  if (given.length > 0) return rest;
  return [
    ...rest,
    { value: "all", about: "every remedy" },
    { value: "none", about: "no remedy, which is the default" },
  ];
}

function flagsFor({ verb, flags }: TypedWords): CompletionCandidate[] {
  return FLAGS
    .filter((flag) => verb === null ? flag.group === "General" : goesWith(flag, verb))
    .filter((flag) => verb !== null || flag.verbs === "every")
    .filter((flag) => flag.kind === "pairs" || !flags.has(flag.name))
    .flatMap((flag) => {
      const { name, help, negatable } = flag;
      const on = { value: `--${name}`, about: help };
      return negatable ? [on, { value: `--no-${name}`, about: `not: ${help}` }] : [on];
    });
}

async function wordsFor(line: TypedWords, text: string): Promise<Completion> {
  const verb = VERBS.find(({ name }) => name === line.verb);
  if (line.verb === null) return { mode: "words", candidates: verbs() };
  if (verb === undefined) return NOTHING;
  const position = positionAt(positionsOf(verb.synopsis), line.words.length);
  if (position === null) return { mode: "words", candidates: flagsFor(line) };
  const { kinds } = position;
  const found = (await Promise.all(kinds.map(candidatesOf))).flat()
    .filter(({ value }) => !position.repeats || !line.words.includes(value));
  return { mode: modeOf(kinds, text, found), candidates: found };
}

/** Paths are offered where only paths go, and for a word that looks like one and is the beginning of no name. */
function modeOf(
  kinds: readonly WordKind[],
  text: string,
  found: readonly CompletionCandidate[],
): Completion["mode"] {
  const has = (kind: WordKind["kind"]) => kinds.some((each) => each.kind === kind);
  if (has("directory")) return "directories";
  if (has("command") || kinds.every(({ kind }) => kind === "file")) return "files";
  if (!/^[./~]/.test(text) || found.some(({ value }) => value.startsWith(text))) return "words";
  if (has("run")) return "directories";
  return has("file") || has("scenario") ? "files" : "words";
}

async function candidatesOf(kind: WordKind): Promise<CompletionCandidate[]> {
  const names = await import("./live_names.ts");
  switch (kind.kind) {
    case "literal":
      return [{ value: kind.value, about: "" }];
    case "scenario":
      return names.scenarios();
    case "class":
      return await names.classes();
    case "run":
      return names.runs();
    case "verb":
      return verbs();
    case "process":
      return await names.processes();
    case "file":
    case "directory":
    case "command":
      return [];
  }
}

function verbs(): CompletionCandidate[] {
  return VERBS.map(({ name, about }) => ({ value: name, about }));
}

/** Descriptions longer than this only push the candidates apart. */
const ABOUT_WIDTH = 100;

/** Prints the answer. A fault is no answer: nothing may be printed into a prompt. */
export async function answerCompletion(
  typed: readonly string[],
  streams: Streams,
): Promise<number> {
  try {
    const { mode, candidates } = await complete(typed);
    const lines = candidates.map(({ value, about }) =>
      about === "" ? oneLine(value) : `${oneLine(value)}\t${shortened(oneLine(about))}`
    );
    streams.out([mode, ...lines, ""].join("\n"));
    return 0;
  } catch {
    return 1;
  }
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ");
}

function shortened(text: string): string {
  return text.length <= ABOUT_WIDTH ? text : `${text.slice(0, ABOUT_WIDTH - 1)}…`;
}
