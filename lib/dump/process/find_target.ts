/**
 * From what was typed to the inspector of a program: a process id, the URL of an inspector, or where one listens.
 *
 * @module
 */

import { inspectorAt } from "../../cdp/inspector_list.ts";
import { isLoopback } from "../../cdp/open_socket.ts";
import { portUse } from "../../os/listeners.ts";
import { targetOf } from "../../os/proc_files.ts";
import type { ProcessTarget } from "./dump_process.ts";
import { openInspector } from "./open_inspector.ts";

/** A target, or why there is none; `unknown` when the word names none. */
export type FoundTarget =
  | { readonly kind: "found"; readonly target: ProcessTarget }
  /** A process whose inspector cannot be had; see `OpenOutcome`. */
  | {
    readonly kind: "closed";
    readonly pid: number;
    readonly runtime: string;
    readonly why: string;
  }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown" };

/** Finds it. A process may have its inspector opened for that. */
export async function findTarget(word: string): Promise<FoundTarget> {
  if (/^\d+$/.test(word)) return await byPid(Number(word));
  const url = /^ws:\/\//.test(word) ? URL.parse(word) : null;
  if (url !== null) return await byAddress(url.host, word);
  return /^[^/\s]+:\d{1,5}$/.test(word) ? await byAddress(word, null) : { kind: "unknown" };
}

async function byPid(pid: number): Promise<FoundTarget> {
  if (pid === Deno.pid) return { kind: "refused", why: `process ${pid} is this unwedge itself` };
  const opened = await openInspector(pid);
  if (opened.kind === "refused") return opened;
  if (opened.kind === "closed") return { ...opened, pid };
  const { wsUrl, runtime, openedPort } = opened;
  return { kind: "found", target: { wsUrl, pid, runtime, openedPort } };
}

async function byAddress(host: string, wsUrl: string | null): Promise<FoundTarget> {
  const found = await inspectorAt(host);
  if (found.kind === "none" && wsUrl === null) return { kind: "refused", why: found.why };
  const pid = localProcess(host);
  // One that publishes its URL on stderr alone says nothing over HTTP.
  const runtime = found.kind === "inspector" ? found.runtime : runtimeOf(pid);
  const url = wsUrl ?? (found.kind === "inspector" ? found.wsUrl : "");
  return { kind: "found", target: { wsUrl: url, pid, runtime, openedPort: null } };
}

/** The process of this machine that listens at an address; null where that cannot be seen. */
function localProcess(host: string): number | null {
  const url = URL.parse(`ws://${host}`);
  if (url === null || !isLoopback(url.hostname)) return null;
  const use = portUse(Deno.pid, Number(url.port || "80"));
  return use.kind === "taken" ? use.pid : null;
}

/** What a process runs, by the name of its program; null where that is neither. */
function runtimeOf(pid: number | null): string | null {
  const program = pid === null ? null : targetOf(`/proc/${pid}/exe`)?.split("/").at(-1);
  return program === "deno" || program === "node" ? program : null;
}
