/** The class loop-starved: main's event loop no longer turns, so that nothing, Ctrl-C included, is acted on. @module */

import { LADDER_IN_VAIN } from "../clues/channel.ts";
import { BLOCKING_CYCLE } from "../clues/cycle.ts";
import { MAIN_AT_EOF } from "../clues/eof.ts";
import { FLOODED, FLOODED_LATE } from "../clues/flood.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import {
  ANY_LOCK,
  CERTIFICATE,
  HOSTAGE_LOCK,
  LIVING_LOCK,
  LOOP_STOPPED,
  MAIN_BLOCKS,
  MAIN_NATIVE,
  MAIN_SPINS,
  MAIN_STANDS_STILL,
  MICROTASKS_RUN,
  SIGINT_UNWEDGED,
  TURNING,
} from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { ends, freed, frees, inVain, LETTING_GO, sigintUnheard } from "../cause/questions.ts";
import type { Clue } from "../clues/clue.ts";
import type { HangClass, Rule } from "../hang_class.ts";

/** All of the class. */
export const LOOP_STARVED: HangClass = {
  name: "loop-starved",
  summary: "main's event loop no longer turns, so that nothing, Ctrl-C included, is acted on",
  looksLike:
    "Teardown does not return and Ctrl-C does nothing, however often it is pressed. main is kept " +
    "in every look, mostly in one frame. Only SIGKILL, or freeing main from outside, ends it.",
  why: "Something keeps main: a blocking wait on a lock whose holder was killed while it held it " +
    "(the hostage), a loop that never yields, one that awaits only what is there already (a " +
    "storm of microtasks), the calls that children go on sending after they were given up (a " +
    "flood, in which it turns, but too rarely), or a native call. The signal is delivered and taken " +
    "off the kernel's hands, but its handler needs a turn of the loop. Where terminate() did not end the " +
    "holder of a lock, that is the platform's; the line that waits for it without a turn is the program's.",
  fixes: [
    "a lock: never take one in main with a blocking wait; use Atomics.waitAsync or a bound",
    "a lock: recover it when its holder has been given up (the holder's death must release it)",
    "a lock: really end its holder before main waits for what that held (remedy reap)",
    "a loop: break long synchronous ones with a checkpoint",
    "microtasks: an await of what is there already gives no turn; put a checkpoint into the loop",
    "a flood: close the channels of children that are given up (remedy channel-abort), who may go on posting",
  ],
  scenarios: ["sigint-starved", "sigint-flooded", "microtask-storm"],
  rules: [
    stopped("hostage of a dead lock holder", "program", [MAIN_STANDS_STILL, HOSTAGE_LOCK], [
      LADDER_IN_VAIN,
    ]),
    stopped("waits for a living lock holder", "program", [MAIN_STANDS_STILL, LIVING_LOCK]),
    stopped("waits for a lock whose holder is not known", null, [MAIN_STANDS_STILL, ANY_LOCK]),
    {
      variant: "flooded by actors that were given up",
      verdict: "hung",
      owner: "supervisor",
      requires: [LOOP_STOPPED, FLOODED],
      ruledOutBy: [...TURNING, ANY_LOCK],
      supports: [MAIN_SPINS, CERTIFICATE, LADDER_IN_VAIN],
    },
    {
      variant: "flooded by actors that were given up, and heeds SIGINT late",
      verdict: "hung",
      owner: "supervisor",
      requires: [FLOODED_LATE],
      ruledOutBy: [JOINED_LATE, TRAPPED_WAIT, ANY_LOCK],
      supports: [MAIN_SPINS, SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
    stopped("microtasks keep main from turning", "program", [MICROTASKS_RUN], [MAIN_SPINS]),
    stopped("main spins", "program", [MAIN_STANDS_STILL, MAIN_SPINS], [MAIN_AT_EOF]),
    stopped("main blocks in JavaScript", "program", [MAIN_STANDS_STILL], [MAIN_BLOCKS]),
    stopped("main is in a native call", "program", [MAIN_NATIVE]),
  ],
  confirmations: [
    {
      variant: "a flood",
      when: ({ flooded }) => flooded,
      confirms: [frees([...LETTING_GO, "bounded-join"], "nobody listens to the flood any more")],
      refutes: [
        freed(["boot-race"], "the wait was for a handshake"),
        inVain(
          ["channel-abort", "cancel-peer-tasks"],
          "the flood was cut off, and main does not turn",
        ),
        freed(["reap"], "what was there already was little, and a child was waited for"),
      ],
    },
    {
      variant: "the hostage of a lock",
      when: ({ hostage, flooded }) => hostage && !flooded,
      confirms: [
        ends(
          ["reap", "sentinel"],
          "main went on once the lock's holder was ended, or the lock freed",
        ),
        sigintUnheard,
      ],
      refutes: [freed(["sigint", ...LETTING_GO, "bounded-join"], "main's loop turned")],
    },
    {
      variant: "anything else that keeps main",
      when: ({ hostage, flooded }) => !hostage && !flooded,
      confirms: [
        ends(["sentinel"], "only somebody outside of main's loop could end it"),
        sigintUnheard,
      ],
      refutes: [
        freed(["sigint", ...LETTING_GO, "bounded-join"], "main's loop turned"),
        freed(["reap"], "it was a child that held it"),
      ],
    },
  ],
};

/** main's loop has stopped, and these clues say why. */
function stopped(
  variant: string,
  owner: Rule["owner"],
  because: readonly Clue[],
  supports: readonly Clue[] = [],
): Rule {
  return {
    variant,
    verdict: "hung",
    owner,
    requires: [LOOP_STOPPED, ...because],
    ruledOutBy: [...TURNING, BLOCKING_CYCLE],
    supports: [...supports, CERTIFICATE],
  };
}
