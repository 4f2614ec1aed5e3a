/**
 * Everything that `watch` can be told, understood and checked before anything starts.
 *
 * @module
 */

import type { StacksShown } from "../../report/ci/detail.ts";
import type { CommandLimits } from "../../run/run_request.ts";
import { CommandLineError } from "../command_line_error.ts";
import { DEFAULTS } from "../defaults.ts";
import type { Invocation } from "../invocation.ts";
import { githubWanted, junitWanted, stacksWanted } from "../outputs_wanted.ts";
import type { Settings } from "../settings.ts";
import { amountOf, COLORS, positive } from "./repro_options.ts";

/** What was asked for. Times in milliseconds. */
export interface WatchCommandOptions extends StacksShown {
  readonly command: readonly string[];
  /** Infinity for none. */
  readonly deadlineMs: number;
  readonly graceMs: number;
  readonly limits: CommandLimits;
  /** Whether to wait for the deadline also when it is proven that the command does not end. */
  readonly awaitDeadline: boolean;
  readonly preload: boolean;
  /** Whether the line is kept at which each promise is made. */
  readonly sites: boolean;
  readonly samples: number;
  readonly sampleGapMs: number;
  readonly format: "text" | "json";
  readonly outDir: string | null;
  /** Where the JUnit file goes; `-` is stdout. */
  readonly junit: string | null;
  readonly github: boolean;
  readonly color: typeof COLORS[number] | null;
  readonly amount: "quiet" | "normal" | "verbose";
}

/** The signals that tell a program to stop. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/**
 * Reads the options of a call.
 *
 * @throws {CommandLineError} for a value that makes no sense, and for a command that does not stand after `--`
 */
export function watchOptions(
  { settings, words, argv }: Pick<Invocation, "settings" | "words" | "argv">,
): WatchCommandOptions {
  const command = commandOf(words, argv);
  const format = settings.switch("json") ? "json" : "text";
  return {
    command,
    deadlineMs: positive(settings, "deadline") ?? Infinity,
    graceMs: settings.duration("grace") ?? DEFAULTS.graceMs,
    awaitDeadline: settings.switch("await-deadline") ?? false,
    limits: { idleMs: positive(settings, "idle"), stop: stopOf(settings) },
    preload: settings.switch("preload") ?? true,
    sites: settings.switch("sites") ?? false,
    samples: settings.count("samples", 2) ?? DEFAULTS.samples,
    sampleGapMs: settings.duration("sample-gap") ?? DEFAULTS.sampleGapMs,
    format,
    outDir: settings.text("out-dir"),
    junit: junitWanted(settings, format),
    github: githubWanted(settings),
    ...stacksWanted(settings),
    color: settings.choice("color", COLORS),
    amount: amountOf(settings),
  };
}

/** What stands after `--`, and nothing before it: a flag of the command's must never be taken for one of ours. */
function commandOf(words: readonly string[], argv: readonly string[]): readonly string[] {
  const dashes = argv.indexOf("--");
  const command = dashes < 0 ? [] : argv.slice(dashes + 1);
  if (command.length === 0 || command[0] === "") {
    throw new CommandLineError(
      "watch needs a command after --",
      "for example: unwedge watch --deadline 60s -- deno test -A",
    );
  }
  const [before] = words;
  if (words.length === command.length || before === undefined) return command;
  throw new CommandLineError(
    `the command goes after --, and ${JSON.stringify(before)} stands before it`,
  );
}

function stopOf(settings: Settings): CommandLimits["stop"] {
  const afterMs = settings.duration("stop-after");
  if (afterMs === null) {
    for (const name of ["stop-signal", "stop-deadline"]) {
      if (settings.where(name) !== `--${name}`) continue;
      throw new CommandLineError(`--${name} belongs to --stop-after: write that, too`);
    }
    return null;
  }
  return {
    afterMs,
    signal: signalOf(settings),
    deadlineMs: positive(settings, "stop-deadline") ?? DEFAULTS.stopDeadlineMs,
  };
}

function signalOf(settings: Settings): Deno.Signal {
  const text = settings.text("stop-signal");
  if (text === null) return "SIGTERM";
  const upper = text.toUpperCase();
  const signal = STOP_SIGNALS.find((name) => name === upper || name === `SIG${upper}`);
  if (signal !== undefined) return signal;
  const names = STOP_SIGNALS.map((name) => name.slice(3)).join(", ");
  throw new CommandLineError(
    `${settings.where("stop-signal")} ${JSON.stringify(text)}: write one of ${names}`,
  );
}
