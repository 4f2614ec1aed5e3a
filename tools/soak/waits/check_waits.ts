/**
 * Looks for waits that are said to be proven and end all the same: random programs run in a process of their own, as
 * `watch` starts it; when they are quiet a snapshot is taken, and then they are let do all that they still can.
 *
 * @module
 */

import { connectInspector } from "../../../lib/cdp/inspector.ts";
import { NeverSettled } from "../../../lib/heap/never_settled.ts";
import { PromiseTable } from "../../../lib/heap/promise_table.ts";
import { LiveCode } from "../../../lib/heap/live_code.ts";
import { Scripts } from "../../../lib/heap/scripts.ts";
import { takeSnapshot } from "../../../lib/heap/take_snapshot.ts";
import { UsableCode } from "../../../lib/heap/usable_code.ts";
import { Preload } from "../../../lib/subject/command/preload.ts";
import { type Random, type WaitProgram, waitProgram } from "./wait_program.ts";

/** What is run. */
export interface CheckWaitsOptions {
  readonly programs: number;
  readonly seed: number;
  /** How many share a process. */
  readonly batch?: number;
  /** `deno`, or the path of a Node. */
  readonly runtime?: string;
  /** Of the timers of the programs, in milliseconds: longer than a snapshot takes, to be of use. */
  readonly timerMs?: number;
  readonly onProgress?: (done: number) => void;
}

/** What came of it. All but `programs` count promises. */
export interface WaitCounts {
  readonly programs: number;
  /** Promises that were pending in the snapshot. */
  readonly pending: number;
  readonly settled: number;
  /** Those that have not settled whatever was done. */
  readonly stayed: number;
  readonly proven: number;
  /** Proven, and settled later: programs and seeds. */
  readonly falseProofs: readonly string[];
  /** By place, of those in it that stayed: how many, and how many of them were proven. */
  readonly places: ReadonlyMap<string, { stayed: number; proven: number; settled: number }>;
}

/** A batch takes some 5 s. */
const BATCH_MS = 60_000;
const CHILD = decodeURIComponent(new URL("./wait_child.mjs", import.meta.url).pathname);

/** Runs them. @throws {Error} when a process cannot be looked into */
export async function checkWaits(options: CheckWaitsOptions): Promise<WaitCounts> {
  const { programs, seed, batch = 250, runtime = "deno", timerMs = 3_000, onProgress } = options;
  const random = randomFrom(seed);
  const totals = { pending: 0, settled: 0, stayed: 0, proven: 0 };
  const falseProofs: string[] = [];
  const places = new Map<string, { stayed: number; proven: number; settled: number }>();
  for (let done = 0; done < programs; done += batch) {
    const made: WaitProgram[] = [];
    let nextId = 0;
    for (let n = done; n < Math.min(programs, done + batch); n++) {
      const program = waitProgram(random, nextId);
      made.push(program);
      [, nextId] = program.ids;
    }
    const { pending, settled } = await runBatch(made, nextId, { runtime, timerMs });
    for (const [id, proven] of pending) {
      const program = made.find(({ ids: [from, to] }) => id >= from && id < to);
      const isSettled = settled.has(id);
      totals.pending++;
      if (proven) totals.proven++;
      if (isSettled) totals.settled++;
      else totals.stayed++;
      if (proven && isSettled) {
        falseProofs.push(
          `wait_${id} (${program?.places[id] ?? "made of others"}) of\n${program?.text}`,
        );
      }
      const place = program?.places[id] ?? "made of others";
      const counts = places.get(place) ?? { stayed: 0, proven: 0, settled: 0 };
      places.set(place, counts);
      if (isSettled) counts.settled++;
      else counts.stayed++;
      if (proven) counts.proven++;
    }
    onProgress?.(Math.min(programs, done + batch));
  }
  return { programs, ...totals, falseProofs, places };
}

interface Batch {
  /** By number: whether it is proven that the promise never settles. */
  readonly pending: ReadonlyMap<number, boolean>;
  readonly settled: ReadonlySet<number>;
}

async function runBatch(
  programs: readonly WaitProgram[],
  ids: number,
  { runtime, timerMs }: Required<Pick<CheckWaitsOptions, "runtime" | "timerMs">>,
): Promise<Batch> {
  const runDir = Deno.makeTempDirSync({ prefix: "unwedge-waits-" });
  const isDeno = /(^|\/)deno$/.test(runtime);
  const args = isDeno ? ["run", "-A", "--no-config", "--v8-flags=--expose-gc"] : ["--expose-gc"];
  using preload = new Preload(runDir, [runtime, ...args]);
  const NODE_OPTIONS = preload.prepare(undefined);
  const file = `${runDir}/programs.json`;
  const texts = programs.map(({ text }) => text);
  Deno.writeTextFileSync(file, JSON.stringify({ texts, ids, ms: timerMs }));
  const child = new Deno.Command(runtime, {
    args: [...args, CHILD, file],
    env: { NODE_OPTIONS },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = linesOf(child.stdout);
  // Its streams end with it, and what waits for them fails.
  const timer = setTimeout(() => child.kill("SIGKILL"), BATCH_MS);
  try {
    const quiet = await lines.next();
    if (quiet.value !== "quiet") {
      throw new Error(`the programs did not come to rest: ${quiet.value}`);
    }
    const url = preload.reports().get(child.pid)?.url;
    if (url === null || url === undefined) throw new Error("the process has not reported in");
    const pending = await proofsAt(url);
    const stdin = child.stdin.getWriter();
    await stdin.write(new TextEncoder().encode("go\n"));
    const { value } = await lines.next();
    if (value === undefined) throw new Error("the process ended before it told what has settled");
    return { pending, settled: new Set<number>(JSON.parse(value)) };
  } finally {
    clearTimeout(timer);
    await lines.return(undefined);
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
    Deno.removeSync(runDir, { recursive: true });
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** By the number in the name of the function that follows it: whether a promise is proven never to settle. */
async function proofsAt(url: string): Promise<ReadonlyMap<number, boolean>> {
  const connection = await connectInspector(url, { timeoutMs: 5_000 });
  if (connection.kind === "failed") throw new Error("its inspector accepts no connection");
  await using inspector = connection.inspector;
  using code = new LiveCode(inspector, null);
  await inspector.send("Debugger.enable", {});
  const outcome = await takeSnapshot(inspector, null);
  if (outcome.kind === "failed") throw new Error(outcome.why);
  const { graph } = outcome;
  const table = new PromiseTable(graph);
  const usable = await UsableCode.read(graph, new Scripts(graph), code);
  const never = NeverSettled.of(graph, table, usable);
  if (never === null) throw new Error("it has not kept its pending promises");
  const reaction = graph.indexOf("system / PromiseReaction");
  const proofs = new Map<number, boolean>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.type(node) !== "closure") continue;
    const [, number] = /^wait_(\d+)$/.exec(graph.name(node)) ?? [];
    if (number === undefined) continue;
    for (const edge of graph.incoming(node)) {
      const holder = graph.source(edge);
      if (graph.nameIndex(holder) !== reaction) continue;
      const { on } = table.reaction(holder);
      if (on >= 0) proofs.set(Number(number), never.includes(on));
    }
  }
  return proofs;
}

/** A sequence of numbers that the seed alone decides. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
