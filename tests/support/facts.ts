/**
 * Runs as tests want them: one set of facts for each class, of which a test changes a fact at a time.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Dump, DumpedTask, IsolateDump, StackFrame } from "../../lib/model/dump.ts";
import type { Clocks } from "../../lib/model/action.ts";
import type { SigintProbe } from "../../lib/model/result.ts";
import { classify } from "../../lib/diagnose/classify.ts";
import type { Facts } from "../../lib/diagnose/facts.ts";

export const CHILD = "root/stuck";

/** Nothing has come to its end. */
export const NO_CLOCKS: Clocks = {
  nurseryJoinedMs: null,
  threadsGoneMs: null,
  processExitedMs: null,
};

export function frame(fn: string, line: number, internal = false): StackFrame {
  return { fn, file: "file:///p/child.ts", line, column: 1, internal };
}

export function isolate(change: Partial<IsolateDump> = {}): IsolateDump {
  return {
    id: "worker-1",
    kind: "worker",
    actor: CHILD,
    state: "busy",
    thread: { tid: 2, name: "worker-1", state: "S", wchan: "futex_do_wait", cpuTicks: 0 },
    samples: [
      { atMs: 1, frames: [frame("wait", 7), frame("main", 20)] },
      { atMs: 150, frames: [frame("wait", 7), frame("main", 20)] },
    ],
    ...change,
  };
}

export const IDLE_MAIN: IsolateDump = isolate({
  id: "main",
  kind: "main",
  actor: "root",
  state: "parked",
  thread: { tid: 1, name: "deno", state: "S", wchan: "ep_poll", cpuTicks: 0 },
  samples: [],
});

export const STARVED_MAIN: IsolateDump = isolate({ id: "main", kind: "main", actor: "root" });

export function task(change: Partial<DumpedTask> = {}): DumpedTask {
  return {
    id: "root#3",
    actor: "root",
    name: "reader",
    parent: "root#1",
    state: "parked",
    parkedOn: {
      kind: "recv",
      resource: `channel root->${CHILD}`,
      peer: CHILD,
      peerState: "abandoned",
    },
    sinceMs: 3_000,
    shielded: false,
    cancelled: null,
    site: { file: "file:///p/parent.ts", line: 5, column: 3 },
    createdAt: null,
    ...change,
  };
}

/** A task that is parked in this wait; in native code for none. Its actor is the part of `id` before the `#`. */
export function parked(
  id: string,
  name: string,
  parent: string | null,
  parkedOn: DumpedTask["parkedOn"],
): DumpedTask {
  const actor = id.slice(0, id.indexOf("#"));
  const state = parkedOn === null ? "native" : "parked";
  return task({ id, actor, name, parent, parkedOn, state });
}

/** A shared lock whose holder was given up. */
export const HOSTAGE_LOCK = {
  name: "journal",
  seenBy: "root",
  holder: "root/stuck",
  holderState: "abandoned",
  blockedMs: 2_000,
} as const;

export const ACTED: SigintProbe = {
  sentMs: 5_000,
  actedMs: 2,
  unwedged: true,
  joinedMs: 4,
  certificate: null,
};

export const IGNORED: SigintProbe = {
  sentMs: 5_000,
  actedMs: null,
  unwedged: false,
  joinedMs: null,
  certificate: {
    caught: true,
    nothingPending: true,
    blockingFrame: frame("acquire", 9),
    handledAfterFreeMs: 3,
    freedBy: "recovered 1 shared lock",
  },
};

/** A dump of nothing. */
export const EMPTY_DUMP: Dump = {
  complete: true,
  missing: [],
  isolates: [],
  tasks: [],
  channels: [],
  sharedLocks: [],
  otherThreads: 9,
  tookMs: 200,
};

/** A task is parked on the channel of an abandoned child that blocks. */
export const SEED_DUMP: Dump = {
  ...EMPTY_DUMP,
  isolates: [IDLE_MAIN, isolate()],
  tasks: [task()],
  channels: [{
    id: `root->${CHILD}`,
    actor: "root",
    peer: CHILD,
    state: "open",
    peerState: "abandoned",
    why: "handshake done",
  }],
};

/** The seed's hang. */
export function orphaned(change: Partial<Facts> = {}): Facts {
  return {
    verdict: "hung",
    phase: "teardown",
    deadlineMs: 5_000,
    clocks: NO_CLOCKS,
    joinedByItselfMs: null,
    dump: SEED_DUMP,
    dumpFailure: null,
    sigint: ACTED,
    heldByDebugger: false,
    loop: { beats: 50, lastBeatMs: 40, maxGapMs: 20 },
    ladder: [
      {
        actor: CHILD,
        rung: "hard-kill",
        askedMs: 500,
        ackedMs: null,
        effect: "no-answer",
        effectMs: 1_000,
      },
    ],
    deadActors: [],
    swallowed: [],
    actors: [{ path: CHILD, spawnedMs: -300, deadMs: null }],
    ...change,
  };
}

/** The sibling: main is the hostage of the dead child's lock. */
export function starved(change: Partial<Facts> = {}): Facts {
  return withDump(
    orphaned({ sigint: IGNORED, loop: { beats: 5, lastBeatMs: 4_000, maxGapMs: 4_000 } }),
    {
      isolates: [STARVED_MAIN, isolate()],
      tasks: [],
      channels: [],
      sharedLocks: [{
        name: "registry",
        seenBy: "root",
        holder: CHILD,
        holderState: "abandoned",
        blockedMs: 4_000,
      }],
    },
    change,
  );
}

/** Teardown waits for a child that has not been given up. */
export function stuckChild(change: Partial<Facts> = {}): Facts {
  const wait = { kind: "thread", resource: "end of worker-1", peer: CHILD } as const;
  const tasks = [task({ parkedOn: { ...wait, peerState: "alive" } })];
  return withDump(orphaned(), { tasks }, change);
}

/** Joined in time, with the child's thread left. */
export function leaked(change: Partial<Facts> = {}): Facts {
  return withDump(
    orphaned({
      verdict: "leaked",
      joinedByItselfMs: 700,
      clocks: { ...NO_CLOCKS, nurseryJoinedMs: 700 },
      sigint: null,
    }),
    { tasks: [], channels: [] },
    change,
  );
}

export function withDump(
  facts: Facts,
  change: Partial<NonNullable<Facts["dump"]>>,
  more: Partial<Facts> = {},
): Facts {
  assert(facts.dump !== null);
  return { ...facts, dump: { ...facts.dump, ...change }, ...more };
}

export function kinds(facts: Facts): Record<string, string[]> {
  const byKind: Record<string, string[]> = {};
  for (const { kind, detail } of classify(facts).evidence) (byKind[kind] ??= []).push(detail);
  return byKind;
}

export function variantOf(facts: Facts): string {
  return kinds(facts).class?.[0] ?? `none (${classify(facts).class})`;
}
