/**
 * The Web Locks of a process: `navigator.locks.query()` tells all of them in any isolate, by clients. Which isolate is
 * which client it does not tell: each that is idle is asked, by way of a lock of a name that nobody else has, held only
 * while the question is answered.
 *
 * @module
 */

import type { Inspector } from "../../cdp/inspector.ts";
import { route } from "../../cdp/sessions.ts";
import type { WebLock } from "../../model/process_dump.ts";

/** An isolate that rests in its event loop. */
export interface IdleIsolate {
  readonly isolate: string;
  readonly sessionId: string | null;
}

interface Entry {
  readonly name: string;
  readonly mode: string;
  readonly clientId: string;
}

interface Locks {
  readonly held: readonly Entry[];
  readonly pending: readonly Entry[];
}

const ANSWER_MS = 1_000;
const NONE: Locks = { held: [], pending: [] };

/**
 * Asks.
 *
 * @param others isolates that could not be asked
 */
export async function webLocks(
  inspector: Inspector,
  idle: readonly IdleIsolate[],
  others: readonly string[],
): Promise<WebLock[]> {
  const [first] = idle;
  if (first === undefined) return [];
  const { held, pending } = await query(inspector, first, "globalThis.navigator?.locks?.query?.()");
  if (held.length + pending.length === 0) return [];
  const clients = new Map<string, string>();
  for (const each of idle) {
    const client = await clientOf(inspector, each);
    if (client !== null) clients.set(client, each.isolate);
  }
  const all = [
    ...held.map((entry) => ({ entry, state: "held" as const })),
    ...pending.map((entry) => ({ entry, state: "pending" as const })),
  ];
  const unknown = new Set(all.map(({ entry }) => entry.clientId).filter((id) => !clients.has(id)));
  const [client] = unknown;
  const [isolate] = others;
  // The one that is left over, where everything else is known.
  if (unknown.size === 1 && others.length === 1 && clients.size === idle.length) {
    clients.set(client ?? "", isolate ?? "");
  }
  return all.map(({ entry: { name, mode, clientId }, state }) => ({
    name,
    mode: mode === "shared" ? "shared" : "exclusive",
    state,
    isolate: clients.get(clientId) ?? null,
  }));
}

async function clientOf(inspector: Inspector, isolate: IdleIsolate): Promise<string | null> {
  const name = JSON.stringify(`unwedge-${crypto.randomUUID()}`);
  const { held } = await query(
    inspector,
    isolate,
    `navigator.locks.request(${name}, { ifAvailable: true }, () => navigator.locks.query())` +
      `.then(({ held }) => ({ held: held.filter(({ name }) => name === ${name}), pending: [] }))`,
  );
  return held[0]?.clientId ?? null;
}

async function query(
  inspector: Inspector,
  { sessionId }: IdleIsolate,
  expression: string,
): Promise<Locks> {
  const answer = await inspector.send("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
    silent: true,
    disableBreaks: true,
  }, { ...route(sessionId), timeoutMs: ANSWER_MS });
  const value: unknown = answer.kind === "ok" ? answer.result.result.value : undefined;
  if (typeof value !== "object" || value === null) return NONE;
  return {
    held: entriesIn(Reflect.get(value, "held")),
    pending: entriesIn(Reflect.get(value, "pending")),
  };
}

function entriesIn(value: unknown): Entry[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null) return [];
    const [name, mode, clientId] = ["name", "mode", "clientId"].map((key) =>
      String(Reflect.get(entry, key))
    );
    return name === undefined || mode === undefined || clientId === undefined
      ? []
      : [{ name, mode, clientId }];
  });
}
