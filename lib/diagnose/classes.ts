/**
 * The classes of hangs in words, for `explain`. What a class rests on stands in the table of rules; what it means, and
 * what to do about it, stands here.
 *
 * @module
 */

import { BOOT_DEATH } from "./class_texts/boot_death.ts";
import { CASCADE_STALLED } from "./class_texts/cascade_stalled.ts";
import { CANCEL_SWALLOWED } from "./class_texts/cancel_swallowed.ts";
import type { ClassText } from "./class_texts/class_text.ts";
import { EOF_SPIN } from "./class_texts/eof_spin.ts";
import { LOST_WAKEUP } from "./class_texts/lost_wakeup.ts";
import { SHIELD_TRAPPED } from "./class_texts/shield_trapped.ts";
import { WAIT_CYCLE } from "./class_texts/wait_cycle.ts";

export type { ClassText } from "./class_texts/class_text.ts";

/** Every class of this version. */
export const CLASSES: readonly ClassText[] = [
  {
    name: "orphaned-channel",
    owners: ["supervisor"],
    summary: "a task waits on the channel of an actor that is dead or given up, and nobody told it",
    looksLike:
      "Teardown never returns. Nothing burns CPU in main, its loop turns, and Ctrl-C ends " +
      "the wait at once. The child was hard-killed, or died by itself, some time ago.",
    why:
      "A worker that dies or is given up sends no end-of-file: its port falls silent. Supervision " +
      "that ends a child without ending its own side of the channel leaves every task that is parked " +
      "in recv or send there, and the nursery that joins those tasks, waiting for ever.",
    evidence: [
      "a task parked in recv or send on the channel of a dead or abandoned actor, not held by a shield",
      "that channel still open on the waiting side",
      "main's loop turns: SIGINT acted on, or a fresh heartbeat",
    ],
    rulesOut: [
      { class: "loop-starved", because: "SIGINT is acted on, so main's loop turns" },
      { class: "stuck-child", because: "nobody waits for the child itself, only for its messages" },
      { class: "late", because: "it never joins without help" },
      { class: "boot-death", because: "the channel had been open: the handshake had come" },
      { class: "shield-trapped", because: "no shield stands between the waiting task and SIGINT" },
      { class: "cascade-stalled", because: "nobody took a cancel and kept it from its children" },
      { class: "eof-spin", because: "the peer does not read at the end of something" },
      { class: "cancel-swallowed", because: "no task of the peer had its cancel thrown in vain" },
    ],
    fixes: [
      "break the supervisor's end of the channel when a child is given up (remedy channel-abort)",
      "cancel the tasks that are bound to the dead peer's channel (remedy cancel-peer-tasks)",
      "watch for the child's real death and turn it into end-of-file (remedy death-watch)",
      "bound the shielded wait for the children (remedy bounded-join): teardown goes on, the task stays",
    ],
    scenarios: [
      "non-checkpointing",
      "spinning-child",
      "silent-channel",
      "quiet-death",
      "backpressure",
      "mass-abandon",
    ],
  },
  BOOT_DEATH,
  SHIELD_TRAPPED,
  WAIT_CYCLE,
  CASCADE_STALLED,
  {
    name: "loop-starved",
    owners: ["platform", "program", "supervisor"],
    summary: "main's event loop no longer turns, so that nothing, Ctrl-C included, is acted on",
    looksLike:
      "Teardown does not return and Ctrl-C does nothing, however often it is pressed. main is kept " +
      "in every look, mostly in one frame. Only SIGKILL, or freeing main from outside, ends it.",
    why:
      "Something keeps main: a blocking wait on a lock whose holder was killed while it held it " +
      "(the hostage), a loop that never yields, one that awaits only what is there already (a " +
      "storm of microtasks), the calls that children go on sending after they were given up (a " +
      "flood, in which it turns, but too rarely), or a native call. The signal is delivered and taken " +
      "off the kernel's hands, but its handler needs a turn of the loop.",
    evidence: [
      "SIGINT not acted on in a whole grace period (without the probe: no heartbeat for a second)",
      "main in the same place in every look at its stack, or deaf in a native call",
      "for a flood: main busy with calls that came from actors after they were given up",
      "for a storm of microtasks: main busy in every look, and yet a microtask queued there has run",
      "for the hostage: main blocked on a shared lock whose holder is dead or given up",
      "the certificate: handler installed, nothing pending, and the handler ran once main was freed",
    ],
    rulesOut: [
      { class: "orphaned-channel", because: "SIGINT is not acted on" },
      { class: "stuck-child", because: "it is main that stands still, not a child" },
    ],
    fixes: [
      "a lock: never take one in main with a blocking wait; use Atomics.waitAsync or a bound",
      "a lock: recover it when its holder has been given up (the holder's death must release it)",
      "a lock: really end its holder before main waits for what that held (remedy reap)",
      "a loop: break long synchronous ones with a checkpoint",
      "microtasks: an await of what is there already gives no turn; put a checkpoint into the loop",
      "a flood: close the channels of children that are given up (remedy channel-abort), who may go on posting",
    ],
    scenarios: ["sigint-starved", "sigint-flooded", "microtask-storm"],
  },
  {
    name: "stuck-child",
    owners: ["program"],
    summary: "teardown waits, as it should, for a child that stands still in code of its own",
    looksLike:
      "Teardown never returns, main's loop turns. A task waits for an actor, or for the end of its " +
      "thread, and that actor's isolate stands in the same frame in every look. Or the actor sits in " +
      "a native call that no inspector reaches: then Ctrl-C frees the nursery, and the process stays.",
    why:
      "The child blocks or spins and never reaches a checkpoint, so that no cancel can be delivered " +
      "to it. terminate() does not end a thread that is stuck in JavaScript, and nothing but the end " +
      "of the process ends one that is stuck in a native call.",
    evidence: [
      "a task that waits for an actor which has not been given up, or for the end of a thread",
      "that actor's isolate in the same place in every look, or native-blocked",
      "or: a task parked in recv on the channel of an actor that was given up in a native call",
      "or, when the nursery joined: a worker in a native call, which is all that keeps the process",
      "main's loop turns",
    ],
    rulesOut: [
      {
        class: "orphaned-channel",
        because: "no task waits on the channel of a dead or given-up actor that could be ended",
      },
      { class: "loop-starved", because: "main's loop turns" },
      {
        class: "exit-leak",
        because: "what keeps the process is a native call: no reap can end it",
      },
    ],
    fixes: [
      "give the child checkpoints, or a bound on what it waits for",
      "really end its thread after the bounds of the ladder (remedy reap)",
      "move native blocking calls into a process of their own: nothing in this one can interrupt them",
      "bound the wait for the end of threads, and call Deno.exit() when it runs out",
    ],
    scenarios: ["sync-sleep-grandchild", "native-child"],
  },
  CANCEL_SWALLOWED,
  EOF_SPIN,
  LOST_WAKEUP,
  {
    name: "exit-leak",
    owners: ["platform", "supervisor", "program"],
    summary: "teardown was done in time, and a thread or a handle keeps the process",
    looksLike: "The program reports that it is done and does not exit.",
    why: "A web worker that is stuck in JavaScript survives terminate(), and its pending control " +
      "channel keeps the parent's loop alive for ever. Or a worker was never ended, or a timer or " +
      "listener was left behind.",
    evidence: [
      "the nursery joined inside the deadline, and the process was still there",
      "the worker threads that are left, each with what was tried on it",
      "or: the process at its end, waiting for a client of its inspector to disconnect",
      "or: no worker thread left and an idle main, so that a handle must keep it; timers are named with " +
      "the function that they call and its place, other handles by the platform's names",
    ],
    rulesOut: [
      { class: "orphaned-channel", because: "the nursery joined" },
      { class: "stuck-child", because: "the nursery joined" },
    ],
    fixes: [
      "a handle: close or unref what main still holds",
      "a thread: end it for real, through the V8 inspector (remedy reap), which does nothing to a handle",
      "either: call Deno.exit() when teardown is done; it waits for neither",
    ],
    scenarios: ["exit-leak", "exit-leak-timer"],
  },
  {
    name: "late",
    owners: [],
    summary: "the nursery joined by itself, but after the deadline: slow, not wedged",
    looksLike: "Teardown takes longer than its deadline and then returns.",
    why: "A loaded machine, bounds of the ladder that add up, or a deadline that is too short.",
    evidence: ["the nursery joined without SIGINT or any other help, after the deadline"],
    rulesOut: [{ class: "orphaned-channel", because: "nothing had to unwedge it" }],
    fixes: [
      "compare the deadline with the sum of the waits that the ladder may take",
      "look at the timeline for the step that took the time",
    ],
    scenarios: [],
  },
  {
    name: "unknown",
    owners: [],
    summary: "the evidence fits no class, or more than one; what is missing is listed",
    looksLike: "A hang or a leak, with everything that was seen of it.",
    why: "unwedge names a class only when every fact that the class rests on has been seen.",
    evidence: [],
    rulesOut: [],
    fixes: [
      "read the list of what is missing; with the SIGINT probe on and two samples more can be told",
      "read the dump: where each task is parked, and where each isolate stands",
    ],
    scenarios: [],
  },
];

/** The text of one class, null when there is no such class. */
export function classText(name: string): ClassText | null {
  return CLASSES.find((text) => text.name === name) ?? null;
}
