/**
 * The subject's end of the lifeline: a pipe whose write end only the harness holds. When the harness dies, however
 * it dies, the kernel closes that end, and the subject leaves instead of living on unseen.
 *
 * Invariant: the watch never keeps the process alive (that would falsify the process clock) and costs nothing that
 * the run could feel. A pending read of the pipe would break the first half: a read of a `Deno.FsFile` cannot be
 * unref'd. `net.Socket({fd}).unref()` breaks the second: loading node:net costs about 23 ms, and it refuses pipes
 * that are files (measured, Deno 2.9.6). So an unref'd timer asks for the parent's pid, which takes 0.4 ns; the
 * kernel closes a dying process's files before it gives its children a new parent, so once the pid has changed,
 * reading the pipe answers at once: end of file means the harness is gone, for good.
 *
 * A main isolate that is starved runs no timer. For that the harness keeps a warden (`lib/subject/warden.ts`).
 *
 * @module
 */

import { clearInterval, setInterval, unrefTimer } from "../../protocol/platform.ts";

/** How often the parent is looked at; with one look missed, a subject outlives its harness by half a second. */
const LOOK_EVERY_MS = 200;

/**
 * Calls `onGone` once, when the process that holds the other end of the pipe has gone.
 *
 * @param fd the read end of the lifeline, 3 in every subject
 * @param onGone what to do then; must leave without waiting for anybody
 * @param harnessPid the parent to expect; pass it where it is known, so that a harness that died before this call
 *   is noticed too
 * @returns stops the watch
 */
export function watchLifeline(
  fd: number,
  onGone: () => void,
  harnessPid: number = Deno.ppid,
): () => void {
  const timer = setInterval(() => {
    if (Deno.ppid === harnessPid) return;
    clearInterval(timer);
    void endOfFile(fd).then((gone) => gone && onGone());
  }, LOOK_EVERY_MS);
  unrefTimer(timer);
  return () => clearInterval(timer);
}

/** Whether the pipe ends. A pipe that cannot be opened has no holder that could be waited for. */
async function endOfFile(fd: number): Promise<boolean> {
  try {
    using pipe = await Deno.open(`/dev/fd/${fd}`, { read: true });
    const buffer = new Uint8Array(64);
    while (await pipe.read(buffer) !== null);
    return true;
  } catch {
    return true;
  }
}
