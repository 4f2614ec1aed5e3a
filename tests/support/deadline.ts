/**
 * Waits for a deadline of a run to pass, as it would have on the wall: for tests in which it stands.
 *
 * @module
 */

import { delay } from "@std/async";
import { epochNow } from "../../lib/protocol/epoch.ts";
import { JournalReader } from "../../lib/protocol/journal_reader.ts";

/** When the run of that journal requested its teardown, in epoch milliseconds; null when it has not, or is not there. */
export function teardownAt(journalPath: string): number | null {
  try {
    const records = new JournalReader(journalPath).read();
    return records.find(({ kind }) => kind === "teardown-requested")?.t ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Returns when more than `deadlineMs` have passed since the run of that journal requested its teardown. */
export async function passed(journalPath: string, deadlineMs: number): Promise<void> {
  const at = teardownAt(journalPath);
  if (at === null) throw new Error(`no teardown was requested in ${journalPath}`);
  while (epochNow() <= at + deadlineMs) await delay(at + deadlineMs - epochNow() + 1);
}
