/**
 * What keeps a program without records that has nothing left to do: a timer that repeats, a server, a channel, a worker.
 *
 * Invariant: that nothing is left to do is known only of main and all workers, of which none has a wait that the garbage
 * collector may have taken away. What is open must be of a kind that by itself does no work: a connection or a child
 * process may be work under way, of code that uses callbacks.
 *
 * @module
 */

import type { OpenHandle, Position } from "../../model/dump.ts";
import { handleText } from "../../report/text/handle_text.ts";
import { socketTexts } from "../../report/text/outside.ts";
import { atMostFew } from "../clues/clue.ts";
import type { Facts } from "../facts.ts";
import { type Finding, step } from "./finding.ts";

/** By the runtime's names: what listens until it is closed. */
const LISTENS =
  /^(?:http|tcpListener|unixListener|messagePort|webWorker|TCPServerWrap|PipeServerWrap|MessagePort|Worker|FSEventWrap|StatWatcher|fsEvents)$|BroadcastChannel/;
/** Open in most processes, and never what keeps one. */
const INERT = /^(?:TTYWrap|PipeWrap|tty|stdin|stdout|stderr)$/;
/** By the classes of objects: what listens until it is closed, and what is open in most processes or told elsewhere. */
const LISTENING_OBJECT = /^(?:BroadcastChannel|MessagePort|Server|FSWatcher|StatWatcher)$/;
const INERT_OBJECT = /^(?:Worker|ReadStream|WriteStream)$/;

interface Kept {
  readonly text: string;
  readonly at: Position | null;
}

/** Main has come to its end, and something that is open keeps the process: more than a server. */
export function leftOpen(facts: Facts): Finding | null {
  const found = whatIsOpen(facts);
  return found !== null && !found.servesAlone ? found : null;
}

/** Main has come to its end, and a server listens: it may be meant to. */
export function stillServes(facts: Facts): Finding | null {
  const found = whatIsOpen(facts);
  return found !== null && found.servesAlone ? found : null;
}

function whatIsOpen(facts: Facts): Finding & { readonly servesAlone: boolean } | null {
  const { dump, journal } = facts;
  if (journal !== false || dump === null || !isDone(facts)) return null;
  const { handles = [], outside = { processes: [], sockets: [] } } = dump;
  const connected = outside.sockets.some(({ remotePort }) => remotePort !== null);
  const children = outside.processes.some(({ parent }) => parent === dump.pid);
  if (connected || children || handles.some(mayBeWork)) return null;
  const workers = dump.isolates.filter(({ kind, state }) => kind === "worker" && state !== "gone")
    .map(({ id }): Kept => ({ text: `${id}, which is at rest and was not ended`, at: null }));
  const kept = [
    ...handles.filter((handle) => !isInert(handle)).map(keptBy),
    ...workers,
    ...socketTexts(outside).map((text): Kept => ({ text, at: null })),
  ];
  const [first] = kept;
  if (first === undefined) return null;
  const isAlone = workers.length === 0 &&
    handles.every((handle) => isInert(handle) || isServer(handle));
  const done =
    "main has come to its end: no async function or promise of the program is waited for";
  return {
    servesAlone: isAlone && outside.sockets.length > 0,
    evidence: [
      { kind: "leftover", detail: done, ref: "dump.awaits" },
      ...atMostFew(
        kept.map(({ text }) => ({ kind: "leftover", detail: text, ref: "dump.handles" })),
      ),
    ],
    path: {
      kind: "dead-end",
      because: "main has come to its end, and this is still open",
      steps: kept.map(({ text, at }) =>
        step({ actor: "main", kind: "handle", resource: text, at })
      ),
    },
  };
}

/** Every isolate is at rest, has nothing that is awaited, and kept what was. */
function isDone({ dump }: Facts): boolean {
  const isolates = (dump?.isolates ?? []).filter(({ state }) => state !== "gone");
  // What was not seen may be what works.
  if ((dump?.missing ?? []).length > 0) return false;
  return isolates.some(({ kind }) => kind === "main") && dump?.handles !== undefined &&
    isolates.every(({ id, kind, state }) => {
      const heap = dump?.awaits?.find(({ isolate }) => isolate === id);
      // Nothing is kept in Deno's workers; what a worker awaits would not be what keeps main.
      const whole = kind === "worker" || heap?.kept === true;
      return state === "parked" && heap !== undefined && heap.tree.length === 0 && whole;
    });
}

function isServer(handle: OpenHandle): boolean {
  if (handle.kind === "object") return handle.type === "Server";
  return (handle.kind === "resource" || handle.kind === "node-handle") &&
    /^(?:http|tcpListener|TCPServerWrap)$/.test(handle.name);
}

function mayBeWork(handle: OpenHandle): boolean {
  if (handle.kind === "timer") return !handle.repeats;
  if (isInert(handle)) return false;
  return handle.kind === "object"
    ? !LISTENING_OBJECT.test(handle.type)
    : !LISTENS.test(handle.name);
}

function isInert(handle: OpenHandle): boolean {
  if (handle.kind === "timer") return false;
  // A handler of a signal keeps no process.
  if (handle.kind === "signal") return true;
  if (handle.kind !== "object") return INERT.test(handle.name);
  const isPipe = handle.type === "Socket" && (handle.name?.startsWith("fd ") ?? false);
  return isPipe || INERT_OBJECT.test(handle.type);
}

function keptBy(handle: OpenHandle): Kept {
  if (handle.kind === "timer") {
    return { text: handleText(handle), at: handle.opened ?? handle.at };
  }
  if (handle.kind === "object") {
    return { text: handleText(handle), at: handle.opened ?? handle.listeners[0]?.at ?? null };
  }
  if (handle.kind === "signal") return { text: handleText(handle), at: handle.at };
  const name = /BroadcastChannel/.test(handle.name) ? "BroadcastChannel" : handle.name;
  return { text: `an open ${name} in main`, at: null };
}
