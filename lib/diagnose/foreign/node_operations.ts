/**
 * Operations of Node's that are under way. Its native code calls back by way of objects that the program's code made, so
 * what a promise waits for there can be told only by elimination.
 *
 * Invariant: a wait counts only where nothing is open that could end it but connections and child processes.
 *
 * @module
 */

import type { OpenHandle } from "../../model/dump.ts";
import type { Settler } from "../../model/await_node.ts";
import type { Facts } from "../facts.ts";
import type { Branch } from "./branches.ts";

/** What is open in most processes, and what a connection or a child process of Node's is. */
const OUTSIDE = /^(?:Socket|TLSSocket|Server|ChildProcess|ReadStream|WriteStream)$/;
const UNDICI = "node:internal/deps/undici/";

/** Whether a branch waits for a connection or a child process of a Node process. */
export function isOperationOfNode({ dump }: Facts, { settlers, proven }: Branch): boolean {
  const isNode = dump?.processes?.find(({ pid }) => pid === dump.pid)?.runtime === "node";
  if (dump === null || !isNode || proven || settlers.length === 0) return false;
  const { handles, outside, isolates } = dump;
  const isAlone = isolates.every(({ kind, state }) => kind === "main" || state === "gone");
  if (!isAlone || handles === undefined || !handles.every(isOutside)) return false;
  const isThere = (outside?.processes ?? []).some(({ parent }) => parent === dump.pid) ||
    (outside?.sockets ?? []).some(({ remotePort }) => remotePort !== null);
  return isThere && settlers.every(isNative);
}

function isNative({ by, file }: Settler): boolean {
  return by === "native" || (by === "local" && (file?.startsWith(UNDICI) ?? false));
}

/** A handler of a signal is not: it may be what is waited for. */
function isOutside(handle: OpenHandle): boolean {
  if (handle.kind === "timer") return handle.repeats;
  return handle.kind === "object" && OUTSIDE.test(handle.type);
}
