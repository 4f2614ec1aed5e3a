/**
 * Notices when nothing moves in this isolate any more, and has it written down: one `waits` record when it has fallen
 * quiet, one `stirs` when it moves again. For isolates that keep a journal; a library user pays nothing for it.
 *
 * Invariant: an isolate whose latest record is `waits` has not run a line of the user's code since. `stirs` is written
 * before the first one (`activity.ts`), so whoever reads the journal up to any place sees every isolate as it was there.
 *
 * Quiet means some turns of the loop, not merely some time: a port hands over at least one message in each turn, a
 * lock is granted in one, so what was under way when the quiet began has arrived before it is written down, however
 * loaded the machine is.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import { setStirListener } from "./activity.ts";
import { observe } from "./identity.ts";
import { takeWaits } from "./waits.ts";

const TICK_MS = 5;
const QUIET_TICKS = 5;

/** Begins to watch this isolate. It never keeps the process alive. Returns how to stop. */
export function watchQuiet(): () => void {
  let moved = true;
  let written = false;
  let quietTicks = 0;
  let sinceMs = epochNow();
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(tick, TICK_MS);
    Deno.unrefTimer(timer);
  };
  const tick = () => {
    if (moved) {
      moved = false;
      quietTicks = 0;
      sinceMs = epochNow();
    } else if (++quietTicks >= QUIET_TICKS) {
      const waits = takeWaits(sinceMs);
      // To describe a wait can call what the program has given it for a name.
      if (!moved) {
        written = true;
        observe({ kind: "waits", waits });
        return;
      }
    }
    wait();
  };
  setStirListener(() => {
    moved = true;
    if (!written) return;
    written = false;
    observe({ kind: "stirs" });
    wait();
  });
  wait();
  return () => {
    setStirListener(null);
    clearTimeout(timer);
  };
}
