/**
 * The soak: what is too long for CI. Exit code 0 when nothing was wrong.
 *
 *     deno task soak                                    # all of it, about an hour on two cores
 *     deno task soak --repeat 10 --kills 10 --signals 5 # a taste
 *     deno task soak --parts scenarios,diagnose --only happy,spinning-child
 *
 * @module
 */

import { flagsOrExit, scenarioNames } from "../flags.ts";
import { soakDiagnose } from "./diagnose.ts";
import { soakDecoder } from "./fuzz.ts";
import { soakHealthyPools } from "./healthy_pools.ts";
import { killHarnesses, killInTriage, killSubjects } from "./kill.ts";
import type { Row } from "./row.ts";
import { soakScenarios } from "./scenarios.ts";
import { soakSentinel } from "./sentinel.ts";

const { parts, repeat, jobs, kills, signals, messages, only } = flagsOrExit(
  "Usage: deno task soak [flags]\n\nWhat is too long for CI; all of it takes about an hour on two cores.",
  {
    parts: {
      kind: "names",
      known: ["scenarios", "diagnose", "kills", "sentinel", "frames", "pools"],
      about: "which of it",
    },
    repeat: { kind: "count", default: 100, about: "runs of each scenario, direction and load" },
    jobs: { kind: "count", default: 4, about: "runs at once" },
    kills: {
      kind: "count",
      default: 100,
      about: "SIGKILLs of subjects; half as many of harnesses, and in triage",
    },
    signals: {
      kind: "count",
      default: 100,
      about: "SIGINTs to each program whose main is stuck, idle and loaded",
    },
    messages: { kind: "count", default: 1_000_000, about: "bad messages to the decoder" },
    only: {
      kind: "names",
      known: scenarioNames(),
      about: "the scenarios that are repeated and diagnosed",
    },
  },
);

const PARTS: Readonly<Record<string, () => AsyncIterable<Row>>> = {
  scenarios: () => soakScenarios({ repeat, jobs, only }),
  diagnose: () => soakDiagnose(only),
  async *kills() {
    yield await killSubjects(kills);
    yield await killHarnesses(Math.ceil(kills / 2));
    yield await killInTriage(Math.ceil(kills / 2));
  },
  async *sentinel() {
    for (const loaded of [false, true]) yield* soakSentinel({ repeat: signals, loaded });
  },
  async *frames() {
    yield await Promise.resolve(soakDecoder(messages));
  },
  pools: () => soakHealthyPools(repeat),
};

let wrong = 0;
for (const part of parts.length === 0 ? Object.keys(PARTS) : parts) {
  for await (const row of PARTS[part]?.() ?? []) {
    wrong += row.wrong.length;
    const mark = row.wrong.length === 0 ? "ok   " : "WRONG";
    console.log(`${new Date().toISOString()} ${mark} ${row.name}: ${row.said}`);
    for (const complaint of row.wrong) console.log(`      ${complaint}`);
  }
}
console.log(wrong === 0 ? "soak: nothing wrong" : `soak: ${wrong} things wrong`);
Deno.exit(wrong === 0 ? 0 : 1);
