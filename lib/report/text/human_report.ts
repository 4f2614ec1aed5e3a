/** What a report for people is made of. @module */

import type { Attempt } from "../../model/result.ts";
import type { ClassSummary } from "./cause.ts";
import type { Commands } from "./next_step.ts";

/** What a report is made of. */
export interface HumanReport {
  readonly name: string;
  readonly summary: string;
  readonly attempt: Attempt;
  readonly exitCode: number;
  /** Why the run ends with another code than the verdict has (`endNote`). */
  readonly note?: string | null;
  /** The dump as text (`dump_text.ts`), or null when there is none, or it is not wanted. */
  readonly dumpText: string | null;
  readonly classText: ClassSummary | null;
  /** What the scenario declares to be enough. */
  readonly fixedBy: readonly string[];
  readonly commands: Commands;
  /** The command that runs the scenario again, with other remedies. */
  readonly replayWith: (remedies: readonly string[]) => string;
  /** Where the files are, as a person would type it. */
  readonly runDir: string;
  /** The path of the whole report, or the command that shows it. */
  readonly fullReport: string;
  /** Lines that stand before the verdict, for example counts of several attempts. */
  readonly closing: readonly string[];
  /** How much to say. `quiet`: the verdict alone. `verbose`: everything, also when nothing hangs. */
  readonly amount: "quiet" | "normal" | "verbose";
}
