/** What a result says of a command that was watched. Times in milliseconds. @module */

import { z } from "zod";
import type { Read } from "./read.ts";

/** Why a command counts as hung. */
export const becauseSchema = z.enum(["deadline", "idle", "stop", "proof"]);

/** A command that was watched. */
export const watchedSchema = z.object({
  command: z.array(z.string()),
  // Why it counts as hung: its deadline passed; it did nothing for so long; it was sent the signal that must stop it, and
  // did not end in time; its own end is proven never to come. Null when it does not.
  because: becauseSchema.nullable(),
  // The bound that was passed; null when none was, and 0 for a proof.
  boundMs: z.number().nullable(),
  // How unwedge asked it to end, and how long it then took; null for a command that had to be killed, or ended by itself.
  asked: z.object({ signal: z.string(), endedMs: z.number().nullable() }).nullable(),
});

/** A command that was watched. */
export type WatchedCommand = Read<typeof watchedSchema>;
