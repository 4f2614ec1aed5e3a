/**
 * Names what keeps an idle main isolate from ending: its timers, with the function that each calls and where that
 * stands, the handles that node:process lists, and the resources that are open.
 *
 * Only for a subject whose tasks have joined, or that has been looked into: V8 finds the timers by collecting garbage
 * first, and with it go tasks that wait for what can no longer come. The connection is closed before this returns.
 *
 * What cannot be named (Deno 2.9.6): an operation that is under way and belongs to no resource, such as the opening
 * of a pipe, and whether an open resource keeps the process or only lies about. Timers are known for certain: only
 * those that keep the process are told.
 *
 * @module
 */

import { TIMERS_KEY } from "../protocol/platform.ts";
import type { OpenHandle, Position } from "../model/dump.ts";
import type { CommandResult } from "../cdp/commands.ts";
import { connectInspector, type Inspector, type SendOutcome } from "../cdp/inspector.ts";
import type { EmitCache } from "./process/emit_cache.ts";
import { SourcePositions } from "./source_positions.ts";

export type { OpenHandle };

/** A timer. */
export type TimerHandle = Extract<OpenHandle, { kind: "timer" }>;

/** What was found. */
export type OpenHandlesOutcome<H = OpenHandle> =
  | { readonly kind: "named"; readonly handles: readonly H[] }
  | { readonly kind: "failed"; readonly why: string };

/** Open in every subject, or never what keeps one: signal listeners do not, and the journal is a file. */
const ORDINARY = ["stdin", "stdout", "stderr", "signal", "fsFile"];
/** More timers than this are counted, and not looked at one by one. */
const MAX_TIMERS = 50;
const GROUP = "unwedge";

/**
 * A timer that is made and cleared at once shows what all of them have in common, independent of the code that made
 * them.
 */
const TIMER_PROTOTYPE = `(() => {
  const { setTimeout, clearTimeout } = globalThis[Symbol.for(${
  JSON.stringify(TIMERS_KEY)
})] ?? globalThis;
  const timer = setTimeout(() => {}, 2 ** 30);
  clearTimeout(timer);
  return typeof timer === "object" ? Object.getPrototypeOf(timer) : undefined;
})()`;

const LIVE_TIMERS = `function () {
  return this.filter((timer) => !timer._destroyed).slice(0, ${MAX_TIMERS});
}`;
const KEEPING_TIMERS = `function () {
  return this.filter((timer) => !timer._destroyed && timer.hasRef?.()).slice(0, ${MAX_TIMERS});
}`;

const DETAILS = `function () {
  return this.map((timer) => [Boolean(timer._repeat), Number(timer._idleTimeout), timer._onTimeout?.name ?? ""]);
}`;

const CALLBACKS = "function () { return this.map((timer) => timer._onTimeout); }";

/** Each asked for by itself: what one version has not, another may have. */
const NODE_HANDLES = `(() => {
  try { return process.getActiveResourcesInfo().filter((name) => name !== "Timeout"); } catch { return []; }
})()`;
const RESOURCES = `(() => {
  try { return Object.values(Deno[Deno.internal].core.resources()); } catch { return []; }
})()`;

/** Where to look, and for how long. */
export interface LookOptions {
  /** The subject's inspector. */
  readonly wsUrl: string;
  /** Bound for each answer; default 5000, for a collection of garbage on a busy machine takes its time. */
  readonly timeoutMs?: number;
  /** Where source maps are looked for that scripts have not with them. */
  readonly emitted?: EmitCache;
}

/** Looks for what keeps main. */
export function openHandles(options: LookOptions): Promise<OpenHandlesOutcome> {
  return lookWith(options, (look) => look.all());
}

/** Looks for main's timers, whether or not they keep it. */
export function openTimers(options: LookOptions): Promise<OpenHandlesOutcome<TimerHandle>> {
  return lookWith(options, (look) => look.timers(LIVE_TIMERS));
}

async function lookWith<H>(
  { wsUrl, timeoutMs = 5_000, emitted }: LookOptions,
  take: (look: HandleLook) => Promise<readonly H[]>,
): Promise<OpenHandlesOutcome<H>> {
  const connection = await connectInspector(wsUrl, { timeoutMs });
  if (connection.kind === "failed") return { kind: "failed", why: connection.why };
  await using inspector = connection.inspector;
  const look = new HandleLook(inspector, timeoutMs, emitted);
  try {
    return { kind: "named", handles: await take(look) };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: "failed", why: error.message };
    throw error;
  } finally {
    await look.leave();
  }
}

/** Main did not answer, or not with what was asked for. */
class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

class HandleLook {
  readonly #inspector: Inspector;
  readonly #timeoutMs: number;
  readonly #positions: SourcePositions;

  constructor(inspector: Inspector, timeoutMs: number, emitted?: EmitCache) {
    this.#positions = new SourcePositions(
      emitted === undefined ? undefined : (script) => emitted.mapOf(inspector, script),
    );
    this.#inspector = inspector;
    this.#timeoutMs = timeoutMs;
    inspector.onScriptParsed((message) => this.#positions.announce(message));
  }

  async all(): Promise<OpenHandle[]> {
    const timers = await this.timers(KEEPING_TIMERS);
    const node = (await this.#names(NODE_HANDLES)).map((name): OpenHandle => ({
      kind: "node-handle",
      name,
    }));
    const resources = (await this.#names(RESOURCES))
      .filter((name) => !ORDINARY.includes(name))
      .map((name): OpenHandle => ({ kind: "resource", name }));
    return [...timers, ...node, ...resources];
  }

  /** Leaves main as it was: no debugger, nothing held. */
  async leave(): Promise<void> {
    const bound = { timeoutMs: this.#timeoutMs };
    await this.#inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, bound);
    await this.#inspector.send("Debugger.disable", {}, bound);
  }

  /** @param which a function of a list of timers, which returns those that are wanted */
  async timers(which: string): Promise<TimerHandle[]> {
    // Tells of the scripts, and of where a function stands.
    this.#ok(await this.#inspector.send("Debugger.enable", {}, { timeoutMs: this.#timeoutMs }));
    const prototype = await this.#evaluate(TIMER_PROTOTYPE, false);
    if (prototype.objectId === undefined) return [];
    const { objects } = this.#ok(
      await this.#inspector.send("Runtime.queryObjects", {
        prototypeObjectId: prototype.objectId,
        objectGroup: GROUP,
      }, { timeoutMs: this.#timeoutMs }),
    );
    const live = await this.#call(objects.objectId, which, false);
    const { value } = await this.#call(live.objectId, DETAILS, true);
    const details = Array.isArray(value) ? value : [];
    const places = await this.#places(await this.#call(live.objectId, CALLBACKS, false));
    return details.map(([repeats, ms, name]: [boolean, number, string], n) => ({
      kind: "timer",
      repeats,
      ms,
      fn: name === "" ? null : name,
      at: places.get(n) ?? null,
    }));
  }

  /** Where the functions of a list stand, by their place in the list. */
  async #places(list: RemoteObject): Promise<Map<number, Position>> {
    const places = new Map<number, Position>();
    for (const { name, value } of (await this.#properties(list)).result) {
      if (value?.type !== "function") continue;
      const { internalProperties = [] } = await this.#properties(value);
      const location: unknown = internalProperties
        .find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
      if (!isLocation(location)) continue;
      const { scriptId, lineNumber: line, columnNumber: column } = location;
      const raw = { fn: "", sessionId: null, scriptId, line, column };
      const { file, line: mappedLine, column: mappedColumn } = await this.#positions.map(raw);
      if (file.startsWith("file:")) {
        places.set(Number(name), { file, line: mappedLine, column: mappedColumn });
      }
    }
    return places;
  }

  async #properties({ objectId }: RemoteObject): Promise<CommandResult<"Runtime.getProperties">> {
    return this.#ok(
      await this.#inspector.send("Runtime.getProperties", {
        objectId: objectId ?? "",
        ownProperties: true,
      }, { timeoutMs: this.#timeoutMs }),
    );
  }

  async #names(expression: string): Promise<string[]> {
    const { value } = await this.#evaluate(expression, true);
    return Array.isArray(value) ? value.map(String) : [];
  }

  async #evaluate(expression: string, returnByValue: boolean): Promise<RemoteObject> {
    const answer = this.#ok(
      await this.#inspector.send("Runtime.evaluate", {
        expression,
        returnByValue,
        objectGroup: GROUP,
        silent: true,
        disableBreaks: true,
      }, { timeoutMs: this.#timeoutMs }),
    );
    return answer.result;
  }

  async #call(
    objectId: string | undefined,
    functionDeclaration: string,
    returnByValue: boolean,
  ): Promise<RemoteObject> {
    const answer = this.#ok(
      await this.#inspector.send("Runtime.callFunctionOn", {
        ...(objectId === undefined ? {} : { objectId }),
        functionDeclaration,
        returnByValue,
        objectGroup: GROUP,
        silent: true,
      }, { timeoutMs: this.#timeoutMs }),
    );
    return answer.result;
  }

  #ok<T>(outcome: SendOutcome<T>): T {
    if (outcome.kind === "ok") return outcome.result;
    if (outcome.kind === "error") throw new NoAnswer(`main refused: ${outcome.message}`);
    if (outcome.kind === "closed") throw new NoAnswer("the connection ended");
    throw new NoAnswer(`main did not answer within ${outcome.afterMs} ms`);
  }
}

type RemoteObject = CommandResult<"Runtime.evaluate">["result"];

function isLocation(
  value: unknown,
): value is { scriptId: string; lineNumber: number; columnNumber: number } {
  return typeof value === "object" && value !== null && "scriptId" in value &&
    "lineNumber" in value && "columnNumber" in value;
}
