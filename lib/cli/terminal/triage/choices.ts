/** What can be picked from a dump: a task to cancel, a channel to abort, an actor to reap. @module */

import type { Action } from "../../../model/action.ts";
import type { Dump } from "../../../model/dump.ts";
import { time } from "../../../protocol/duration.ts";
import { byDepth, byTask } from "./order.ts";
import type { Piece } from "./screen.ts";
import type { Choice } from "./picker.ts";
import { isLost, waitPieces } from "./wait_words.ts";

/** Every task, those that wait longest for somebody who will not come first. */
export function taskChoices({ tasks }: Dump): Choice<Action>[] {
  const rank = (task: Dump["tasks"][number]) => isLost(task.parkedOn?.peerState) ? 0 : 1;
  return tasks.toSorted((a, b) => rank(a) - rank(b) || byTask(a.id, b.id)).map((task) => ({
    value: { kind: "cancel-task", actor: task.actor, task: numberOf(task.id) },
    pieces: [
      ["bold", `${task.id} ${task.name}`],
      task.sinceMs === null ? "  " : `  ${time(task.sinceMs)}  `,
      ...waitPieces(task),
    ],
  }));
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("#") + 1));
}

/** Every channel end that is not closed yet, those with a peer that has gone first. */
export function channelChoices({ channels }: Dump): Choice<Action>[] {
  const open = channels.filter(({ state }) => state !== "closed" && state !== "broken");
  const alive = ({ peerState }: Dump["channels"][number]) => isLost(peerState) ? 0 : 1;
  return open.toSorted((a, b) => alive(a) - alive(b) || byDepth(a.actor, b.actor))
    .map(({ id, actor, peer, state, peerState }) => {
      const peerText = `peer ${peer} ${peerState}`;
      const marked: Piece = peerState === "alive" ? peerText : ["red", peerText];
      return {
        value: { kind: "abort-channel", actor, channel: id },
        pieces: [["bold", id], `  end of ${actor}, ${state}, `, marked],
      };
    });
}

/** Every actor that has a thread of its own. */
export function actorChoices({ isolates }: Dump): Choice<Action>[] {
  const sorted = isolates.toSorted((a, b) => byDepth(a.actor ?? "", b.actor ?? ""));
  return sorted.flatMap(({ id, kind, actor, state }): Choice<Action>[] => {
    if (kind !== "worker" || actor === null || state === "gone") return [];
    const marked: Piece = state === "parked" ? state : ["yellow", state];
    return [{ value: { kind: "reap", actor }, pieces: [["bold", actor], `  ${id}, `, marked] }];
  });
}
