/** The class cascade-stalled in words. @module */

import type { ClassText } from "./class_text.ts";

/** A cancel that did not get down the tree. */
export const CASCADE_STALLED: ClassText = {
  name: "cascade-stalled",
  owners: ["supervisor"],
  summary:
    "an actor in the middle of the tree took the cancel and never passed it on to its children",
  looksLike:
    "A tree of actors does not come down. Nothing burns CPU, every task is parked on a message of " +
    "another actor, politely, and Ctrl-C ends it. One branch has gone as it was asked to; of the " +
    "other, the supervisor acknowledged the cancel, and nobody below it ever heard of one.",
  why:
    "A cancel goes down a tree by hand: every supervisor has to end what it supervises. One that " +
    "waits for its children's work under a shield, or catches the cancel and goes on, stops it for " +
    "its whole branch. Above, the ladder ends that supervisor at last, and whoever waits on its " +
    "channel is not told.",
  evidence: [
    "an actor that acknowledged a soft kill and did not end",
    "children of it that lived then and were never asked to end",
    "a task that waits for that actor",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
  ],
  rulesOut: [
    {
      class: "orphaned-channel",
      because: "the actor had been told and had children of its own that were not",
    },
    { class: "stuck-child", because: "the actor does not stand still in code of its own" },
    { class: "shield-trapped", because: "SIGINT unwedges it: no shield stands in the root" },
    { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
  ],
  fixes: [
    "in the actor that is named: let the cancel through, or bound the shield around its wait",
    "cancel the tasks that are bound to the lost supervisor's channel (remedy cancel-peer-tasks)",
    "break the end of its channel when it is ended or given up (remedy channel-abort)",
  ],
  scenarios: ["cancel-cascade"],
};
