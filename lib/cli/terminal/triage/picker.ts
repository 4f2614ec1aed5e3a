/**
 * A list to pick one thing from with a single letter. Longer lists have pages; Escape picks nothing.
 *
 * @module
 */

import { count } from "../../../report/text/words.ts";
import type { Key } from "./keys.ts";
import { line, type Piece, type Screen } from "./screen.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** One thing that can be picked. */
export interface Choice<T> {
  readonly value: T;
  readonly pieces: readonly Piece[];
}

/** What a key means in a list. */
export type Picked<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "page" }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown" };

/** A list of which one page is shown. */
export class Picker<T> {
  readonly #title: string;
  readonly #choices: readonly Choice<T>[];
  #from = 0;
  #size = LETTERS.length;

  constructor(title: string, choices: readonly Choice<T>[]) {
    this.#title = title;
    this.#choices = choices;
  }

  /** The page as it is now, made to fit. */
  lines(page: Screen): string[] {
    this.#size = Math.max(1, Math.min(LETTERS.length, page.rows - 4));
    const shown = this.#choices.slice(this.#from, this.#from + this.#size);
    const more = this.#choices.length > this.#size;
    const which = more
      ? ` (${this.#from + 1} to ${this.#from + shown.length} of ${
        count(this.#choices.length, "entry").replace("entrys", "entries")
      })`
      : "";
    return [
      line([["bold", `${this.#title}${which}`]], page),
      ...shown.map(({ pieces }, index) =>
        line([" ", ["cyan", LETTERS[index] ?? ""], "  ", ...pieces], page)
      ),
      line([["dim", more ? " space: more   Escape: none of them" : " Escape: none of them"]], page),
    ];
  }

  /** What a key picks. */
  take(key: Key): Picked<T> {
    if (key.kind === "escape") return { kind: "nothing" };
    if (key.kind !== "char") return { kind: "unknown" };
    if (key.char === " " && this.#choices.length > this.#size) {
      this.#from = this.#from + this.#size < this.#choices.length ? this.#from + this.#size : 0;
      return { kind: "page" };
    }
    const index = LETTERS.indexOf(key.char);
    const choice = index < 0 || index >= this.#size ? undefined : this.#choices[this.#from + index];
    return choice === undefined ? { kind: "unknown" } : { kind: "value", value: choice.value };
  }
}
