/**
 * The flat parts of a dump: channel ends, mutexes in shared memory, OS threads. Rows that say the same are folded.
 *
 * @module
 */

import type { DumpPage } from "./dump_page.ts";
import type { DumpedChannel, DumpedSharedLock, IsolateDump } from "../../model/dump.ts";
import { processText, socketTexts } from "./outside.ts";
import { table } from "./table.ts";
import { count } from "./words.ts";
import { time } from "../../protocol/duration.ts";

/** Rows alike beyond this many become one. */
const MAX_ALIKE = 5;

/** Channel ends: state, whether the peer lives, and why it is so. */
export function channelLines({ dump, style }: DumpPage): string[] {
  const groups = groupBy(
    dump.channels,
    ({ actor, state, peerState, why }) => [actor, state, peerState, why].join("|"),
  );
  const words = ({ state, peerState, why }: DumpedChannel): string => {
    const peer = peerState === "alive" ? "peer alive" : style.red(`peer ${peerState}`);
    return `${state}, ${peer}${why === "" ? "" : `: ${why}`}`;
  };
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length <= MAX_ALIKE) return group.map((end) => `${ends(end)}  ${words(end)}`);
    return [`${ends(first)} and ${group.length - 1} more  ${words(first)}`];
  });
}

function ends({ actor, peer }: DumpedChannel): string {
  return `${actor} -> ${peer}`;
}

/** Mutexes in shared memory: who holds them, and who is blocked. */
export function lockLines({ dump, style }: DumpPage): string[] {
  return dump.sharedLocks.map((lock) => {
    const blocked = lock.blockedMs === null
      ? `seen by ${lock.seenBy}`
      : style.yellow(`${lock.seenBy} has been blocked in it for ${time(lock.blockedMs)}`);
    return `${lock.name}  ${holder(lock, style.red)}; ${blocked}`;
  });
}

function holder({ holder, holderState }: DumpedSharedLock, mark: (text: string) => string): string {
  if (holder === null) return "free, or its holder is unknown";
  if (holderState === null || holderState === "alive") return `held by ${holder}`;
  return `held by ${holder}, ${mark(holderState)}`;
}

/** OS threads that carry isolates, and how many others there are. */
export function threadLines({ dump }: DumpPage): string[] {
  const seen = dump.isolates.filter(({ thread }) => thread !== null);
  if (seen.length === 0) return ["not visible: /proc cannot be read here"];
  const header = ["isolate", "tid", "thread", "state", "waits in", "CPU ticks"];
  const rows = groupBy(
    seen,
    ({ state, thread }) => [state, thread?.state, thread?.wchan, thread?.cpuTicks].join("|"),
  ).flatMap(threadRows);
  return [
    ...table([header, ...rows]),
    `and ${count(dump.otherThreads, "thread")} without an isolate`,
  ];
}

/** The processes that it has started, and its connections. */
export function outsideLines({ dump: { outside } }: DumpPage): string[] {
  return outside === undefined
    ? []
    : [...outside.processes.map(processText), ...socketTexts(outside)];
}

function threadRows(isolates: readonly IsolateDump[]): string[][] {
  const row = ({ id, thread }: IsolateDump): string[] => [
    id,
    String(thread?.tid ?? "?"),
    thread?.name ?? "?",
    thread?.state ?? "?",
    thread?.wchan ?? "-",
    String(thread?.cpuTicks ?? "?"),
  ];
  const [first] = isolates;
  if (first === undefined || isolates.length <= MAX_ALIKE) return isolates.map(row);
  const last = isolates.at(-1)?.id ?? "";
  const [, , , ...facts] = row(first);
  return [[`${isolates.length} × ${first.id} … ${last}`, "…", "…", ...facts]];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  return [...Map.groupBy(items, key).values()];
}
