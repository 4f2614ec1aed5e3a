/**
 * Waits of a program without records for something outside of its JavaScript: a child process, a connection, its input.
 *
 * Invariant: that an operation of the runtime is under way is no evidence by itself, for it may be one that only takes its
 * time. What it waits for must be there, or its name must tell.
 *
 * @module
 */

import type { Evidence } from "../../model/result.ts";
import type { DumpedProcess } from "../../model/dump.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { time } from "../../protocol/duration.ts";
import { descriptorText, processText, socketTexts } from "../../report/text/outside.ts";
import { atMostFew } from "../clues/clue.ts";
import { at } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { awaited, deadEnd, type Finding, step } from "./finding.ts";
import { isOperationOfNode } from "./node_operations.ts";
import { type Branch, lastCall, mainBranches } from "./branches.ts";

/** Functions of Deno that wait for the far end of a connection. */
const OF_CONNECTION =
  /^(?:\w+\.)?(?:fetch|mainFetch|connect|connectTls|handshake|accept|next|read|write|shutdown|finished|resolveDns)$/;
/** Functions of Deno that only wait for what somebody writes. */
const OF_INPUT = /^(?:Stdin|FsFile)\.read$/;
const OF_SERVER = /^shutdown$/;

/** A process below cannot write on, because what it has written is not read here, while main waits. */
export function fullPipe(facts: Facts): Finding | null {
  const [branch] = mainBranches(facts);
  const isOne = (each: Branch) => isOfChild(each) || isOperationOfNode(facts, each);
  if (branch === undefined || !mainBranches(facts).every(isOne)) return null;
  const index = (facts.dump?.outside?.processes ?? []).findIndex(writes);
  const child = facts.dump?.outside?.processes[index];
  if (child === undefined) return null;
  const where = descriptorText(child, "this program's own");
  const detail = `process ${child.pid} (${child.command}) waits in ${child.wchan}${where}: it is ` +
    "full, and the process goes on only when it is read";
  const because = `process ${child.pid} writes into a pipe that is full, and this program does ` +
    "not read it meanwhile";
  const further = step({
    actor: `process ${child.pid}`,
    kind: "code",
    resource: `a write${where}`,
  });
  return {
    evidence: [awaitLine(branch), {
      kind: "outside",
      detail,
      ref: `dump.outside.processes[${index}]`,
    }],
    path: deadEnd(branch, because, [further]),
  };
}

function writes({ wchan, descriptor }: DumpedProcess): boolean {
  return /pipe_write/.test(wchan ?? "") && descriptor !== null && descriptor.ours !== null;
}

/** A server was told to shut down, and connections to it are still open. */
export function openConnections(facts: Facts): Finding | null {
  const branches = operations(facts).filter(({ through }) => through.some(isServer));
  const [branch] = branches;
  if (branch === undefined || branches.length < operations(facts).length) return null;
  const open = connections(facts);
  if (open.length === 0) return null;
  const because = "a server shuts down only when its last response has ended and been read, and " +
    "connections are still open";
  return { evidence: [awaitLine(branch), ...open], path: deadEnd(branch, because) };
}

/** A function that holds a signal which has been aborted awaits an operation that was not given it. */
export function deafToAbort(facts: Facts): Finding | null {
  const found = openConnections(facts) === null ? operation(facts) : null;
  const branch = operations(facts).find((each) => lastCall(each).node.aborted === true);
  if (found === null || branch === undefined) return null;
  const { at: where, name } = lastCall(branch);
  const detail = `${at(where)}: ${name} holds a signal that has been aborted, and awaits an ` +
    "operation that the signal does not end";
  const evidence = [{ kind: "cancel", detail, ref: "dump.awaits" }, ...found.evidence];
  return { evidence, path: deadEnd(branch, detail) };
}

/** An operation is under way whose far end is this process itself. */
export function ownFarEnd(facts: Facts): Finding | null {
  const sockets = connected(facts);
  const isOwn = sockets.length > 0 && sockets.every(({ toItself }) => toItself);
  const found = isOwn && [openConnections, deafToAbort].every((find) => find(facts) === null)
    ? operation(facts)
    : null;
  if (found === null) return null;
  const because =
    "what it waits for is the doing of this very program: it has both ends of every " +
    "connection";
  return { ...found, path: { ...found.path, because } };
}

/** An operation is under way, of something that is outside of this process. */
export function farEnd(facts: Facts): Finding | null {
  const isNamed = [fullPipe, openConnections, deafToAbort, ownFarEnd].some((find) =>
    find(facts) !== null
  );
  return isNamed ? null : operation(facts);
}

/** A timer is about to go off once: it may end the wait. */
export function timerAbout({ journal, dump }: Facts): readonly Evidence[] {
  if (journal !== false) return [];
  return atMostFew((dump?.handles ?? []).flatMap((handle) => {
    if (handle.kind !== "timer" || handle.repeats) return [];
    const { ms, at: place } = handle;
    if (place !== null && isInternalFile(place.file)) return [];
    const calls = place === null ? "goes off" : `calls the function at ${at(place)}`;
    const detail = `a timer that was set for ${time(ms)} ${calls}, and may end the wait`;
    return [{ kind: "moving", detail, ref: "dump.handles" }];
  }));
}

function operation(facts: Facts): Finding | null {
  const branches = operations(facts);
  const [branch] = branches;
  const there = [
    ...branches.every((branch) => isOfConnection(branch) || isOperationOfNode(facts, branch))
      ? connections(facts)
      : [],
    ...branches.every(({ through }) => through.every(isCore)) ? children(facts) : [],
  ];
  const tells = branches.every(({ through }) => through.some((name) => OF_INPUT.test(name)));
  if (branch === undefined || (there.length === 0 && !tells)) return null;
  const because = "the operation that it awaits has not come to its end";
  return { evidence: [...branches.map(awaitLine), ...there], path: deadEnd(branch, because) };
}

/** The branches of main, if all of them end in operations of the runtime, and nothing is about to end one. */
function operations(facts: Facts): readonly Branch[] {
  const branches = mainBranches(facts);
  // Whether a timer is set is known only where it was looked for.
  const isOne = (branch: Branch) => isOperation(branch) || isOperationOfNode(facts, branch);
  return facts.dump?.handles !== undefined && branches.every(isOne) ? branches : [];
}

function isOperation({ settlers, through }: Branch): boolean {
  return settlers.length > 0 && settlers.every(({ by }) => by === "operation") &&
    !through.some((name) => name.startsWith("LockManager"));
}

/** An operation, or what Node's child processes and streams tell when they end. */
function isOfChild(branch: Branch): boolean {
  return isOperation(branch) ||
    branch.settlers.some(({ by, path }) =>
      by === "listener" && /^"(?:exit|close|end|finish|data)"/.test(path)
    );
}

function isOfConnection({ through }: Branch): boolean {
  return through.some((name) => OF_CONNECTION.test(name));
}

function isServer(name: string): boolean {
  return OF_SERVER.test(name);
}

/** Functions of Deno's core, through which every operation comes. */
function isCore(name: string): boolean {
  return name.startsWith("__op");
}

function connected({ dump }: Facts) {
  return (dump?.outside?.sockets ?? []).filter(({ remotePort }) => remotePort !== null);
}

function connections(facts: Facts): readonly Evidence[] {
  const sockets = facts.dump?.outside?.sockets ?? [];
  return atMostFew(
    socketTexts({ sockets }).map((detail) => ({
      kind: "outside",
      detail,
      ref: "dump.outside.sockets",
    })),
  );
}

function children({ dump }: Facts): readonly Evidence[] {
  return atMostFew(
    (dump?.outside?.processes ?? []).flatMap((process, index) =>
      process.parent !== dump?.pid || process.state === "Z" ? [] : [{
        kind: "outside",
        detail: `a child process of it: ${processText(process)}`,
        ref: `dump.outside.processes[${index}]`,
      }]
    ),
  );
}

function awaitLine(branch: Branch): Evidence {
  const { at: where, name } = lastCall(branch);
  const detail = `${at(where)}: ${name} awaits ${awaited(branch)}`;
  return { kind: "await", detail, ref: "dump.awaits" };
}
