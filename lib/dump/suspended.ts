/**
 * Finds where the program's code stands in an await that the runtime knows nothing of: the async functions of main that
 * are suspended, and await nothing that other code of the program or of unwedge would bring.
 *
 * Only for a subject of which everything else has been seen: V8 collects garbage before it makes a heap snapshot, and
 * with it go tasks that wait for what can no longer come. The connection is closed before this returns.
 *
 * @module
 */

import { connectInspector, type Inspector, type SendOutcome } from "../cdp/inspector.ts";
import type { Position } from "../model/dump.ts";
import { isInternalFile } from "../protocol/own_code.ts";
import { type HeapCall, HeapGraph } from "./heap_graph.ts";
import { SourcePositions } from "./source_positions.ts";

/** An async function of the program that is suspended in an await. */
export interface SuspendedCall {
  /** Its name, null when it has none. */
  readonly fn: string | null;
  /** Where it awaits. */
  readonly at: Position;
}

/** Where to look, and for how long. */
export interface SuspendedOptions {
  readonly wsUrl: string;
  /** Bound for each answer; default 3000. */
  readonly timeoutMs?: number;
}

/** A larger heap takes seconds to write down, and is not. */
const MAX_HEAP_BYTES = 64 * 1024 * 1024;
/** More of them are not asked for their places: each costs a walk through the heap. */
const MAX_FUNCTIONS = 20;
const GROUP = "unwedge";

/** The suspended functions, as far as main tells; none when it does not answer, or its heap is too large. */
export async function suspendedCalls(options: SuspendedOptions): Promise<SuspendedCall[]> {
  const { wsUrl, timeoutMs = 3_000 } = options;
  const connection = await connectInspector(wsUrl, { timeoutMs });
  if (connection.kind === "failed") return [];
  await using inspector = connection.inspector;
  const bound = { timeoutMs };
  try {
    return await new Look(inspector, bound).all();
  } finally {
    await inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, bound);
    await inspector.send("Debugger.disable", {}, bound);
  }
}

class Look {
  readonly #inspector: Inspector;
  readonly #bound: { readonly timeoutMs: number };
  readonly #positions = new SourcePositions();

  constructor(inspector: Inspector, bound: { readonly timeoutMs: number }) {
    this.#inspector = inspector;
    this.#bound = bound;
    inspector.onScriptParsed((message) => this.#positions.announce(message));
  }

  async all(): Promise<SuspendedCall[]> {
    const usage = answerOf(await this.#inspector.send("Runtime.getHeapUsage", {}, this.#bound));
    if (usage === null || usage.usedSize > MAX_HEAP_BYTES) return [];
    // Tells of the scripts.
    await this.#inspector.send("Debugger.enable", {}, this.#bound);
    const graph = await this.#snapshot();
    if (graph === null) return [];
    const programs = graph.calls.filter(({ file }) => isCode(file) && !isInternalFile(file));
    const last = programs.filter((call) => !graph.awaitedBy(call).some(({ file }) => isCode(file)));
    const found: SuspendedCall[] = [];
    for (const call of last.slice(0, MAX_FUNCTIONS)) {
      const at = await this.#place(call);
      if (at !== null) found.push({ fn: call.fn === "" ? null : call.fn, at });
    }
    return found;
  }

  async #snapshot(): Promise<HeapGraph | null> {
    const chunks: string[] = [];
    const stop = this.#inspector.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
      chunks.push(chunk);
    });
    const taken = answerOf(
      await this.#inspector.send("HeapProfiler.takeHeapSnapshot", {
        reportProgress: false,
        exposeInternals: true,
      }, this.#bound),
    );
    stop();
    return taken === null ? null : HeapGraph.parse(chunks.join(""));
  }

  /** Where it awaits; null for one that has come to its end. */
  async #place({ id }: HeapCall): Promise<Position | null> {
    const found = answerOf(
      await this.#inspector.send("HeapProfiler.getObjectByHeapObjectId", {
        objectId: String(id),
        objectGroup: GROUP,
      }, this.#bound),
    );
    const objectId = found?.result.objectId;
    if (objectId === undefined) return null;
    const properties = answerOf(
      await this.#inspector.send(
        "Runtime.getProperties",
        { objectId, ownProperties: true },
        this.#bound,
      ),
    );
    const internals = new Map(
      (properties?.internalProperties ?? []).map(({ name, value }) => [name, value]),
    );
    const location: unknown = internals.get("[[GeneratorLocation]]")?.value;
    const isSuspended = internals.get("[[GeneratorState]]")?.value === "suspended";
    if (!isSuspended || !isLocation(location)) return null;
    const { scriptId, lineNumber: line, columnNumber: column } = location;
    const raw = { fn: "", sessionId: null, scriptId, line, column };
    const { file, ...place } = await this.#positions.map(raw);
    return { file, line: place.line, column: place.column };
  }
}

/** Code in a file, the program's or unwedge's, and no part of the platform. */
function isCode(file: string): boolean {
  return file.startsWith("file:");
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

function isLocation(value: unknown): value is Location {
  return typeof value === "object" && value !== null && "scriptId" in value &&
    "lineNumber" in value && "columnNumber" in value;
}

function answerOf<T>(outcome: SendOutcome<T>): T | null {
  return outcome.kind === "ok" ? outcome.result : null;
}
