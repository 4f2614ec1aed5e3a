/**
 * Asks a live isolate at which `await` each of its suspended functions stands. A snapshot does not tell: it has where a
 * function begins. The inspector finds the object of a snapshot again by its id, and V8 tells the place as an internal
 * property of a generator object.
 *
 * @module
 */

import type { Inspector } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";

/** Where a function is suspended, in the script as V8 runs it; 0-based. */
export interface SuspendedAt {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
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
const ANSWER_MS = 5_000;

/**
 * Asks for the functions with these ids, the first of them first, until the time is over. One that has gone on since the
 * snapshot is missing from the answer.
 *
 * @param ids of the generator objects, as the snapshot has them
 */
export async function locate(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlyMap<number, SuspendedAt>> {
  const found = new Map<number, SuspendedAt>();
  const startedAt = performance.now();
  try {
    for (let from = 0; from < ids.length && inspector.open; from += BATCH) {
      if (performance.now() - startedAt > ASK_FOR_MS) break;
      await Promise.all(
        ids.slice(from, from + BATCH).map(async (id) => {
          const at = await locateOne(inspector, sessionId, id);
          if (at !== null) found.set(id, at);
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
  const to = { ...route(sessionId), timeoutMs: ANSWER_MS };
  const object = await inspector.send("HeapProfiler.getObjectByHeapObjectId", {
    objectId: String(id),
    objectGroup: GROUP,
  }, to);
  const objectId = object.kind === "ok" ? object.result.result.objectId : undefined;
  if (objectId === undefined) return null;
  const answer = await inspector.send("Runtime.getProperties", {
    objectId,
    ownProperties: true,
  }, to);
  if (answer.kind !== "ok") return null;
  const internal = answer.result.internalProperties ?? [];
  const of = (name: string): unknown => internal.find((each) => each.name === name)?.value?.value;
  return of("[[GeneratorState]]") === "suspended" ? placeIn(of("[[GeneratorLocation]]")) : null;
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
