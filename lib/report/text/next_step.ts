/** What to do next with a run that is judged: the step that tells most, of those that it has not had yet. @module */

import type { Attempt } from "../../model/result.ts";
import { chainOf } from "./chain.ts";
import { place } from "./words.ts";

/** How the steps are typed. */
export interface Commands {
  readonly again: string;
  readonly diagnose: string;
  /** The same run with one flag more. */
  readonly againWith: (flag: string) => string;
  readonly explain: (className: string) => string;
  readonly doctor: string;
  /** The flags that the run had, each word by itself. */
  readonly flags: readonly string[];
}

/** The step, as a command or a sentence without its full stop. */
export function nextStep(attempt: Attempt, commands: Commands, here: string): string {
  const { verdict, class: name, diagnosis } = attempt;
  if (verdict !== "hung" && verdict !== "leaked") return commands.again;
  if (name === null || name === "unknown") return towardsClass(attempt, commands, here);
  return diagnosis === undefined ? commands.diagnose : commands.explain(name);
}

/** What could bring the facts that a class needs. */
function towardsClass(attempt: Attempt, commands: Commands, here: string): string {
  const { path, dump, sigint, diagnosis, verdict, phase } = attempt;
  const last = path?.steps.at(-1);
  if (last?.kind === "sleep" && last.resource !== "forever") {
    return "run it again with a longer --deadline: this wait ends by itself; if it hangs again, look " +
      "at what a loop around it asks for";
  }
  if (phase === "start" && chainOf(attempt).length === 0) {
    return "look for an await at the top of the file, or of one that it imports, and for an import " +
      "that loads slowly";
  }
  if (last?.kind === "unlabelled" && last.spawnedAt !== null) {
    return `name what it awaits, hold(promise, "what it is"), in the task of ` +
      `${place(last.spawnedAt, here).replace(/:\d+$/, "")}, and run it again`;
  }
  if (dump === null || dump.missing.length > 0) {
    return `${commands.doctor}   (says what keeps unwedge from looking inside)`;
  }
  if (verdict === "hung" && sigint === null && commands.flags.includes("--no-sigint-probe")) {
    return "the same without --no-sigint-probe: whether Ctrl-C is acted on tells classes apart";
  }
  if (diagnosis === undefined) return commands.diagnose;
  return commands.againWith("--samples 5");
}
