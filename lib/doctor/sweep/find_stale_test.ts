import { assertEquals, assertStringIncludes } from "@std/assert";
import { findStale, runDirOfCommand, type RunRecord } from "./find_stale.ts";
import type { ProcessFacts, ProcessTable } from "../../os/process_table.ts";

const DENO = "/usr/bin/deno";
const US = { pid: 10, uid: 1000 };
const HARNESS = { pid: 50, startTime: 500 };
const RUN = "/home/me/.unwedge/runs/a";

function process(pid: number, facts: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    pid,
    parent: 1,
    group: pid,
    startTime: pid * 10,
    state: "S",
    uid: 1000,
    command: ["sleep", "600"],
    ...facts,
  };
}

const COMMAND = [
  "deno",
  "run",
  "--inspect-publish-uid=stderr",
  "file:///opt/unwedge/lib/subject/inside/main.ts",
  `${RUN}/subject-spec.json`,
];

/** The subject of a run in another checkout, adopted by process 1. */
function subject(facts: Partial<ProcessFacts> = {}): ProcessFacts {
  return process(60, { command: COMMAND, ...facts });
}

interface World {
  readonly executables?: Readonly<Record<number, string>>;
  readonly outputs?: Readonly<Record<number, readonly string[]>>;
  /** Command line of process 1. */
  readonly init?: readonly string[];
}

function table(processes: readonly ProcessFacts[], world: World = {}): ProcessTable {
  const init = process(1, { uid: 0, command: world.init ?? ["/sbin/init"] });
  return {
    processes: new Map(
      [init, process(US.pid, { command: ["deno", "doctor"] }), ...processes]
        .map((each) => [each.pid, each]),
    ),
    bootedAtMs: null,
    executableOf: (pid) => world.executables?.[pid] ?? null,
    outputsOf: (pid) => world.outputs?.[pid] ?? [],
  };
}

function record(facts: Partial<RunRecord> = {}): RunRecord {
  return {
    runDir: RUN,
    subject: { pid: 60, startTime: 600, harness: HARNESS },
    spec: { harnessPid: HARNESS.pid, scenarioUrl: "file:///x/sigint_starved.ts" },
    ...facts,
  };
}

/** Pids that would be ended, and those that are spared. */
function judged(
  processes: readonly ProcessFacts[],
  records: readonly RunRecord[],
  world: World = {},
): { readonly stale: number[]; readonly spared: number[] } {
  const { stale, spared } = findStale(table(processes, world), records, US);
  return { stale: stale.map(({ pid }) => pid), spared: spared.map(({ pid }) => pid) };
}

Deno.test("findStale finds a subject whose recorded harness is gone, with all facts about it", () => {
  const { stale } = findStale(table([subject({ state: "T" })]), [record()], US);
  assertEquals(stale, [{
    kind: "subject",
    pid: 60,
    startTime: 600,
    leadsGroup: true,
    state: "T",
    ageMs: null,
    runDir: RUN,
    scenario: "file:///x/sigint_starved.ts",
    because: "its harness, process 50, is gone",
  }]);
});

Deno.test("findStale spares a subject whose harness lives, whatever its parent is", () => {
  // Under strace, say, the parent is not the harness.
  const harness = process(HARNESS.pid);
  assertEquals(judged([subject(), harness], [record()]), { stale: [], spared: [60] });
});

Deno.test("findStale takes a harness's pid with another start time for gone, and a zombie too", () => {
  const reused = process(HARNESS.pid, { startTime: 501 });
  assertEquals(judged([subject(), reused], [record()]).stale, [60]);
  const zombie = process(HARNESS.pid, { state: "Z" });
  assertEquals(judged([subject(), zombie], [record()]).stale, [60]);
});

Deno.test("findStale never takes a pid with another start time", () => {
  const other = process(60, { startTime: 601 });
  assertEquals(judged([other], [record()]), { stale: [], spared: [60] });
  const { spared } = findStale(table([other]), [record()], US);
  assertStringIncludes(spared[0]?.because ?? "", "belongs to another process by now");
});

Deno.test("findStale never takes a process of another user, of its own process group, or itself", () => {
  assertEquals(judged([subject({ uid: 1001 })], [record()]), { stale: [], spared: [60] });
  assertEquals(judged([subject({ group: US.pid })], [record()]), { stale: [], spared: [60] });
  const us = record({ subject: { pid: US.pid, startTime: 100, harness: HARNESS } });
  assertEquals(judged([], [us]), { stale: [], spared: [] });
});

Deno.test("findStale finds a subject by pid and start time whose command line is not that of a subject", () => {
  assertEquals(judged([process(60)], [record()]).stale, [60]);
});

Deno.test("findStale asks the spec and the parent where no harness is recorded", () => {
  const old = record({ subject: { pid: 60, startTime: 600 } });
  assertEquals(judged([subject({ parent: 1 })], [old]).stale, [60]);
  const harness = process(HARNESS.pid);
  assertEquals(judged([subject({ parent: HARNESS.pid }), harness], [old]).stale, []);
});

Deno.test("findStale does not believe a record that was written about an earlier process of that pid", () => {
  // The run directory was used again: subject.json is of the run before, the spec of this one.
  const before = record({ subject: { pid: 60, startTime: 1, harness: HARNESS } });
  const harness = process(HARNESS.pid, { startTime: 777 });
  assertEquals(judged([subject({ parent: HARNESS.pid }), harness], [before]).stale, []);
});

Deno.test("findStale spares a subject whose files hold the pids of another namespace", () => {
  // It runs in a container that shares the directory: there it is process 7, and its harness process 2.
  const inside = record({
    subject: { pid: 7, startTime: 600, harness: { pid: 2, startTime: 590 } },
    spec: { harnessPid: 2, scenarioUrl: "file:///x/sigint_starved.ts" },
  });
  const harness = process(50, { command: ["deno", "run"] });
  assertEquals(judged([subject({ parent: 50 }), harness], [inside]), { stale: [], spared: [60] });
});

Deno.test("findStale spares a subject with another program between it and its harness", () => {
  // `strace -f deno run …`: what subject.json names is strace, and the harness is the grandparent.
  const strace = process(55, { parent: HARNESS.pid, command: ["strace", "-f", ...COMMAND] });
  const harness = process(HARNESS.pid);
  const inner = subject({ parent: 55, group: 55 });
  for (const recorded of [null, { pid: 55, startTime: 550 }]) {
    const traced = record({ subject: recorded });
    assertEquals(judged([inner, strace, harness], [traced]).stale, []);
    // And all of it is stale when the harness is gone.
    const orphan = [inner, { ...strace, parent: 1 }];
    assertEquals(judged(orphan, [traced]).stale.sort(), [55, 60]);
  }
});

Deno.test("findStale spares every process in the directory of a run whose harness lives", () => {
  const other = record({ subject: { pid: 55, startTime: 550, harness: HARNESS } });
  assertEquals(judged([subject(), process(HARNESS.pid)], [other]).stale, []);
});

Deno.test("findStale tells by its parent whether a subject without a run directory is an orphan", () => {
  const executables = { 60: DENO, 50: DENO };
  assertEquals(judged([subject({ parent: 1 })], [], { executables }).stale, [60]);
  const parent = process(50);
  assertEquals(judged([subject({ parent: 50 }), parent], [], { executables }), {
    stale: [],
    spared: [60],
  });
  assertEquals(judged([subject({ parent: 1 })], []).stale, [60], "by its name, init is no Deno");
  for (const init of [[], ["/usr/bin/deno", "run"]]) {
    assertEquals(judged([subject({ parent: 1 })], [], { init }), { stale: [], spared: [60] });
  }
});

Deno.test("findStale finds what a dead subject left in its group, if it writes to the logs of the run", () => {
  const member = process(61, { group: 60 });
  const outputs = { 61: [`${RUN}/stdout.log`] };
  assertEquals(judged([member], [record()], { outputs }).stale, [61]);
  assertEquals(judged([member], [record()]).stale, [], "the group alone is no proof");
  const harness = process(HARNESS.pid);
  assertEquals(judged([member, harness], [record()], { outputs }).stale, []);
});

Deno.test("findStale ends a warden with its stale subject, or without one, and never beside a live one", () => {
  const warden = process(70, {
    command: ["/bin/sh", "-c", "…", "unwedge-warden", "60", "600"],
  });
  assertEquals(judged([warden, subject()], [record()]).stale, [60, 70]);
  assertEquals(judged([warden], []).stale, [70]);
  const harness = process(HARNESS.pid);
  assertEquals(judged([warden, subject(), harness], [record()]).stale, []);
  const busy = { ...warden, parent: 50 };
  assertEquals(judged([busy, harness], [], { executables: { 50: DENO } }).stale, [], "its harness");
});

Deno.test("runDirOfCommand knows a subject by its entry, its spec and its inspector, and nothing else", () => {
  assertEquals(runDirOfCommand(COMMAND), RUN);
  assertEquals(
    runDirOfCommand(["vim", "lib/subject/inside/main.ts", `${RUN}/subject-spec.json`]),
    null,
  );
  assertEquals(runDirOfCommand(COMMAND.slice(0, -1)), null);
  assertEquals(runDirOfCommand([]), null);
});
