/**
 * What an isolate has open that is an object of the program's, and its handlers of signals, as handles: asked with the
 * questions of `open_objects.ts`.
 *
 * @module
 */

import type { OpenHandle, Position } from "../model/dump.ts";
import {
  LISTENER_DETAILS,
  LISTENER_FUNCTIONS,
  OBJECT_DETAILS,
  OBJECT_LISTENERS,
  OBJECT_PROTOTYPE,
  OPEN_OBJECTS,
  SIGNAL_LISTENERS,
} from "./open_objects.ts";
import { isEmpty, type RemoteObject, type RemoteObjects } from "./remote_objects.ts";

type ObjectHandle = Extract<OpenHandle, { readonly kind: "object" }>;

/** Workers, channels, ports, sockets, servers, child processes. */
export async function objectHandles(objects: RemoteObjects): Promise<ObjectHandle[]> {
  const all = await objects.havingPrototype(OBJECT_PROTOTYPE);
  if (all === null) return [];
  const open = await objects.call(all.objectId, OPEN_OBJECTS, false);
  if (isEmpty(open)) return [];
  const { value } = await objects.call(open.objectId, OBJECT_DETAILS, true);
  const heard = await objects.call(open.objectId, OBJECT_LISTENERS, false);
  // One of the runtime's own stands in no file.
  const listeners = (await listenersIn(objects, heard)).filter(({ at }) => at !== null);
  const workers = await workersIn(objects, open);
  const details: readonly unknown[] = Array.isArray(value) ? value : [];
  return details.map((detail, n): ObjectHandle => {
    const [type, name, state] = Array.isArray(detail) ? detail.map(textOrNull) : [];
    return {
      kind: "object",
      type: type ?? "object",
      name: name ?? null,
      state: state ?? null,
      listeners: listeners.filter(({ of }) => of === n).map(({ event, fn, at }) => ({
        event,
        fn,
        at,
      })),
      ...workers.get(n),
    };
  });
}

/** Handlers of signals that were set with process.on. */
export async function signalHandles(objects: RemoteObjects): Promise<OpenHandle[]> {
  const listeners = await listenersIn(objects, await objects.evaluate(SIGNAL_LISTENERS, false));
  // Node's own for the size of the terminal; another one of Node's is that of `once`, for code that awaits the signal.
  return listeners.filter(({ event, at }) => at !== null || event !== "SIGWINCH")
    .map(({ event, fn, at }) => ({ kind: "signal", name: event, fn, at }));
}

interface FoundListener {
  /** Place of its object in the list. */
  readonly of: number;
  readonly event: string;
  readonly fn: string | null;
  readonly at: Position | null;
}

async function listenersIn(objects: RemoteObjects, list: RemoteObject): Promise<FoundListener[]> {
  if (isEmpty(list)) return [];
  const { value } = await objects.call(list.objectId, LISTENER_DETAILS, true);
  const details: readonly unknown[] = Array.isArray(value) ? value : [];
  const places = await objects.places(await objects.call(list.objectId, LISTENER_FUNCTIONS, false));
  return details.flatMap((detail, n): FoundListener[] => {
    const at = places.get(n) ?? null;
    if (!Array.isArray(detail)) return [];
    const [of, event, fn] = detail;
    return [{ of: Number(of), event: String(event), fn: textOrNull(fn), at }];
  });
}

/** Deno keeps what it knows of a worker in private properties. By place in the list. */
async function workersIn(
  objects: RemoteObjects,
  list: RemoteObject,
): Promise<Map<number, Partial<ObjectHandle>>> {
  const workers = new Map<number, Partial<ObjectHandle>>();
  for (const { name: place, value } of (await objects.properties(list)).result) {
    if (value?.className !== "Worker") continue;
    const { privateProperties = [] } = await objects.properties(value);
    const of = (key: string): unknown =>
      privateProperties.find(({ name }) => name === key)?.value?.value;
    const [id, name, status] = [of("#id"), textOrNull(of("#name")), textOrNull(of("#status"))];
    if (typeof id !== "number") continue;
    workers.set(Number(place), {
      name,
      state: status === null ? null : STATUS[status] ?? null,
      worker: `worker-${id}`,
    });
  }
  return workers;
}

const STATUS: Readonly<Record<string, string>> = {
  RUNNING: "running",
  CLOSED: "ended",
  TERMINATED: "terminated",
};

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
