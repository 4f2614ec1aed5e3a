/**
 * Looks into all processes of a watched command at once, and says which of them the dump is of.
 *
 * @module
 */

import { dumpProcess, withHeap } from "../../dump/process_dump.ts";
import type { Dump, InsideDump, IsolateDump, WatchedProcess } from "../../model/dump.ts";
import { commandProcesses, type CommandProcessFacts, isLauncher } from "./processes.ts";
import type { Preload } from "./preload.ts";

/** How it is looked. */
export interface DumpCommandOptions {
  readonly samples: number;
  readonly sampleGapMs: number;
  readonly signal: AbortSignal;
}

/** Takes one dump. @throws {Error} when no process is left */
export async function dumpCommand(
  root: number,
  preload: Preload | null,
  how: DumpCommandOptions,
): Promise<Dump> {
  const processes = await commandProcesses(root, preload);
  const looked = await Promise.all(
    processes.map(async (facts) => ({
      facts,
      inside: await lookInto(facts, how, preload !== null),
    })),
  );
  const center = centerOf(looked) ?? looked[0];
  if (center === undefined) throw new Error("no process of the command is left");
  const inside = center.inside === null
    ? await dumpProcess({ ...center.facts, ...how })
    : await withHeap(center.inside, { ...center.facts, ...how });
  return {
    ...inside,
    pid: center.facts.pid,
    processes: looked.map(({ facts, inside }) =>
      told(facts, facts.pid === center.facts.pid ? null : inside)
    ),
  };
}

interface Looked {
  readonly facts: CommandProcessFacts;
  readonly inside: InsideDump | null;
}

/** What is neither Deno nor Node is told by its line in the list alone. */
async function lookInto(
  { pid, runtime, wsUrl, why }: CommandProcessFacts,
  how: DumpCommandOptions,
  isWatched: boolean,
): Promise<InsideDump | null> {
  if (runtime === null) return null;
  const reason = why === null ? {} : { noInspector: why };
  const inside = await dumpProcess({ pid, runtime, wsUrl, ...reason, ...how });
  return wsUrl === null && isWatched ? withoutInspector(inside) : inside;
}

/** An inspector of which nothing is known but that it is there listens all the same; it was opened first. */
function withoutInspector(inside: InsideDump): InsideDump {
  const { outside } = inside;
  if (outside === undefined) return inside;
  const [own] = outside.sockets.filter(({ remotePort }) => remotePort === null)
    .toSorted((a, b) => a.fd - b.fd);
  return {
    ...inside,
    outside: { ...outside, sockets: outside.sockets.filter((each) => each !== own) },
  };
}

function told(
  { pid, parent, command, state, wchan, descriptor, farPid, runtime, why }: CommandProcessFacts,
  inside: InsideDump | null,
): WatchedProcess {
  return { pid, parent, command, state, wchan, descriptor, farPid, runtime, why, inside };
}

/**
 * The process that most likely is what the others wait for: one that runs code of the program in every look, else one
 * whose child waits for it to empty a pipe, else the one that is farthest down and does no more than wait.
 */
function centerOf(looked: readonly Looked[]): Looked | undefined {
  const seen = looked.filter(({ inside, facts }) => inside !== null && facts.wsUrl !== null);
  const farthestFirst = seen.toReversed();
  return farthestFirst.find(({ inside }) => inside?.isolates.some(runsOwnCode)) ??
    seen.find(({ inside }) => inside?.outside?.processes.some(waitsForParent)) ??
    farthestFirst.find(({ facts }) => !isLauncher(facts)) ?? farthestFirst[0] ??
    looked.findLast(({ inside }) => inside !== null);
}

function runsOwnCode({ state, samples }: IsolateDump): boolean {
  return state === "busy" && samples.some(({ frames }) => frames.some(({ internal }) => !internal));
}

function waitsForParent({ descriptor }: { readonly descriptor: WatchedProcess["descriptor"] }) {
  return descriptor !== null && descriptor.ours !== null;
}
