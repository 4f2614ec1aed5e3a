/** The class cancel-swallowed in words. @module */

import type { ClassText } from "./class_text.ts";

/** A catch that takes the cancel for an error like any other. */
export const CANCEL_SWALLOWED: ClassText = {
  name: "cancel-swallowed",
  owners: ["program"],
  summary: "a task catches its cancel and goes on, and teardown waits for it",
  looksLike:
    "Teardown never returns although everybody was asked to end. One actor goes on with its work as " +
    "if nothing had been said, often with a core at its limit, for each of its waits now fails at " +
    "once. main's loop turns, and Ctrl-C ends the wait.",
  why:
    "A cancel arrives as an error at a wait. A catch without a condition takes it with all the other " +
    "errors, and a loop around it goes on. The cancel stays in force, so that the next wait throws it " +
    "again: the loop spins over its own catch and never gives its event loop a turn, and then not " +
    "even terminate() ends the thread.",
  evidence: [
    "a task at which its cancel was thrown a hundred times, or again and again over half a second",
    "the wait in the program whose error is caught: the catch is around it",
    "a task that waits for the actor in which that happens",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
  ],
  rulesOut: [
    { class: "orphaned-channel", because: "the peer was told, over and over, and did not go" },
    {
      class: "stuck-child",
      because: "the peer comes to its waits; it does not heed what they throw",
    },
    { class: "cascade-stalled", because: "the actor has no children that it kept the cancel from" },
    { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
  ],
  fixes: [
    "at the place that is named: throw a Cancelled on, `if (error instanceof Cancelled) throw error`",
    "catch only what you expect, by its class",
    "put what must be done after a cancel under a shield with a bound, not into a catch",
    "let go of the child's channel and really end its thread (remedies channel-abort and reap)",
  ],
  scenarios: ["swallowed-cancel"],
};
