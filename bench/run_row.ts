/**
 * Measures one row and prints its Outcome as JSON. Leaves by `Deno.exit`: a row may have stuck workers, and Deno would
 * wait for them.
 *
 * @module
 */

import type { Outcome } from "./row.ts";
import { measure, ROWS } from "./rows.ts";

const row = ROWS.find(({ name }) => name === Deno.args[0]);
if (row === undefined) throw new RangeError(`no row "${Deno.args[0]}"`);
let outcome: Outcome;
try {
  outcome = { kind: "measured", figures: await measure(row) };
} catch (error) {
  outcome = {
    kind: "failed",
    why: error instanceof Error ? error.stack ?? error.message : `${error}`,
  };
}
console.log(JSON.stringify(outcome));
Deno.exit(0);
