/**
 * The steps of the probe that read /proc: the session of the process, its threads, what the threads wait in, how long
 * they queue for a processor, and which signals the process handles.
 *
 * @module
 */

import { readStat } from "../../os/proc_files.ts";
import { maskHas, readSignalMasks, readThreads, type ThreadLook } from "../../os/proc.ts";
import { granted } from "../check.ts";
import type { Note, StepOutcome } from "./steps.ts";
import { errorMessage } from "../../protocol/error_message.ts";

const SIGINT = 2;

/** Notes every step that /proc can answer. */
export async function lookAtProc(pid: number, note: Note): Promise<void> {
  if (!granted({ name: "read" })) {
    return note("proc-threads", { kind: "failed", why: "not allowed to read /proc" });
  }
  note("session", session(pid));
  const outcome = readThreads(pid);
  if (outcome.kind !== "ok") {
    const why = outcome.kind === "gone" ? "the subject is gone" : outcome.why;
    return note("proc-threads", { kind: "failed", why });
  }
  // A set, because threads that a worker starts for its file reads carry the worker's name, too.
  const names = outcome.threads.map(({ name }) => name).filter((name) => /^worker-\d+$/.test(name));
  const workers = new Set(names).size;
  note(
    "proc-threads",
    workers === 2
      ? { kind: "ok", seen: `${outcome.threads.length} threads, those of both workers by name` }
      : { kind: "failed", why: `${workers} of 2 workers have a thread with their name` },
  );
  note("proc-wait", await waitChannel(pid));
  note("proc-sched", schedstat(pid));
  const masks = readSignalMasks(pid);
  note(
    "proc-signals",
    masks.kind === "ok" && maskHas(masks.masks.caught, SIGINT)
      ? { kind: "ok", seen: "its listener for SIGINT shows in SigCgt" }
      : { kind: "failed", why: "its listener for SIGINT does not show" },
  );
}

function session(pid: number): StepOutcome {
  const stat = readStat(`/proc/${pid}`);
  if (stat === null) return { kind: "failed", why: "its stat file cannot be read" };
  const { group, session, terminal } = stat;
  return group === pid && session === pid && terminal === 0
    ? { kind: "ok", seen: "it leads its session and its group, and has no terminal" }
    : { kind: "failed", why: `group ${group}, session ${session}, terminal ${terminal}` };
}

/** The worker says that it will block some microseconds before it does, so this reads until one is blocked. */
async function waitChannel(pid: number): Promise<StepOutcome> {
  const until = performance.now() + 2_000;
  let seen: readonly ThreadLook[] = [];
  while (performance.now() < until) {
    const outcome = readThreads(pid);
    if (outcome.kind !== "ok") break;
    seen = outcome.threads.filter(({ name }) => /^worker-\d+$/.test(name));
    const blocked = seen.find(({ wchan }) => wchan?.includes("futex"));
    if (blocked !== undefined) {
      const call = blocked.syscall === null ? "" : `, system call ${blocked.syscall}`;
      return { kind: "ok", seen: `the stuck worker is in ${blocked.wchan}${call}` };
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const channels = seen.map(({ wchan }) => wchan ?? "nothing").join(", ");
  return { kind: "failed", why: `the workers are in ${channels === "" ? "nothing" : channels}` };
}

function schedstat(pid: number): StepOutcome {
  try {
    const [, queued] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ");
    const ms = Number(queued) / 1e6;
    return { kind: "ok", seen: `main has waited ${ms.toFixed(1)} ms for a processor` };
  } catch (error) {
    return { kind: "failed", why: errorMessage(error) };
  }
}
