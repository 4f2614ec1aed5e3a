/** The class lost-wakeup in words. @module */

import type { ClassText } from "./class_text.ts";

/** A wait for what has already happened. */
export const LOST_WAKEUP: ClassText = {
  name: "lost-wakeup",
  owners: ["program"],
  summary: "a task waits for a notification that was sent before it began to wait",
  looksLike:
    "Teardown never returns. All actors have ended in order, nothing burns CPU, main's loop turns, " +
    "and Ctrl-C ends it at once. It happens now and then, for it depends on who comes first.",
  why:
    "A notification wakes those who wait at that moment and leaves nothing behind. A task that " +
    "begins to wait a moment later waits for the next one, and there is none when its sender has " +
    "done its work and gone.",
  evidence: [
    "a task that waits for a notification",
    "the last one was sent before that wait began, when nobody waited, and none since",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
    "beside it: every actor that could send it again is dead",
    "it is proven only where nothing moves any more and nothing is left that could send it again",
  ],
  rulesOut: [
    {
      class: "orphaned-channel",
      because: "no task waits on the channel of a dead or given-up actor",
    },
    { class: "stuck-child", because: "no task waits for an actor that stands still" },
    { class: "shield-trapped", because: "SIGINT frees the wait" },
    { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
  ],
  fixes: [
    "use an Event, which stays set: who comes late finds it set",
    "keep what the notification is about in a variable, and look at it before each wait",
    "begin to wait before the one that notifies is started",
    "bound the wait (moveOnAfter), and look again",
  ],
  scenarios: ["lost-wakeup"],
};
