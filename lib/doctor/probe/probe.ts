/**
 * Starts one process as a subject is started, and does to it what a run may have to: looks at its threads, connects,
 * pauses a stuck worker, reaps it, interrupts it while it blocks, and ends its group.
 *
 * Invariant: it never rejects, every step is bounded, and the process is gone when it returns. A step that rests on one
 * that failed is skipped and says on which.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../dump/inspector.ts";
import { followLines, type Lines } from "./lines.ts";
import { lookAtProc } from "./proc_steps.ts";
import { attachStrace } from "./strace_step.ts";

/** What is tried, in order. */
export type ProbeStep =
  | "start"
  | "session"
  | "proc-threads"
  | "proc-wait"
  | "proc-sched"
  | "proc-signals"
  | "strace"
  | "inspector"
  | "evaluate"
  | "pause"
  | "death-proof"
  | "reap"
  | "signals"
  | "group";

/** How one step came out. */
export type StepOutcome =
  | { readonly kind: "ok"; readonly seen: string }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "skipped"; readonly because: ProbeStep };

/** How every step came out. */
export type Probe = ReadonlyMap<ProbeStep, StepOutcome>;

/** Notes one outcome. */
export type Note = (step: ProbeStep, outcome: StepOutcome) => void;

/** For each wait of the probe; what is waited for takes milliseconds, a loaded machine some seconds. */
const BOUND_MS = 8_000;

const SUBJECT = new URL("./subject.ts", import.meta.url);

/** Runs all of it. */
export async function runProbe(): Promise<Probe> {
  const probe = new Map<ProbeStep, StepOutcome>();
  const note: Note = (step, outcome) => void probe.set(step, outcome);
  const from = performance.now();
  let child: Deno.ChildProcess;
  try {
    child = startSubject();
  } catch (error) {
    note("start", failed(error));
    return probe;
  }
  const out = followLines(child.stdout);
  const err = followLines(child.stderr);
  try {
    const ready = await out.first(/^ready$/, BOUND_MS);
    if (ready === null) {
      const why = `a subject was not ready within ${BOUND_MS / 1_000} s`;
      note("start", { kind: "failed", why: await firstError(err, why) });
      return probe;
    }
    note("start", { kind: "ok", seen: `ready after ${elapsed(from)}, process ${child.pid}` });
    await lookAtProc(child.pid, note);
    await attachStrace(child.pid, note);
    const url = /ws:\S+/.exec(await err.first(/ws:\/\//, BOUND_MS) ?? "")?.[0] ?? null;
    await lookInside(url, out, note);
    await interrupt(child, out, note);
  } catch (error) {
    note("group", failed(error));
  } finally {
    await endGroup(child, note);
    await Promise.all([out.ended, err.ended]);
  }
  return probe;
}

function startSubject(): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--inspect=127.0.0.1:0",
      "--inspect-publish-uid=stderr",
      SUBJECT.href,
    ],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

async function lookInside(url: string | null, out: Lines, note: Note): Promise<void> {
  if (url === null) {
    return note("inspector", { kind: "failed", why: "the subject did not say where it listens" });
  }
  const from = performance.now();
  const connected = await connectInspector(url, { timeoutMs: BOUND_MS });
  if (connected.kind !== "ok") return note("inspector", { kind: "failed", why: connected.why });
  await using inspector = connected.inspector;
  const main = await inspector.send("Runtime.evaluate", { expression: "6 * 7" }, BOUND);
  if (main.kind !== "ok" || main.result.result.value !== 42) {
    return note("inspector", { kind: "failed", why: `main's isolate: ${main.kind}` });
  }
  note("inspector", { kind: "ok", seen: `connected, and main answered, after ${elapsed(from)}` });
  const sessionId = await findStuck(inspector);
  if (sessionId === null) {
    return note("evaluate", { kind: "failed", why: "the stuck worker did not answer" });
  }
  note("evaluate", { kind: "ok", seen: "a worker blocked in Atomics.wait answered" });
  await pause(inspector, sessionId, note);
  await reap(inspector, sessionId, out, note);
}

const BOUND = { timeoutMs: BOUND_MS };
/** Session ids are small consecutive integers; nobody else has been connected to this process. */
const SESSIONS = ["1", "2", "3", "4"];

async function findStuck(inspector: Inspector): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const asked = SESSIONS.map(async (sessionId) => {
    const expression = "self.name";
    const answer = await inspector.send("Runtime.evaluate", { expression }, {
      sessionId,
      ...BOUND,
    });
    // A session that does not exist never answers, so nobody waits for all of them.
    if (answer.kind === "ok" && answer.result.result.value === "unwedge-doctor-stuck") {
      resolve(sessionId);
    }
  });
  void Promise.all(asked).then(() => resolve(null));
  return await promise;
}

async function pause(inspector: Inspector, sessionId: string, note: Note): Promise<void> {
  const from = performance.now();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const stop = inspector.on("Debugger.paused", ({ callFrames }, session) => {
    if (session === sessionId) resolve(callFrames[0]?.functionName ?? "?");
  });
  const timer = setTimeout(() => resolve(null), BOUND_MS);
  void inspector.send("Debugger.enable", {}, { sessionId, ...BOUND });
  void inspector.send("Debugger.pause", {}, { sessionId, ...BOUND });
  const frame = await promise;
  clearTimeout(timer);
  stop();
  // Also when it did not pause: a pause that stays armed would freeze it at its next JavaScript.
  await inspector.send("Debugger.disable", {}, { sessionId, ...BOUND });
  note(
    "pause",
    frame === "standStill"
      ? { kind: "ok", seen: `paused it and read its stack after ${elapsed(from)}` }
      : { kind: "failed", why: frame === null ? "it did not pause" : `it paused in ${frame}` },
  );
}

async function reap(
  inspector: Inspector,
  sessionId: string,
  out: Lines,
  note: Note,
): Promise<void> {
  const early = out.has("lock-granted");
  const from = performance.now();
  void inspector.send("Runtime.evaluate", { expression: "self.close()" }, { sessionId, ...BOUND });
  const granted = await out.first(/^lock-granted$/, BOUND_MS);
  if (early) {
    note("death-proof", { kind: "failed", why: "the lock of a living worker was handed on" });
    return note("reap", { kind: "skipped", because: "death-proof" });
  }
  if (granted === null) {
    note("reap", { kind: "failed", why: "the stuck worker did not end" });
    return note("death-proof", { kind: "skipped", because: "reap" });
  }
  note("reap", { kind: "ok", seen: `ended a worker stuck in Atomics.wait in ${elapsed(from)}` });
  note("death-proof", { kind: "ok", seen: "its lock was handed on when it had ended, not before" });
}

async function interrupt(child: Deno.ChildProcess, out: Lines, note: Note): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("block\n"));
  writer.releaseLock();
  if (await out.first(/^blocking$/, BOUND_MS) === null) {
    return note("signals", { kind: "failed", why: "main did not come to block" });
  }
  const from = performance.now();
  Deno.kill(child.pid, "SIGINT");
  const heard = await out.first(/^sigint-in-worker$/, BOUND_MS);
  const after = elapsed(from);
  const freed = await out.first(/^(freed|not-freed)$/, BOUND_MS);
  note(
    "signals",
    heard !== null && freed === "freed"
      ? { kind: "ok", seen: `a worker heard SIGINT ${after} after it was sent, with main blocked` }
      : { kind: "failed", why: heard === null ? "no worker heard it" : "main was not freed" },
  );
}

async function endGroup(child: Deno.ChildProcess, note: Note): Promise<void> {
  try {
    Deno.kill(-child.pid, "SIGKILL");
    const { signal } = await child.status;
    note(
      "group",
      signal === "SIGKILL"
        ? { kind: "ok", seen: "ended with all of its group" }
        : { kind: "failed", why: `it ended by ${signal ?? "itself"}` },
    );
  } catch (error) {
    note("group", failed(error));
    try {
      child.kill("SIGKILL");
    } catch {
      // It has gone already.
    }
    await child.status;
  }
  await child.stdin.close().catch(() => {});
}

async function firstError(err: Lines, otherwise: string): Promise<string> {
  const line = await err.first(/^error: /, 0);
  return line?.replace(/^error: /, "") ?? otherwise;
}

function failed(error: unknown): StepOutcome {
  return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
}

function elapsed(from: number): string {
  const ms = performance.now() - from;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
