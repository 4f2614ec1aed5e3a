/**
 * The lists of a triage: one task, channel or actor is picked with a single letter. Longer lists have pages; Escape
 * picks nothing.
 *
 * @module
 */

import type { Action } from "../../../model/action.ts";
import type { Dump } from "../../../model/dump.ts";
import { time } from "../../../protocol/duration.ts";
import {
  byDepth,
  byTask,
  isLost,
  line,
  type Piece,
  type Screen,
  waitPieces,
} from "../../../report/text/screen.ts";
import type { Key } from "./terminal.ts";

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
  lines(screen: Screen): string[] {
    this.#size = Math.max(1, Math.min(LETTERS.length, screen.rows - 4));
    const all = this.#choices.length;
    const shown = this.#choices.slice(this.#from, this.#from + this.#size);
    const more = all > this.#size;
    const which = `(${this.#from + 1} to ${this.#from + shown.length} of ${all} entries)`;
    return [
      line([["bold", more ? `${this.#title} ${which}` : this.#title]], screen),
      ...shown.map(({ pieces }, index) =>
        line([" ", ["cyan", LETTERS[index] ?? ""], "  ", ...pieces], screen)
      ),
      line([["dim", `${more ? " space: more  " : ""} Escape: none of them`]], screen),
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

/** What each list asks, and what it offers. */
export const LISTS = {
  task: { title: "Cancel which task?", choices: tasksToCancel },
  channel: { title: "Abort which channel?", choices: channelsToAbort },
  actor: { title: "Reap which actor?", choices: actorsToReap },
} as const;

/** Every task; those that wait for an actor that is lost come first. */
function tasksToCancel({ tasks }: Dump): Choice<Action>[] {
  const rank = (task: Dump["tasks"][number]) => isLost(task.parkedOn?.peerState) ? 0 : 1;
  return tasks.toSorted((a, b) => rank(a) - rank(b) || byTask(a.id, b.id)).map((task) => ({
    value: {
      kind: "cancel-task",
      actor: task.actor,
      task: Number(task.id.slice(task.id.lastIndexOf("#") + 1)),
    },
    pieces: [
      ["bold", `${task.id} ${task.name}`],
      task.sinceMs === null ? "  " : `  ${time(task.sinceMs)}  `,
      ...waitPieces(task),
    ],
  }));
}

/** Every channel end that is not closed yet; those with a lost peer come first. */
function channelsToAbort({ channels }: Dump): Choice<Action>[] {
  const open = channels.filter(({ state }) => state !== "closed" && state !== "broken");
  const rank = ({ peerState }: Dump["channels"][number]) => isLost(peerState) ? 0 : 1;
  return open.toSorted((a, b) => rank(a) - rank(b) || byDepth(a.actor, b.actor))
    .map(({ id, actor, peer, state, peerState }) => {
      const peerText = `peer ${peer} ${peerState}`;
      const marked: Piece = peerState === "alive" ? peerText : ["red", peerText];
      return {
        value: { kind: "abort-channel", actor, channel: id },
        pieces: [["bold", id], `  end of ${actor}, ${state}, `, marked],
      };
    });
}

/** Every actor that runs in a thread which is not main. */
function actorsToReap({ isolates }: Dump): Choice<Action>[] {
  const sorted = isolates.toSorted((a, b) => byDepth(a.actor ?? "", b.actor ?? ""));
  return sorted.flatMap(({ id, kind, actor, state }): Choice<Action>[] => {
    if (kind !== "worker" || actor === null || state === "gone") return [];
    const marked: Piece = state === "parked" ? state : ["yellow", state];
    return [{ value: { kind: "reap", actor }, pieces: [["bold", actor], `  ${id}, `, marked] }];
  });
}
