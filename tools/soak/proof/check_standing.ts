/**
 * Holds the classes that need no proof against random programs with timers: classifies a program again and again while
 * it runs, and when a class says of waits that they stand, looks whether they still do after ten times the longest time
 * that anything in the program takes.
 *
 * Time is scaled: a millisecond of a program counts as one second of a hang.
 *
 * @module
 */

import { buildTaskTree, readSnapshot } from "../../../lib/dump/task_tree.ts";
import { snapshotText } from "../../../lib/actor/snapshot.ts";
import { classify } from "../../../lib/diagnose/classify.ts";
import { hangPath } from "../../../lib/diagnose/hang_path.ts";
import type { Facts } from "../../../lib/diagnose/facts.ts";
import type { IsolateSnapshot } from "../../../lib/protocol/snapshot.ts";
import type { Dump, DumpedTask, DumpedWait } from "../../../lib/model/dump.ts";
import { EMPTY_DUMP, IDLE_MAIN, orphaned } from "../../../tests/support/facts.ts";
import { seeded } from "../../../tests/support/random.ts";
import { LONGEST_MS, type Program, tickingProgram } from "./program.ts";
import { type RunningProgram, startProgram } from "./run_program.ts";

/** How it went. */
export interface StandingCounts {
  ended: number;
  /** It was not said to have one of the classes within the time. */
  undecided: number;
  /** How often each class was said, and the waits still stood afterwards. */
  readonly stood: Record<string, number>;
  /** What was said, and then did not stand. */
  readonly falseClasses: { readonly program: Program; readonly said: string }[];
}

const SCALE = 1_000;
/** So long a program is asked about. */
const ASKED_MS = 4 * LONGEST_MS;
/** So long what was said must hold. */
const STANDS_MS = 10 * LONGEST_MS;

const CLASSES = ["wait-cycle", "never-settled"];

/** Checks programs with consecutive seeds, one at a time. */
export async function checkStanding(
  { programs, seed }: { readonly programs: number; readonly seed: number },
): Promise<StandingCounts> {
  const counts: StandingCounts = { ended: 0, undecided: 0, stood: {}, falseClasses: [] };
  for (let next = seed; next < seed + programs; next++) await checkProgram(next, counts);
  return counts;
}

async function checkProgram(seed: number, counts: StandingCounts): Promise<void> {
  const program = tickingProgram(seed, seeded(seed));
  const running = startProgram(program);
  try {
    const claim = await claimOf(running);
    if (claim === null) {
      if (running.hasEnded()) counts.ended++;
      else counts.undecided++;
    } else if (await stands(claim, running)) {
      counts.stood[claim.name] = (counts.stood[claim.name] ?? 0) + 1;
    } else {
      counts.falseClasses.push({ program, said: `${claim.name}: ${claim.waits.join(", ")}` });
    }
  } finally {
    running.unwedge();
    await running.ended;
  }
}

/** A class, and the waits that it rests on. */
interface Claim {
  readonly name: string;
  readonly waits: readonly string[];
}

async function claimOf(running: RunningProgram): Promise<Claim | null> {
  for (const until = performance.now() + ASKED_MS; performance.now() < until;) {
    await turn();
    if (running.hasEnded()) return null;
    const snapshot = look();
    const facts = factsOf(snapshot, running);
    const { class: name } = classify(facts);
    if (name === null || !CLASSES.includes(name)) continue;
    const path = hangPath(facts);
    const steps = path?.kind === "cycle" ? path.steps.slice(path.entry) : path?.steps.slice(-1);
    const numbers = (steps ?? []).map(({ task }) => /^#\d+/.exec(task ?? "")?.[0]);
    const waits = waitsIn(snapshot);
    return { name, waits: waits.filter((wait) => numbers.includes(wait.split(" ")[0])) };
  }
  return null;
}

async function stands({ waits }: Claim, running: RunningProgram): Promise<boolean> {
  for (const until = performance.now() + STANDS_MS; performance.now() < until;) await turn();
  if (running.hasEnded()) return false;
  const now = waitsIn(look());
  return waits.length > 0 && waits.every((wait) => now.includes(wait));
}

/** Every task with its oldest wait, by when that began. */
function waitsIn({ tasks }: IsolateSnapshot): string[] {
  return tasks.map(({ id, parkedOn }) => {
    const since = Math.min(...parkedOn.map(({ sinceMs }) => sinceMs));
    return `#${id} ${parkedOn[0]?.kind ?? "moves"} since ${since}`;
  });
}

function look(): IsolateSnapshot {
  const outcome = readSnapshot(snapshotText());
  if (outcome.kind !== "ok") throw new Error(outcome.why);
  return outcome.snapshot;
}

function factsOf(snapshot: IsolateSnapshot, running: RunningProgram): Facts {
  const tree = buildTaskTree([{ isolate: "main", snapshot }]);
  const tasks = tree.tasks.map(scaled);
  const dump: Dump = { ...EMPTY_DUMP, ...tree, tasks, isolates: [IDLE_MAIN] };
  const at = { file: import.meta.url, line: 1, column: 1 };
  return {
    ...orphaned({ ladder: [], actors: [], dump }),
    proof: { kind: "not-provable", reasons: ["it was not tried"] },
    timers: running.foreignTimers() === 0
      ? []
      : [{ kind: "timer", repeats: false, ms: LONGEST_MS, fn: null, at }],
  };
}

function scaled(task: DumpedTask): DumpedTask {
  const { parkedOn, alsoParkedOn = [], sinceMs } = task;
  return {
    ...task,
    sinceMs: sinceMs === null ? null : sinceMs * SCALE,
    parkedOn: parkedOn === null ? null : { ...parkedOn, ...deadlineOf(parkedOn) },
    alsoParkedOn: alsoParkedOn.map((wait) => ({
      ...{ ...wait, ...deadlineOf(wait) },
      sinceMs: wait.sinceMs * SCALE,
    })),
  };
}

function deadlineOf({ deadlineInMs }: DumpedWait): Pick<DumpedWait, "deadlineInMs"> {
  return deadlineInMs === undefined ? {} : { deadlineInMs: deadlineInMs * SCALE };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
