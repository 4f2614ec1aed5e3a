/**
 * Offers a run to the operator, and waits for the decision how it goes on.
 *
 * Invariant: whoever is asked is never waited for once the person has asked for a stop, and when this returns nothing
 * is being done to the subject any more.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { HungBecause, HungDecision } from "./hung_run.ts";
import { OfferedRun, type OfferedRunHost } from "./offered_run.ts";
import { tenths } from "./tenths.ts";

/** How often a subject is looked after while its run stands before somebody. */
const LOOK_AFTER_MS = 20;

/** An orderly stop has 3 s in all (CLI.md); what is still being done to the subject then ends with it. */
const ENDING_MS = 1_500;

/**
 * Waits for the decision. Before the deadline the clock of the run stands meanwhile. A stop counts as the decision to end.
 *
 * @throws whatever `onHang` throws
 */
export async function awaitDecision(
  host: OfferedRunHost,
  because: HungBecause,
): Promise<HungDecision> {
  const { onHang, clock, emit, watch, subject, kill, stop } = host.parts;
  if (onHang === null) return { kind: "continue" };
  const goOn = because === "interrupted" ? clock.stand("standing") : () => {};
  const fromMs = epochNow();
  emit({ type: "standing", because });
  const standing = new OfferedRun(host, because);
  // The journal and the logs are looked after while nobody waits for the subject.
  const looking = setInterval(() => watch.look(), LOOK_AFTER_MS);
  try {
    if (because === "interrupted") await host.firstLook();
    const decision = watch.stopAsked ? null : await firstOf(onHang(standing), [stop, kill]);
    const then = decision?.kind ?? "stopped";
    emit({ type: "resumed", then, stoodMs: tenths(epochNow() - fromMs) });
    return decision ?? { kind: "end" };
  } finally {
    if (kill?.aborted) await subject.endGroup();
    await atMost(ENDING_MS, standing.end());
    clearInterval(looking);
    goOn();
  }
}

/** What `asked` answers; null when one of the signals comes first, whatever becomes of the answer then. */
async function firstOf<T>(
  asked: Promise<T>,
  signals: readonly (AbortSignal | null)[],
): Promise<T | null> {
  const stopped = Promise.withResolvers<null>();
  const stop = () => stopped.resolve(null);
  for (const signal of signals) signal?.addEventListener("abort", stop);
  try {
    return await Promise.race([asked, stopped.promise]);
  } finally {
    asked.catch(() => {});
    for (const signal of signals) signal?.removeEventListener("abort", stop);
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bound = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, bound]);
  clearTimeout(timer);
}
