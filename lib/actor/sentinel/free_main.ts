/**
 * Frees a main that does not turn its loop, by the mildest means that can: a lock whose holder is dead is freed; one
 * whose holder has been given up, after the holder's thread is ended; an isolate that goes from microtask to microtask
 * gets turns of its loop through the valve. One long run of synchronous code is let be: it may yet end by itself.
 *
 * Invariant: everything that is done is harmless to a main that was only slow, or rests on a fact that slowness cannot
 * bring about (a holder that is dead or given up). It is done only if two reports of main, with the loop
 * standing still between them, agree.
 *
 * @module
 */

import { monotonicNow } from "../../protocol/platform.ts";
import { FREE, freeFrom, heldLocks, holderIn, numberOf, pathOfLock, ROOT } from "../life_lock.ts";
import { pause } from "./starvation_clock.ts";
import { MainSession } from "./main_session.ts";
import { type HeldLock, SELF_REPORT_KEY, type SelfReport } from "./messages.ts";
import { VALVE_KEY } from "./valve.ts";

/** How long main may take to answer one question, in milliseconds. Stuck ones answer within 2, if they can at all. */
const ANSWER_MS = 150;
/** Between two reports, in milliseconds: a storm runs thousands of microtasks in it. */
const BETWEEN_REPORTS_MS = 20;
/** How long the valve may take to have an effect, in milliseconds; 3 were measured. */
const EFFECT_MS = 200;
/** How long a thread may take to end that was asked to, in milliseconds; 7 were measured. */
const REAP_MS = 400;

/** What keeps main. */
export interface Cause {
  /** In words. */
  readonly what: string;
  /** The holder that a lock has to be taken from, null when it is none. */
  readonly holder: string | null;
  /** What main is in the middle of, innermost first; empty when that is not known. */
  readonly stack: readonly string[];
}

/** What came of an attempt. */
export type Freeing =
  /** Main turned meanwhile, by itself. */
  | { readonly kind: "turned" }
  /** What was told to `before` was done. */
  | { readonly kind: "acted"; readonly cause: Cause }
  /** The same, and main does not turn even so. */
  | { readonly kind: "in-vain"; readonly cause: Cause }
  /** Nothing could be done. */
  | { readonly kind: "helpless"; readonly cause: Cause };

/** What it takes to free main. */
export interface Means {
  /** The inspector of the process, null when it has none. */
  readonly inspectorUrl: string | null;
  /** The mutexes that main knows, by memory. */
  readonly mutexes: ReadonlyMap<SharedArrayBuffer, string>;
  /** Whether main's loop has turned by now. */
  readonly turned: () => boolean;
  /** Told of each thing before it is done: once main is free, it may be the end of the process. */
  readonly before: (cause: Cause, does: string) => void;
}

/** Tries. */
export async function freeMain(means: Means): Promise<Freeing> {
  const dead = unknown("it may be blocked on a lock whose holder is dead");
  if (await recoverDead(dead, means) > 0) return { kind: "acted", cause: dead };
  const { inspectorUrl, turned } = means;
  const session = inspectorUrl === null ? null : await MainSession.open(inspectorUrl);
  if (session === null) {
    if (turned()) return { kind: "turned" };
    return helpless("what keeps it is not known, for no inspector of this process can be reached");
  }
  try {
    return await freeThroughInspector(session, means);
  } finally {
    await session.close();
  }
}

async function freeThroughInspector(session: MainSession, means: Means): Promise<Freeing> {
  const { turned, before } = means;
  const first = await askMain(session);
  await pause(BETWEEN_REPORTS_MS);
  const second = await askMain(session);
  if (turned()) return { kind: "turned" };
  if (first === null || second === null) {
    return helpless("it answers no inspector: it is in a native call");
  }
  const { stack } = second;
  const lock = second.hostages.find(({ sinceMs, name }) =>
    first.hostages.some((before) => before.name === name && before.sinceMs === sinceMs)
  );
  if (lock !== undefined) return await freeHostage(session, lock, stack, means);
  if (second.microtasks === first.microtasks) {
    return helpless("it is in one long run of synchronous code", stack);
  }
  const cause = { what: "it goes from microtask to microtask", holder: null, stack };
  before(cause, "lets its loop turn between its microtasks");
  await session.call(VALVE_KEY, ANSWER_MS);
  return { kind: await turnsWithin(turned, EFFECT_MS) ? "acted" : "in-vain", cause };
}

async function turnsWithin(turned: () => boolean, boundMs: number): Promise<boolean> {
  for (const until = monotonicNow() + boundMs; !turned();) {
    if (monotonicNow() > until) return false;
    await pause(2);
  }
  return true;
}

function unknown(what: string, stack: readonly string[] = []): Cause {
  return { what, holder: null, stack };
}

function helpless(what: string, stack: readonly string[] = []): Freeing {
  return { kind: "helpless", cause: unknown(what, stack) };
}

async function askMain(session: MainSession): Promise<SelfReport | null> {
  const text = await session.call(SELF_REPORT_KEY, ANSWER_MS);
  if (typeof text !== "string") return null;
  const report: SelfReport = JSON.parse(text);
  return report;
}

/**
 * Frees every mutex whose holder holds no life lock any more; answers how many. Who runs code in a worker holds one,
 * and it is let go of only with the isolate, so a holder without one is dead.
 */
async function recoverDead(cause: Cause, { mutexes, before }: Means): Promise<number> {
  const suspects = [...mutexes].map(([memory, name]) => ({ memory, name, by: holderIn(memory) }))
    .filter(({ by }) => by !== FREE && by !== ROOT);
  if (suspects.length === 0) return 0;
  const living = new Set((await heldLocks()).map(numberOf));
  let freed = 0;
  for (const { memory, name, by } of suspects) {
    if (living.has(by) || holderIn(memory) !== by) continue;
    before(cause, `frees shared mutex "${name}", whose holder is dead`);
    if (freeFrom(memory, by)) freed++;
  }
  return freed;
}

/** Ends the thread of the holder, and takes the lock from it. */
async function freeHostage(
  session: MainSession,
  lock: HeldLock,
  stack: readonly string[],
  means: Means,
): Promise<Freeing> {
  const { mutexes, before } = means;
  const { name, holder } = lock;
  const what = `it is blocked on shared mutex "${name}", whose holder ${holder} was given up`;
  const cause = { what, holder, stack };
  const lifeLock = (await heldLocks()).find((name) => pathOfLock(name) === holder);
  if (lifeLock !== undefined) {
    before(cause, `ends the thread of ${holder}`);
    if (!await reap(session, lifeLock)) {
      // It was given up by its supervisor, who goes on as if it were dead. So does the lock.
      const number = numberOf(lifeLock);
      const memory = [...mutexes].find(([memory]) => holderIn(memory) === number)?.[0];
      if (memory === undefined) return { kind: "helpless", cause };
      before(cause, `frees shared mutex "${name}" from ${holder}, whose thread cannot be ended`);
      freeFrom(memory, number);
      return { kind: "acted", cause };
    }
  }
  await recoverDead(cause, means);
  return { kind: "acted", cause };
}

async function reap(session: MainSession, lifeLock: string): Promise<boolean> {
  if (!await session.closeWorker(lifeLock, ANSWER_MS)) return false;
  for (const until = monotonicNow() + REAP_MS; monotonicNow() < until;) {
    if (!(await heldLocks()).includes(lifeLock)) return true;
    await pause(2);
  }
  return false;
}
