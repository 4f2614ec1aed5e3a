/**
 * Runs a program of `fixtures/programs` that is to get signals, and measures how fast it acts on them. What the program
 * says ends in ` @` and epoch milliseconds.
 *
 * @module
 */

import { epochNow } from "../../lib/protocol/epoch.ts";

/** One line of the program's. */
export interface Said {
  readonly text: string;
  readonly atMs: number;
}

/** How it went. */
export interface Signalled {
  readonly said: readonly Said[];
  /** The same without the times. */
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly code: number;
  readonly signal: string | null;
  /** Epoch milliseconds of each signal that was sent. */
  readonly sent: readonly number[];
  readonly endedAtMs: number;
}

/** What to start, and what to send. */
export interface SignalledOptions {
  readonly args: readonly string[];
  /** Whether its inspector is open. */
  readonly inspect?: boolean;
  /** Signals that are sent when a line comes that begins so. */
  readonly on?: Readonly<Record<string, Deno.Signal>>;
}

/** No program here runs for as long as that, unless it is wedged. */
const WEDGED_MS = 20_000;

/** Runs the program to its end. One that is wedged is killed after 20 s. */
export async function signalled(program: string, options: SignalledOptions): Promise<Signalled> {
  const url = new URL(`../../fixtures/programs/${program}`, import.meta.url).href;
  const inspect = options.inspect ? ["--inspect=127.0.0.1:0", "--inspect-publish-uid=stderr"] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...inspect, url, ...options.args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const { on = { ready: "SIGINT" } } = options;
  const wedged = setTimeout(() => child.kill("SIGKILL"), WEDGED_MS);
  const said: Said[] = [];
  const sent: number[] = [];
  const stderr = new Response(child.stderr).text();
  const ended = child.status.then((status) => ({ ...status, endedAtMs: epochNow() }));
  try {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const complete = (rest + text).split("\n");
      rest = complete.pop() ?? "";
      for (const line of complete) {
        const [text = "", at] = line.split(" @");
        said.push({ text, atMs: Number(at) });
        const start = Object.keys(on).find((start) => text.startsWith(start));
        const signal = start === undefined ? undefined : on[start];
        if (signal === undefined) continue;
        sent.push(epochNow());
        child.kill(signal);
      }
    }
    const { code, signal, endedAtMs } = await ended;
    const lines = said.map(({ text }) => text);
    return { said, lines, stderr: await stderr, code, signal, sent, endedAtMs };
  } finally {
    clearTimeout(wedged);
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
}

/** Milliseconds from the first signal to the first line that begins so, or to the end of the process. */
export function actedMs(run: Signalled, line: string): number {
  const [sent = NaN] = run.sent;
  const acted = run.said.find(({ text, atMs }) => text.startsWith(line) && atMs >= sent - 1);
  return (acted?.atMs ?? run.endedAtMs) - sent;
}
