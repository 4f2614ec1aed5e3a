/**
 * Asks a live isolate at which `await` each of its suspended functions stands. A snapshot does not tell: it has where a
 * function begins. The inspector finds the object of a snapshot again by its id, and V8 tells the place as an internal
 * property of a generator object.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";

/** Where a function is suspended, in the script as V8 runs it; 0-based. */
export interface SuspendedAt {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** Where an error was made: its stack, the innermost function first, and as text, which is all that Node tells. */
export interface MadeAt {
  readonly frames: readonly SuspendedAt[];
  readonly text: string;
}

/** Objects that the inspector keeps alive for us until they are released. */
const GROUP = "unwedge-dump";
/** Questions under way at one time. */
const BATCH = 8;
/**
 * For each answer V8 walks through the whole heap (some 5 ms in a small one, 0.3 s in one of 150 MB), and the isolate
 * can do nothing else meanwhile: no more are asked for after this.
 */
const ASK_FOR_MS = 2_000;
/** For one answer, in milliseconds. */
export const ANSWER_MS = 5_000;
/** Characters of a name. */
const LONGEST_NAME = 200;

/**
 * Asks for the functions with these ids, the first of them first, until the time is over. One that has gone on since the
 * snapshot is missing from the answer.
 *
 * @param ids of the generator objects, as the snapshot has them
 */
export function locate(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlyMap<number, SuspendedAt>> {
  return askEach(inspector, sessionId, ids, locateOne);
}

/** Asks which of the functions with these ids have come to their end, in the same way. */
export async function endedOf(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  return new Set((await askEach(inspector, sessionId, ids, hasEnded)).keys());
}

/** Asks for the stacks of errors with these ids, as they were when the errors were made, in the same way. */
export function madeAt(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlyMap<number, MadeAt>> {
  return askEach(inspector, sessionId, ids, stackOf);
}

/** Asks for the names that objects with these ids have as a property of their own, in the same way. */
export function namesOf(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return askEach(inspector, sessionId, ids, nameOf);
}

type Ask<T> = (inspector: Inspector, sessionId: string | null, id: number) => Promise<T | null>;

/** Asks with `ask` for the objects with these ids, the first of them first, until the time is over. */
export async function askEach<T>(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
  ask: Ask<T>,
): Promise<ReadonlyMap<number, T>> {
  const found = new Map<number, T>();
  const startedAt = performance.now();
  try {
    for (let from = 0; from < ids.length && inspector.open; from += BATCH) {
      if (performance.now() - startedAt > ASK_FOR_MS) break;
      await Promise.all(
        ids.slice(from, from + BATCH).map(async (id) => {
          const answer = await ask(inspector, sessionId, id);
          if (answer !== null) found.set(id, answer);
        }),
      );
    }
  } finally {
    await inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, route(sessionId));
  }
  return found;
}

async function locateOne(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<SuspendedAt | null> {
  const answer = await propertiesOf(inspector, sessionId, id);
  const isSuspended = internalOf(answer, "[[GeneratorState]]") === "suspended";
  return isSuspended ? placeIn(internalOf(answer, "[[GeneratorLocation]]")) : null;
}

async function hasEnded(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<true | null> {
  const answer = await propertiesOf(inspector, sessionId, id);
  return internalOf(answer, "[[GeneratorState]]") === "closed" ? true : null;
}

function internalOf(answer: Protocol.Runtime.GetPropertiesResponse | null, name: string): unknown {
  return answer?.internalProperties?.find((each) => each.name === name)?.value?.value;
}

async function nameOf(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<string | null> {
  const properties = (await propertiesOf(inspector, sessionId, id))?.result ?? [];
  const name: unknown = properties.find((each) => each.name === "name")?.value?.value;
  return typeof name === "string" ? name.slice(0, LONGEST_NAME) : null;
}

/** Nothing of the program runs for it. */
async function propertiesOf(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<Protocol.Runtime.GetPropertiesResponse | null> {
  const objectId = await objectOf(inspector, sessionId, id);
  if (objectId === undefined) return null;
  const answer = await inspector.send("Runtime.getProperties", {
    objectId,
    ownProperties: true,
  }, { ...route(sessionId), timeoutMs: ANSWER_MS });
  return answer.kind === "ok" ? answer.result : null;
}

async function stackOf(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<MadeAt | null> {
  const errorObjectId = await objectOf(inspector, sessionId, id);
  if (errorObjectId === undefined) return null;
  const to = { ...route(sessionId), timeoutMs: ANSWER_MS };
  const answer = await inspector.send("Runtime.getExceptionDetails", { errorObjectId }, to);
  if (answer.kind !== "ok") return null;
  const { stackTrace, exception } = answer.result.exceptionDetails ?? {};
  const frames = (stackTrace?.callFrames ?? []).map(({ scriptId, lineNumber, columnNumber }) => ({
    scriptId,
    line: lineNumber,
    column: columnNumber,
  }));
  return { frames, text: exception?.description ?? "" };
}

/** The object with an id, as the inspector refers to it; undefined when it is gone. */
export async function objectOf(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<string | undefined> {
  const object = await inspector.send("HeapProfiler.getObjectByHeapObjectId", {
    objectId: String(id),
    objectGroup: GROUP,
  }, { ...route(sessionId), timeoutMs: ANSWER_MS });
  return object.kind === "ok" ? object.result.result.objectId : undefined;
}

function placeIn(value: unknown): SuspendedAt | null {
  if (typeof value !== "object" || value === null) return null;
  const { scriptId, lineNumber, columnNumber }: {
    scriptId?: unknown;
    lineNumber?: unknown;
    columnNumber?: unknown;
  } = value;
  if (typeof scriptId !== "string" || typeof lineNumber !== "number") return null;
  return {
    scriptId,
    line: lineNumber,
    column: typeof columnNumber === "number" ? columnNumber : 0,
  };
}
