/** The functions that the rows about actors call. @module */

import type { ServedContext, WireValue } from "../../mod.ts";

/** Gives back what it is given. What is imported for it is the runtime's own, as Comlink's worker imports Comlink. */
export function echo(value: WireValue): WireValue {
  return value;
}

/** Sends `count` small messages as fast as the reader lets it. */
export async function produce(context: ServedContext, count: number): Promise<void> {
  context.started();
  for (let seq = 0; seq < count; seq++) await context.send({ seq, text: "tick" });
}
