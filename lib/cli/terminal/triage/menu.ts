/**
 * The menu: every key, what it does, and when it makes sense. One table, from which the menu, the help and the
 * dispatch are made.
 *
 * @module
 */

import type { Action } from "../../../model/action.ts";
import { REMEDIES } from "../../../protocol/remedies.ts";
import type { HungDecision } from "../../../run/hung_run.ts";
import { line, type Piece, type Screen, sentences } from "../../../report/text/screen.ts";

/** What a key asks for. */
export type MenuCommand =
  | { readonly do: "act"; readonly action: Action }
  | { readonly do: "pick"; readonly what: "task" | "channel" | "actor" }
  | { readonly do: "decide"; readonly decision: HungDecision }
  | { readonly do: "dump" | "inspector" | "write" | "help" };

/** One line of the table. */
export interface Entry {
  readonly key: string;
  readonly command: MenuCommand;
  /** In the menu. */
  readonly label: string;
  /** In the help. */
  readonly about: string;
}

/** The keys as they stand together in the menu. The digits are the remedies in their order, least invasive first. */
const GROUPS: readonly (readonly Entry[])[] = [
  [
    entry(
      "d",
      "look again",
      { do: "dump" },
      "takes another dump and says what moved since the last one",
    ),
    entry("c", "pass ^C on", act({ kind: "sigint" }), "sends the subject a real SIGINT"),
    entry("g", "go on", decide("continue"), "closes the menu; the clocks run on"),
    entry("w", "write report", { do: "write" }, "writes the report as it stands now, goes on"),
    entry("i", "inspector", { do: "inspector" }, "says how to attach DevTools"),
  ],
  REMEDIES.slice(0, 9).map(({ name, does }, index) =>
    entry(`${index + 1}`, name, act({ kind: "remedy", remedy: name }), does)
  ),
  [
    entry(
      "x",
      "cancel all",
      act({ kind: "cancel-root" }),
      "cancels the root scope, as Ctrl-C would",
    ),
    entry("t", "cancel a task", pick("task"), "cancels one task, picked from a list"),
    entry("b", "abort a channel", pick("channel"), "breaks one end of one channel"),
    entry("r", "reap an actor", pick("actor"), "really ends the thread of one actor"),
  ],
  [
    entry("k", "kill", decide("kill"), "SIGKILLs the subject now; what was seen is in the report"),
    entry("q", "quit", decide("end"), "ends the subject in order and prints the report"),
    entry("?", "what the keys do", { do: "help" }, "this list"),
  ],
];

/** Keys that make sense without a subject. */
const WITHOUT_SUBJECT = ["w", "q", "?"];
/** Keys that make sense with a program that was not made for unwedge: it has no tasks that could be asked for anything. */
const WITH_COMMAND = ["d", "c", "g", "w", "i", "k", "q", "?"];

/** Of what the menu is. */
export interface MenuSubject {
  readonly lives: boolean;
  readonly isCommand: boolean;
}

function entry(key: string, label: string, command: MenuCommand, about: string): Entry {
  return { key, command, label, about };
}

function act(action: Action): MenuCommand {
  return { do: "act", action };
}

function pick(what: "task" | "channel" | "actor"): MenuCommand {
  return { do: "pick", what };
}

function decide(kind: HungDecision["kind"]): MenuCommand {
  return { do: "decide", decision: { kind } };
}

/** Every key of the menu. */
export const ENTRIES: readonly Entry[] = GROUPS.flat();

/** The entry of a key that makes sense now, or null. */
export function entryOf(char: string, subject: MenuSubject): Entry | null {
  return ENTRIES.find(({ key }) => key === char && isOffered(key, subject)) ?? null;
}

function isOffered(key: string, { lives, isCommand }: MenuSubject): boolean {
  return (lives || WITHOUT_SUBJECT.includes(key)) && (!isCommand || WITH_COMMAND.includes(key));
}

/** Between two entries on a line. */
const GAP = "   ";

/** The menu, as few lines as the width allows. */
export function menuLines(subject: MenuSubject, screen: Screen): string[] {
  return GROUPS
    .map((group) => group.filter(({ key }) => isOffered(key, subject)))
    .flatMap((group) => flow(group, screen))
    .map((pieces) => line([" ", ...pieces], screen));
}

function flow(entries: readonly Entry[], screen: Screen): Piece[][] {
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
      room = screen.columns - 2;
    }
    lines.at(-1)?.push(["cyan", key], ` ${label}`);
    room -= width;
  }
  return lines;
}

/** Each key with what it does, and what the signals do meanwhile. */
export function helpLines(screen: Screen, isCommand: boolean): string[] {
  const entries = ENTRIES.filter(({ key }) => isOffered(key, { lives: true, isCommand }));
  const widest = Math.max(...entries.map(({ label }) => label.length));
  const indent = widest + 5;
  const rows = entries.flatMap(({ key, label, about }) => {
    const [first = "", ...more] = sentences(about, { ...screen, columns: screen.columns - indent });
    return [
      line([" ", ["cyan", key], ` ${label.padEnd(widest)}  ${first}`], screen),
      ...more.map((each) => line([" ".repeat(indent), each], screen)),
    ];
  });
  const mark = "▶ marks a task that waits for an actor that is dead or was given up (abandoned).";
  const signals =
    "^C here ends the subject in order (at most 3 s), a second ^C kills it. ^Z stops " +
    "the subject and unwedge, until fg.";
  const marks = isCommand ? [] : sentences(mark, screen, " ");
  return [...rows, ...marks, ...sentences(signals, screen, " ")];
}
