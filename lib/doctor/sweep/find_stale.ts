/**
 * Which processes are subjects without a harness. Pure: it judges a process table and the records of run directories,
 * and ends nothing.
 *
 * Invariant: a process is called stale only when it is identified (by pid and start time, or by a command line that
 * only a subject has), belongs to the same user, and has lost its harness. When one of the three is unknown, the
 * process is spared, with the reason. A pid alone proves nothing, because pids are reused.
 *
 * @module
 */

import type { SparedProcess, StaleProcess } from "../../model/doctor.ts";
import type { ProcessIdentity, SubjectIdentity } from "../../subject/subject_identity.ts";
import { type ProcessFacts, type ProcessTable, startedAtMs } from "../../os/process_table.ts";

/** What is known of a run from its directory. */
export interface RunRecord {
  readonly runDir: string;
  /** Of `subject.json`; null when there is none. */
  readonly subject: SubjectIdentity | null;
  /** Of `subject-spec.json`; null when there is none. */
  readonly spec: { readonly harnessPid: number | null; readonly scenarioUrl: string } | null;
}

/** A stale process before anything was done to it. */
export type StaleCandidate = Omit<StaleProcess, "outcome">;

/** Who looks. */
export interface Sweeper {
  readonly pid: number;
  readonly uid: number;
}

/** What was found. */
export interface Found {
  readonly stale: readonly StaleCandidate[];
  readonly spared: readonly SparedProcess[];
}

type HarnessState =
  | { readonly kind: "gone" | "alive"; readonly because: string }
  | { readonly kind: "unknown"; readonly because: string };

/** The run directory that a process names, when its command line is that of a subject; else null. */
export function runDirOfCommand(command: readonly string[]): string | null {
  const spec = command.at(-1) ?? "";
  const entry = command.at(-2) ?? "";
  const isSubject = spec.endsWith("/subject-spec.json") &&
    entry.endsWith("/lib/subject/inside/main.ts") &&
    command.includes("--inspect-publish-uid=stderr");
  return isSubject ? spec.slice(0, -"/subject-spec.json".length) : null;
}

/**
 * Judges every process.
 *
 * @param table all processes
 * @param records the runs whose directories are known, those that command lines name included
 * @param sweeper this process; neither it nor a member of its process group is ever a candidate
 */
export function findStale(
  table: ProcessTable,
  records: readonly RunRecord[],
  sweeper: Sweeper,
): Found {
  const stale = new Map<number, StaleCandidate>();
  const spared = new Map<number, SparedProcess>();
  const ownGroup = table.processes.get(sweeper.pid)?.group ?? sweeper.pid;
  const consider = (
    facts: ProcessFacts,
    kind: StaleCandidate["kind"],
    record: RunRecord | null,
    harness: HarnessState,
  ): void => {
    if (facts.pid === sweeper.pid || facts.state === "Z" || stale.has(facts.pid)) return;
    const spare = facts.group === ownGroup
      ? "it is in the process group of this command"
      : facts.uid !== sweeper.uid
      ? `it runs as user ${facts.uid}, not as ${sweeper.uid}`
      : harness.kind !== "gone"
      ? harness.because
      : null;
    if (spare !== null) spared.set(facts.pid, { pid: facts.pid, because: spare });
    else stale.set(facts.pid, candidate(table, facts, kind, record, harness.because));
  };

  for (const facts of table.processes.values()) {
    const runDir = runDirOfCommand(facts.command);
    if (runDir === null) continue;
    const record = records.find((each) => each.runDir === runDir) ?? null;
    consider(facts, "subject", record, harnessOf(table, facts, record));
  }
  for (const record of records) {
    if (record.subject === null) continue;
    const { pid, startTime } = record.subject;
    const facts = table.processes.get(pid);
    if (facts === undefined) {
      for (const member of membersLeft(table, record)) {
        consider(member, "member", record, harnessOfRecord(table, record));
      }
    } else if (facts.startTime === startTime) {
      consider(facts, "subject", record, harnessOf(table, facts, record));
    } else if (!stale.has(pid)) {
      const because = `pid ${pid} of ${record.runDir} belongs to another process by now`;
      spared.set(pid, { pid, because });
    }
  }
  for (const facts of table.processes.values()) {
    const watched = watchedBy(facts.command);
    if (watched === null) continue;
    consider(facts, "warden", null, wardenState(table, facts, watched, stale));
  }
  return {
    stale: [...stale.values()],
    spared: [...spared.values()].filter(({ pid }) => !stale.has(pid)),
  };
}

/**
 * Whether the harness of a living subject still runs. The subject need not be its child: strace may stand between.
 */
function harnessOf(
  table: ProcessTable,
  facts: ProcessFacts,
  record: RunRecord | null,
): HarnessState {
  const { subject, spec } = record ?? { subject: null, spec: null };
  const recorded = subject?.harness ?? null;
  const byRecord = recorded === null ? null : byIdentity(table, recorded);
  if (byRecord?.kind === "alive") return byRecord;
  const harnessPid = spec?.harnessPid ?? null;
  if (harnessPid !== null && ancestorsOf(table, facts).includes(harnessPid)) {
    return { kind: "alive", because: `its harness, process ${harnessPid}, runs` };
  }
  // The record that a harness is gone counts only for the process that the record is about.
  if (byRecord !== null && subject?.pid === facts.pid && subject.startTime === facts.startTime) {
    return byRecord;
  }
  const adopted = `process ${facts.parent} has adopted it`;
  // The files may come from another pid namespace (a container that shares the directory): other pids than here.
  if (mayBeHarness(table, facts.parent, table.executableOf(facts.pid)) === true) {
    return { kind: "alive", because: `its parent, process ${facts.parent}, may be its harness` };
  }
  if (harnessPid !== null) {
    return { kind: "gone", because: `its harness, process ${harnessPid}, is gone; ${adopted}` };
  }
  // Only its parent is left to judge by.
  return mayBeHarness(table, facts.parent, table.executableOf(facts.pid)) === null
    ? { kind: "unknown", because: "no record names its harness" }
    : { kind: "gone", because: `its run directory is gone and ${adopted}` };
}

function ancestorsOf(table: ProcessTable, { parent }: ProcessFacts): number[] {
  const found: number[] = [];
  for (let pid = parent; pid > 0 && !found.includes(pid);) {
    found.push(pid);
    pid = table.processes.get(pid)?.parent ?? 0;
  }
  return found;
}

/**
 * Whether a process may be a harness: a harness runs the same program as its subject, and a process that adopts orphans
 * does not. Null when it cannot be told. Of another user's process only the name of the program is known.
 */
function mayBeHarness(table: ProcessTable, pid: number, subject: string | null): boolean | null {
  const program = table.executableOf(pid) ?? table.processes.get(pid)?.command[0] ?? "";
  if (program === "") return null;
  return program === subject || /(?:^|\/)deno$/.test(program);
}

function harnessOfRecord(table: ProcessTable, record: RunRecord): HarnessState {
  const harness = record.subject?.harness;
  if (harness === undefined) {
    return { kind: "unknown", because: "no record names its harness" };
  }
  return byIdentity(table, harness);
}

function byIdentity(table: ProcessTable, harness: ProcessIdentity): HarnessState {
  const { pid, startTime } = harness;
  const facts = table.processes.get(pid);
  if (facts !== undefined && facts.startTime === startTime && facts.state !== "Z") {
    return { kind: "alive", because: `its harness, process ${pid}, runs` };
  }
  return { kind: "gone", because: `its harness, process ${pid}, is gone` };
}

/**
 * Processes that a subject started and left behind: they are in its group, and write to the logs of the run. The group
 * alone is no proof, since its number may have been reused, too.
 */
function membersLeft(table: ProcessTable, { runDir, subject }: RunRecord): ProcessFacts[] {
  const logs = [`${runDir}/stdout.log`, `${runDir}/stderr.log`];
  return [...table.processes.values()].filter(({ pid, group }) =>
    group === subject?.pid && table.outputsOf(pid).some((path) => logs.includes(path))
  );
}

/** The subject that a warden watches, null for any other process. */
function watchedBy(command: readonly string[]): ProcessIdentity | null {
  const at = command.indexOf("unwedge-warden");
  const pid = Number(command[at + 1]);
  const startTime = Number(command[at + 2]);
  return at >= 0 && pid > 0 && startTime > 0 ? { pid, startTime } : null;
}

/** A warden is stale when its subject is gone or stale, and its parent, which was a harness, is gone. */
function wardenState(
  table: ProcessTable,
  warden: ProcessFacts,
  watched: ProcessIdentity,
  stale: ReadonlyMap<number, StaleCandidate>,
): HarnessState {
  const subject = table.processes.get(watched.pid);
  const lives = subject?.startTime === watched.startTime && subject.state !== "Z";
  if (lives && !stale.has(watched.pid)) {
    return { kind: "alive", because: `it watches process ${watched.pid}, whose harness runs` };
  }
  if (mayBeHarness(table, warden.parent, table.executableOf(watched.pid)) !== false) {
    return {
      kind: "unknown",
      because: `process ${warden.parent} may be the harness that started it`,
    };
  }
  return { kind: "gone", because: `process ${watched.pid}, which it watched, is gone or stale` };
}

function candidate(
  table: ProcessTable,
  facts: ProcessFacts,
  kind: StaleCandidate["kind"],
  record: RunRecord | null,
  because: string,
): StaleCandidate {
  const startedMs = startedAtMs(table, facts.startTime);
  return {
    kind,
    pid: facts.pid,
    startTime: facts.startTime,
    leadsGroup: facts.group === facts.pid,
    state: facts.state,
    ageMs: startedMs === null ? null : Math.max(0, Math.round(Date.now() - startedMs)),
    runDir: record?.runDir ?? runDirOfCommand(facts.command),
    scenario: record?.spec?.scenarioUrl ?? null,
    because,
  };
}
