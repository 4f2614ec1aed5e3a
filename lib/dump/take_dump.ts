/**
 * Takes a dump of a running subject: what every isolate's tasks wait for, what its stack is, what its thread does.
 *
 * Invariants: a dump says how complete it is, so an isolate that did not answer is named with what the kernel knows
 * of it; the subject is left as it was found (no debugger on, no client connected) before this returns, on every way
 * out, because a forgotten client keeps a process from exiting and a forgotten pause freezes it.
 *
 * @module
 */

import type { Dump, IsolateDump } from "../model/dump.ts";
import { Examination, type IsolateReading } from "./examination.ts";
import { connectInspector, type Inspector } from "../cdp/inspector.ts";
import { attachNodeWorkers, detachNodeWorkers, UNANNOUNCED } from "../cdp/node_workers.ts";
import type { Session } from "../cdp/sessions.ts";
import { blameFor, isolateDump, whyMissing } from "./isolate_dump.ts";
import { childProcesses, tcpSockets } from "../os/outside.ts";
import { otherClient } from "./other_client.ts";
import { SourcePositions } from "./source_positions.ts";
import { buildTaskTree, readSnapshot } from "./task_tree.ts";
import { Threads } from "./threads.ts";

/** What to dump. */
export interface TakeDumpOptions {
  /** Its process id, by which /proc knows it. */
  readonly pid: number;
  /** The subject's inspector, `ws://127.0.0.1:PORT/UUID`; null for none: then only the kernel is asked. */
  readonly wsUrl: string | null;
  /** Why there is no inspector. */
  readonly noInspector?: string;
  /** Whether it is Node, which gives its workers sessions in another way. Default false. */
  readonly node?: boolean;
  /** Looks at each stack, 1 or more. Default 2: the same frame is stuck, a moving one is slow. */
  readonly samples?: number;
  /** Between two looks. Default 150. */
  readonly sampleGapMs?: number;
  /** Cuts the dump short: what is known by then is returned, marked as incomplete. */
  readonly signal?: AbortSignal;
}

/** The thread that accepts the connection may have to queue for a processor, behind a dozen that spin. */
const CONNECT_MS = 6_000;
/** How long a process may take to die of what closed its sockets. */
const DYING_MS = 500;

type Missing = Dump["missing"][number];

/** A dump, and how the isolates that answered are reached. */
export interface TakenDump {
  readonly dump: Dump;
  /** By isolate. */
  readonly sessions: ReadonlyMap<string, Session>;
}

/** Takes one dump. Never rejects for what the subject does; what could not be seen is in `missing`. */
export async function takeDump(options: TakeDumpOptions): Promise<Dump> {
  return (await takeDumpOf(options)).dump;
}

/** The same, for who goes on to ask the isolates. */
export async function takeDumpOf(options: TakeDumpOptions): Promise<TakenDump> {
  const startedAt = performance.now();
  const clock = (): number => performance.now() - startedAt;
  const threads = new Threads(options.pid);
  const positions = new SourcePositions();
  const outside = outsideOf(options);
  const { pid, wsUrl, noInspector = "it has no inspector" } = options;
  const connection = wsUrl === null
    ? { kind: "failed" as const, why: noInspector }
    : await connectInspector(wsUrl, { timeoutMs: CONNECT_MS });
  if (connection.kind === "failed") {
    if (wsUrl !== null) await threads.untilGone(DYING_MS);
    const trouble = `not asked: ${connection.why}`;
    const excuses = { trouble, blame: trouble };
    const dump = await assemble(threads, new Map(), positions, clock, excuses);
    return { dump: { ...dump, ...outside }, sessions: new Map() };
  }
  const { findings, unheard } = await examine(
    connection.inspector,
    threads,
    positions,
    clock,
    options,
  );
  const cutShort = options.signal?.aborted ? "not seen to the end: the dump was cut short" : null;
  const client = () => wsUrl === null ? null : otherClient(pid, wsUrl, 0);
  const blame = cutShort ?? blameFor(threads, findings, client);
  const excuses = { trouble: cutShort, blame };
  const dump = withUnheard(await assemble(threads, findings, positions, clock, excuses), unheard);
  const sessions = new Map([...findings].map(([isolate, { session }]) => [isolate, session]));
  return { dump: { ...dump, ...outside }, sessions };
}

/** Read before the dump connects: afterwards the dump's own connection would have to be told from the subject's. */
function outsideOf({ pid, wsUrl }: TakeDumpOptions): Pick<Dump, "outside"> {
  const processes = childProcesses(pid);
  const sockets = tcpSockets(pid, wsUrl === null ? null : Number(new URL(wsUrl).port));
  return processes.length + sockets.length === 0 ? {} : { outside: { processes, sockets } };
}

async function examine(
  inspector: Inspector,
  threads: Threads,
  positions: SourcePositions,
  clock: () => number,
  options: TakeDumpOptions,
): Promise<{ readonly findings: ReadonlyMap<string, IsolateReading>; readonly unheard: boolean }> {
  const { node = false } = options;
  let unheard = false;
  inspector.onScriptParsed((message) => positions.announce(message));
  const examination = new Examination({
    inspector,
    threads,
    clock,
    samples: Math.max(1, options.samples ?? 2),
    sampleGapMs: options.sampleGapMs ?? 150,
    onlyMain: node,
    signal: options.signal ?? new AbortController().signal,
  });
  try {
    await examination.run();
    if (node) {
      const { workers, areAll } = await attachNodeWorkers(inspector);
      unheard = !areAll;
      await examination.lookAlsoAt(
        workers.map(({ sessionId, isolate }): Session => ({ id: sessionId, isolate })),
      );
    }
    if (!inspector.open) await threads.untilGone(DYING_MS);
    return { findings: examination.findings, unheard };
  } finally {
    await examination.leave();
    if (node) await detachNodeWorkers(inspector);
    await inspector.close();
  }
}

/** Of a main that rests: one that is blocked announces none, and says so by its own state. */
function withUnheard(dump: Dump, unheard: boolean): Dump {
  const main = dump.isolates.find(({ kind }) => kind === "main");
  if (!unheard || main?.state !== "parked") return dump;
  const missing = [...dump.missing, { isolate: "workers", why: UNANNOUNCED }];
  return { ...dump, complete: false, missing };
}

/** Why silence may not be the silent isolate's own doing: main's, and a worker's. */
interface Excuses {
  readonly trouble: string | null;
  readonly blame: string | null;
}

async function assemble(
  threads: Threads,
  findings: ReadonlyMap<string, IsolateReading>,
  positions: SourcePositions,
  clock: () => number,
  { trouble, blame }: Excuses,
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
    const excuse = isolate === "main" ? trouble : blame;
    const dumped = await isolateDump(isolate, finding, threads, positions, excuse);
    const why = whyMissing(dumped, finding, clock(), excuse);
    if (why !== null) missing.push({ isolate, why });
    const actor = dumped.actor ?? (report?.kind === "ok" ? report.snapshot.actor : null);
    isolates.push({ ...dumped, actor });
  }
  return {
    complete: missing.length === 0,
    missing,
    isolates,
    ...buildTaskTree(reports),
    ...(threads.unseen.length === 0 ? {} : { unseen: [...threads.unseen] }),
    otherThreads: threads.others,
    tookMs: clock(),
  };
}

function reportOf({ reply }: IsolateReading): ReturnType<typeof readSnapshot> | null {
  if (reply.kind === "threw") {
    return { kind: "unreadable", why: `snapshot failed: ${reply.message}` };
  }
  return reply.snapshot === null ? null : readSnapshot(reply.snapshot);
}

/** Main first, then workers by number. */
function byNumber(a: string, b: string): number {
  const rank = (name: string): number => name === "main" ? 0 : Number(/\d+$/.exec(name)?.[0] ?? 0);
  return rank(a) - rank(b) || a.localeCompare(b);
}
