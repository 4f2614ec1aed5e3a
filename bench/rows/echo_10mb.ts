/** 10 MB there and back; see `bulk.ts`. @module */

import type { Figures } from "../measure.ts";
import { measureBulk } from "./bulk.ts";

/** Measures the row. */
export function measure(): Promise<Figures> {
  return measureBulk(10_000_000, 11);
}
