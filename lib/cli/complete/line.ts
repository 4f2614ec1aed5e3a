/**
 * An unfinished command line, sorted: which verb, which flags, which words, and what the word under the cursor is.
 * More forgiving than `parse.ts`, which refuses what is wrong: what is still being typed may be.
 *
 * @module
 */

import { type Flag, FLAGS } from "../flags.ts";

/** The word under the cursor. */
export type Current =
  /** The value of a flag; `lead` is what of the word stands before it (`--stacks=`). */
  | {
    readonly kind: "value";
    readonly flag: Flag;
    readonly lead: string;
    readonly text: string;
  }
  | { readonly kind: "flag"; readonly text: string }
  /** The verb, or a word after it. */
  | { readonly kind: "word"; readonly text: string }
  /** Behind `--`: the command line of another program; `at` counts its words from 0. */
  | { readonly kind: "foreign"; readonly text: string; readonly at: number };

/** The line up to the cursor. */
export interface TypedWords {
  /** Null when it has not been typed, or is being typed. */
  readonly verb: string | null;
  /** Words after the verb, without the one under the cursor. */
  readonly words: readonly string[];
  /** Names of the flags before the cursor. */
  readonly flags: ReadonlySet<string>;
  readonly current: Current;
}

/**
 * Sorts the words.
 *
 * @param typed everything after the program's name; the last is the word under the cursor, perhaps empty
 */
export function sortWords(typed: readonly string[]): TypedWords {
  const before = typed.slice(0, -1);
  const text = typed.at(-1) ?? "";
  const words: string[] = [];
  const flags = new Set<string>();
  let waiting: Flag | null = null;
  for (const [index, word] of before.entries()) {
    if (waiting !== null) {
      waiting = null;
      continue;
    }
    if (word === "--") {
      const current: Current = { kind: "foreign", text, at: before.length - index - 1 };
      return { verb: words[0] ?? null, words: words.slice(1), flags, current };
    }
    const flag = flagOf(word);
    if (flag === null) {
      if (!word.startsWith("-") || word === "-") words.push(word);
      continue;
    }
    flags.add(flag.name);
    if (flag.kind !== "switch" && !word.includes("=")) waiting = flag;
  }
  const [verb = null, ...rest] = words;
  return { verb, words: rest, flags, current: currentOf(text, waiting) };
}

function currentOf(text: string, waiting: Flag | null): Current {
  if (waiting !== null) return { kind: "value", flag: waiting, lead: "", text };
  const cut = text.indexOf("=");
  const flag = cut < 0 ? null : flagOf(text);
  if (flag !== null && flag.kind !== "switch") {
    return { kind: "value", flag, lead: text.slice(0, cut + 1), text: text.slice(cut + 1) };
  }
  return text.startsWith("-") ? { kind: "flag", text } : { kind: "word", text };
}

/** The flag that a word is, with or without its value. */
function flagOf(word: string): Flag | null {
  const name = word.split("=")[0] ?? word;
  const found = FLAGS.find((flag) =>
    name === `--${flag.name}` || name === `-${flag.short}` ||
    (flag.negatable && name === `--no-${flag.name}`)
  );
  return found ?? null;
}

/** What a word can be. */
export type WordKind =
  | { readonly kind: "literal"; readonly value: string }
  | {
    readonly kind:
      | "scenario"
      | "class"
      | "file"
      | "directory"
      | "run"
      | "verb"
      | "process"
      | "command";
  };

/** One place for a word, and whether as many as one likes may stand there. */
export interface ArgumentPosition {
  readonly kinds: readonly WordKind[];
  readonly repeats: boolean;
}

/** Placeholders of the synopses. One that is not listed is completed with nothing. */
const PLACEHOLDERS: Readonly<Record<string, readonly WordKind[]>> = {
  NAME: [{ kind: "scenario" }],
  SCENARIO: [{ kind: "scenario" }],
  CLASS: [{ kind: "class" }],
  FILTER: [{ kind: "scenario" }, { kind: "class" }],
  FILE: [{ kind: "file" }],
  DIR: [{ kind: "directory" }],
  RUN_DIR: [{ kind: "run" }],
  VERB: [{ kind: "verb" }],
  PID: [{ kind: "process" }],
  CMD: [{ kind: "command" }],
  ARG: [{ kind: "file" }],
};

/**
 * The places of a synopsis, in order.
 *
 * @param synopsis as in the table of verbs: `merge DIR… -o DIR`, `list [FILTER…] [flags]`
 */
export function positionsOf(synopsis: string): ArgumentPosition[] {
  const words = synopsis
    // `[flags]`, `[--format FORMAT]` and `-o DIR` are flags, which have a table of their own.
    .replace(/\[(?:-[^\]]*|flags)\]/g, "")
    .replace(/(?:^|\s)-\w\s+\S+/g, "")
    .replace(/\s*\|\s*/g, "|")
    .split(/\s+/).slice(1);
  return words.filter((word) => word !== "" && word !== "--").map((word) => {
    const bare = word.replace(/[[\]]/g, "");
    const repeats = bare.endsWith("…");
    return { kinds: bare.replace(/…$/, "").split("|").flatMap(kindsOf), repeats };
  });
}

/** The place of the word with this index, null when no more words may stand there. */
export function positionAt(
  positions: readonly ArgumentPosition[],
  index: number,
): ArgumentPosition | null {
  const last = positions.at(-1);
  return positions[index] ?? (last?.repeats === true ? last : null);
}

function kindsOf(word: string): readonly WordKind[] {
  const known = PLACEHOLDERS[word];
  if (known !== undefined) return known;
  return /^[a-z][\w-]*$/.test(word) ? [{ kind: "literal", value: word }] : [];
}
