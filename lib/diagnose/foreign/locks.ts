/**
 * Web Locks of a program without records whose holders wait for each other.
 *
 * Invariants: a lock counts as held by code that waits only where the await trees of its isolate show as many holders as
 * the isolate holds locks, and each of them awaits a lock and nothing else. Which of them holds which lock they do not
 * show, so an isolate counts as stuck only when every lock that it waits for is held by isolates that are.
 *
 * @module
 */

import type { Dump } from "../../model/dump.ts";
import type { PathStep } from "../../model/path.ts";
import type { WebLock } from "../../model/shared.ts";
import { listed } from "../../report/text/words.ts";
import { atMostFew } from "../clues/clue.ts";
import { at } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { type Branch, branchesIn, lastCall, mainBranches } from "./branches.ts";
import { awaitSteps, type Finding, step } from "./finding.ts";
import { holdersIn, restsOnLocks } from "./lock_requests.ts";
import { forMessage, living } from "./workers.ts";

/** What main works at comes down to Web Locks that are held by code which waits for such a lock itself, in a circle. */
export function lockCycle(facts: Facts): Finding | null {
  const { dump } = facts;
  const [first] = mainBranches(facts);
  if (dump === null || first === undefined) return null;
  const stuck = stuckOnLocks(dump);
  const isOfWorkers = !stuck.has("main");
  if (stuck.size === 0 || !(isOfWorkers ? isHeldUp(facts, stuck) : isInside(facts))) return null;
  const circle = circleFrom(isOfWorkers ? [...stuck.keys()][0] ?? "" : "main", stuck);
  const waiters = circle.flatMap((isolate) =>
    (branchesIn(dump, isolate) ?? []).filter(isForLock).map((branch) => ({ branch, isolate }))
  );
  const before = awaitSteps(first).slice(0, isOfWorkers ? undefined : -1);
  const because = circle.length === 1
    ? `${circle[0]} itself holds the Web Locks that it waits for`
    : "each of them holds a Web Lock that the next one waits for";
  return {
    evidence: atMostFew(waiters.map(({ branch, isolate }) => {
      const { at: where, name } = lastCall(branch);
      const held = `; ${isolate} holds ${listed(namesOf(dump.locks ?? [], isolate, "held"))}`;
      const detail = `${at(where)}: ${name} awaits ${wanted(dump, isolate)}${held}`;
      return { kind: "cycle", detail, ref: "dump.locks" };
    })),
    path: {
      kind: "cycle",
      entry: before.length,
      because,
      steps: [...before, ...waiters.map(({ branch, isolate }) => waiting(dump, branch, isolate))],
    },
  };
}

/** Main waits for locks, and for nothing else. */
function isInside(facts: Facts): boolean {
  return mainBranches(facts).every(isForLock);
}

/** Main waits for messages of workers, each of which waits for one of the locks. */
function isHeldUp(facts: Facts, stuck: Stuck): boolean {
  return forMessage(facts).length > 0 && living(facts).every(({ id }) => stuck.has(id));
}

/** Isolates, by those that hold what they wait for. */
type Stuck = ReadonlyMap<string, readonly string[]>;

/** The largest set of isolates in which every lock that one waits for is held by one of the set. */
function stuckOnLocks({ awaits = [], locks = [] }: Dump): Stuck {
  const found = new Map(awaits.flatMap(({ isolate, tree }) => {
    const of = (state: WebLock["state"]) =>
      locks.filter((lock) => lock.isolate === isolate && lock.state === state);
    const [held, pending] = [of("held"), of("pending")];
    const holders = tree.flatMap(holdersIn);
    const isWhole = pending.length > 0 && holders.length > 0 && holders.length === held.length &&
      holders.every(restsOnLocks);
    return isWhole ? [[isolate, pending.map((lock) => holdersOf(lock, locks))] as const] : [];
  }));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [isolate, waits] of found) {
      const stands = waits.every((by) => by.some((each) => found.has(each)));
      if (!stands) found.delete(isolate);
    }
  }
  return new Map(
    [...found].map(([isolate, waits]) => [isolate, waits.flat().filter((by) => found.has(by))]),
  );
}

/** The isolates that keep a request waiting, by a lock which they hold. */
function holdersOf({ name, mode }: WebLock, locks: readonly WebLock[]): readonly string[] {
  return locks.flatMap((lock) => {
    const excludes = lock.state === "held" && lock.name === name &&
      (mode === "exclusive" || lock.mode === "exclusive");
    return excludes && lock.isolate !== null ? [lock.isolate] : [];
  });
}

/** The isolates on the way from one back to where the way has been before. */
function circleFrom(start: string, stuck: Stuck): readonly string[] {
  const way: string[] = [];
  for (let at = start; at !== ""; at = stuck.get(at)?.[0] ?? "") {
    if (way.includes(at)) return way.slice(way.indexOf(at));
    way.push(at);
  }
  return way;
}

function isForLock({ settlers, through }: Branch): boolean {
  return settlers.length > 0 && settlers.every(({ by }) => by === "operation") &&
    through.includes("LockManager.request");
}

function waiting(dump: Dump, branch: Branch, isolate: string): PathStep {
  const { name: task, at: place } = lastCall(branch);
  return step({ actor: isolate, task, kind: "await", resource: wanted(dump, isolate), at: place });
}

/** What the functions of an isolate that await a lock await, as far as that is known of each. */
function wanted({ locks = [] }: Dump, isolate: string): string {
  const names = namesOf(locks, isolate, "pending");
  return names.length === 1 ? `the Web Lock ${names[0]}` : `one of the Web Locks ${listed(names)}`;
}

function namesOf(
  locks: readonly WebLock[],
  isolate: string,
  state: WebLock["state"],
): readonly string[] {
  const own = locks.filter((lock) => lock.isolate === isolate && lock.state === state);
  return [...new Set(own.map(({ name }) => JSON.stringify(name)))].toSorted();
}
