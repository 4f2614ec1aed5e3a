/**
 * Real SIGINTs to real processes whose main isolate is stuck: each must be acted on within 500 ms, by a main that was
 * freed or by the end of the process with the right code. Programs with actors and without, with an open inspector and
 * without, on an idle machine and with every core kept busy.
 *
 * @module
 */

import { actedMs, type Signalled, signalled } from "../../tests/support/signalled.ts";
import { JournalReader } from "../../lib/protocol/journal_reader.ts";
import { leftoverProcesses } from "./leftovers.ts";
import { startLoad } from "./load.ts";
import type { Row } from "./row.ts";

/** Within how many milliseconds a signal must be acted on. */
const BOUND_MS = 500;

/** One program in one situation. */
interface Case {
  readonly name: string;
  readonly program: string;
  readonly situation: string;
  readonly inspect: boolean;
  /** How a line begins that says that main acted on the signal. */
  readonly acted: string;
}

/** What came of one case. */
export interface SentinelRow extends Row {
  readonly runs: number;
  /** Runs in which main was freed and took the signal itself. */
  readonly freed: number;
}

/** Which cases, how often. */
export interface SentinelSoakOptions {
  readonly repeat: number;
  /** Whether the cores are kept busy meanwhile. */
  readonly loaded: boolean;
  /** The bound that the programs give a signal, in milliseconds. Default: the runtime's. */
  readonly boundMs?: number;
}

/** Every way in which main can be stuck, of programs with actors and without. */
export const CASES: readonly Case[] = ["blocked", "spin", "storm"].flatMap((situation) =>
  [true, false].flatMap((inspect) =>
    [["sentinel_actors.ts", "signal-acted"], ["sentinel_program.ts", "taken"]].map((
      [program = "", acted = ""],
    ) => ({
      name: `${situation}, ${program.slice(9, -3)}, ${inspect ? "inspector" : "no inspector"}`,
      program,
      situation,
      inspect,
      acted,
    }))
  )
);

/** Sends one signal to each of `repeat` processes, for every case. */
export async function* soakSentinel(options: SentinelSoakOptions): AsyncGenerator<SentinelRow> {
  const load = options.loaded ? startLoad() : null;
  try {
    for (const each of CASES) yield await soakCase(each, options);
  } finally {
    await load?.stop();
  }
}

async function soakCase(each: Case, options: SentinelSoakOptions): Promise<SentinelRow> {
  const { repeat, loaded, boundMs } = options;
  const bound = boundMs === undefined ? [] : [String(boundMs)];
  const times: number[] = [];
  const wrong: string[] = [];
  let freed = 0;
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-sentinel-" });
  try {
    for (let i = 1, late = 0; i <= repeat; i++) {
      const journal = `${dir}/journal-${i}.msgpack`;
      const args = [each.situation, journal, ...bound];
      // A program without actors ends by SIGTERM, once it has said that it took the other signal.
      const on = { ready: "SIGINT", taken: "SIGTERM" } as const;
      const run = await signalled(each.program, { args, inspect: each.inspect, on });
      // In a teardown main is freed without a signal, too. One that came after that says nothing about a stuck main.
      const free = run.said.find(({ text }) => text === "free")?.atMs ?? Infinity;
      if (free < (run.sent[0] ?? 0) && late++ < repeat * 10) {
        i--;
        continue;
      }
      const ms = Math.min(actedMs(run, each.acted), journalledMs(run, journal));
      times.push(ms);
      const tookIt = run.lines.some((line) => line.startsWith(each.acted));
      if (tookIt) freed++;
      else if (run.code !== 130) wrong.push(`#${i} ended with code ${run.code}: ${run.stderr}`);
      if (run.sent.length === 0) wrong.push(`#${i} never was ready: ${run.stderr}`);
      if (!(ms <= BOUND_MS)) wrong.push(`#${i} was acted on after ${Math.round(ms)} ms`);
    }
    wrong.push(...leftoverProcesses(dir).map((what) => `left ${what}`));
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
  const sorted = times.toSorted((a, b) => a - b);
  const [median = NaN, most = NaN] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  const inTime = times.filter((ms) => ms <= BOUND_MS).length;
  const said = `${loaded ? "cores busy" : "idle"}: ${inTime} of ${times.length} within ` +
    `${BOUND_MS} ms (median ${Math.round(median)}, most ${Math.round(most)}), ` +
    `${freed} by a main that was freed`;
  return { name: each.name, runs: times.length, freed, said, wrong };
}

/** Milliseconds from the signal to the sentinel's own record that it acted on it; without end when there is none. */
function journalledMs(run: Signalled, path: string): number {
  try {
    const acted = new JournalReader(path).read().find(({ kind }) => kind === "signal-acted");
    return (acted?.t ?? Infinity) - (run.sent[0] ?? NaN);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Infinity;
    throw error;
  }
}
