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
  /** What had been left undone, when this was the smallest that helped. */
  readonly undone?: string;
}

/** From the one that touches least to the one that touches everything. */
const BY_REACH: readonly (readonly [string, Words])[] = [
  ["death-watch", {
    doing: "telling this side of the peer's death (death-watch)",
    masks:
      "death-watch tells only of a real death; it says nothing of a peer that is given up and lives on",
    undone: "this side was never told of a death",
  }],
  ["boot-race", {
    doing: "ending the handshake with the dead child (boot-race)",
    masks: "boot-race ends the one wait for the handshake; other waits for that child stay",
    undone: "the handshake was never told of a death",
  }],
  ["channel-abort", {
    doing: "aborting that channel",
    masks:
      "channel-abort frees every task that waits on the channel; it does not say why its peer never spoke",
    undone: "the channel was never told",
  }],
  ["abort-channel", {
    doing: "breaking the one end of a channel",
    masks:
      "breaking one end of a channel frees the tasks that wait there, and tells no other end of it",
  }],
  ["cancel-task", {
    doing: "cancelling the one task",
    masks: "cancelling the one task ends the wait, and hides what should have ended it",
    undone: "one task waits for what never comes",
  }],
  ["cancel-peer-tasks", {
    doing: "cancelling the tasks that are bound to that peer",
    masks:
      "cancel-peer-tasks frees the nursery by cancelling the tasks that listen; the channel is still never told",
    undone: "the tasks of a lost peer were never let go",
  }],
  ["bounded-join", {
    doing: "bounding the join",
    masks: "bounded-join lets the nursery go without what it waits for, which stays as it is",
    undone: "the join has no bound",
  }],
  ["sentinel", {
    doing: "the sentinel",
    masks: "the sentinel frees or ends main from outside; what starved it stays in the program",
    undone: "main's loop does not turn",
  }],
  ["reap", {
    doing: "really ending the thread (reap)",
    masks: "reap ends the thread; tasks that are parked on its channel are not told",
    undone: "a thread lives on that should have been ended",
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

/** How an action is called: `Ctrl-C`, `channel-abort`, `cancel of task root#5`. */
export function nameOf(action: Action): string {
  switch (action.kind) {
    case "sigint":
      return "Ctrl-C";
    case "remedy":
      return action.remedy;
    case "cancel-root":
      return "cancel of the root scope";
    case "cancel-task":
      return `cancel of task ${action.actor}#${action.task}`;
    case "abort-channel":
      return `abort of channel ${action.channel} in ${action.actor}`;
    case "reap":
      return `reap of ${action.actor}`;
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

/** What had been left undone when this action was the smallest that helped. */
export function undone(action: Action): string {
  return wordsOf(action)?.undone ?? "something smaller was due";
}

function wordsOf(action: Action): Words | undefined {
  return BY_REACH.find(([key]) => key === keyOf(action))?.[1];
}
