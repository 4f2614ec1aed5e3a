/** Clues about programs without records, from their await trees and what is open in them. @module */

import type { Facts } from "../facts.ts";
import type { Finding } from "../foreign/finding.ts";
import { lockCycle } from "../foreign/locks.ts";
import { memoryCycle } from "../foreign/memory.ts";
import { orphaned } from "../foreign/orphaned.ts";
import { leftOpen, stillServes } from "../foreign/left_open.ts";
import {
  deafToAbort,
  farEnd,
  fullPipe,
  openConnections,
  ownFarEnd,
  timerAbout,
} from "../foreign/outside.ts";
import { awaitCycle, unsettled } from "../foreign/unsettled.ts";
import { blocked, stuckInModule } from "../foreign/workers.ts";
import type { Clue } from "./clue.ts";

function clue(says: string, find: (facts: Facts) => Finding | null): Clue {
  return { says, find: (facts) => find(facts)?.evidence ?? [] };
}

/** Nothing that could settle it can be reached. */
export const PROVEN_WAIT = clue(
  "all that a program without records waits for is proven never to settle",
  unsettled,
);

/** The same, and they are each other's. */
export const AWAIT_CYCLE = clue(
  "async functions of a program without records await each other in a cycle",
  awaitCycle,
);

/** Each has what another wants. */
export const LOCK_CYCLE = clue(
  "code that holds Web Locks awaits Web Locks which such code holds, in a cycle",
  lockCycle,
);

/** The same, of words. */
export const MEMORY_CYCLE = clue(
  "every worker blocks on a word of shared memory that another has taken, in a cycle, and main waits for them",
  memoryCycle,
);

/** Parent and child wait for each other. */
export const FULL_PIPE = clue(
  "main waits, and a child process writes into a pipe that is full and that main does not read",
  fullPipe,
);

/** A graceful shutdown that is held up. */
export const OPEN_CONNECTIONS = clue(
  "a server was told to shut down, and connections are still open",
  openConnections,
);

/** It was asked to stop. */
export const DEAF_TO_ABORT = clue(
  "a function that holds an aborted signal awaits an operation which the signal does not end",
  deafToAbort,
);

/** Both ends are the program's. */
export const OWN_FAR_END = clue(
  "an operation of the runtime is awaited on a connection of which this process has both ends",
  ownFarEnd,
);

/** Whose fault that is cannot be seen from here. */
export const FAR_END = clue(
  "an operation of the runtime is awaited: of a connection, a child process or the input",
  farEnd,
);

/** It may end the wait. */
export const TIMER_SET: Clue = {
  says: "a timer of a program without records is about to go off once",
  find: timerAbout,
};

/** Not yet ready. */
export const MODULE_STANDS = clue(
  "main waits for a message, and the module of every worker is at rest in an import",
  stuckInModule,
);

/** No message reaches it. */
export const WORKER_BLOCKS = clue(
  "main waits for a message, and every worker is blocked in code of the program",
  blocked,
);

/** The far end of a conversation is gone. */
export const WORKER_ENDED = clue(
  "what main waits for would have come with the messages of a worker that has ended",
  orphaned,
);

/** Nothing is left to do. */
export const LEFT_OPEN = clue(
  "main of a program without records has come to its end, and something that was not closed is open",
  leftOpen,
);

/** Whether it should is not seen. */
export const STILL_SERVES = clue(
  "main of a program without records has come to its end, and nothing is open but a server",
  stillServes,
);
