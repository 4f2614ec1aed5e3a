/** What a subject has to do with outside of itself, in words: the processes that it has started, its connections. @module */

import type { DumpedOutside, DumpedProcess } from "../../model/dump.ts";
import { listed } from "./words.ts";

/** One process, and what it does. */
export function processText(process: DumpedProcess): string {
  const { pid, command } = process;
  const more = [...(process.pipes ?? []).map(pipeText), ...catchesText(process)];
  return [`process ${pid} (${command}) ${doesText(process)}`, ...more].join("; ");
}

function pipeText({ fd, does, ours }: NonNullable<DumpedProcess["pipes"]>[number]): string {
  return `it ${does} its descriptor ${fd}, whose other end is descriptor ${ours} of the program`;
}

function catchesText({ catches = [] }: DumpedProcess): string[] {
  return catches.length === 0 ? [] : [`it catches ${listed(catches)}`];
}

/** What a process does, in words. */
export function doesText(
  process: Omit<DumpedProcess, "parent">,
  owner = "the subject's own",
): string {
  const { state, wchan } = process;
  return state === "Z"
    ? "has ended, and nothing has collected it"
    : state === "R"
    ? "runs"
    : state === "T" || state === "t"
    ? "is stopped"
    : `waits in ${wchan ?? "a place that cannot be seen"}${descriptorText(process, owner)}`;
}

/**
 * The pipe or file that a process stands in a read or a write of, after a colon; empty where none is known.
 *
 * @param owner who has the far end of the pipe, where that is known
 */
export function descriptorText(
  { wchan, descriptor }: Omit<DumpedProcess, "parent">,
  owner: string,
): string {
  if (descriptor === null) return "";
  const { fd, target, ours } = descriptor;
  const writes = wchan?.includes("write") ?? false;
  const far = writes ? "read" : "write";
  const what = ours === null
    ? target
    : `a pipe whose ${far} end is ${owner} (its descriptor ${ours})`;
  return `: it ${writes ? "writes to" : "reads from"} its descriptor ${fd}, ${what}`;
}

/** Every socket, those of one listener together. */
export function socketTexts({ sockets }: Pick<DumpedOutside, "sockets">): string[] {
  const servers = sockets.filter(({ remotePort }) => remotePort === null);
  const listening = servers.map(({ localPort }) => localPort);
  // Of a connection that the subject has with itself one end is told: that of the server where it still listens.
  const told = sockets.filter(({ localPort, remotePort, toItself }) =>
    remotePort !== null && !(toItself && (listening.includes(remotePort) ||
      !listening.includes(localPort) && localPort > remotePort))
  );
  return [
    ...servers.map(({ localPort, address }) =>
      address === undefined
        ? `it listens on TCP port ${localPort}`
        : `it listens on ${address} (TCP)`
    ),
    ...told.map(({ localPort, remotePort, address, toItself }) =>
      `it has a TCP connection open from its port ${localPort} to ${
        address ?? `port ${remotePort}`
      }` +
      (toItself ? ", and has the far end, too" : "")
    ),
  ];
}
