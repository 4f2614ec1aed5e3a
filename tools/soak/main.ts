/**
 * The soak: what is too long for CI. Exit code 0 when nothing was wrong.
 *
 *     deno task soak                                   # all of it, about an hour on two cores
 *     deno task soak --repeat 10 --kills 10 --signals 5 # a taste
 *     deno task soak --only happy,spinning-child --kills 0 --signals 0
 *
 * @module
 */

import { flagsOrExit, scenarioNames } from "../flags.ts";
import { diagnoseLine, soakDiagnose } from "./diagnose.ts";
import { killHarnesses } from "./kill_harness.ts";
import { killInTriage } from "./kill_triage.ts";
import { killSubjects } from "./kill_subject.ts";
import { soakScenarios } from "./scenarios.ts";
import { rowText, soakSentinel } from "./sentinel.ts";

const { repeat, jobs, kills, signals, only } = flagsOrExit(
  "Usage: deno task soak [flags]\n\nWhat is too long for CI; all of it takes about an hour on two cores.",
  {
    repeat: { kind: "count", default: 100, about: "runs of each scenario, direction and load" },
    jobs: { kind: "count", default: 4, about: "runs at once" },
    kills: {
      kind: "count",
      default: 100,
      min: 0,
      about: "SIGKILLs of subjects; half as many of harnesses, and in triage",
    },
    signals: {
      kind: "count",
      default: 100,
      min: 0,
      about: "SIGINTs to each program whose main is stuck, idle and loaded",
    },
    only: {
      kind: "names",
      known: scenarioNames(),
      about: "the scenarios that are repeated and diagnosed",
    },
  },
);
let wrong = 0;

console.log(
  `soak: ${repeat} repetitions idle and ${repeat} loaded, of each scenario in both directions, ${jobs} at once`,
);
await soakScenarios({ repeat, jobs, only }, (row) => {
  report(`${row.name}, ${row.loaded ? "cores busy" : "idle"}: ${row.attempts} runs`, row.wrong);
});
await soakDiagnose(only, (row) => report(`diagnosed ${diagnoseLine(row)}`, row.wrong));
if (kills > 0) {
  const subjects = await killSubjects(kills);
  report(
    `subject killed: ${subjects.runs} runs, ${JSON.stringify(subjects.verdicts)}`,
    subjects.wrong,
  );
  const harnesses = await killHarnesses(Math.ceil(kills / 2));
  report(
    `harness killed: ${harnesses.runs} runs, ${JSON.stringify(harnesses.verdicts)}`,
    harnesses.wrong,
  );
}
if (kills > 0) {
  const triages = await killInTriage(Math.ceil(kills / 2));
  report(
    `killed in triage: ${triages.runs} runs, ${JSON.stringify(triages.verdicts)}`,
    triages.wrong,
  );
}
for (const loaded of signals > 0 ? [false, true] : []) {
  await soakSentinel({ repeat: signals, loaded }, (row) => report(rowText(row), row.wrong));
}
console.log(wrong === 0 ? "soak: nothing wrong" : `soak: ${wrong} things wrong`);
Deno.exit(wrong === 0 ? 0 : 1);

function report(what: string, complaints: readonly string[]): void {
  wrong += complaints.length;
  console.log(`${new Date().toISOString()} ${complaints.length === 0 ? "ok   " : "WRONG"} ${what}`);
  for (const complaint of complaints) console.log(`      ${complaint}`);
}
