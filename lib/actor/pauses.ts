/**
 * How long this process has been stopped (Ctrl-Z at the terminal of whoever observes it), for the clock of its runtime:
 * bounds must not run out while nobody could do anything. See `lib/protocol/pauses.ts` for who writes it down.
 *
 * Invariant: a pause is known to an isolate before it computes anything with a time that lies behind it, because the
 * clock asks here whenever it is read after a leap, and the record is there before the process goes on.
 *
 * @module
 */

import { decodePause, PAUSE_BYTES, pausesPath } from "../protocol/pauses.ts";
import { setPauseReader } from "./clock.ts";

/** From now on the clock of this isolate leaves out the pauses of the run with this journal. */
export function leaveOutPauses(journalPath: string): void {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(pausesPath(journalPath), { read: true });
  } catch {
    // Nobody writes pauses down: whoever observes this process does not stop it.
    return;
  }
  const record = new Uint8Array(PAUSE_BYTES);
  setPauseReader(() => {
    const pauses: { fromMs: number; toMs: number }[] = [];
    while (file.readSync(record) === PAUSE_BYTES) {
      const { fromMs, toMs } = decodePause(record);
      pauses.push({
        fromMs: fromMs - performance.timeOrigin,
        toMs: toMs - performance.timeOrigin,
      });
    }
    return pauses;
  });
}
