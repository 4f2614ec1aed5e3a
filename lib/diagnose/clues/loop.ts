/**
 * Clues about main: whether its loop turns, what keeps it from turning, and whether SIGINT was acted on.
 *
 * @module
 */

import type { DumpedSharedLock } from "../../model/dump.ts";
import type { Evidence, SigintProbe } from "../../model/result.ts";
import { atMostFew, type Clue } from "./clue.ts";
import { JOINED_LATE } from "./leak.ts";
import type { Facts } from "../facts.ts";
import { areApart, at, isolates, mainIsolate, standstill } from "./queries.ts";
import { time } from "../../protocol/duration.ts";

/**
 * A beat is written every 100 ms. One that is older than this when the deadline passes means that the loop has
 * stopped; a loop slowed down by a loaded machine stays below it.
 */
const STALE_BEAT_MS = 1_000;

/**
 * The same where main stands still, if its gaps were not that long before: a look soon after the loop has stopped finds
 * a beat that is not yet older than that.
 */
const MISSED_BEAT_MS = 250;

/** SIGINT was acted on, or the loop has lately beaten. */
export const LOOP_TURNS: Clue = {
  says: "main's event loop turns",
  find: (facts) => {
    const { sigint, loop } = facts;
    if (facts.journal === false) return seenAtRest(facts);
    const lines: Evidence[] = [];
    if (sigint !== null && mainActed(sigint)) {
      const detail = `SIGINT was acted on after ${time(sigint.actedMs)}`;
      lines.push({ kind: "sigint", detail, ref: "sigint" });
    }
    const main = mainIsolate(facts);
    const stands = main !== null && standstill(main.isolate) !== null;
    const usualMs = Math.max(MISSED_BEAT_MS, 2 * loop.maxGapMs);
    const freshMs = stands ? Math.min(usualMs, STALE_BEAT_MS) : STALE_BEAT_MS;
    if (loop.lastBeatMs !== null && loop.lastBeatMs <= freshMs) {
      const detail = `main's loop beat ${loop.beats} times, the last time ` +
        `${time(loop.lastBeatMs)} before it was looked into; longest gap ` +
        time(loop.maxGapMs);
      lines.push({ kind: "loop", detail, ref: "loop" });
    }
    return lines;
  },
};

/** SIGINT was sent, and nothing acted on it in a whole grace period. */
export const SIGINT_IGNORED: Clue = {
  says: "SIGINT was sent and not acted on",
  find: ({ sigint }) => {
    if (sigint === null || sigint.actedMs !== null || sigint.unseen !== undefined) return [];
    return [{ kind: "sigint", detail: "SIGINT was sent and never acted on", ref: "sigint" }];
  },
};

/** SIGINT was acted on by main. */
export const SIGINT_ACTED: Clue = {
  says: "SIGINT was acted on",
  find: ({ sigint }) => {
    if (sigint === null || !mainActed(sigint)) return [];
    const detail = `SIGINT was acted on after ${time(sigint.actedMs)}`;
    return [{ kind: "sigint", detail, ref: "sigint" }];
  },
};

/** The interrupt ended the wait. */
export const SIGINT_UNWEDGED: Clue = {
  says: "SIGINT unwedged the nursery",
  find: ({ sigint }) => {
    if (sigint === null || sigint.joinedMs === null) return [];
    const detail = `the nursery joined ${time(sigint.joinedMs)} after SIGINT`;
    return [{ kind: "sigint", detail, ref: "sigint" }];
  },
};

/** The interrupt was acted on and the nursery still did not join. */
export const SIGINT_IN_VAIN: Clue = {
  says: "SIGINT was acted on and did not unwedge the nursery",
  find: ({ sigint }) => {
    if (sigint === null || !mainActed(sigint) || sigint.joinedMs !== null) return [];
    if (sigint.unseen !== undefined) return [];
    const detail = "SIGINT was acted on, and the nursery did not join within the grace period";
    return [{ kind: "sigint", detail, ref: "sigint" }];
  },
};

/** The loop does not turn: a signal proves it; without a probe, a heart that has stopped. */
export const LOOP_STOPPED: Clue = {
  says: "main's event loop does not turn (SIGINT not acted on, or no heartbeat)",
  find: (facts) => {
    const { sigint } = facts;
    if (facts.journal === false) return seenAway(facts);
    const ignored = SIGINT_IGNORED.find(facts);
    const { lastBeatMs, beats } = facts.loop;
    const stale = lastBeatMs !== null && lastBeatMs > STALE_BEAT_MS;
    const unheard = [...ignored, ...untaken(sigint)];
    // A signal that was not waited for says as little as one that was not sent.
    const untried = sigint === null || (sigint.actedMs === null && sigint.unseen !== undefined);
    if (ignored.length === 0 && !((untried || unheard.length > 0) && stale)) return [];
    if (!stale) return unheard;
    const detail = `main's loop last beat ${time(lastBeatMs)} before it was looked into ` +
      `(${beats} beats before that)`;
    return [...unheard, { kind: "loop", detail, ref: "loop" }];
  },
};

/** A program without a heartbeat: main was met in its event loop. */
function seenAtRest(facts: Facts): readonly Evidence[] {
  const main = mainIsolate(facts);
  if (main === null || main.isolate.state !== "parked") return [];
  const detail = "main was at rest in its event loop when it was looked at";
  return [{ kind: "main", detail, ref: main.ref }];
}

/** A program without a heartbeat: main was away from its event loop in all looks, or answered none. */
function seenAway(facts: Facts): readonly Evidence[] {
  const main = mainIsolate(facts);
  if (main === null) return [];
  const { state, thread, samples } = main.isolate;
  const away = state === "busy" && areApart(main.isolate) &&
    samples.every(({ frames }) => frames.length > 0);
  if (!away && !(state === "native-blocked" && thread !== null)) return [];
  const detail = away
    ? `main was away from its event loop in all ${samples.length} looks`
    : "main answered nothing and was not in its event loop";
  return [{ kind: "main", detail, ref: main.ref }];
}

/** Main acted on it, or what joined did so because of it; no one did in its place. */
function mainActed(sigint: SigintProbe): sigint is SigintProbe & { readonly actedMs: number } {
  return sigint.actedMs !== null && sigint.by === undefined;
}

/**
 * The kernel or the sentinel acted before main did. Alone that says nothing: main had no more than the sentinel's
 * bound, and nothing to take it with where no listener is installed.
 */
export function untaken(sigint: SigintProbe | null): readonly Evidence[] {
  if (sigint === null || sigint.actedMs === null || sigint.by === undefined) return [];
  const after = time(sigint.actedMs);
  const detail = sigint.by === "sentinel"
    ? `main had not taken SIGINT after ${after}, when the sentinel ended the process with it`
    : `nobody listened for SIGINT, and the process died of it after ${after}`;
  return [{ kind: "sigint", detail, ref: "sigint" }];
}

/** Main was in one place in every look. */
export const MAIN_STANDS_STILL: Clue = {
  says: "main was in the same place in every look at its stack",
  find: (facts) => {
    const main = mainIsolate(facts);
    const still = main === null ? null : standstill(main.isolate);
    if (main === null || still === null) return [];
    const detail = `main was in ${still.frame.fn} at ${at(still.frame)} in all ${still.looks} ` +
      `samples, ${still.how}`;
    return [{ kind: "main", detail, ref: main.ref }];
  },
};

/** Main stands still and uses a processor. */
export const MAIN_SPINS: Clue = {
  says: "main's thread runs",
  find: (f) => mainThread(f, "spinning"),
};

/** Main stands still and sleeps in the kernel. */
export const MAIN_BLOCKS: Clue = {
  says: "main's thread sleeps",
  find: (f) => mainThread(f, "blocked"),
};

function mainThread(facts: Facts, how: "spinning" | "blocked"): readonly Evidence[] {
  const main = mainIsolate(facts);
  const thread = main?.isolate.thread ?? null;
  if (main === null || thread === null || standstill(main.isolate)?.how !== how) return [];
  const where = thread.wchan === null ? "" : ` in ${thread.wchan}`;
  const detail = `main's thread was in state ${thread.state}${where} and burnt ` +
    `${thread.cpuTicks} clock ticks during the dump`;
  return [{ kind: "thread", detail, ref: main.ref }];
}

/** Main goes from microtask to microtask. */
export const MICROTASKS_RUN: Clue = {
  says: "main is busy with microtasks: each runs to its end, and the loop never gets its turn",
  find: (facts) => {
    const main = mainIsolate(facts);
    if (main === null || main.isolate.state !== "busy" || main.isolate.microtasks !== "run") {
      return [];
    }
    const frames = main.isolate.samples.at(-1)?.frames ?? [];
    const frame = frames.findLast((frame) => !frame.internal) ?? frames.at(-1);
    const where = frame === undefined ? "" : `; it was in ${frame.fn} at ${at(frame)}`;
    const detail =
      "a microtask that was queued in main has run while main was busy in every look, " +
      `so its code does come to an end, again and again, and only the loop stands${where}`;
    return [{ kind: "main", detail, ref: main.ref }];
  },
};

/** Main is in a native call. */
export const MAIN_NATIVE: Clue = {
  says: "main answers no inspector and its thread is seen: it is in a native call",
  find: (facts) => {
    const main = mainIsolate(facts);
    // A main that was stopped from outside answers nothing either, and only /proc tells the two apart.
    if (main?.isolate.state !== "native-blocked" || main.isolate.thread === null) return [];
    const detail = `main answers no inspector; its thread waits in ${
      main.isolate.thread.wchan ?? "?"
    }`;
    return [{ kind: "main", detail, ref: main.ref }];
  },
};

/** Main is blocked on a lock whose holder will never release it. */
export const HOSTAGE_LOCK: Clue = {
  says: "main is blocked on a shared lock whose holder is dead or was given up",
  find: (facts) =>
    blockedLocks(facts, (lock) => lock.holderState === "dead" || lock.holderState === "abandoned"),
};

/** Main is blocked on a lock that a living actor holds. */
export const LIVING_LOCK: Clue = {
  says: "main is blocked on a shared lock whose holder lives",
  find: (facts) => blockedLocks(facts, (lock) => lock.holderState === "alive"),
};

/** Main is blocked on some lock. */
export const ANY_LOCK: Clue = {
  says: "main is blocked on a shared lock",
  find: (facts) => blockedLocks(facts, () => true),
};

function blockedLocks(
  facts: Facts,
  test: (lock: DumpedSharedLock) => boolean,
): readonly Evidence[] {
  const actor = mainIsolate(facts)?.isolate.actor ?? null;
  return atMostFew((facts.dump?.sharedLocks ?? []).flatMap((lock, index) => {
    if (lock.blockedMs === null || lock.seenBy !== actor || !test(lock)) return [];
    const holder = lock.holder === null ? "an unknown holder" : lock.holder;
    const detail = `main has been blocked for ${time(lock.blockedMs)} on shared lock ` +
      `"${lock.name}", held by ${holder}, which is ${lock.holderState ?? "in an unknown state"}`;
    return [{ kind: "lock", detail, ref: `dump.sharedLocks[${index}]` }];
  }));
}

/** The starvation certificate, fact by fact. */
export const CERTIFICATE: Clue = {
  says: "the signal was delivered, waited for main, and ran when main was freed",
  find: ({ sigint }) => {
    const paper = sigint?.certificate ?? null;
    if (paper === null) return [];
    const line = (detail: string) => ({ kind: "certificate", detail, ref: "sigint.certificate" });
    const lines: Evidence[] = [];
    if (paper.caught === true) lines.push(line("a handler for SIGINT is installed (SigCgt)"));
    if (paper.nothingPending === true) {
      lines.push(line("the kernel has nothing left to deliver (SigPnd, ShdPnd)"));
    }
    if (paper.blockingFrame !== null) {
      lines.push(line(`main is kept by ${paper.blockingFrame.fn} at ${at(paper.blockingFrame)}`));
    }
    if (paper.handledAfterFreeMs !== null) {
      const after = time(paper.handledAfterFreeMs);
      lines.push(line(`${paper.freedBy ?? "freed"}: the queued handler ran within ${after}`));
    }
    return lines;
  },
};

/** What shows that main's loop does not turn. */
export const STARVED: readonly Clue[] = [SIGINT_IGNORED, LOOP_STOPPED];

/** What shows that it does. */
export const TURNING: readonly Clue[] = [SIGINT_ACTED, JOINED_LATE];

/** Of a program without records: a worker runs in one place of its code. One that sleeps there may wait for work. */
export const WORKER_SPINS: Clue = {
  says: "a worker of a program without records runs in one place of its code in every look",
  find: (facts) =>
    atMostFew(
      isolates(facts, ({ kind }) => kind === "worker").flatMap(({ isolate, ref }) => {
        const still = standstill(isolate);
        if (still === null || still.how !== "spinning" || still.frame.internal) return [];
        const detail = `${isolate.id} was in ${still.frame.fn} at ${at(still.frame)} in all ` +
          `${still.looks} looks, spinning`;
        return [{ kind: "worker", detail, ref }];
      }),
    ),
};
