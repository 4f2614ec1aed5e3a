import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FACTS, REQUEST } from "../../../tests/support/scenario_facts.ts";
import { attemptOf } from "../../../tests/support/attempts.ts";
import { dumpTaken, type RunEvent } from "../run_event.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../run_request.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { DiagnosisReport, Trial } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import type { Dump } from "../../model/dump.ts";
import type { DiagnosisOptions } from "./copies.ts";
import { runDiagnosis } from "./engine.ts";
import { dumpOf, type Effects, hungWith } from "../../../tests/support/hung.ts";

const HANGS: ScenarioFacts = {
  ...FACTS,
  name: "seed",
  softKillMs: 500,
  hardKillMs: 500,
  deadlineMs: 3_000,
};

const RUN: RunRequest = { ...REQUEST, name: HANGS.name };

/** A subject that hangs as told, and what its copies answer to. */
interface World {
  readonly effects: Effects;
  readonly attempt?: Attempt;
  /** What the copy with this number (from 1) looks like; the first run's dump by default. */
  readonly copies?: (number: number) => Dump;
  readonly load?: ScenarioFacts["load"];
  /** Who was ended by force; the child by default. */
  readonly lost?: readonly string[];
  readonly request?: Partial<RunRequest>;
  readonly stop?: AbortSignal;
  /** How long the first run, and each copy, takes; no time at all by default. */
  readonly takes?: readonly [first: number, copy: number];
}

interface Seen {
  readonly outcome: RunOutcome;
  readonly diagnosis: DiagnosisReport | undefined;
  /** The directories of the copies, in the order of their starts. */
  readonly dirs: readonly string[];
  readonly requests: readonly RunRequest[];
  /** The most copies that stood at the same time. */
  readonly most: number;
  readonly told: readonly Trial[];
}

async function run(world: World): Promise<Seen> {
  const attempt = world.attempt ?? attemptOf(dumpOf());
  const dirs: string[] = [];
  const requests: RunRequest[] = [];
  const told: Trial[] = [];
  let standing = 0;
  let most = 0;
  let nowMs = 0;
  const [firstMs, copyMs] = world.takes ?? [0, 0];
  const parts: DiagnosisOptions = {
    request: { ...RUN, ...world.request },
    jobs: 16,
    now: () => nowMs,
    watch: world.stop === undefined ? {} : { stop: world.stop },
    makeDir: (dir) => {
      dirs.push(dir);
      return `/run/${dir}`;
    },
    onEvent: () => {},
    onReplica: () => () => {},
    onTrial: (trial) => told.push(trial),
    run: async (request, { onEvent, onHang }) => {
      if (onHang === undefined) {
        nowMs += firstMs;
        return firstRun(attempt, world, onEvent);
      }
      requests.push(request);
      const number = requests.length;
      const dump = world.copies?.(number) ?? attempt.dump ?? dumpOf();
      most = Math.max(most, ++standing);
      onEvent?.({
        atMs: 1,
        type: "scenario-loaded",
        name: HANGS.name,
        facts: HANGS,
        deadlineMs: 3_000,
      });
      await new Promise((resolve) => setTimeout(resolve));
      await onHang(hungWith(world.effects, dump, attempt.verdict === "leaked"));
      standing--;
      nowMs += copyMs;
      return { kind: "judged", facts: HANGS, attempt };
    },
  };
  const outcome = await runDiagnosis(parts);
  const diagnosis = outcome.kind === "judged" ? outcome.attempt.diagnosis : undefined;
  return { outcome, diagnosis, dirs, requests, most, told };
}

function firstRun(attempt: Attempt, world: World, onEvent: WatchOptions["onEvent"]): RunOutcome {
  const facts = world.load === undefined ? HANGS : { ...HANGS, load: world.load };
  const joined = attempt.verdict === "leaked";
  const events: RunEvent[] = [
    { atMs: 1, type: "scenario-loaded", name: facts.name, facts, deadlineMs: 3_000 },
  ];
  for (const peer of world.lost ?? ["root/stuck"]) {
    const rung = { rung: "hard-kill", step: "asked", effect: null } as const;
    events.push({ atMs: 1_000, type: "rung", actor: peer, ...rung });
  }
  if (attempt.verdict === "hung" || joined) {
    events.push({ atMs: 3_000, type: "deadline-passed", deadlineMs: 3_000, joined });
  }
  if (attempt.dump !== null) events.push({ atMs: 3_100, ...dumpTaken(attempt.dump) });
  else if (attempt.verdict !== "finished") {
    events.push({ atMs: 3_100, type: "dump-failed", why: "no" });
  }
  if (attempt.sigint !== null) {
    events.push({ atMs: 3_200, type: "sigint-sent" });
    events.push({ atMs: 3_207, type: "clock", which: "process-exited", afterMs: 207 });
  }
  for (const event of events) onEvent?.(event);
  return { kind: "judged", facts, attempt };
}

const SEED: Effects = {
  "channel-abort": "joined",
  "cancel-peer-tasks": "joined",
  reap: "ended",
};

Deno.test("runDiagnosis tries every remedy, and tells of each once", async () => {
  const { diagnosis, told } = await run({ effects: SEED });
  const names = diagnosis?.trials.map(({ name }) => name) ?? [];
  for (const { name } of REMEDIES) assertEquals(names.filter((each) => each === name).length, 1);
  assertEquals(names[0], "Ctrl-C");
  assertEquals(told.length, names.length - 1);
  assertEquals(diagnosis?.confirmation.kind, "confirmed");
  assertEquals(diagnosis?.smallest.nursery, "channel-abort");
});

Deno.test("runDiagnosis takes a fresh copy for everything that does something, and no copy for the rest", async () => {
  const { dirs, diagnosis } = await run({ effects: SEED });
  assertEquals(dirs.toSorted(), [
    "replicas/cancel-peer-tasks",
    "replicas/channel-abort",
    "replicas/reap",
  ]);
  assertEquals(diagnosis?.replicas, 3);
});

Deno.test("runDiagnosis takes another copy for what one was for that something unexpected used up", async () => {
  const { dirs, diagnosis } = await run({ effects: SEED, lost: [] });
  assertEquals(dirs.toSorted(), ["replicas/reap", "replicas/reap-2", "replicas/reap-3"]);
  assertEquals(diagnosis?.trials.find(({ name }) => name === "reap")?.where, "replicas/reap-3");
  assertEquals(diagnosis?.confirmation.kind, "confirmed");
});

Deno.test("runDiagnosis takes Ctrl-C from the first run, with the clocks that stopped after it", async () => {
  const { diagnosis, requests } = await run({ effects: SEED });
  const outcome = diagnosis?.trials[0]?.outcome;
  assertEquals(outcome?.kind === "applied" && outcome.clocks, {
    nurseryJoinedMs: 4,
    threadsGoneMs: null,
    processExitedMs: 7,
  });
  assert(requests.every(({ sigintProbe }) => !sigintProbe));
});

Deno.test("runDiagnosis tries Ctrl-C on a copy when the first run was not to", async () => {
  const { dirs, diagnosis } = await run({
    effects: { ...SEED, sigint: "joined" },
    request: { sigintProbe: false },
    attempt: attemptOf(dumpOf(), { sigint: null }),
  });
  assert(dirs.includes("replicas/Ctrl-C"), dirs.join());
  assertEquals(diagnosis?.trials.filter(({ name }) => name === "Ctrl-C").length, 1);
});

Deno.test("runDiagnosis of a run that does not hang starts no copy", async () => {
  const attempt = attemptOf(null, { verdict: "finished", class: null, sigint: null });
  const { diagnosis, dirs } = await run({ effects: SEED, attempt });
  assertEquals([diagnosis, dirs.length], [undefined, 0]);
});

Deno.test("runDiagnosis of a run that was stopped before its deadline starts no copy, though it was looked into", async () => {
  const attempt = attemptOf(dumpOf(), { verdict: "interrupted", class: null, sigint: null });
  const { diagnosis, dirs } = await run({ effects: SEED, attempt });
  assertEquals([diagnosis, dirs.length], [undefined, 0]);
});

Deno.test("runDiagnosis waits for its copies also when the first run fails", async () => {
  let copiesOver = 0;
  const parts: DiagnosisOptions = {
    request: RUN,
    jobs: 16,
    watch: {},
    makeDir: (dir) => dir,
    onEvent: () => {},
    onReplica: () => () => {},
    onTrial: () => {},
    run: async (_, { onEvent, onHang }) => {
      if (onHang === undefined) {
        firstRun(attemptOf(dumpOf()), { effects: SEED }, onEvent);
        throw new Error("the disk is full");
      }
      await new Promise((resolve) => setTimeout(resolve));
      copiesOver++;
      return { kind: "cannot-judge", message: "no" };
    },
  };
  await assertRejects(() => runDiagnosis(parts), Error, "the disk is full");
  assert(copiesOver > 0);
});

Deno.test("runDiagnosis replaces a copy that came to another hang, once", async () => {
  const parkedOn = { kind: "rpc", resource: "answer", peer: "root/x", peerState: "dead" } as const;
  const other = dumpOf({ parkedOn });
  const once = await run({
    effects: SEED,
    copies: (number) => number === 1 ? other : dumpOf(),
  });
  assertEquals(once.diagnosis?.confirmation.kind, "confirmed");
  assertEquals(once.diagnosis?.trials.some(({ outcome }) => outcome.kind === "void"), false);
  assert(once.dirs.some((dir) => dir.endsWith("-2")), once.dirs.join());
  const always = await run({ effects: SEED, copies: () => other });
  const kinds = always.diagnosis?.trials.slice(1).map(({ outcome }) => outcome.kind) ?? [];
  assertEquals(new Set(kinds), new Set(["void"]));
  assertEquals(always.diagnosis?.confirmation.kind, "unconfirmed");
});

Deno.test("runDiagnosis lets no more copies that spin run at once than there are cores", async () => {
  const cores = navigator.hardwareConcurrency;
  const { most } = await run({ effects: SEED, load: "spins" });
  assertEquals(most, Math.min(cores, 3));
  // Each of them is more than the machine can run.
  const [main, child] = dumpOf().isolates;
  if (main === undefined || child?.thread == null) throw new Error("the fixture has both");
  const spinning = { ...child, thread: { ...child.thread, state: "R" } };
  const dump = dumpOf({}, { isolates: [main, ...Array(cores + 1).fill(spinning)] });
  const crowded = await run({ effects: SEED, load: "spins", attempt: attemptOf(dump) });
  assertEquals(crowded.most, 1);
});

Deno.test("runDiagnosis stops when something small has helped and the time of three runs is up", async () => {
  const spins = { effects: SEED, load: "spins", takes: [1_000, 2_000] } as const;
  const { dirs, diagnosis } = await run(spins);
  assertEquals(dirs, ["replicas/channel-abort", "replicas/cancel-peer-tasks"]);
  const left = diagnosis?.trials.find(({ name }) => name === "reap")?.outcome;
  assertStringIncludes(left?.kind === "not-tried" ? left.why : "", "the time of three runs");
  // Nothing has helped: it goes on.
  const inVain = await run({ ...spins, effects: { "channel-abort": "in-vain", reap: "in-vain" } });
  assert(inVain.dirs.includes("replicas/reap"), inVain.dirs.join());
});

Deno.test("runDiagnosis of a leak tries only what lets the process go, and calls Ctrl-C needless", async () => {
  const attempt = attemptOf(dumpOf(), {
    verdict: "leaked",
    class: "exit-leak",
    sigint: null,
    leftovers: ["thread worker-1"],
  });
  const { diagnosis, dirs } = await run({ effects: { reap: "ended" }, attempt });
  assertEquals(dirs, ["replicas/reap"]);
  assertEquals(diagnosis?.smallest, { nursery: null, process: "reap" });
  assertEquals(diagnosis?.confirmation.kind, "confirmed");
  const sigint = diagnosis?.trials.find(({ name }) => name === "Ctrl-C")?.outcome;
  assertEquals(sigint?.kind, "not-tried");
});

Deno.test("runDiagnosis that is stopped says what was not tried", async () => {
  const { diagnosis, dirs } = await run({ effects: SEED, stop: AbortSignal.abort() });
  assertEquals(dirs, []);
  const kinds = diagnosis?.trials.slice(1).map(({ outcome }) => outcome.kind) ?? [];
  assertEquals(new Set(kinds), new Set(["not-tried"]));
  assertEquals(diagnosis?.trials.length, REMEDIES.length + 1);
});

Deno.test("runDiagnosis without a dump of the first run voids what it cannot compare", async () => {
  const { diagnosis } = await run({
    effects: SEED,
    attempt: attemptOf(null),
    copies: () => dumpOf(),
  });
  // Nothing is known of the first run's chain, so every copy counts by its class alone.
  assertEquals(diagnosis?.smallest.nursery, "channel-abort");
  assertEquals(diagnosis?.cause, null);
});

Deno.test("runDiagnosis says of a void trial why", async () => {
  const parkedOn = { kind: "rpc", resource: "another wait", peer: null, peerState: null };
  const other = dumpOf({ parkedOn });
  const { diagnosis } = await run({ effects: SEED, copies: () => other });
  const outcome = diagnosis?.trials.find(({ name }) => name === "reap")?.outcome;
  assertStringIncludes(outcome?.kind === "void" ? outcome.why : "", "rpc another wait");
});
