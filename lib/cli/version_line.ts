/**
 * The line of `-V`: everything a bug report has to name.
 *
 * @module
 */

import { VERSION } from "../version.ts";

/** `unwedge 0.1.0 (deno 2.9.6, v8 15.0, schema unwedge/result@1)`. */
export function versionLine(): string {
  return `unwedge ${VERSION} (deno ${Deno.version.deno}, v8 ${Deno.version.v8}, schema unwedge/result@1)`;
}
