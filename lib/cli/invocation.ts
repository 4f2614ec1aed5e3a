/**
 * What a verb is handed: the words that were typed, sorted, and the two streams. A verb touches neither `Deno.args`
 * nor `Deno.stdout` by itself, so it can be called from a test.
 *
 * @module
 */

import type { RunTools } from "../run/run_tools.ts";
import type { Settings } from "./settings.ts";
import type { Streams } from "./streams.ts";

/** One call of one verb. */
export interface Invocation {
  readonly verb: string;
  /** The words that are not flags, without the verb. */
  readonly words: readonly string[];
  readonly settings: Settings;
  readonly streams: Streams;
  /** Everything that was typed, for the record. */
  readonly argv: readonly string[];
  /** What a run borrows from elsewhere, for tests; undefined: the real tools. */
  readonly tools: RunTools | undefined;
}
