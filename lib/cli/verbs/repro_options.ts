/**
 * Everything that `repro` can be told, understood and checked before anything starts.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import { DEFAULTS } from "../defaults.ts";
import type { Invocation } from "../invocation.ts";
import { githubWanted, junitWanted, stacksWanted } from "../outputs_wanted.ts";
import type { Settings } from "../settings.ts";
import { CommandLineError } from "../command_line_error.ts";
import { loadLater } from "../../os/load_later.ts";

/** When colour is used. */
export const COLORS = ["auto", "always", "never"] as const;
/** Seeds are 32 bits, so that they are short enough to type again. */
const SEED_LIMIT = 2 ** 32;

/** What was asked for. Times in milliseconds; null means "as the scenario declares". */
export interface ReproOptions extends StacksShown {
  readonly set: Readonly<Record<string, string>>;
  readonly remedies: readonly string[];
  readonly seed: number;
  readonly deadlineMs: number | null;
  readonly settleMs: number | null;
  readonly softKillMs: number | null;
  readonly hardKillMs: number | null;
  readonly graceMs: number;
  readonly slowMs: number;
  readonly sigintProbe: boolean;
  readonly awaitDeadline: boolean;
  readonly samples: number;
  readonly sampleGapMs: number;
  /** Infinity with `--until-hang` alone. */
  readonly repeat: number;
  readonly untilHang: boolean;
  readonly failFast: boolean;
  readonly jobs: number;
  readonly format: "text" | "json" | "events";
  readonly outDir: string | null;
  /** Where the JUnit file goes; `-` is stdout. */
  readonly junit: string | null;
  /** Whether GitHub Actions reads what is written. */
  readonly github: boolean;
  readonly color: typeof COLORS[number] | null;
  readonly amount: "quiet" | "normal" | "verbose";
}

/**
 * Reads the options of a call.
 *
 * @throws {CommandLineError} for a value that makes no sense, and for flags that exclude each other
 */
export async function reproOptions({ settings }: Invocation): Promise<ReproOptions> {
  const untilHang = settings.switch("until-hang") ?? false;
  const format = formatOf(settings);
  return {
    set: settings.pairs("set"),
    remedies: await remediesOf(settings),
    seed: seedOf(settings),
    deadlineMs: positive(settings, "deadline"),
    settleMs: settings.duration("settle"),
    softKillMs: settings.duration("soft-kill"),
    hardKillMs: settings.duration("hard-kill"),
    graceMs: settings.duration("grace") ?? DEFAULTS.graceMs,
    slowMs: positive(settings, "slow") ?? DEFAULTS.slowMs,
    sigintProbe: settings.switch("sigint-probe") ?? true,
    awaitDeadline: settings.switch("await-deadline") ?? false,
    samples: settings.count("samples", 2) ?? DEFAULTS.samples,
    sampleGapMs: settings.duration("sample-gap") ?? DEFAULTS.sampleGapMs,
    repeat: settings.count("repeat", 1) ?? (untilHang ? Infinity : 1),
    untilHang,
    failFast: settings.switch("fail-fast") ?? false,
    jobs: settings.count("jobs", 1) ?? 1,
    format,
    outDir: settings.text("out-dir"),
    junit: junitWanted(settings, format),
    github: githubWanted(settings),
    ...stacksWanted(settings),
    color: settings.choice("color", COLORS),
    amount: amountOf(settings),
  };
}

async function remediesOf(settings: Settings): Promise<readonly string[]> {
  const names = settings.names("remedy") ?? [];
  const known = REMEDIES.map(({ name }) => name);
  if (names.length === 1 && names[0] === "none") return [];
  if (names.length === 1 && names[0] === "all") return known;
  for (const name of names) {
    if (known.includes(name)) continue;
    const where = settings.where("remedy");
    if (name === "all" || name === "none") {
      throw new CommandLineError(`${where}: ${name} stands alone, without other names`);
    }
    const { didYouMean } = await loadLater<typeof import("../../protocol/suggest.ts")>(
      import.meta.resolve("../../protocol/suggest.ts"),
    );
    throw new CommandLineError(
      `${where}: there is no remedy ${JSON.stringify(name)}${didYouMean(name, known)}`,
      `remedies: ${known.join(", ")}; or all, or none`,
    );
  }
  // In the table's order and once each: the same set is the same run, however it was typed.
  return known.filter((name) => names.includes(name));
}

function seedOf(settings: Settings): number {
  const given = settings.count("seed", 0);
  if (given === null) return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  if (given < SEED_LIMIT) return given;
  throw new CommandLineError(
    `${settings.where("seed")} ${given}: write a number below ${SEED_LIMIT}`,
  );
}

/** A duration that is longer than nothing, or null. @throws {CommandLineError} when it is nothing */
export function positive(settings: Settings, name: string): number | null {
  const ms = settings.duration(name);
  if (ms !== 0) return ms;
  throw new CommandLineError(`${settings.where(name)} 0: write a duration longer than nothing`);
}

function formatOf(settings: Settings): ReproOptions["format"] {
  const json = settings.switch("json") ?? false;
  const events = settings.switch("events") ?? false;
  if (json && events) {
    throw new CommandLineError(
      "--json and --events both want stdout; both are in the run directory anyway",
    );
  }
  return json ? "json" : events ? "events" : "text";
}

/** How much is told. @throws {CommandLineError} for both flags */
export function amountOf(settings: Settings): ReproOptions["amount"] {
  const quiet = settings.switch("quiet") ?? false;
  const verbose = settings.switch("verbose") ?? false;
  if (quiet && verbose) throw new CommandLineError("-q and -v exclude each other");
  return quiet ? "quiet" : verbose ? "verbose" : "normal";
}
