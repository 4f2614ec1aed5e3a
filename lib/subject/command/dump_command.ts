/**
 * Looks into all processes of a watched command at once, and says which of them the dump is of.
 *
 * @module
 */

import { dumpProcess, type LookedInto, withHeap } from "../../dump/process_dump.ts";
import type { Dump, InsideDump, IsolateDump, WatchedProcess } from "../../model/dump.ts";
import { isPackageFile } from "../../protocol/own_code.ts";
import { stuckAwaits } from "../../report/text/stuck_awaits.ts";
import { redactedUrl } from "../../protocol/redact.ts";
import { oneLine, textOf } from "../../protocol/text.ts";
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
    processes.map(async (facts): Promise<Looked> => {
      const looked = await lookInto(facts, how, preload !== null);
      return { facts, looked, inside: looked?.dump ?? null };
    }),
  );
  const center = await centerOf(looked, { ...how, isWatched: preload !== null });
  if (center === null) throw new Error("no process of the command is left");
  return cleaned({
    ...center.inside,
    pid: center.facts.pid,
    processes: looked.map(({ facts, inside }) =>
      told(facts, facts.pid === center.facts.pid ? null : inside)
    ),
  });
}

/** Characters of one text: no path is longer. */
const LONGEST = 4_096;

/** Names in it are the program's, and a terminal must not obey them. */
function cleaned(dump: Dump): Dump {
  return JSON.parse(
    JSON.stringify(dump),
    (_, value: unknown) =>
      typeof value === "string" ? oneLine(redactedUrl(textOf(value, LONGEST))) : value,
  );
}

interface Looked {
  readonly facts: CommandProcessFacts;
  readonly looked: LookedInto | null;
  readonly inside: InsideDump | null;
}

/** What is neither Deno nor Node is told by its line in the list alone. */
async function lookInto(
  { pid, runtime, wsUrl, why }: CommandProcessFacts,
  how: DumpCommandOptions,
  isWatched: boolean,
): Promise<LookedInto | null> {
  if (runtime === null) return null;
  const reason = why === null ? {} : { noInspector: why };
  const looked = await dumpProcess({ pid, runtime, wsUrl, ...reason, ...how });
  if (wsUrl !== null || !isWatched) return looked;
  return { ...looked, dump: withoutInspector(looked.dump) };
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

/** Reading a heap takes a second or more. */
const MOST_HEAPS = 3;

/** The process that the dump is of, with what its heap tells; null when none is left. */
async function centerOf(
  looked: readonly Looked[],
  how: DumpCommandOptions & { readonly isWatched: boolean },
): Promise<{ readonly facts: CommandProcessFacts; readonly inside: InsideDump } | null> {
  const [first, ...others] = candidates(looked);
  if (first === undefined) {
    const facts = looked[0]?.facts;
    if (facts === undefined) return null;
    return { facts, inside: (await dumpProcess({ ...facts, ...how })).dump };
  }
  const read = async ({ facts, looked }: Candidate) => ({
    facts,
    inside: await withHeap(looked, { ...facts, ...how }),
  });
  const center = await read(first);
  if (awaitsOrRuns(center.inside)) return center;
  for (const other of others.slice(0, MOST_HEAPS - 1)) {
    if (how.signal.aborted) break;
    const further = await read(other);
    if (awaitsOrRuns(further.inside)) return further;
  }
  return center;
}

type Candidate = Looked & { readonly looked: LookedInto; readonly inside: InsideDump };

/**
 * The processes that the others most likely wait for: one that runs code of the program in every look, else one whose
 * child waits for it to empty a pipe, else those that do no more than wait, the one that is farthest down first.
 */
function candidates(looked: readonly Looked[]): readonly Candidate[] {
  const all = looked.flatMap(({ facts, looked }) =>
    looked === null ? [] : [{ facts, looked, inside: looked.dump }]
  );
  const reached = all.filter(({ facts }) => facts.wsUrl !== null);
  const farthestFirst = reached.toReversed();
  const sure = farthestFirst.find(({ inside }) => inside.isolates.some(runsOwnCode)) ??
    reached.find(({ inside }) => inside.outside?.processes.some(waitsForParent));
  if (sure !== undefined) return [sure];
  const programs = farthestFirst.filter(({ facts }) => !isLauncher(facts));
  if (programs.length > 0) return programs;
  return farthestFirst.length > 0 ? farthestFirst : all.toReversed();
}

/** Whether code of the program itself, and not of a package alone, is known to stand somewhere in it. */
function awaitsOrRuns(inside: InsideDump): boolean {
  return inside.isolates.some(runsOwnCode) ||
    stuckAwaits(inside).some(({ at }) => !isPackageFile(at.file));
}

function runsOwnCode({ state, samples }: IsolateDump): boolean {
  return state === "busy" && samples.some(({ frames }) => frames.some(({ internal }) => !internal));
}

function waitsForParent({ descriptor }: { readonly descriptor: WatchedProcess["descriptor"] }) {
  return descriptor !== null && descriptor.ours !== null;
}
