/**
 * The machine: what it is, how busy, and how many workers it has room for.
 *
 * @module
 */

import { type CheckGroup, type CheckOutcome, granted } from "../check.ts";

/** Measured: a worker keeps about 6.6 MB and 6 descriptors; a subject about 60 MB and 30 descriptors. */
const WORKER = { bytes: 7e6, files: 6, threads: 2 };
const SUBJECT = { bytes: 60e6, files: 40, threads: 12 };
/** The largest scenario starts so many workers at once. */
const MOST_WORKERS = 25;

/** The machine. */
export const MACHINE_CHECKS: CheckGroup = {
  title: "Machine",
  checks: [
    {
      id: "os",
      name: "system",
      needed: false,
      why: "what a report shows of threads and signals comes from Linux's /proc",
      look: () => judgeSystem(Deno.build.os, Deno.build.arch),
    },
    {
      id: "cores",
      name: "cores and load",
      needed: false,
      why: "a subject that gets no processor is late, and late is not hung",
      look: () => {
        const [load = null] = granted({ name: "sys", kind: "loadavg" }) ? Deno.loadavg() : [];
        return judgeLoad(navigator.hardwareConcurrency, load);
      },
    },
    {
      id: "memory",
      name: "memory",
      needed: false,
      why: "a worker keeps about 7 MB, and smoke runs 8 subjects for each core at once",
      look: () => {
        if (!granted({ name: "sys", kind: "systemMemoryInfo" })) return withoutPermission("sys");
        return judgeMemory(Deno.systemMemoryInfo().available);
      },
    },
    {
      id: "open-files",
      name: "open files",
      needed: false,
      why: `a worker takes about ${WORKER.files} descriptors`,
      look: () => judgeLimit("open files", limitOf(/^Max open files\s+(\S+)/m), "files"),
    },
    {
      id: "threads",
      name: "threads",
      needed: false,
      why: "a worker is a thread, and containers often allow few",
      look: () => {
        const limits = [limitOf(/^Max processes\s+(\S+)/m), cgroupLimit()].filter((n) =>
          n !== null
        );
        return judgeLimit("threads", limits.length === 0 ? null : Math.min(...limits), "threads");
      },
    },
  ],
};

/** Judges the operating system. */
export function judgeSystem(os: string, arch: string): CheckOutcome {
  if (os === "linux") return { kind: "ok", seen: `${os} ${arch}` };
  return {
    kind: os === "darwin" || os === "freebsd" ? "limited" : "missing",
    seen: `${os} ${arch}`,
    advice: "verdicts were tested on Linux alone; a container with Linux will do",
  };
}

/** Judges how busy the processors are; `load` is the average of one minute, null when it cannot be had. */
export function judgeLoad(cores: number, load: number | null): CheckOutcome {
  const seen = `${cores} ${cores === 1 ? "core" : "cores"}` +
    (load === null ? "" : `, load ${load.toFixed(1)}`);
  if (load !== null && load > 2 * cores) {
    const advice = "verdicts allow for it, times do not: measure when it is quiet";
    return { kind: "limited", seen: `${seen}: busy`, advice };
  }
  if (cores < 2) {
    const advice = "a spinning subject and its observer share one core: give long deadlines";
    return { kind: "limited", seen, advice };
  }
  return { kind: "ok", seen };
}

/** Judges the memory that is available, in bytes. */
export function judgeMemory(bytes: number): CheckOutcome {
  const seen = `${Math.round(bytes / 1e6)} MB available`;
  if (bytes >= 8 * SUBJECT.bytes + MOST_WORKERS * WORKER.bytes) return { kind: "ok", seen };
  return {
    kind: bytes < SUBJECT.bytes + MOST_WORKERS * WORKER.bytes ? "missing" : "limited",
    seen,
    advice: "take fewer runs at once (smoke --jobs 1), or more memory",
  };
}

/** Judges a limit by the largest scenario. */
export function judgeLimit(
  what: string,
  limit: number | null,
  kind: "files" | "threads",
): CheckOutcome {
  if (limit === null) {
    const advice = `ulimit -a shows it in the shell; ${MOST_WORKERS} workers must fit`;
    return { kind: "unknown", seen: `the limit of ${what} cannot be read here`, advice };
  }
  const workers = Math.max(0, Math.floor((limit - SUBJECT[kind]) / WORKER[kind]));
  if (limit === Infinity) return { kind: "ok", seen: "no limit" };
  const seen = `${limit}, enough for some ${workers} workers in a subject`;
  if (workers >= 2 * MOST_WORKERS) return { kind: "ok", seen };
  return {
    kind: workers >= MOST_WORKERS ? "limited" : "missing",
    seen,
    advice: kind === "files" ? "raise it: ulimit -n 4096" : "raise the limit of the container",
  };
}

function limitOf(pattern: RegExp): number | null {
  if (!granted({ name: "read" })) return null;
  try {
    return toLimit(pattern.exec(Deno.readTextFileSync("/proc/self/limits"))?.[1]);
  } catch {
    return null;
  }
}

function cgroupLimit(): number | null {
  if (!granted({ name: "read" })) return null;
  for (const path of ["/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"]) {
    try {
      return toLimit(Deno.readTextFileSync(path).trim());
    } catch {
      // Another version of cgroups, or none.
    }
  }
  return null;
}

function toLimit(text: string | undefined): number | null {
  if (text === "unlimited" || text === "max") return Infinity;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function withoutPermission(name: string): CheckOutcome {
  return { kind: "unknown", seen: `not allowed to look (${name})`, advice: "run with -A" };
}
