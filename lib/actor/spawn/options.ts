/**
 * How teardown is done: the bounds of the ladder and the remedies that are switched on. A library user who says
 * nothing gets every remedy; a scenario names the ones it wants, and what is not named is really absent.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import { UsageError } from "../errors.ts";

/** Bounds and remedies of one actor tree. Times in milliseconds. */
export interface TeardownOptions {
  /** How long a child may take to end after it was asked to. Default 500. */
  readonly softKillMs: number;
  /** How long `terminate()` may take to show effect. Default 500. */
  readonly hardKillMs: number;
  /** The bound that the remedy `bounded-join` puts on shielded joins. Default 500. */
  readonly joinMs: number;
  /** Names of the remedies that are on. */
  readonly remedies: ReadonlySet<string>;
}

/** The names of all remedies, as `--remedy all` means them. */
export const ALL_REMEDIES: ReadonlySet<string> = new Set(REMEDIES.map(({ name }) => name));

/**
 * What a library user gets who says nothing: all that wait until a child is in trouble, and stay inside of the runtime.
 * The sentinel is a worker from the first moment on, and owns a signal of the process; reap opens the inspector of the
 * process, through which any user of the machine can run code in it. A library does neither unasked.
 */
export const DEFAULT_REMEDIES: ReadonlySet<string> = new Set(
  [...ALL_REMEDIES].filter((name) => name !== "sentinel" && name !== "reap"),
);

/** The bounds that can be those of one actor. Times in milliseconds. */
export type KillBounds = Pick<TeardownOptions, "softKillMs" | "hardKillMs">;

/**
 * The bounds of one actor: its own, where it has some.
 *
 * @throws {UsageError} for a bound that is not at least 0
 */
export function boundsOf(own: Partial<KillBounds>, common: KillBounds): KillBounds {
  const bounds = {
    softKillMs: own.softKillMs ?? common.softKillMs,
    hardKillMs: own.hardKillMs ?? common.hardKillMs,
  };
  for (const [key, ms] of Object.entries(bounds)) assertBound(key, ms);
  return bounds;
}

function assertBound(key: string, ms: number): void {
  if (!(ms >= 0)) throw new UsageError(`${key} must be at least 0 ms, got ${ms}`);
}

/**
 * Completes what a caller left out.
 *
 * @throws {UsageError} for a remedy that does not exist or a bound that is not a positive number
 */
export function teardownOptions(
  given: Partial<Omit<TeardownOptions, "remedies">> & {
    readonly remedies?: Iterable<string>;
    readonly reap?: boolean;
  } = {},
): TeardownOptions {
  const usual = given.reap === true ? [...DEFAULT_REMEDIES, "reap"] : DEFAULT_REMEDIES;
  const options: TeardownOptions = {
    softKillMs: given.softKillMs ?? 500,
    hardKillMs: given.hardKillMs ?? 500,
    joinMs: given.joinMs ?? 500,
    remedies: new Set(given.remedies ?? usual),
  };
  for (const name of options.remedies) {
    if (!ALL_REMEDIES.has(name)) throw new UsageError(`there is no remedy "${name}"`);
  }
  for (const key of ["softKillMs", "hardKillMs", "joinMs"] as const) {
    assertBound(key, options[key]);
  }
  return options;
}
