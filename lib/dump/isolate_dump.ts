/**
 * What one isolate's part of the dump says, out of three witnesses: what it answered, what its stack showed, and what
 * the kernel knows of its thread.
 *
 * Invariant: silence is never an isolate's own fault until the ways that its answer takes have been ruled out.
 *
 * @module
 */

import { time } from "../protocol/duration.ts";
import type { IsolateDump, StackFrame, StackSample } from "../model/dump.ts";
import type { IsolateReading } from "./examination.ts";
import { inEventLoop } from "../os/proc.ts";
import type { SourcePositions } from "./source_positions.ts";
import type { Threads } from "./threads.ts";

/**
 * Puts one isolate's part of the dump together.
 *
 * @param finding what it answered, if it did
 * @param blame why its silence may not be its own doing, see {@linkcode blameFor}
 */
export async function isolateDump(
  isolate: string,
  finding: IsolateReading | undefined,
  threads: Threads,
  positions: SourcePositions,
  blame: string | null,
): Promise<IsolateDump> {
  const seen = finding === undefined ? [] : await samplesOf(finding, positions);
  const idle = threads.now(isolate) === "unknown" && onlyDenosOwn(seen);
  const state = idle ? "parked" : stateOf(isolate, finding, threads, blame);
  const microtasks = state === "busy" ? finding?.microtasks ?? null : null;
  return {
    id: isolate,
    kind: isolate === "main" ? "main" : "worker",
    actor: finding?.reply.actor ?? null,
    state,
    thread: threads.facts(isolate, finding !== undefined, quietTicks(finding)),
    samples: idle ? [] : seen,
    ...(microtasks === null ? {} : { microtasks }),
    ...(finding?.looks.some(({ look }) => look.kind === "cut-short") ? { cutShort: true } : {}),
    ...(finding?.leftPaused === true ? { leftPaused: true } : {}),
  };
}

/**
 * Busy means that every look found JavaScript running. One look that found the isolate at rest shows that its loop
 * turned during this dump, however busy it was at the others.
 */
function stateOf(
  isolate: string,
  finding: IsolateReading | undefined,
  threads: Threads,
  blame: string | null,
): IsolateDump["state"] {
  const thread = threads.now(isolate);
  if (thread === null) return "gone";
  const kinds = new Set((finding?.looks ?? []).map(({ look }) => look.kind));
  if (kinds.has("gone")) return "gone";
  if (kinds.has("at-rest")) return "parked";
  if (kinds.has("out-of-reach")) return "native-blocked";
  if (kinds.has("running")) return "busy";
  if (finding !== undefined || isAsleepInLoop(threads, isolate)) return "parked";
  // Not heard for no fault of its own: a thread that burns a processor is busy, whatever it runs.
  if (blame !== null && thread !== "unknown" && thread.state === "R") return "busy";
  return "native-blocked";
}

/**
 * Whether nothing but Deno's own timers was ever met. They serve the inspector in an isolate at rest, and a pause stops
 * in them as soon as a timer wakes it (both measured). The kernel tells that from work; this is for where it is silent.
 */
function onlyDenosOwn(samples: readonly StackSample[]): boolean {
  const frames = samples.flatMap(({ frames }) => frames);
  return frames.length > 0 && frames.every(({ file }) => file.startsWith("ext:"));
}

/**
 * What the thread burnt between the looks, while it was not disturbed: a look costs the isolate some 30 ms of processor
 * time of its own (measured), which would make a sleeping one seem to work. Null when there was no such time.
 */
function quietTicks(finding: IsolateReading | undefined): number | null {
  const looks = finding?.looks ?? [];
  let sum: number | null = null;
  for (const [n, { ticksBefore }] of looks.entries()) {
    const since = looks[n - 1]?.ticksAfter ?? null;
    if (since !== null && ticksBefore !== null) sum = (sum ?? 0) + ticksBefore - since;
  }
  return sum;
}

/** An isolate at rest has no stack; one that was ever found running shows all its looks, the empty ones too. */
async function samplesOf(
  { looks }: IsolateReading,
  positions: SourcePositions,
): Promise<readonly StackSample[]> {
  if (!looks.some(({ look }) => look.kind === "running")) return [];
  const samples: StackSample[] = [];
  for (const { atMs, look } of looks) {
    const frames: StackFrame[] = [];
    for (const raw of look.kind === "running" ? look.frames : []) {
      frames.push(await positions.map(raw));
    }
    samples.push({ atMs, frames });
  }
  return samples;
}

/**
 * Why silence may not be the silent isolate's own doing, or null. The inspector passes every command on through main's
 * thread, and gives every worker's answer to the client that connected first (both measured).
 *
 * @param otherClient who else is connected, in words, or null; asked only where a worker was silent
 */
export function blameFor(
  threads: Threads,
  findings: ReadonlyMap<string, IsolateReading>,
  otherClient: () => string | null,
): string | null {
  if (!findings.has("main")) {
    return findings.size === 0 && threads.isolates.length > 1
      ? "could not be asked: main answers nothing, and every command goes through its thread"
      : null;
  }
  const workers = threads.isolates.filter((isolate) => isolate !== "main");
  const other = workers.every((isolate) => findings.has(isolate)) ? null : otherClient();
  if (other !== null) return `did not answer: ${other}`;
  const idle = workers.filter((isolate) => isAsleepInLoop(threads, isolate));
  return idle.length > 0 && findings.size === 1
    ? "did not answer: is another inspector client connected?"
    : null;
}

function isAsleepInLoop(threads: Threads, isolate: string): boolean {
  const thread = threads.now(isolate);
  return thread !== null && thread !== "unknown" && inEventLoop(thread);
}

/** Why an isolate's part of the dump is not all there, or null. */
export function whyMissing(
  { state, thread }: IsolateDump,
  finding: IsolateReading | undefined,
  elapsedMs: number,
  blame: string | null,
): string | null {
  if (state === "gone") return null;
  const seen = thread === null
    ? "its thread could not be seen"
    : `thread ${thread.tid} ${thread.state} in ${
      thread.wchan ?? "no wait"
    }, ${thread.cpuTicks} CPU ticks`;
  if (finding === undefined) {
    if (blame !== null) return `${blame} (${seen})`;
    const what = state === "native-blocked" && thread !== null ? "native-blocked" : "silent";
    return `${what} ${time(elapsedMs)} (answered nothing; ${seen})`;
  }
  for (const { look } of finding.looks) {
    if (look.kind === "out-of-reach") {
      const what = thread === null ? "silent" : "native-blocked";
      return `${what} ${time(look.afterMs)} (told its tasks, then did not pause; ${seen})`;
    }
    if (look.kind === "cut-short") {
      return blame ?? "not seen to the end: the connection ended";
    }
  }
  return null;
}
