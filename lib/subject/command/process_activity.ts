/**
 * Whether one process has read or written anything since the last look, but for its own timers: a thread of Deno that a
 * timer wakes writes eight bytes to itself, to a counter of the kernel's (an eventfd) that nobody reads. Where another
 * thread has written, or another counter has grown, one has told another something.
 *
 * Invariant: what cannot be read counts as activity, and so does what is seen for the first time.
 *
 * @module
 */

import { descriptorsOf, namesIn, textOf } from "../../os/proc_files.ts";

/** Bytes read and written, reads and writes completed. */
export interface Transfers {
  readonly rchar: number;
  readonly wchar: number;
  readonly syscr: number;
  readonly syscw: number;
}

/** What the kernel tells of a process. */
export interface Kernel {
  /** Null when it does not tell. */
  transfers(pid: number): Transfers | null;
  /** Writes completed, by thread. */
  writes(pid: number): ReadonlyMap<string, number>;
  /** What counters have been raised to, by descriptor. */
  counters(pid: number): ReadonlyMap<string, number>;
}

/** Bytes of a write that raises a counter. */
const RAISE = 8;
/** The three are read one after the other, and a timer may fire in between. */
const TRIES = 3;

interface Written {
  readonly syscw: number;
  readonly writes: ReadonlyMap<string, number>;
  readonly counters: ReadonlyMap<string, number>;
}

/** Follows one process. */
export class ProcessActivity {
  readonly #pid: number;
  readonly #kernel: Kernel;
  #last: Transfers | null = null;
  /** Read when it had done nothing but what a timer may have been, so that the next time can be compared with it. */
  #base: Written | null = null;

  constructor(pid: number, kernel: Kernel = PROC) {
    this.#pid = pid;
    this.#kernel = kernel;
  }

  /** Whether it has done anything since the last look. */
  look(): boolean {
    const before = this.#last;
    const now = this.#last = this.#kernel.transfers(this.#pid);
    if (now === null || before === null) return true;
    const [bytes, writes] = [now.wchar - before.wchar, now.syscw - before.syscw];
    const reads = now.syscr !== before.syscr || now.rchar !== before.rchar;
    if (!reads && writes === 0) return bytes !== 0;
    const base = this.#base;
    this.#base = reads || bytes !== RAISE * writes ? null : this.#written();
    return base === null || this.#base === null || !isOneTimer(base, this.#base);
  }

  #written(): Written | null {
    for (let n = 0; n < TRIES; n++) {
      const before = this.#kernel.transfers(this.#pid);
      const writes = this.#kernel.writes(this.#pid);
      const counters = this.#kernel.counters(this.#pid);
      const after = this.#kernel.transfers(this.#pid);
      if (before === null || after?.syscw !== before.syscw) continue;
      this.#last = after;
      return { syscw: after.syscw, writes, counters };
    }
    return null;
  }
}

/** Whether one thread has raised one counter, and nothing else was written. */
function isOneTimer(before: Written, now: Written): boolean {
  const raised = now.syscw - before.syscw;
  return [growth(before.writes, now.writes), growth(before.counters, now.counters)]
    .every((grown) => grown.length === 1 && grown[0] === raised);
}

/** By how much those have grown that have changed. */
function growth(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number[] {
  return [...now].map(([name, value]) => value - (before.get(name) ?? 0))
    .filter((more) => more !== 0);
}

const PROC: Kernel = {
  transfers(pid) {
    const [rchar, wchar, syscr, syscw] = fieldsOf(`/proc/${pid}/io`);
    return rchar === undefined || wchar === undefined || syscr === undefined || syscw === undefined
      ? null
      : { rchar, wchar, syscr, syscw };
  },
  writes(pid) {
    return new Map(
      namesIn(`/proc/${pid}/task`).map((tid) => {
        const [, , , syscw = NaN] = fieldsOf(`/proc/${pid}/task/${tid}/io`);
        return [tid, syscw];
      }),
    );
  },
  counters(pid) {
    const counters = descriptorsOf(pid).filter(({ target }) => target === "anon_inode:[eventfd]");
    return new Map(counters.map(({ fd }) => {
      const text = textOf(`/proc/${pid}/fdinfo/${fd}`);
      const [, hex = ""] = /^eventfd-count:\s*([\da-f]+)$/m.exec(text) ?? [];
      return [String(fd), parseInt(hex, 16)];
    }));
  },
};

/** The first four numbers of an `io` file, in the order of {@linkcode Transfers}; none when it cannot be read. */
function fieldsOf(path: string): readonly number[] {
  return [...textOf(path).matchAll(/^\w+: (\d+)$/gm)].slice(0, 4).map(([, value]) => Number(value));
}
