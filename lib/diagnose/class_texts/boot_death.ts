/** The class boot-death in words. @module */

import type { ClassText } from "./class_text.ts";

/** A child that died before it was ready. */
export const BOOT_DEATH: ClassText = {
  name: "boot-death",
  owners: ["supervisor"],
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
  evidence: [
    "a task parked in the handshake with a dead or abandoned actor",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
    "beside it: the actor's life lock was granted, so that its isolate has really ended",
  ],
  rulesOut: [
    { class: "orphaned-channel", because: "the channel was never open: the handshake never came" },
    { class: "stuck-child", because: "the actor is gone; one that is slow to boot is alive" },
    { class: "shield-trapped", because: "SIGINT frees the wait" },
    { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
  ],
  fixes: [
    "race the handshake against the child's death (remedy boot-race)",
    "watch for the child's real death and turn it into end-of-file (remedy death-watch)",
    "bound the start (failAfter around startActor): a child that boots for ever is caught too",
    "let a child that cannot start throw: an error is reported, a closed isolate is not",
  ],
  scenarios: ["boot-death"],
};
