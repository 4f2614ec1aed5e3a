/**
 * The class shield-trapped: a task under a shield waits for a dead or abandoned actor, and no cancel can reach it.
 * @module
 */

import { LADDER_IN_VAIN, LADDER_UNDER_WAY, ORPHANING_CHILD } from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, STARVED } from "../clues/loop.ts";
import { CANCEL_HELD, TRAPPED_WAIT } from "../clues/shield.ts";
import { always, freed, frees, LETTING_GO, notFreed } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const SHIELD_TRAPPED: HangClass = {
  name: "shield-trapped",
  summary: "a task under a shield waits for a dead or abandoned actor, and no cancel can reach it",
  looksLike:
    "Teardown never returns. main's loop turns and Ctrl-C is acted on, and nothing comes of it, " +
    "however often it is pressed. A task is parked under a shield, in a join or in a cleanup that " +
    "asks a peer for something, and the peer is dead.",
  why:
    "A shield keeps cancels away so that a cleanup can finish. It may then only wait for what is sure " +
    "to come: an answer of a peer that is being ended is not, and a join of something that nobody " +
    "ends is not either. The peer dies, nobody breaks the wait, and the shield does what it is for.",
  fixes: [
    "bound the shielded wait (moveOnAfter with shield): a cleanup gets time, not eternity",
    "bound the shielded join of the children (remedy bounded-join)",
    "break the supervisor's end of the channel when a child is ended or given up, so that calls " +
    "under a shield fail (remedy channel-abort)",
    "in a cleanup tell the peer, do not ask it: what needs no answer cannot hang",
  ],
  scenarios: ["shielded-join", "shielded-cleanup"],
  rules: [
    {
      variant: "a shield holds against SIGINT",
      verdict: "hung",
      owner: "supervisor",
      requires: [TRAPPED_WAIT, SIGINT_IN_VAIN, LOOP_TURNS],
      ruledOutBy: [...STARVED, JOINED_LATE, LADDER_UNDER_WAY],
      supports: [CANCEL_HELD, ORPHANING_CHILD, LADDER_IN_VAIN],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [
        frees(["bounded-join", ...LETTING_GO], "what the shield protected could be ended"),
        notFreed(["sigint"], "the shield held the cancel of Ctrl-C off"),
      ],
      refutes: [freed(["sigint"], "no shield held the cancel off")],
    },
  ],
};
