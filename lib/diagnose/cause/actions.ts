/**
 * The actions of a diagnosis in words, and how far each of them reaches. An action that reaches less far says more
 * about the cause: what cancels everything frees almost anything.
 *
 * @module
 */

import type { Action } from "../../model/action.ts";

/** What is known of one kind of action. */
interface Words {
  /** Subject of a sentence: `aborting the channel`. */
  readonly doing: string;
  /** What the action hides when something smaller works too. */
  readonly masks: string;
}

/** From the one that touches least to the one that touches everything. */
const BY_REACH: readonly (readonly [string, Words])[] = [
  ["death-watch", {
    doing: "telling this side of the peer's death (death-watch)",
    masks:
      "death-watch tells only of a real death; it says nothing of a peer that is given up and lives on",
  }],
  ["boot-race", {
    doing: "ending the handshake with the dead child (boot-race)",
    masks: "boot-race ends the one wait for the handshake; whoever else waits for that child stays",
  }],
  ["channel-abort", {
    doing: "aborting that channel",
    masks:
      "channel-abort frees whoever waits on the channel; it does not say why its peer never spoke",
  }],
  ["abort-channel", {
    doing: "breaking the one end of a channel",
    masks: "breaking one end of a channel frees whoever waits there, and tells the others nothing",
  }],
  ["cancel-task", {
    doing: "cancelling the one task",
    masks: "cancelling the one task ends the wait, and hides what should have ended it",
  }],
  ["cancel-peer-tasks", {
    doing: "cancelling the tasks that are bound to that peer",
    masks:
      "cancel-peer-tasks frees the nursery by cancelling who listens; the channel is still never told",
  }],
  ["bounded-join", {
    doing: "bounding the join",
    masks: "bounded-join lets the nursery go without what it waits for, which stays as it is",
  }],
  ["sentinel", {
    doing: "the sentinel",
    masks: "the sentinel frees or ends main from outside; what starved it stays in the program",
  }],
  ["reap", {
    doing: "really ending the thread (reap)",
    masks: "reap ends the thread; who was parked on its channel is told of nothing",
  }],
  ["cancel-root", {
    doing: "cancelling everything",
    masks: "cancelling the root task frees the nursery by cancelling everything",
  }],
  ["sigint", {
    doing: "Ctrl-C, which cancels everything,",
    masks: "Ctrl-C frees the nursery by cancelling everything",
  }],
];

/** The key of an action in every table here: the remedy's name, or the kind of the action. */
export function keyOf(action: Action): string {
  return action.kind === "remedy" ? action.remedy : action.kind;
}

/** How an action is called: `Ctrl-C`, `channel-abort`, `cancel #5 of root`. */
export function nameOf(action: Action): string {
  switch (action.kind) {
    case "sigint":
      return "Ctrl-C";
    case "remedy":
      return action.remedy;
    case "cancel-root":
      return "cancel root";
    case "cancel-task":
      return `cancel #${action.task} of ${action.actor}`;
    case "abort-channel":
      return `abort ${action.channel}`;
    case "reap":
      return `reap ${action.actor}`;
  }
}

/** How far actions reach together; a pair reaches further than each of its parts, and than any single one. */
export function reach(actions: readonly Action[]): number {
  const each = actions.map((action) => {
    const index = BY_REACH.findIndex(([key]) => key === keyOf(action));
    return index === -1 ? BY_REACH.length : index;
  });
  return Math.max(...each) + (actions.length - 1) * BY_REACH.length;
}

/** The action as the subject of a sentence. */
export function doing(action: Action): string {
  return wordsOf(action)?.doing ?? nameOf(action);
}

/** What the action hides, in a sentence without its full stop. */
export function masks(action: Action): string {
  return wordsOf(action)?.masks ?? `${nameOf(action)} hides the cause`;
}

function wordsOf(action: Action): Words | undefined {
  return BY_REACH.find(([key]) => key === keyOf(action))?.[1];
}
