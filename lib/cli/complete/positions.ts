/**
 * What may stand after a verb, read off its synopsis: `explain CLASS|SCENARIO` takes one class or scenario. So a verb
 * that is added to the table is completed at once, and help and completion cannot disagree.
 *
 * @module
 */

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
