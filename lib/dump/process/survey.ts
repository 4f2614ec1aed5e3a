/**
 * Finds the isolates of a program that is none of ours, and looks at what each runs: the first half of its dump, on a
 * connection that is closed before this returns.
 *
 * @module
 */

import type { Inspector } from "../../cdp/inspector.ts";
import { attachNodeWorkers, detachNodeWorkers, UNANNOUNCED } from "../../cdp/node_workers.ts";
import { route, type Session } from "../../cdp/sessions.ts";
import type { Dump, IsolateDump } from "../../model/dump.ts";
import { Examination, type IsolateReading } from "../examination.ts";
import { blameFor, isolateDump, whyMissing } from "../isolate_dump.ts";
import { otherClient } from "../other_client.ts";
import type { EmitCache } from "./emit_cache.ts";
import { SourcePositions } from "../source_positions.ts";
import { Threads } from "../threads.ts";

/** An isolate and how to reach it; `session` is null where it did not answer. */
export interface SurveyedIsolate {
  readonly session: Session | null;
  readonly dump: IsolateDump;
  /** Script of a worker; null where it is not told. */
  readonly url: string | null;
}

/** What was found. */
export interface Survey {
  readonly isolates: readonly SurveyedIsolate[];
  readonly missing: Dump["missing"];
}

/** What to look at. */
export interface SurveyOptions {
  /** Connected; closed by the caller. */
  readonly inspector: Inspector;
  readonly wsUrl: string;
  /** Null where it is not known, or not of this machine. */
  readonly pid: number | null;
  /** Whether it is Node, which has no sessions of workers as Deno has. */
  readonly node: boolean;
  readonly emitted: EmitCache;
  readonly signal: AbortSignal;
}

const LOOKS = 2;
const GAP_MS = 150;

/** Looks. Does not throw for what the target does. */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { inspector } = options;
  const startedAt = performance.now();
  const clock = (): number => performance.now() - startedAt;
  const threads = new Threads(options.pid);
  const positions = new SourcePositions((script) => options.emitted.mapOf(inspector, script));
  inspector.onScriptParsed((message) => positions.announce(message));
  const urls = new Map<string, string>();
  const unheard: { isolate: string; why: string }[] = [];
  const looks = look(options, threads, clock, urls, unheard);
  try {
    const found = await assemble(options, threads, positions, clock, await looks.findings(), urls);
    // A main that is blocked announces none, and says so by its own state.
    const main = found.isolates.find(({ dump: { kind } }) => kind === "main");
    return main?.dump.state !== "parked" || unheard.length === 0
      ? found
      : { ...found, missing: [...found.missing, ...unheard] };
  } finally {
    // After positions were mapped: a script's text is told only to a debugger.
    await looks.leave();
  }
}

async function assemble(
  { pid, wsUrl }: SurveyOptions,
  threads: Threads,
  positions: SourcePositions,
  clock: () => number,
  findings: ReadonlyMap<string, IsolateReading>,
  urls: ReadonlyMap<string, string>,
): Promise<Survey> {
  const other = () => pid === null ? null : otherClient(pid, wsUrl, 1);
  const blame = blameFor(threads, findings, other);
  const names = [...new Set(["main", ...threads.isolates, ...findings.keys()])].sort(isolateRank);
  const isolates: SurveyedIsolate[] = [];
  const missing: { isolate: string; why: string }[] = [];
  for (const name of names) {
    const finding = findings.get(name);
    const excuse = name === "main" ? null : blame;
    const dump = await isolateDump(name, finding, threads, positions, excuse);
    const why = whyMissing(dump, finding, clock(), excuse);
    if (why !== null) missing.push({ isolate: name, why });
    isolates.push({ session: finding?.session ?? null, dump, url: urls.get(name) ?? null });
  }
  return { isolates, missing };
}

interface Looks {
  findings(): Promise<ReadonlyMap<string, IsolateReading>>;
  leave(): Promise<void>;
}

function look(
  { inspector, signal, node }: SurveyOptions,
  threads: Threads,
  clock: () => number,
  urls: Map<string, string>,
  unheard: { isolate: string; why: string }[],
): Looks {
  const examination = new Examination({
    inspector,
    threads,
    clock,
    signal,
    samples: LOOKS,
    sampleGapMs: GAP_MS,
    onlyMain: node,
  });
  return {
    findings: async () => {
      await examination.run();
      if (node) {
        const { workers, areAll } = await attachNodeWorkers(inspector);
        if (!areAll) unheard.push({ isolate: "workers", why: UNANNOUNCED });
        for (const { isolate, url } of workers) urls.set(isolate, url);
        await examination.lookAlsoAt(
          workers.map(({ sessionId, isolate }) => ({ id: sessionId, isolate })),
        );
      } else await tellUrls(inspector, examination.findings, urls);
      return examination.findings;
    },
    leave: async () => {
      await examination.leave();
      if (node) await detachNodeWorkers(inspector);
    },
  };
}

/** Asks Deno's workers for their scripts; nothing of the program runs for it. */
async function tellUrls(
  inspector: Inspector,
  findings: ReadonlyMap<string, IsolateReading>,
  urls: Map<string, string>,
): Promise<void> {
  const workers = [...findings].filter(([, { session }]) => session.id !== null);
  await Promise.all(workers.map(async ([isolate, { session }]) => {
    const answer = await inspector.send("Runtime.evaluate", {
      expression: "globalThis.location?.href",
      throwOnSideEffect: true,
      returnByValue: true,
      silent: true,
    }, route(session.id));
    const url: unknown = answer.kind === "ok" ? answer.result.result.value : undefined;
    if (typeof url === "string") urls.set(isolate, url);
  }));
}

/** Main first, then workers by number. */
export function isolateRank(a: string, b: string): number {
  const rank = (name: string): number => name === "main" ? 0 : Number(/\d+$/.exec(name)?.[0] ?? 0);
  return rank(a) - rank(b) || a.localeCompare(b);
}
