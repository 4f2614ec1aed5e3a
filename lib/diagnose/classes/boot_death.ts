/**
 * The class boot-death: a task waits for the handshake of an actor that died, or was given up, before it was ready.
 * @module
 */

import { LADDER_UNDER_WAY } from "../clues/channel.ts";
import { BOOT_WAIT, STILLBORN } from "../clues/boot.ts";
import { ENDED_UNASKED } from "../clues/crash.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { MAYBE_AT_EOF } from "../clues/unseen.ts";
import { always, freed, frees, inVain } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const BOOT_DEATH: HangClass = {
  name: "boot-death",
  summary:
    "a task waits for the handshake of an actor that died, or was given up, before it was ready",
  looksLike:
    "Whoever started the actor never gets on, and teardown never returns: asking the actor to end " +
    "changes nothing, for it must be connected first. main's loop turns, no thread of the actor is " +
    "left, and Ctrl-C ends the wait at once.",
  why:
    "A worker can end before it says its first word: its module closes the isolate, or its thread is " +
    "lost while it boots. No error is raised in the parent and its port stays silent, so a wait for " +
    "the handshake alone has nothing that could end it.",
  fixes: [
    "race the handshake against the child's death (remedy boot-race)",
    "watch for the child's real death and turn it into end-of-file (remedy death-watch)",
    "bound the start (failAfter around startActor): a child that boots for ever is caught too",
    "let a child that cannot start throw: an error is reported, a closed isolate is not",
  ],
  scenarios: ["boot-death"],
  rules: [
    {
      variant: "died before its handshake",
      verdict: "hung",
      owner: "supervisor",
      requires: [BOOT_WAIT, LOOP_TURNS],
      ruledOutBy: [...STARVED, SIGINT_IN_VAIN, JOINED_LATE, LADDER_UNDER_WAY, MAYBE_AT_EOF],
      supports: [STILLBORN, ENDED_UNASKED, SIGINT_UNWEDGED],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [
        frees(["boot-race", "death-watch"], "the wait was for a child that died in its boot"),
      ],
      refutes: [
        inVain(["boot-race"], "the handshake was ended, and the nursery waits for something else"),
        freed(["reap"], "a child that could be ended had not died in its boot"),
      ],
    },
  ],
};
