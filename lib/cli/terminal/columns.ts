/** How wide what is written to a stream may be. @module */

import { terminalSize } from "../../os/terminal.ts";
import type { Streams } from "../streams.ts";

/** Columns of the terminal that a stream is; Infinity where it is none, or does not say. */
export function columnsOf(
  { outIsTerminal, errIsTerminal }: Pick<Streams, "outIsTerminal" | "errIsTerminal">,
  stream: "out" | "err" = "out",
): number {
  const isTerminal = stream === "out" ? outIsTerminal : errIsTerminal;
  return isTerminal ? terminalSize()?.columns ?? Infinity : Infinity;
}
