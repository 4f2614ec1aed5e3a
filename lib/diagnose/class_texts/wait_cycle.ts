/** The class wait-cycle in words. @module */

import type { ClassText } from "./class_text.ts";

/** Tasks that wait for each other. */
export const WAIT_CYCLE: ClassText = {
  name: "wait-cycle",
  owners: ["program"],
  summary: "tasks wait for each other in a cycle: an answer, a lock, a join, and back to the first",
  looksLike:
    "Teardown never returns, nobody is dead, nothing burns CPU, main's loop turns, and Ctrl-C ends it " +
    "at once. Every task waits for something that another task of the program would bring about.",
  why:
    "A holds what B needs, and waits for B. Between actors it takes no lock to get there: A asks B and " +
    "waits, and to answer B asks A, whose handler waits for the asker. It often works in tests, where " +
    "the one is done before the other begins.",
  evidence: [
    "the proof: nothing moves in any isolate, no message is on its way, no timer is set",
    "the cycle, wait by wait, from the journal of every actor in it",
    "main's loop turns: SIGINT acted on, or a fresh heartbeat",
  ],
  rulesOut: [
    { class: "orphaned-channel", because: "everybody in the cycle is alive" },
    { class: "stuck-child", because: "no isolate stands still in code: all of them are idle" },
    { class: "shield-trapped", because: "nobody waits under a shield for somebody who is gone" },
    { class: "loop-starved", because: "main's loop turns" },
  ],
  fixes: [
    "hold no lock while you wait for another actor: take what you need, let go, then ask",
    "send along what the other side will ask for, so that it need not ask back",
    "take locks everywhere in the same order",
    "bound the call (failAfter): a cycle then fails visibly instead of hanging",
  ],
  scenarios: ["rpc-cycle"],
};
