/** The smallest actor: what it imports is the runtime's own, as Comlink's worker imports Comlink. @module */

import type { WireValue } from "../../mod.ts";

/** Gives back what it is given. */
export function echo(value: WireValue): WireValue {
  return value;
}
