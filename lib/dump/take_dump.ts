/**
 * Takes a dump of a running subject: what every isolate's tasks wait for, what its stack is, what its thread does.
 *
 * Invariants: a dump says how complete it is, so an isolate that did not answer is named with what the kernel knows
 * of it; the subject is left as it was found (no debugger on, no client connected) before this returns, on every way
 * out, because a forgotten client keeps a process from exiting and a forgotten pause freezes it.
 *
 * @module
 */

import type { Dump, Frame, IsolateDump, StackSample } from "../report/result.ts";
import { Examination, type Finding } from "./examination.ts";
import { connectInspector, type Inspector } from "./inspector.ts";
import { inEventLoop } from "./proc.ts";
import { SourcePositions } from "./source_positions.ts";
import { buildTaskTree, readSnapshot } from "./task_tree.ts";
import { Threads } from "./threads.ts";

/** What to dump. */
export interface TakeDumpOptions {
  readonly pid: number;
  /** The subject's inspector, `ws://127.0.0.1:PORT/UUID`. */
  readonly wsUrl: string;
  /** Looks at each stack, 1 or more. Default 2: the same frame is stuck, a moving one is slow. */
  readonly samples?: number;
  /** Between two looks. Default 150. */
  readonly sampleGapMs?: number;
  /** Cuts the dump short: what is known by then is returned, marked as incomplete. */
  readonly signal?: AbortSignal;
}

type Missing = Dump["missing"][number];

/** Takes one dump. Never rejects for what the subject does; what could not be seen is in `missing`. */
export async function takeDump(options: TakeDumpOptions): Promise<Dump> {
  const startedAt = performance.now();
  const clock = (): number => performance.now() - startedAt;
  const threads = new Threads(options.pid);
  const positions = new SourcePositions();
  const connection = await connectInspector(options.wsUrl);
  if (connection.kind === "failed") {
    return await assemble(threads, new Map(), positions, clock, connection.why);
  }
  const findings = await examine(connection.inspector, threads, positions, clock, options);
  const cutShort = options.signal?.aborted ? "the dump was cut short" : null;
  return await assemble(threads, findings, positions, clock, cutShort);
}

async function examine(
  inspector: Inspector,
  threads: Threads,
  positions: SourcePositions,
  clock: () => number,
  options: TakeDumpOptions,
): Promise<ReadonlyMap<string, Finding>> {
  inspector.onScriptParsed((message) => positions.announce(message));
  const examination = new Examination({
    inspector,
    threads,
    clock,
    samples: Math.max(1, options.samples ?? 2),
    sampleGapMs: options.sampleGapMs ?? 150,
    signal: options.signal ?? new AbortController().signal,
  });
  try {
    await examination.run();
    return examination.findings;
  } finally {
    await examination.leave();
    await inspector.close();
  }
}

async function assemble(
  threads: Threads,
  findings: ReadonlyMap<string, Finding>,
  positions: SourcePositions,
  clock: () => number,
  trouble: string | null,
): Promise<Dump> {
  const names = [...new Set(["main", ...threads.isolates, ...findings.keys()])].sort(byNumber);
  const missing: Missing[] = [];
  const reports = [];
  const isolates: IsolateDump[] = [];
  for (const isolate of names) {
    const finding = findings.get(isolate);
    const report = finding === undefined ? null : reportOf(finding);
    if (report?.kind === "ok") reports.push({ isolate, snapshot: report.snapshot });
    if (report?.kind === "unreadable") missing.push({ isolate, why: report.why });
    const dumped = await isolateDump(isolate, finding, threads, positions);
    const why = dumped.state === "gone" ? null : whyMissing(dumped, finding, clock(), trouble);
    if (why !== null) missing.push({ isolate, why });
    isolates.push(dumped);
  }
  return {
    complete: missing.length === 0,
    missing,
    isolates,
    ...buildTaskTree(reports),
    otherThreads: threads.others,
    tookMs: clock(),
  };
}

function reportOf({ reply }: Finding): ReturnType<typeof readSnapshot> | null {
  if (reply.kind === "threw") {
    return { kind: "unreadable", why: `its snapshot failed: ${reply.message}` };
  }
  return reply.snapshot === null ? null : readSnapshot(reply.snapshot);
}

async function isolateDump(
  isolate: string,
  finding: Finding | undefined,
  threads: Threads,
  positions: SourcePositions,
): Promise<IsolateDump> {
  return {
    id: isolate,
    kind: isolate === "main" ? "main" : "worker",
    actor: finding?.reply.kind === "answered" ? finding.reply.actor : null,
    state: stateOf(isolate, finding, threads),
    thread: threads.facts(isolate),
    samples: finding === undefined ? [] : await samplesOf(finding, positions),
  };
}

/**
 * Busy means that every look found JavaScript running. One look that found the isolate at rest shows that its loop
 * turned during this dump, however busy it was at the others.
 */
function stateOf(
  isolate: string,
  finding: Finding | undefined,
  threads: Threads,
): IsolateDump["state"] {
  const thread = threads.now(isolate);
  if (thread === null) return "gone";
  const kinds = new Set((finding?.looks ?? []).map(({ look }) => look.kind));
  if (kinds.has("gone")) return "gone";
  if (kinds.has("at-rest")) return "parked";
  if (kinds.has("out-of-reach")) return "native-blocked";
  if (kinds.has("running")) return "busy";
  if (thread !== "unknown" && inEventLoop(thread)) return "parked";
  return finding === undefined ? "native-blocked" : "parked";
}

/** An isolate at rest has no stack; one that was ever found running shows all its looks, the empty ones too. */
async function samplesOf(
  { looks }: Finding,
  positions: SourcePositions,
): Promise<readonly StackSample[]> {
  if (!looks.some(({ look }) => look.kind === "running")) return [];
  const samples: StackSample[] = [];
  for (const { atMs, look } of looks) {
    const frames: Frame[] = [];
    for (const raw of look.kind === "running" ? look.frames : []) {
      frames.push(await positions.map(raw));
    }
    samples.push({ atMs, frames });
  }
  return samples;
}

/** Why an isolate's part of the dump is not all there, or null. */
function whyMissing(
  { state, thread }: IsolateDump,
  finding: Finding | undefined,
  elapsedMs: number,
  trouble: string | null,
): string | null {
  const seen = thread === null
    ? "its thread could not be seen"
    : `thread ${thread.tid} ${thread.state} in ${
      thread.wchan ?? "no wait"
    }, ${thread.cpuTicks} CPU ticks`;
  if (finding === undefined) {
    if (trouble !== null) return `${trouble}; ${seen}`;
    const what = state === "native-blocked" ? "native-blocked" : "silent";
    return `${what} ${seconds(elapsedMs)} (answered nothing; ${seen})`;
  }
  for (const { look } of finding.looks) {
    if (look.kind === "out-of-reach") {
      return `native-blocked ${
        seconds(look.afterMs)
      } (told its tasks, then did not pause; ${seen})`;
    }
    if (look.kind === "cut-short") {
      return trouble ?? "the connection ended before its stack was seen";
    }
  }
  return null;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** Main first, then workers by number. */
function byNumber(a: string, b: string): number {
  const rank = (name: string): number => name === "main" ? 0 : Number(/\d+$/.exec(name)?.[0] ?? 0);
  return rank(a) - rank(b) || a.localeCompare(b);
}
