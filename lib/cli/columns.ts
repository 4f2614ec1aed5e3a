/** How wide what is written to stdout may be. @module */

import type { Streams } from "./streams.ts";

/** Columns of the terminal; Infinity where there is none, or it does not say. */
export function columnsOf({ outIsTerminal }: Pick<Streams, "outIsTerminal">): number {
  if (!outIsTerminal) return Infinity;
  try {
    return Deno.consoleSize().columns;
  } catch {
    return Infinity;
  }
}
