/**
 * Before a hang is judged, the harness asks whether it, or another process that works on the subject, made it: a
 * pipe that is not emptied, a client of the inspector, a pause that was left behind, a stop, a clock that
 * ran without the subject.
 *
 * Invariant: what makes a verdict worthless is a reason for having none. What only colours it is evidence. When
 * nothing was done to the subject, that is said too, so that the reader knows that it was checked.
 *
 * @module
 */

import type { MainHeld } from "../dump/paused_main.ts";
import type { Evidence } from "../model/result.ts";
import { type Interference, readInterference } from "../os/interference.ts";
import type { QueuedThread } from "../os/queueing.ts";
import { diskFull } from "../os/disk.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { RunDumps } from "./run_dumps.ts";
import type { LiveRun } from "./live_run.ts";

/** What was seen when the hang was to be judged. */
export interface SelfCheckFacts {
  /** Taken before unwedge connected. */
  readonly seen: Interference;
  /** Asked only when there was a client, or a look before this one may have left something behind. */
  readonly held: MainHeld | "not-asked";
  /** Our own process id. */
  readonly ownPid: number;
  /** The subject's. Its reaper is a client of its own inspector while it works, which is no interference. */
  readonly subjectPid: number;
  /** Where the subject's output goes, with the separator at its end. */
  readonly runDir: string;
  /** Whether the subject's output goes to files of ours, and not to where the user had it. */
  readonly ownOutput: boolean;
  /** Null when the disk takes what is written there; else what it said. */
  readonly noRoom: string | null;
  /** Isolates that the look found paused, with no client connected. */
  readonly leftPaused: readonly string[];
  /** Whether we were still connected to the inspector when the look was over. */
  readonly stillConnected: boolean;
  /** For how long the subject was seen stopped by another process since teardown was requested. */
  readonly stoppedMs: number;
  /** The longest time for which the harness did not get to look. */
  readonly lateMs: number;
  /**
   * The thread of an isolate that waited longest for a processor since then; null when none did, or the kernel does not
   * tell.
   */
  readonly queued: QueuedThread | null;
  /** How long ago teardown was requested, pauses of ours left out. */
  readonly tornDownMs: number;
}

/** What the check says. */
export interface SelfCheck {
  /** Why no verdict can be given; null when one can. */
  readonly spoilt: string | null;
  readonly evidence: readonly Evidence[];
}

/** A stop that is shorter than this may have been missed, and lets no bound run out. */
const SHORTEST_STOP_MS = 50;

/**
 * A thread that stood in line for this part of the time got hardly anything done. That is no reason to judge nothing:
 * one that spins waits for its turn as often as others have theirs, and hangs all the same.
 */
const OVERLOADED = 0.8;
/** In less time than this one long turn of others makes the part that large. */
const SHORTEST_LOAD_MS = 100;

/** Standard output and error: files in the run directory, unless something else was put in their place. */
const OUTPUTS: ReadonlySet<number | null> = new Set([1, 2]);

/** Concludes. */
export function selfCheck(facts: SelfCheckFacts): SelfCheck {
  const spoilt = fullPipe(facts) ?? stop(facts) ?? pause(facts) ?? ownClient(facts);
  if (spoilt !== null) return { spoilt, evidence: [] };
  const notes = [noRoom(facts), foreignClient(facts), traced(facts), overload(facts)].filter((
    note,
  ) => note !== null);
  // The processes of a command were not asked for clients of their inspectors, so no clean bill is given.
  const details = notes.length > 0 || !facts.ownOutput ? notes : [clean(facts)];
  return {
    spoilt: null,
    evidence: details.map((detail) => ({ kind: "self-check", detail, ref: null })),
  };
}

function fullPipe({ seen, runDir, ownOutput }: SelfCheckFacts): string | null {
  if (!ownOutput) return null;
  const ours = seen.fullPipes.find(({ fd, target }) =>
    OUTPUTS.has(fd) || target?.startsWith(runDir)
  );
  if (ours === undefined) return null;
  const { thread, tid, target } = ours;
  return `thread ${thread} (tid ${tid}) of the subject is blocked in a write to ${
    target ?? "a pipe"
  }, which is full: what should read the subject's output does not, and so makes this hang`;
}

function stop({ seen, stoppedMs }: SelfCheckFacts): string | null {
  if (seen.stopped === "stopped") {
    return "the subject is stopped (SIGSTOP) by another process: nothing in it can run";
  }
  if (seen.stopped === "frozen") {
    return "the subject is frozen by another process (the freezer of its cgroup): nothing in it can run";
  }
  if (stoppedMs < SHORTEST_STOP_MS) return null;
  return `another process stopped the subject (SIGSTOP, or its cgroup frozen) for ${
    Math.round(stoppedMs)
  } ms while it tore ` +
    "down: the bounds inside it ran on meanwhile, and what they led to says nothing of the subject";
}

function pause({ held, seen, ownPid, leftPaused }: SelfCheckFacts): string | null {
  if (leftPaused.length > 0) {
    return `${
      leftPaused.join(" and ")
    } had been left paused by a debugger that is gone, and could ` +
      "not go on before this look let it";
  }
  if (held !== "paused") return null;
  const other = seen.clients.find(({ pid }) => pid !== ownPid);
  return other === undefined
    ? "main is paused by a debugger that is not connected any more: the pause was left behind"
    : `main is paused by another client of the inspector, ${named(other)}`;
}

function ownClient({ seen, ownPid, stillConnected }: SelfCheckFacts): string | null {
  if (!stillConnected && !seen.clients.some(({ pid }) => pid === ownPid)) return null;
  return "unwedge itself is still connected to the subject's inspector, which keeps a process from " +
    "exiting: a bug of unwedge, please report it";
}

function noRoom({ noRoom }: SelfCheckFacts): string | null {
  return noRoom === null
    ? null
    : `the run directory takes no more: ${noRoom}; output may be missing`;
}

function foreignClient({ seen, subjectPid }: SelfCheckFacts): string | null {
  const client = seen.clients.find(({ pid }) => pid !== subjectPid);
  if (client === undefined) return null;
  return `another client of the inspector is connected, ${
    named(client)
  }: main is not paused by it, ` +
    "but a worker may be, and the process does not exit while it stays";
}

function traced({ seen }: SelfCheckFacts): string | null {
  return seen.stopped === "traced" ? "a tracer held main at the moment of the look" : null;
}

function overload({ queued, tornDownMs }: SelfCheckFacts): string | null {
  if (queued === null || tornDownMs < SHORTEST_LOAD_MS) return null;
  if (queued.ms < OVERLOADED * tornDownMs) return null;
  return `this machine is overloaded: thread ${queued.thread} (tid ${queued.tid}) of the subject was ready to run ` +
    `and got no processor for ${Math.round(queued.ms)} of the ${Math.round(tornDownMs)} ms; ` +
    "what it does may be slow and no hang";
}

function clean({ seen, lateMs }: SelfCheckFacts): string {
  const outside = seen.seen
    ? "its output was not blocked, no client was connected to its inspector, nothing held or had " +
      "stopped it"
    : "the kernel tells nothing of the process here, so only the clock could be checked";
  return `not unwedge's doing: ${outside}; unwedge looked at most ${Math.round(lateMs)} ms late`;
}

function named({ pid, name }: { readonly pid: number | null; readonly name: string | null }) {
  return pid === null ? "of a process that cannot be named" : `process ${pid} (${name ?? "?"})`;
}

/** The self-check of one run. */
export class InterferenceCheck {
  readonly #live: LiveRun;
  #facts: SelfCheckFacts | null = null;

  constructor(live: LiveRun) {
    this.#live = live;
  }

  /** Before the hang is looked into, when no client of unwedge has connected for it. */
  async before(): Promise<SelfCheck> {
    const { watch, settings: { runDir }, log, clock, process, subject } = this.#live;
    const { wsUrl } = subject.inspector;
    const seen = this.#seen();
    let held: SelfCheckFacts["held"] = "not-asked";
    if (seen.clients.length > 0 && seen.stopped === "no" && wsUrl !== null) {
      const { mainIsHeld } = await import("../dump/paused_main.ts");
      held = await mainIsHeld(wsUrl);
    }
    this.#facts = {
      seen,
      held,
      ownPid: Deno.pid,
      subjectPid: process.pid,
      runDir: `${runDir}/`,
      ownOutput: subject.command === undefined,
      noRoom: diskFull(runDir),
      leftPaused: [],
      stillConnected: false,
      stoppedMs: watch.stoppedMs,
      lateMs: watch.maxGapMs,
      queued: watch.queued(),
      tornDownMs: log.clockStart === null ? 0 : clock.ran(log.clockStart, epochNow()),
    };
    return selfCheck(this.#facts);
  }

  /** After the last dump. */
  after(dumps: RunDumps): SelfCheck {
    if (this.#facts === null) throw new Error("after() comes after before()");
    const { process } = this.#live;
    return selfCheck({
      ...this.#facts,
      leftPaused: (dumps.dump?.isolates ?? []).filter(({ leftPaused }) => leftPaused === true)
        .map(({ id }) => id),
      // The operator or a probe may have ended it meanwhile, and then there is nothing to be connected to.
      stillConnected: process.exit === null &&
        this.#seen().clients.some(({ pid }) => pid === Deno.pid),
    });
  }

  #seen(): Interference {
    return readInterference(this.#live.process.pid, this.#live.subject.inspector.wsUrl);
  }
}
