/** The class eof-spin in words. @module */

import type { ClassText } from "./class_text.ts";

/** A reader that takes the end for a pause. */
export const EOF_SPIN: ClassText = {
  name: "eof-spin",
  owners: ["program"],
  summary: "a reader that does not take the end of its input for an end loops on it",
  looksLike:
    "One core is at its limit and nothing comes of it. A child is in its read loop in every look, " +
    "its system calls return at once, and teardown waits for it. main's loop turns, and Ctrl-C ends " +
    "the wait.",
  why:
    "A read at the end of a file, or on a connection whose other side is gone, does not wait: it says " +
    "at once that nothing came. A loop that takes this for 'nothing yet' reads again, for ever. When " +
    "the read is synchronous its event loop never turns, so that no cancel is heard and terminate() " +
    "does not end the thread.",
  evidence: [
    "a busy child whose thread called read a thousand times and more during the dump, and got less than a byte each time",
    "where in the program that is",
    "a task that waits for that child",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
  ],
  rulesOut: [
    { class: "orphaned-channel", because: "what is wrong is the reader, and the kernel counts it" },
    { class: "stuck-child", because: "the child does not wait and does not compute: it reads" },
    { class: "cancel-swallowed", because: "no cancel was thrown at the child and caught" },
    { class: "loop-starved", because: "it is not main that reads, so that SIGINT is acted on" },
  ],
  fixes: [
    "at the place that is named: treat null, or zero bytes, as the end",
    "to follow a file that grows, wait between two reads, with a sleep that can be cancelled",
    "read asynchronously, and through a stream, which ends by itself",
    "let go of the child's channel and really end its thread (remedies channel-abort and reap)",
  ],
  scenarios: ["eof-spin"],
};
