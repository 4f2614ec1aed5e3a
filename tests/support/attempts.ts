/**
 * Hand-made attempts, one a verdict, for the tests of what is rendered from them. Every optional part is there once.
 *
 * @module
 */

import type { Attempt } from "../../lib/model/result.ts";
import type { Dump } from "../../lib/model/dump.ts";
import type { PathStep } from "../../lib/model/path.ts";
import { IGNORED, isolate, NO_CLOCKS, orphaned, SEED_DUMP, task } from "./facts.ts";

const FIXTURE = "file:///project/fixtures/children/non_checkpointing.ts";
const RECV = { file: "file:///project/scenarios/non_checkpointing.ts", line: 41, column: 19 };

/** A dump with one parked task of the parent and one busy isolate of the child. */
export const DUMP: Dump = {
  ...SEED_DUMP,
  isolates: [
    isolate({
      id: "main",
      kind: "main",
      actor: "root",
      state: "parked",
      thread: { tid: 100, name: "deno", state: "S", wchan: "do_epoll_wait", cpuTicks: 0 },
      samples: [],
    }),
    isolate({
      thread: { tid: 101, name: "worker-1", state: "S", wchan: "futex_do_wait", cpuTicks: 0 },
      samples: [0, 250].map((atMs) => ({
        atMs,
        frames: [{ file: FIXTURE, line: 12, column: 13, fn: "waitInSlices", internal: false }],
      })),
    }),
  ],
  tasks: [
    task({
      id: "root#1",
      name: "main",
      parent: null,
      parkedOn: { kind: "join", resource: "nursery service", peer: null, peerState: null },
      sinceMs: 5_020,
      shielded: true,
      site: RECV,
    }),
    task({ id: "root#2", name: "pump", sinceMs: 5_010, site: RECV, createdAt: RECV }),
  ],
  tookMs: 340,
};

/** A step of a path: root waits for a message. */
export function step(change: Partial<PathStep> = {}): PathStep {
  return {
    actor: "root",
    task: null,
    kind: "recv",
    resource: "channel root<->root/stuck (open)",
    peer: null,
    shielded: false,
    at: null,
    spawnedAt: null,
    ...change,
  };
}

const NOTHING: Attempt = {
  verdict: "finished",
  phase: "teardown",
  proven: false,
  class: null,
  owner: null,
  missing: [],
  remedies: [],
  deadlineMs: 5_000,
  clocks: { nurseryJoinedMs: 12.4, threadsGoneMs: 15.25, processExitedMs: 43.1 },
  ladder: [],
  sigint: null,
  loop: { beats: 3, lastBeatMs: 20, maxGapMs: 104 },
  evidence: [],
  leftovers: [],
  dump: null,
  timeline: [],
  outputTail: { stdout: "", stderr: "" },
  subjectExit: "0",
};

/** The seed's hang: orphaned channel, Ctrl-C unwedges it. */
export const HUNG: Attempt = {
  ...NOTHING,
  verdict: "hung",
  class: "orphaned-channel",
  owner: "supervisor",
  path: {
    kind: "dead-end",
    because: "root/stuck was given up there, and what waits for it waits on",
    steps: [
      step({ task: "#1 main", kind: "join", resource: 'nursery "service" (1 running)', at: RECV }),
      step({ task: "#2 pump", peer: "root/stuck", at: { ...RECV, line: 44 } }),
      step({
        actor: "root/stuck",
        kind: "code",
        resource: "waitInSlices()",
        at: { file: FIXTURE, line: 12, column: 13 },
      }),
    ],
  },
  clocks: NO_CLOCKS,
  ladder: [{
    actor: "root/stuck",
    rung: "soft-kill",
    askedMs: 1,
    ackedMs: null,
    effect: "no-answer",
    effectMs: 1_001,
  }],
  sigint: { sentMs: 5_400, actedMs: 1.8, unwedged: true, joinedMs: 3.2, certificate: null },
  loop: { beats: 57, lastBeatMs: 41, maxGapMs: 108 },
  evidence: [
    {
      kind: "parked-on-dead-peer",
      detail:
        "Task pump (root#2) has been parked in recv on channel root->root/stuck for 5.01 s, and its " +
        "peer was given up: nobody is left who could send.",
      ref: "dump.tasks[1]",
    },
    { kind: "loop-turns", detail: "The main loop turned 57 times.", ref: null },
  ],
  leftovers: ["thread worker-1 (actor root/stuck), alive after terminate()"],
  dump: DUMP,
  timeline: [
    { atMs: -512.5, actor: "root", event: "actor-spawned", detail: "root/stuck (worker-1)" },
    { atMs: 0, actor: "root", event: "teardown-requested", detail: "cancel after settle" },
    { atMs: 0.4, actor: "root", event: "soft-kill", detail: "asked root/stuck" },
    { atMs: 1_001, actor: "root", event: "soft-kill", detail: "root/stuck: no-answer" },
  ],
  outputTail: { stdout: "", stderr: "\x1b[31mTooSlowError\x1b[0m: inner bound\n" },
  subjectExit: null,
};

/** Main is blocked for good; SIGINT is delivered and never acted on. */
export const STARVED: Attempt = {
  ...HUNG,
  class: "loop-starved",
  owner: "program",
  sigint: {
    ...IGNORED,
    sentMs: 5_400,
    certificate: {
      caught: true,
      nothingPending: true,
      blockingFrame: { file: FIXTURE, line: 7, column: 3, fn: "lockSync", internal: false },
      handledAfterFreeMs: 2.5,
      freedBy: "1 shared lock recovered",
    },
  },
};

/** The nursery joined; a thread stayed. */
export const LEAKED: Attempt = {
  ...HUNG,
  verdict: "leaked",
  class: "exit-leak",
  owner: "platform",
  remedies: ["channel-abort"],
  clocks: { ...NO_CLOCKS, nurseryJoinedMs: 2_004 },
  sigint: null,
};

/** The attempt that ended in the seed's hang with this dump, as its facts have it. */
export function attemptOf(dump: Dump | null, change: Partial<Attempt> = {}): Attempt {
  const { clocks, ladder, sigint, loop } = orphaned();
  const facts = { deadlineMs: 3_000, clocks, ladder, sigint, loop, dump };
  const nothing = {
    evidence: [],
    leftovers: [],
    timeline: [],
    outputTail: { stdout: "", stderr: "" },
  };
  return { ...HUNG, ...nothing, ...facts, ...change };
}

/** Everything went well. */
export const FINISHED: Attempt = NOTHING;

/** The subject failed by itself. */
export const FAILED: Attempt = {
  ...NOTHING,
  verdict: "failed",
  evidence: [{ kind: "outcome", detail: "RemoteActorError: boom.", ref: null }],
  subjectExit: "exit code 1",
};

/** The subject was killed from outside. */
export const CRASHED: Attempt = {
  ...NOTHING,
  verdict: "crashed",
  clocks: { ...NO_CLOCKS, processExitedMs: 700 },
  evidence: [],
  subjectExit: "SIGKILL",
};

/** The operator pressed Ctrl-C. */
export const INTERRUPTED: Attempt = {
  ...HUNG,
  verdict: "interrupted",
  class: null,
  owner: null,
  sigint: null,
};

/** One of each. */
export const EVERY_VERDICT: readonly Attempt[] = [
  HUNG,
  STARVED,
  LEAKED,
  FINISHED,
  FAILED,
  CRASHED,
  INTERRUPTED,
];
