/**
 * The menu: every key, what it does, and when it makes sense. One table, from which the menu, the help and the
 * dispatch are made.
 *
 * @module
 */

import { REMEDIES } from "../../../protocol/remedies.ts";
import { line, type Piece, type Screen, sentences } from "./screen.ts";

/** What a key asks for. */
export type MenuCommand =
  | { readonly do: "look" }
  | { readonly do: "interrupt" }
  | { readonly do: "remedy"; readonly remedy: string }
  | { readonly do: "cancel-root" }
  | { readonly do: "pick-task" }
  | { readonly do: "pick-channel" }
  | { readonly do: "pick-actor" }
  | { readonly do: "inspector" }
  | { readonly do: "write" }
  | { readonly do: "continue" }
  | { readonly do: "kill" }
  | { readonly do: "quit" }
  | { readonly do: "help" };

/** One line of the table. */
export interface Entry {
  readonly key: string;
  readonly command: MenuCommand;
  /** In the menu. */
  readonly label: string;
  /** In the help. */
  readonly about: string;
  /** The subject must live for it. */
  readonly needsSubject: boolean;
  /** Entries of one group stand together. */
  readonly group: number;
}

/** Every key of the menu. The digits are the remedies in their order, least invasive first. */
export const ENTRIES: readonly Entry[] = [
  entry(
    "d",
    { do: "look" },
    "look again",
    "takes another dump and says what moved since the last one",
    0,
  ),
  entry("c", { do: "interrupt" }, "pass ^C on", "sends the subject a real SIGINT", 0),
  entry("g", { do: "continue" }, "go on", "closes the menu; the clocks run on", 0),
  {
    ...entry(
      "w",
      { do: "write" },
      "write report",
      "writes the report as it stands now, goes on",
      0,
    ),
    needsSubject: false,
  },
  entry("i", { do: "inspector" }, "inspector", "says how to attach DevTools, and looks away", 0),
  ...REMEDIES.slice(0, 9).map(({ name, does }, index) =>
    entry(`${index + 1}`, { do: "remedy", remedy: name }, name, does, 1)
  ),
  entry("x", { do: "cancel-root" }, "cancel all", "cancels the root scope, as Ctrl-C would", 2),
  entry("t", { do: "pick-task" }, "cancel a task", "cancels one task, picked from a list", 2),
  entry("b", { do: "pick-channel" }, "abort a channel", "breaks one end of one channel", 2),
  entry("r", { do: "pick-actor" }, "reap an actor", "really ends the thread of one actor", 2),
  entry("k", { do: "kill" }, "kill", "SIGKILLs the subject now; what was seen is in the report", 3),
  {
    ...entry("q", { do: "quit" }, "quit", "ends the subject in order and prints the report", 3),
    needsSubject: false,
  },
  { ...entry("?", { do: "help" }, "what the keys do", "this list", 3), needsSubject: false },
];

function entry(
  key: string,
  command: MenuCommand,
  label: string,
  about: string,
  group: number,
): Entry {
  return { key, command, label, about, needsSubject: true, group };
}

/** The entry of a key that makes sense now, or null. */
export function entryOf(char: string, subjectLives: boolean): Entry | null {
  return ENTRIES.find(({ key, needsSubject }) => key === char && (subjectLives || !needsSubject)) ??
    null;
}

/** Between two entries on a line. */
const GAP = "   ";

/** The menu, as few lines as the width allows. */
export function menuLines(subjectLives: boolean, page: Screen): string[] {
  const shown = ENTRIES.filter(({ needsSubject }) => subjectLives || !needsSubject);
  const lines = [...Map.groupBy(shown, ({ group }) => group).values()]
    .flatMap((group) => flow(group, page));
  return lines.map((pieces) => line([" ", ...pieces], page));
}

function flow(entries: readonly Entry[], page: Screen): Piece[][] {
  const lines: Piece[][] = [];
  let room = 0;
  for (const { key, label } of entries) {
    const width = key.length + 1 + label.length;
    if (GAP.length + width <= room) {
      lines.at(-1)?.push(GAP);
      room -= GAP.length;
    } else {
      lines.push([]);
      // A blank stands before each line, and the last column stays empty.
      room = page.columns - 2;
    }
    lines.at(-1)?.push(["cyan", key], ` ${label}`);
    room -= width;
  }
  return lines;
}

/** Each key with what it does, and what the signals do meanwhile. */
export function helpLines(page: Screen): string[] {
  const widest = Math.max(...ENTRIES.map(({ label }) => label.length));
  const rows = ENTRIES.flatMap(({ key, label, about }) => {
    const [first = "", ...more] = sentences(about, { ...page, columns: page.columns - widest - 5 });
    const indent = " ".repeat(widest + 5);
    return [
      line([" ", ["cyan", key], ` ${label.padEnd(widest)}  ${first}`], page),
      ...more.map((each) => line([indent, each], page)),
    ];
  });
  return [
    ...rows,
    ...sentences(
      "▶ marks who waits for somebody who is dead or was given up (abandoned).",
      page,
      " ",
    ),
    ...sentences(
      "^C here ends the subject in order (at most 3 s), again kills it. ^Z puts everything to sleep.",
      page,
      " ",
    ),
  ];
}
