/**
 * What the preload of `watch` costs a program that does work: each program runs bare, with the inspector that the
 * preload opens alone, with all of it, and with `--sites`, one after the other in each round, and each first equally
 * often. Prints ratios to the bare run of the same round: the median, and the quartiles. Bare is also what
 * `--no-preload` does.
 *
 *     deno task cost:preload                                   # some ten minutes on two cores
 *     deno task cost:preload --rounds 5 --only deno-http,deno-loop
 *
 * Node of other versions is fetched by npx before anything is timed. Of `tests` the whole process is timed, of the
 * others what they do once they have started. Time is also the others' on a busy machine, processor time is not.
 *
 * @module
 */

import { median, spreadOf, turnOrder } from "../../bench/measure.ts";
import { Preload } from "../../lib/subject/command/preload.ts";
import { flagsOrExit } from "../flags.ts";

/** What a program says of itself: milliseconds, and kilobytes. */
interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakKb: number;
}

const SUBJECT = new URL("subject.mjs", import.meta.url).pathname;
const IN_FLIGHT = 32;
const AMOUNTS = { loop: 1_000_000, http: 20_000, tests: 1_500 };
const VARIANTS = ["bare", "inspector", "preload", "sites"] as const;
const RUNTIMES = ["deno", "node22", "node24"];

type Kind = keyof typeof AMOUNTS;
const KINDS: readonly Kind[] = ["http", "tests", "loop"];
const NAMES = RUNTIMES.flatMap((runtime) => KINDS.map((kind) => `${runtime}-${kind}`));

const { rounds, only } = flagsOrExit(
  "Usage: deno task cost:preload [flags]\n\nWhat the preload of watch costs programs that do work.",
  {
    rounds: {
      kind: "count",
      default: 8,
      about: "rounds that count, after one that does not; 8 are in balance",
    },
    only: { kind: "names", known: NAMES, about: "which programs" },
  },
);

console.log("| program | with | time | processor time | peak memory | bare |");
console.log("| --- | --- | --: | --: | --: | --: |");
for (const runtime of RUNTIMES) {
  for (const kind of KINDS) {
    const name = `${runtime}-${kind}`;
    if (only.length > 0 && !only.includes(name)) continue;
    await measure(name, await commandOf(runtime, kind), kind);
  }
}

async function measure(name: string, command: readonly string[], kind: Kind): Promise<void> {
  const costs: Cost[][] = VARIANTS.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const index of turnOrder(VARIANTS.length, round + 1)) {
      const cost = await run(command, kind, VARIANTS[index] ?? "bare");
      if (round >= 0) costs[index]?.push(cost);
    }
  }
  const [bare = [], ...others] = costs;
  const ratio = (of: readonly Cost[], key: keyof Cost): string => {
    const ratios = of.map((cost, round) => cost[key] / (bare[round]?.[key] ?? NaN));
    const { low, high } = spreadOf(ratios);
    return `${median(ratios).toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  };
  const took = median(bare.map(({ ms }) => ms));
  const peak = median(bare.map(({ peakKb }) => peakKb)) / 1_000;
  others.forEach((of, index) => {
    const cells = [ratio(of, "ms"), ratio(of, "cpuMs"), ratio(of, "peakKb")];
    const base = `${took.toFixed(0)} ms, ${peak.toFixed(0)} MB`;
    console.log(`| ${[name, VARIANTS[index + 1], ...cells, base].join(" | ")} |`);
  });
}

/** The command of a program. Node of a version is the file that npx has, not npx: that is a program of its own. */
async function commandOf(runtime: string, kind: Kind): Promise<string[]> {
  if (runtime === "deno") {
    if (kind === "tests") return ["deno", "test", "-A", "--no-check", SUBJECT];
    return ["deno", "run", "-A", SUBJECT, kind, String(AMOUNTS[kind])];
  }
  const { stdout, success } = await new Deno.Command("npx", {
    args: ["-y", `node@${runtime.slice("node".length)}`, "-p", "process.execPath"],
    stderr: "null",
  }).output();
  if (!success) throw new Error(`npx has no ${runtime}`);
  return [new TextDecoder().decode(stdout).trim(), SUBJECT, kind, String(AMOUNTS[kind])];
}

/**
 * Runs a program once.
 *
 * @throws {Error} when it does not say what it cost
 */
async function run(
  [program = "", ...args]: readonly string[],
  kind: Kind,
  variant: typeof VARIANTS[number],
): Promise<Cost> {
  const runDir = Deno.makeTempDirSync();
  using preload = new Preload(runDir, [program, ...args], { sites: variant === "sites" });
  const options = preload.prepare(undefined);
  const env: Record<string, string> = variant === "bare"
    ? {}
    : { NODE_OPTIONS: variant === "inspector" ? options.replace(/ --require .*/, "") : options };
  const began = performance.now();
  await using child = new Deno.Command(program, {
    args,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  })
    .spawn();
  let cost: Cost | undefined;
  let load: Promise<void> | undefined;
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const json = /\{"(?:ms|port)":.*\}/.exec(line)?.[0];
      if (json === undefined) continue;
      const said: Partial<Cost> & { port?: number } = JSON.parse(json);
      if (said.port !== undefined) load = askAll(said.port, AMOUNTS.http * 1.2);
      const { ms, cpuMs, peakKb } = said;
      if (ms !== undefined && cpuMs !== undefined && peakKb !== undefined) {
        cost = { ms, cpuMs, peakKb };
      }
    }
  }
  await load;
  await child.status;
  const wholeMs = performance.now() - began;
  Deno.removeSync(runDir, { recursive: true });
  if (cost === undefined) {
    throw new Error(`${program} ${kind} (${variant}) did not end as it should`);
  }
  return kind === "tests" ? { ...cost, ms: wholeMs } : cost;
}

/** Sends so many requests, some at once, and leaves the end of the connections to the server. */
async function askAll(port: number, requests: number): Promise<void> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: IN_FLIGHT });
  let left = requests;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (left-- > 0) {
      try {
        const body = "x".repeat(200);
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, client });
        await response.text();
      } catch {
        return;
      }
    }
  }));
}
