/**
 * The lines of the triage screens. Every line is cut to the width of the terminal, because a line that wraps tears the
 * tree apart; colour is put on after the cut, because a cut escape sequence would colour everything that follows.
 *
 * @module
 */

import type { Style } from "../../../report/text/style.ts";

/** What the screens are written with. */
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

/** One line from its pieces, cut to the width of the page. */
export function line(pieces: readonly Piece[], { style, columns }: Screen): string {
  let room = columns - 1;
  const total = pieces.reduce((sum, piece) => sum + textOf(piece).length, 0);
  const cut = total > room;
  if (cut) room -= 1;
  let out = "";
  for (const piece of pieces) {
    const text = textOf(piece).slice(0, Math.max(0, room));
    room -= text.length;
    out += typeof piece === "string" ? text : style[piece[0]](text);
  }
  return cut ? `${out}…` : out;
}

/** A heading across the page. */
export function heading(title: string, page: Screen, mark: Mark = "bold"): string {
  const shown = title.slice(0, page.columns - 5);
  const rest = page.columns - 1 - shown.length - 4;
  return line([[mark, `── ${shown} ${"─".repeat(Math.max(0, rest))}`]], page);
}

/** Text broken between words, each line indented; a word longer than a line is cut. */
export function sentences(
  text: string,
  page: Screen,
  indent = "",
  mark: Mark | null = null,
): string[] {
  const width = page.columns - 1 - indent.length;
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  if (current !== "") lines.push(current);
  return lines.map((each) => line([indent, mark === null ? each : [mark, each]], page));
}

function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : piece[1];
}
