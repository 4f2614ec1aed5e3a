/**
 * What happens when a run hangs: it is reported, a person is shown it (triage), or it waits for a debugger.
 *
 * Only a person is asked. Triage is offered by itself where all three streams are a terminal and nothing says that
 * there is no operator: not in CI, not with `--json`, `--events`, `--junit -` or `-q`, not when runs are counted
 * instead of looked at (`--repeat` without `--until-hang`, `--jobs`). stdout has to be a terminal too, because `unwedge
 * … | less` has a second reader of keys.
 *
 * @module
 */

import type { Invocation } from "../invocation.ts";
import { isForeground } from "./job.ts";
import type { ReproOptions } from "../verbs/repro_options.ts";
import { CommandLineError } from "../command_line_error.ts";

const MODES = ["report", "triage", "inspect"] as const;

/** What happens on a hang, and whether keys may be read. */
export interface OnHangChoice {
  readonly mode: typeof MODES[number];
  /** Whether the operator can press keys: while the run goes on, and in a menu. */
  readonly keys: boolean;
}

/** What the choice depends on beside the flags. */
export interface Surroundings {
  /** Whether stdin is a terminal, and this job has it: one that was started with `&` has not. */
  readonly inIsTerminal: boolean;
  /** Whether `CI` is set. */
  readonly ci: boolean;
}

/**
 * Chooses.
 *
 * @throws {CommandLineError} when triage was asked for by flag and there is no operator to press a key
 */
export function onHangOf(
  { settings, streams }: Pick<Invocation, "settings" | "streams">,
  { format, junit, amount, repeat, untilHang, jobs }: Pick<
    ReproOptions,
    "format" | "junit" | "amount" | "repeat" | "untilHang" | "jobs"
  >,
  { inIsTerminal, ci }: Surroundings = here(),
): OnHangChoice {
  const asked = settings.choice("on-hang", MODES);
  const input = !(settings.switch("no-input") ?? false);
  const keys = input && inIsTerminal && streams.errIsTerminal;
  if (asked === "triage" && !keys) {
    // From the environment or deno.json it is a wish for when there is a terminal.
    if (settings.where("on-hang") !== "--on-hang") return { mode: "report", keys: false };
    throw new CommandLineError(
      "--on-hang triage needs an operator at a terminal: stdin and stderr, in the foreground, and " +
        "no --no-input",
    );
  }
  if (asked !== null) return { mode: asked, keys: keys && asked !== "report" };
  const attended = keys && streams.outIsTerminal && !ci && format === "text" && junit !== "-" &&
    amount !== "quiet" && jobs === 1 && (repeat === 1 || untilHang);
  return { mode: attended ? "triage" : "report", keys: attended };
}

function here(): Surroundings {
  let ci: string | undefined;
  try {
    ci = Deno.env.get("CI");
  } catch {
    // Without the permission for a variable it counts as not set.
  }
  return {
    inIsTerminal: Deno.stdin.isTerminal() && isForeground(),
    ci: ci !== undefined && ci !== "" && ci !== "false",
  };
}
