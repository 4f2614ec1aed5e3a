/** 96 healthy actors beside 16: what a large pool costs each of its actors more. See `teardown.ts`. @module */

import { compare, type Figures } from "../measure.ts";
import { actors } from "./teardown.ts";

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(actors(16), [actors(96)], { warmup: 0, rounds: 5, most: 9 });
}
