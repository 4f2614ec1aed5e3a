/**
 * The lines of a screen: the default page of a report and the screens of triage, with the words that they share. Every line is cut to the width of the
 * terminal, because a line that wraps tears the tree apart; colour is put on after the cut, because a cut escape
 * sequence would colour everything that follows.
 *
 * @module
 */

import type { Dump, DumpedTask } from "../../model/dump.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** What the lines are made for. */
export interface Screen {
  readonly style: Style;
  /** Of the terminal, in characters. */
  readonly columns: number;
  /** Of the terminal, in lines. */
  readonly rows: number;
  /** Working directory: paths below it are written short. */
  readonly here: string;
}

/** How a piece of a line is marked. */
export type Mark = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** A piece of a line: plain, or with a mark. */
export type Piece = string | readonly [mark: Mark, text: string];

/** One line from its pieces, cut to the width of the screen. */
export function line(pieces: readonly Piece[], screen: Screen): string {
  const cut = !fits(pieces, screen);
  let room = screen.columns - (cut ? 2 : 1);
  let out = "";
  for (const piece of pieces) {
    const text = textOf(piece).slice(0, Math.max(0, room));
    room -= text.length;
    out += typeof piece === "string" ? text : screen.style[piece[0]](text);
  }
  return cut ? `${out}…` : out;
}

/** Whether a line need not be cut. The last column stays empty. */
export function fits(pieces: readonly Piece[], { columns }: Screen): boolean {
  return pieces.reduce((sum, piece) => sum + textOf(piece).length, 0) < columns;
}

/** A heading across the screen. */
export function heading(title: string, screen: Screen): string {
  const shown = title.slice(0, screen.columns - 5);
  const rest = screen.columns - 1 - shown.length - 4;
  return line([["bold", `── ${shown} ${"─".repeat(Math.max(0, rest))}`]], screen);
}

/** Text broken between words, each line indented; a word longer than a line is cut. */
export function sentences(
  text: string,
  screen: Screen,
  indent = "",
  mark: Mark | null = null,
): string[] {
  return wrap(text, screen.columns - 1 - indent.length)
    .map((each) => line([indent, mark === null ? each : [mark, each]], screen));
}

function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : piece[1];
}

/** Orders actors: root first, since it is where teardown waits; then those below it. */
export function byDepth(a: string, b: string): number {
  return depth(a) - depth(b) || a.localeCompare(b, "en", { numeric: true });
}

/** Orders tasks by their labels, `root/stuck#4 name`: by actor, then by number. */
export function byTask(a: string, b: string): number {
  const [actorA = a, restA = ""] = a.split("#");
  const [actorB = b, restB = ""] = b.split("#");
  return byDepth(actorA, actorB) || restA.localeCompare(restB, "en", { numeric: true });
}

function depth(actor: string): number {
  return actor.split("/").length;
}

/** Whether the actor at the other end can answer no more. */
export function isLost(peerState: "alive" | "dead" | "abandoned" | null | undefined): boolean {
  return peerState === "dead" || peerState === "abandoned";
}

/** What a task waits for: `root/stuck abandoned: recv channel root<->root/stuck (open)`. */
export function waitPieces({ parkedOn, state, cancelled, shielded }: DumpedTask): Piece[] {
  if (parkedOn === null) return [["yellow", UNPARKED[state]]];
  const { kind, peer, peerState, resource } = parkedOn;
  const lost = isLost(peerState);
  const pieces: Piece[] = [];
  if (peer !== null && lost) pieces.push(["red", `${peer} ${peerState}`], ": ");
  if (shielded) pieces.push(["yellow", "shielded "]);
  if (cancelled?.heldByShield === true) pieces.push(["yellow", "from a cancel "]);
  // The resource of an event or a lock begins with its kind.
  pieces.push(resource.startsWith(`${kind} `) ? resource : `${kind} ${resource}`);
  if (peer !== null && !lost && !resource.includes(peer)) pieces.push(`, peer ${peer}`);
  if (cancelled?.heldByShield === false) pieces.push(["yellow", ", cancelled"]);
  return pieces;
}

const UNPARKED: Readonly<Record<DumpedTask["state"], string>> = {
  starting: "has not begun",
  running: "running",
  parked: "parked",
  native: "at work, or awaiting an unlabelled promise",
};

/** The same without marks, for a sentence or a comparison. */
export function waitText(task: DumpedTask): string {
  return waitPieces(task).map(textOf).join("");
}

/** The isolates that did not answer, together where the reason is the same; what the kernel saw of each is left out. */
export function missingLines({ missing }: Pick<Dump, "missing">, screen: Screen): string[] {
  const groups = Map.groupBy(missing, ({ why }) => withoutKernel(why));
  return [...groups].flatMap(([why, [first, ...more]]) => {
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return sentences(`${first?.isolate}${others} did not answer: ${why}`, screen, "", "yellow");
  });
}

function withoutKernel(why: string): string {
  return why.replace(/^did not answer: /, "").split(/ \((?=thread |answered |told |its )|;/)[0] ??
    why;
}
