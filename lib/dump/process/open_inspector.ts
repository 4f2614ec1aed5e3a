/**
 * From a process id to its inspector: one that is open already, or one that SIGUSR1 opens. Both Deno and Node open port
 * 9229 on the loopback for that signal.
 *
 * Invariant: the signal goes only to a process that catches it and is Deno or Node, for it ends any other. A process that
 * it would not reach, or not help, is refused in one sentence that says why.
 *
 * @module
 */

import { type InspectorAt, inspectorAt } from "../../cdp/inspector_list.ts";
import { portsOf, portUse } from "../../os/listeners.ts";
import { inEventLoop, maskHas, readSignalMasks, readThread } from "../../os/proc.ts";
import { isProcClosed, readStat, targetOf, textOf } from "../../os/proc_files.ts";
import { isStopped } from "../../os/interference.ts";

/** What came of it. */
export type OpenOutcome =
  | {
    readonly kind: "open";
    readonly wsUrl: string;
    readonly runtime: string | null;
    /** The port that was opened for this; null when the inspector was open before. */
    readonly openedPort: number | null;
  }
  /** It is Deno or Node, and has no inspector that could be used: the kernel alone can be asked. */
  | { readonly kind: "closed"; readonly runtime: string; readonly why: string }
  /** `why` is a sentence for the person who asked. */
  | { readonly kind: "refused"; readonly why: string };

const SIGUSR1 = 10;
const PORT = 9229;
/** Deno and Node take 10 to 60 ms. */
const OPENING_MS = 3_000;
/** How long main is watched for a moment in its event loop, where Deno takes the signal. */
const LOOP_MS = 600;
const LOOK_MS = 20;
/** Deno catches the signal 500 ms after its start, Node sooner. */
const YOUNG_MS = 1_500;
/** `USER_HZ`, of which the start time is a multiple. */
const TICK_MS = 10;

/** Opens, or finds. */
export async function openInspector(pid: number): Promise<OpenOutcome> {
  const stat = readStat(`/proc/${pid}`);
  if (stat === null) {
    return refused(
      isProcClosed()
        ? `processes cannot be looked at here: /proc cannot be read (deno run -A gives unwedge the permission)`
        : `there is no process ${pid} here`,
    );
  }
  const group = Number(statusOf(pid, "Tgid") ?? pid);
  if (group !== pid) return refused(`${pid} is a thread of process ${group}: dump ${group}`);
  if (stat.state === "Z") return refused(`process ${pid} has ended already (a zombie)`);
  const executable = targetOf(`/proc/${pid}/exe`);
  if (executable === null) return refused(whyNoExecutable(pid));
  const program = executable.replace(/ \(deleted\)$/, "").split("/").at(-1) ?? "";
  const found = await openAlready(pid);
  if (found !== null) return { ...found, kind: "open", openedPort: null };
  const runtime = /^(deno|node)/.exec(program)?.[1];
  if (runtime === undefined) return refused(notV8(pid, program));
  return await whyNotNow(pid, runtime, stat.startTime) ?? await signal(pid, runtime);
}

/** A field of a process's `status` file; null when it cannot be read. */
function statusOf(pid: number, field: string): string | null {
  return new RegExp(`^${field}:\\s*(\\S+)`, "m").exec(textOf(`/proc/${pid}/status`))?.[1] ?? null;
}

/** The kernel shows what a process runs to those only who may trace it. */
function whyNoExecutable(pid: number): string {
  if (/^Kthread:\s*1$/m.test(textOf(`/proc/${pid}/status`))) {
    return `process ${pid} is a thread of the kernel`;
  }
  const [theirs, ours] = [statusOf(pid, "Uid"), statusOf(Deno.pid, "Uid")];
  return theirs !== null && theirs === ours
    ? `process ${pid} does not let others of its user look into it: run unwedge as root`
    : `process ${pid} belongs to another user: run unwedge as that user, or as root`;
}

function refused(why: string): Extract<OpenOutcome, { readonly kind: "refused" }> {
  return { kind: "refused", why };
}

function notV8(pid: number, program: string): string {
  const name = JSON.stringify(program);
  return /^bun\b/.test(program)
    ? `process ${pid} is Bun, whose engine is not V8: only Deno and Node can be dumped`
    : `process ${pid} runs ${name}, which is not deno or node: start it with --inspect if it has that`;
}

/** An inspector that the process listens with. */
async function openAlready(
  pid: number,
): Promise<Extract<InspectorAt, { readonly kind: "inspector" }> | null> {
  const command = `${textOf(`/proc/${pid}/cmdline`)}\0${textOf(`/proc/${pid}/environ`)}`;
  const asked = /(?:^|\0| )(?:NODE_OPTIONS=[^\0]*)?--inspect(?:-brk|-wait|-port)?\b/.test(command);
  // Any other port is the program's own, and a request to it would be one that the program sees.
  // The inspector, which listens before the program does, is asked first.
  const ports = portsOf(pid).filter((port) => asked || port === PORT);
  for (const port of ports) {
    for (const host of ["127.0.0.1", "[::1]"]) {
      const found = await inspectorAt(`${host}:${port}`);
      // Node names itself by its script alone, in most cases; the port is that of the process as long as its network is ours.
      const isTheirs = found.kind === "inspector" &&
        (found.pid === null ? isNetworkOurs(pid) : found.pid === pid);
      if (isTheirs) return found;
    }
  }
  return null;
}

function isNetworkOurs(pid: number): boolean {
  return targetOf(`/proc/${pid}/ns/net`) === targetOf("/proc/self/ns/net");
}

/** Why the signal must not be sent; null when it may be. */
async function whyNotNow(
  pid: number,
  runtime: string,
  startTime: number,
): Promise<OpenOutcome | null> {
  const closed = (why: string) => ({ kind: "closed", runtime, why } as const);
  if (isStopped(pid)) {
    return refused(`process ${pid} is stopped: continue it (kill -CONT ${pid}) and dump then`);
  }
  const masks = readSignalMasks(pid);
  if (masks.kind !== "ok") return refused(`the signals of process ${pid} cannot be read in /proc`);
  if (!maskHas(masks.masks.caught, SIGUSR1)) {
    const begins = `process ${pid} does not catch SIGUSR1, which would end it`;
    const ageMs = upMs() - startTime * TICK_MS;
    return ageMs < YOUNG_MS
      ? refused(`${begins}: it has just been started, try again in a second`)
      : closed(`${begins}: its main has been blocked since its start, or its inspector is off`);
  }
  const use = portUse(pid, PORT);
  if (use.kind === "taken") {
    const who = use.pid === null ? "another process" : `process ${use.pid} (${use.name})`;
    return closed(
      `its inspector can only open port ${PORT}, which ${who} listens on: end that first`,
    );
  }
  if (runtime === "deno" && !await loopTurns(pid)) {
    return closed(
      `main is blocked, and Deno opens its inspector from main's event loop: ` +
        `only one that was open before (deno run --inspect) can be used now`,
    );
  }
  return null;
}

/** Milliseconds since boot. */
function upMs(): number {
  return Number(textOf("/proc/uptime").split(" ")[0]) * 1_000;
}

/** Whether main is met in its event loop. */
async function loopTurns(pid: number): Promise<boolean> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < LOOP_MS) {
    const main = readThread(pid, pid);
    if (main !== null && (inEventLoop(main) || main.wchan === null && main.state === "S")) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}

async function signal(pid: number, runtime: string): Promise<OpenOutcome> {
  try {
    Deno.kill(pid, "SIGUSR1");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return refused(`process ${pid} has just ended`);
    return refused(`process ${pid} may not be signalled: run unwedge as its user, or as root`);
  }
  const startedAt = performance.now();
  while (performance.now() - startedAt < OPENING_MS) {
    if (readStat(`/proc/${pid}`) === null) return refused(`process ${pid} has just ended`);
    if (portsOf(pid).includes(PORT)) {
      const found = await inspectorAt(`127.0.0.1:${PORT}`);
      if (found.kind === "inspector") {
        return { kind: "open", wsUrl: found.wsUrl, runtime: found.runtime, openedPort: PORT };
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const why = `it did not open its inspector within ${OPENING_MS / 1_000} s of SIGUSR1`;
  return { kind: "closed", runtime, why };
}
