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
import type { OpenHandle } from "../model/dump.ts";
import { connectInspector } from "../cdp/inspector.ts";
import { objectHandles, signalHandles } from "./object_handles.ts";
import { withOpeners } from "./openers.ts";
import { OBJECTS_OF_DENO, OBJECTS_OF_NODE } from "./open_objects.ts";
import type { EmitCache } from "./process/emit_cache.ts";
import { isEmpty, NoAnswer, RemoteObjects, type RemoteObjectsOptions } from "./remote_objects.ts";

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
  try {
    const known = typeof Deno === "undefined" ? ${JSON.stringify(OBJECTS_OF_NODE)} : [];
    return process.getActiveResourcesInfo().filter((name) => name !== "Timeout" && !known.includes(name));
  } catch { return []; }
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
  return lookWith(options, allHandles);
}

/** Looks for what one isolate has open, on a connection of the caller's. */
export function handlesIn(options: RemoteObjectsOptions): Promise<OpenHandlesOutcome> {
  return lookIn(options, allHandles);
}

/** Looks for main's timers, whether or not they keep it. */
export function openTimers(options: LookOptions): Promise<OpenHandlesOutcome<TimerHandle>> {
  return lookWith(options, (objects) => timersOf(objects, LIVE_TIMERS));
}

async function lookWith<H>(
  { wsUrl, timeoutMs = 5_000, emitted }: LookOptions,
  take: (objects: RemoteObjects) => Promise<readonly H[]>,
): Promise<OpenHandlesOutcome<H>> {
  const connection = await connectInspector(wsUrl, { timeoutMs });
  if (connection.kind === "failed") return { kind: "failed", why: connection.why };
  await using inspector = connection.inspector;
  return await lookIn({ inspector, sessionId: null, timeoutMs, emitted }, take);
}

async function lookIn<H>(
  options: RemoteObjectsOptions,
  take: (objects: RemoteObjects) => Promise<readonly H[]>,
): Promise<OpenHandlesOutcome<H>> {
  const objects = new RemoteObjects(options);
  try {
    await objects.enter();
    return { kind: "named", handles: await take(objects) };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: "failed", why: error.message };
    throw error;
  } finally {
    await objects.leave();
  }
}

async function allHandles(objects: RemoteObjects): Promise<OpenHandle[]> {
  // One after the other: Deno's inspector has been seen to lose a connection on which questions cross its answers
  // (2.9.6, 2 of 25 times).
  const timers = await timersOf(objects, KEEPING_TIMERS);
  const others = await objectHandles(objects);
  const signals = await signalHandles(objects);
  const [node = [], resources = []] = await listsOf(objects, `[${NODE_HANDLES}, ${RESOURCES}]`);
  return [
    ...await withOpeners(objects, [...timers, ...others]),
    ...signals,
    ...node.map((name) => ({ kind: "node-handle" as const, name })),
    ...resources.filter((name) => !ORDINARY.includes(name) && !OBJECTS_OF_DENO.has(name))
      .map((name) => ({ kind: "resource" as const, name })),
  ];
}

/** @param which a function of a list of timers, which returns those that are wanted */
async function timersOf(objects: RemoteObjects, which: string): Promise<TimerHandle[]> {
  const all = await objects.havingPrototype(TIMER_PROTOTYPE);
  if (all === null) return [];
  const live = await objects.call(all.objectId, which, false);
  if (isEmpty(live)) return [];
  const { value } = await objects.call(live.objectId, DETAILS, true);
  const details = Array.isArray(value) ? value : [];
  const places = await objects.places(await objects.call(live.objectId, CALLBACKS, false));
  return details.map(([repeats, ms, name]: [boolean, number, string], n) => ({
    kind: "timer",
    repeats,
    ms,
    fn: name === "" ? null : name,
    at: places.get(n) ?? null,
  }));
}

async function listsOf(objects: RemoteObjects, expression: string): Promise<string[][]> {
  const { value } = await objects.evaluate(expression, true);
  const lists: readonly unknown[] = Array.isArray(value) ? value : [];
  return lists.map((list) => Array.isArray(list) ? list.map(String) : []);
}
