/**
 * The processes of a watched command: which there are, what each runs, and where it can be looked into.
 *
 * @module
 */

import { publishedInspector } from "../../os/inspector_ports.ts";
import { type ChildProcess, childProcesses, describeProcesses } from "../../os/outside.ts";
import { processStartTime } from "../../os/proc.ts";
import { isProcClosed, targetOf } from "../../os/proc_files.ts";
import type { ProcessIdentity } from "../subject_identity.ts";
import type { Preload } from "./preload.ts";

/** A process of the command. */
export interface CommandProcessFacts extends ChildProcess {
  /** The process of the command that has the far end of a pipe that this one waits on; null for none. */
  readonly farPid: number | null;
  readonly runtime: "deno" | "node" | null;
  readonly wsUrl: string | null;
  /** Why it has no inspector that can be connected to; null for one that has. */
  readonly why: string | null;
}

/**
 * All of them that run, parents first: what the command has started and not let go of, and what has reported in.
 *
 * @param root the command's own process
 * @param preload null when it is watched without
 */
export async function commandProcesses(
  root: number,
  preload: Preload | null,
): Promise<readonly CommandProcessFacts[]> {
  const reports = preload?.reports() ?? new Map();
  // What has let go of its parent is in no tree, and may have reported in.
  const pids = new Set([root, ...childProcesses(root).map(({ pid }) => pid), ...reports.keys()]);
  const all = isProcClosed()
    ? [...reports.keys()].map(unseen)
    : describeProcesses([...pids]).filter(({ state }) => state !== "Z");
  return await Promise.all(all.map(async (facts) => {
    const report = reports.get(facts.pid);
    const runtime = report?.runtime ?? runtimeOf(facts.pid);
    if (runtime === null) return { ...facts, runtime, wsUrl: null, why: NO_RUNTIME };
    const wsUrl = report?.url ?? await publishedInspector(facts.pid);
    return {
      ...facts,
      runtime,
      wsUrl,
      why: wsUrl === null ? whyNone(facts, runtime, preload) : null,
    };
  }));
}

/** A process of which nothing is known but what it has reported. */
function unseen(pid: number) {
  const command = "its command cannot be seen: /proc is closed here";
  return { pid, parent: 0, command, state: "?", wchan: null, descriptor: null, farPid: null };
}

/** The processes by pid and start time, so that they are found again and not taken for others. */
export function identities(pids: readonly number[]): ProcessIdentity[] {
  return pids.flatMap((pid) => {
    const startTime = processStartTime(pid);
    return startTime === null ? [] : [{ pid, startTime }];
  });
}

const NO_RUNTIME = "it is neither Deno nor Node";

/** Whether a process starts other programs and has no code of the user's. */
export function isLauncher({ command }: Pick<ChildProcess, "command">): boolean {
  return LAUNCHERS.test(command);
}

const LAUNCHERS =
  /^(?:\S*\/)?deno\S* task\b|\/(?:npm|npx|pnpm|yarn)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)|^(?:npm|npx|pnpm|yarn)\b/;

function whyNone(
  facts: ChildProcess,
  runtime: "deno" | "node",
  preload: Preload | null,
): string {
  if (isLauncher(facts)) return "it starts other programs";
  if (preload === null) {
    return "it was started without an inspector, and watched without the preload";
  }
  return runtime === "deno"
    ? "it has not reported in: it has not all permissions (-A), unless it has only just started; " +
      "watch it by itself to look into it"
    : "it has not reported in: NODE_OPTIONS did not reach it, or it has only just started";
}

/** What a process runs, by its program; null when it is neither, or cannot be seen. */
export function runtimeOf(pid: number): "deno" | "node" | null {
  const program = /([^/]*?)(?: \(deleted\))?$/.exec(targetOf(`/proc/${pid}/exe`) ?? "")?.[1] ?? "";
  if (/^deno\b/.test(program)) return "deno";
  return /^node(js)?\b/.test(program) ? "node" : null;
}
