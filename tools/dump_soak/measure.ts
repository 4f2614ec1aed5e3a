/** One program, dumped once and ended: what it cost, and what was not as it must be. @module */

import { Preload } from "../../lib/subject/command/preload.ts";
import { tcpSockets } from "../../lib/os/outside.ts";
import { textOf } from "../../lib/os/proc_files.ts";

/** A program to dump. */
export interface Subject {
  /** What runs `subject.mjs`. */
  readonly command: readonly string[];
  readonly kind: "idle" | "spins" | "sleeper" | "workers" | "waits" | "heap";
  /** Workers, suspended functions, or MB of heap. */
  readonly amount?: number;
  /** Whether it is started as `watch` starts a program. */
  readonly preload?: boolean;
  /** Whether each round takes long. */
  readonly big?: boolean;
}

/** One round. */
export interface Measured {
  readonly heapMb: number;
  /** Of the largest isolate. */
  readonly snapshotBytes: number;
  /** From the start of unwedge to its end. */
  readonly tookMs: number;
  /** Of unwedge, at its peak. */
  readonly peakBytes: number;
  readonly wrong: readonly string[];
}

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const SUBJECT = new URL("subject.mjs", import.meta.url).pathname;
/** Deno catches SIGUSR1 only when it has run for a while. */
const SETTLED_MS = 700;
const LOOK_MS = 10;
/** In which a program must have ended that was asked to. */
const ENDS_MS = 10_000;
const ENDED_WHOLE = 7;

/** Starts, dumps, ends. */
export async function measure(subject: Subject): Promise<Measured> {
  const directory = Deno.makeTempDirSync({ prefix: "unwedge-dump-soak-" });
  using preload = subject.preload ? new Preload(directory, subject.command) : null;
  const [program = "", ...args] = subject.command;
  const stop = `${directory}/stop`;
  const child = new Deno.Command(program, {
    args: [...args, SUBJECT, subject.kind, String(subject.amount ?? 0), stop],
    env: preload === null ? {} : { NODE_OPTIONS: preload.prepare(undefined) },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  try {
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const heapMb = Number(/ready (\d+)/.exec((await lines.read()).value ?? "")?.[1] ?? NaN);
    await delay(SETTLED_MS);
    const pid = nodeBelow(child.pid);
    const dumped = await dump(preload?.reports().get(pid)?.url ?? String(pid));
    const wrong = [...dumped.wrong, ...leftIn(pid)];
    if (ended) wrong.push("it ended of the dump");
    Deno.writeTextFileSync(stop, "");
    const late = setTimeout(() => child.kill("SIGKILL"), ENDS_MS);
    const said = (await lines.read()).value ?? "";
    const { code, signal } = await status;
    clearTimeout(late);
    if (code !== ENDED_WHOLE || !said.startsWith("ended whole")) {
      wrong.push(`it ended otherwise: ${said.trim()} (${signal ?? code})`);
    }
    return { ...dumped, heapMb, wrong };
  } finally {
    if (!ended) child.kill("SIGKILL");
    await status;
    Deno.removeSync(directory, { recursive: true });
  }
}

/** The process that runs the program: npx starts it as a child. */
function nodeBelow(pid: number): number {
  const [below] = textOf(`/proc/${pid}/task/${pid}/children`).split(" ").filter((word) =>
    word !== ""
  );
  return below === undefined ? pid : nodeBelow(Number(below));
}

async function dump(target: string): Promise<Omit<Measured, "heapMb">> {
  const startedAt = performance.now();
  const child = new Deno.Command("deno", {
    args: ["run", "-A", MAIN, "dump", "--json", "--max-heap", "4GB", target],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peakBytes = 0;
  const looks = setInterval(() => {
    const kb = Number(/VmHWM:\s*(\d+)/.exec(textOf(`/proc/${child.pid}/status`))?.[1] ?? 0);
    peakBytes = Math.max(peakBytes, kb * 1_024);
  }, LOOK_MS);
  const { code, stdout, stderr } = await child.output();
  clearInterval(looks);
  const tookMs = performance.now() - startedAt;
  const wrong = code === 0 ? [] : [`dump exited ${code}: ${text(stderr).trim()}`];
  return { tookMs, peakBytes, snapshotBytes: largest(text(stdout)), wrong };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The largest snapshot of a dump, in bytes; 0 where there is none. */
function largest(json: string): number {
  const sizes = [...json.matchAll(/"snapshotBytes": ?(\d+)/g)].map(([, bytes]) => Number(bytes));
  return Math.max(0, ...sizes);
}

/** What a dump must not leave in a process: a client of its inspector. */
function leftIn(pid: number): string[] {
  const sockets = tcpSockets(pid, null);
  const ports = new Set(sockets.filter(({ remotePort }) => remotePort === null).map(portOf));
  const clients = sockets.filter((each) => each.remotePort !== null && ports.has(portOf(each)));
  return clients.length === 0 ? [] : ["a client is connected to its inspector"];
}

function portOf({ localPort }: { readonly localPort: number }): number {
  return localPort;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
