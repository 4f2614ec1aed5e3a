/**
 * Starts one process like a subject and does to it what a run may have to do: reads its threads, connects to its
 * inspector, pauses a stuck worker, reaps that worker, sends SIGINT while main blocks, and ends the process group.
 *
 * Invariant: it never rejects, every step is bounded, and the process is gone when it returns. A step that depends on
 * a failed step is skipped and names it.
 *
 * @module
 */

import { granted } from "../check.ts";
import { probeInspector } from "./inspector_steps.ts";
import { followLines, type Lines } from "./lines.ts";
import { lookAtProc } from "./proc_steps.ts";
import {
  BOUND_MS,
  elapsed,
  type Note,
  type Probe,
  type ProbeStep,
  type StepOutcome,
} from "./steps.ts";
import { errorMessage } from "../../protocol/error_message.ts";
import { OWN_FLAGS } from "../../protocol/own_code.ts";

const SUBJECT = new URL("./subject.ts", import.meta.url);

/** Runs every step. */
export async function runProbe(): Promise<Probe> {
  const probe = new Map<ProbeStep, StepOutcome>();
  const note: Note = (step, outcome) => void probe.set(step, outcome);
  // Without the permission, starting a process would open a prompt on a terminal.
  if (!granted({ name: "run" })) {
    note("start", { kind: "failed", why: "not allowed to start a process (run)" });
    return probe;
  }
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
    const url = /ws:\S+/.exec(await err.first(/ws:\/\//, BOUND_MS) ?? "")?.[0] ?? null;
    await probeInspector(url, out, note);
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
      ...OWN_FLAGS,
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

async function interrupt(child: Deno.ChildProcess, out: Lines, note: Note): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("block\n"));
  writer.releaseLock();
  if (await out.first(/^blocking$/, BOUND_MS) === null) {
    return note("signals", { kind: "failed", why: "main did not begin to block" });
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
  return { kind: "failed", why: errorMessage(error) };
}
