/** The class shield-trapped in words. @module */

import type { ClassText } from "./class_text.ts";

/** A wait that no cancel reaches, for somebody who is gone. */
export const SHIELD_TRAPPED: ClassText = {
  name: "shield-trapped",
  owners: ["supervisor"],
  summary: "a task under a shield waits for a dead or abandoned actor, and no cancel can reach it",
  looksLike:
    "Teardown never returns. main's loop turns and Ctrl-C is acted on, and nothing comes of it, " +
    "however often it is pressed. A task is parked under a shield, in a join or in a cleanup that " +
    "asks a peer for something, and the peer is dead.",
  why:
    "A shield keeps cancels away so that a cleanup can finish. It may then only wait for what is sure " +
    "to come: an answer of a peer that is being ended is not, and a join of something that nobody " +
    "ends is not either. The peer dies, nobody breaks the wait, and the shield does what it is for.",
  evidence: [
    "a task parked under a shield, whose peer is dead or was given up",
    "SIGINT acted on, and the nursery not joined in a whole grace period",
    "beside it: the cancel that was asked for and that the shield holds back",
  ],
  rulesOut: [
    { class: "orphaned-channel", because: "SIGINT does not unwedge it: a shield holds" },
    { class: "cascade-stalled", because: "SIGINT does not unwedge it" },
    { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
    { class: "stuck-child", because: "the peer that is waited for is gone, not standing still" },
  ],
  fixes: [
    "bound the shielded wait (moveOnAfter with shield): a cleanup gets time, not eternity",
    "bound the shielded join of the children (remedy bounded-join)",
    "break the supervisor's end of the channel when a child is ended or given up, so that calls " +
    "under a shield fail (remedy channel-abort)",
    "in a cleanup tell the peer, do not ask it: what needs no answer cannot hang",
  ],
  scenarios: ["shielded-join", "shielded-cleanup"],
};
