/**
 * What a dump costs, and whether what was dumped goes on: programs are started, dumped by the command as a person types
 * it, and then asked to end by themselves. Prints the table of docs/dump.md. Exit code 0 when all were unharmed.
 *
 *     deno task soak:dump                                # all of it, about 40 minutes on two cores
 *     deno task soak:dump --repeat 5 --only deno-idle,node-idle
 *
 * @module
 */

import { flagsOrExit } from "../flags.ts";
import { measure, type Measured, type Subject } from "./measure.ts";

const INSPECT = "--inspect=127.0.0.1:0";
const deno = ["deno", "run", "-A", INSPECT];
const node = (version: number) => ["npx", "-y", `node@${version}`, INSPECT];

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "deno-idle": { command: deno, kind: "idle" },
  "node-idle": { command: ["node", INSPECT], kind: "idle" },
  "deno-signal": { command: ["deno", "run", "-A"], kind: "idle" },
  "node-signal": { command: ["node"], kind: "idle" },
  "deno-spins": { command: deno, kind: "spins" },
  "deno-spins-preload": { command: ["deno", "run", "-A"], kind: "spins", preload: true },
  "deno-sleeper": { command: deno, kind: "sleeper", amount: 1 },
  "deno-32-workers": { command: deno, kind: "workers", amount: 32 },
  "node-20-workers": { command: node(20), kind: "workers", amount: 4 },
  "node-22-workers": { command: node(22), kind: "workers", amount: 4 },
  "node-24-workers": { command: node(24), kind: "workers", amount: 4 },
  "deno-100k-waits": { command: deno, kind: "waits", amount: 100_000, big: true },
  "deno-500-mb": {
    command: [...deno, "--v8-flags=--max-old-space-size=4096"],
    kind: "heap",
    amount: 500,
    big: true,
  },
};

const { repeat, big, only } = flagsOrExit(
  "Usage: deno task soak:dump [flags]\n\nWhat dump costs, and that what it dumped goes on.",
  {
    repeat: { kind: "count", default: 50, about: "dumps of each program" },
    big: { kind: "count", default: 5, about: "dumps of each program with a big heap" },
    only: { kind: "names", known: Object.keys(SUBJECTS), about: "which programs" },
  },
);

const MB = 1e6;
let harmed = 0;
console.log(
  "| program | heap MB | snapshot MB | seconds (median, range) | peak MB | ratio | unharmed |",
);
console.log("| --- | --: | --: | --: | --: | --: | --: |");
for (const name of only.length === 0 ? Object.keys(SUBJECTS) : only) {
  const subject = SUBJECTS[name];
  if (subject === undefined) continue;
  const rounds: Measured[] = [];
  for (let n = 0; n < (subject.big ? big : repeat); n++) rounds.push(await measure(subject));
  const wrong = rounds.flatMap(({ wrong }) => wrong);
  harmed += wrong.length;
  console.log(`| ${[name, ...cells(rounds)].join(" | ")} |`);
  for (const [complaint, times] of counted(wrong)) {
    console.error(`  ${name}: ${times} × ${complaint}`);
  }
}
Deno.exit(harmed === 0 ? 0 : 1);

function cells(rounds: readonly Measured[]): string[] {
  const middle = (of: (round: Measured) => number): number =>
    sorted(rounds.map(of))[rounds.length >> 1] ?? 0;
  const times = sorted(rounds.map(({ tookMs }) => tookMs / 1_000));
  const snapshot = middle((round) => round.snapshotBytes);
  const peak = Math.max(...rounds.map((round) => round.peakBytes));
  return [
    String(middle((round) => round.heapMb)),
    (snapshot / MB).toFixed(snapshot < 20 * MB ? 1 : 0),
    `${seconds(times[times.length >> 1])} (${seconds(times[0])} to ${seconds(times.at(-1))})`,
    (peak / MB).toFixed(0),
    (peak / snapshot).toFixed(2),
    `${rounds.filter(({ wrong }) => wrong.length === 0).length} of ${rounds.length}`,
  ];
}

function seconds(value = 0): string {
  return value.toFixed(value < 10 ? 2 : 0);
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function counted(lines: readonly string[]): [line: string, times: number][] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts];
}
