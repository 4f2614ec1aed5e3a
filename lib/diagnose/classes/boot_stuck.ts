/** The class boot-stuck: a task waits for the handshake of a living actor whose module does not come to its end. @module */

import { BOOT_WAIT, STUCK_BOOT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { HELD_BY_CHILD, LADDER_UNDER_WAY, ORPHANED_WAIT } from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAYBE_AT_EOF, MAYBE_NATIVE } from "../clues/unseen.ts";
import { always, freed, frees } from "../cause/questions.ts";
import { MODULE_STANDS } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const BOOT_STUCK: HangClass = {
  name: "boot-stuck",
  summary: "a task waits for the handshake of a living actor whose module does not come to its end",
  looksLike:
    "The task that started the actor never gets on. The actor's isolate is there and at rest, it runs " +
    "nothing and burns no CPU: it waits for its own module. main's loop turns. Of a program that was not " +
    "made for unwedge: main waits for a worker's message, and the worker's module stands at an import.",
  why:
    "An actor is ready when its module has been evaluated. A module that awaits something at top " +
    "level is not, until that comes; and an import() at top level of a module that imports it back " +
    "never comes, for each waits for the other's end, and the platform raises no error.",
  fixes: [
    "break the cycle of imports: move what both need into a module that imports neither",
    "await nothing at the top of an actor's module: do it in the first call",
    "bound the start: failAfter around startActor, a timeout of your own around a worker's first message",
  ],
  scenarios: [],
  rules: [
    {
      variant: "its module awaits something",
      verdict: "hung",
      owner: "program",
      requires: [STUCK_BOOT, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        JOINED_LATE,
        BOOT_WAIT,
        ORPHANED_WAIT,
        HELD_BY_CHILD,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        HELD_BY_SWALLOWER,
        LADDER_UNDER_WAY,
        MAYBE_NATIVE,
        MAYBE_AT_EOF,
      ],
      supports: [SIGINT_UNWEDGED],
    },
    {
      variant: "a worker's module awaits an import",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [MODULE_STANDS, LOOP_TURNS],
      ruledOutBy: [],
      supports: [],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [
        frees(
          ["boot-race", "sigint", "cancel-task", "cancel-root"],
          "the start had to be given up",
        ),
      ],
      refutes: [freed(["death-watch"], "the child was dead")],
    },
  ],
};
