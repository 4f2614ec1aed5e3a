/**
 * What a scenario is: one file, one hang, with what it claims about itself. Everything that is claimed here is checked
 * by running it: with no remedy it must come out as `expected`, with `fixedBy` on it must finish inside the deadline.
 *
 * @module
 */

import { readDuration } from "../../protocol/duration.ts";
import type { ScenarioExpectation } from "../../protocol/journal_event.ts";

type Owner = NonNullable<ScenarioExpectation["owner"]>;

/** A parameter that `--set name=value` can set. */
export interface Param<T> {
  /** What it does, in one line. */
  readonly about: string;
  /** How the default is written. */
  readonly default: string;
  /**
   * Reads a value as written on the command line.
   *
   * @throws {ParamError} when it makes no sense
   */
  readonly read: (text: string) => T;
}

/** A parameter was given a value that it cannot take. The message goes after the parameter's name. */
export class ParamError extends Error {
  /** Always `ParamError`. */
  override readonly name = "ParamError";
}

/** A duration in milliseconds, written with its unit. */
export function durationParam(defaultText: string, about: string): Param<number> {
  return { about, default: defaultText, read: readMs };
}

/** A duration in milliseconds, or `none` for null. */
export function optionalDurationParam(defaultText: string, about: string): Param<number | null> {
  return { about, default: defaultText, read: (text) => text === "none" ? null : readMs(text) };
}

/** A whole number from `min` to `max`. */
export function countParam(
  defaultCount: number,
  about: string,
  { min = 0, max = 1_000_000 }: { readonly min?: number; readonly max?: number } = {},
): Param<number> {
  return {
    about,
    default: String(defaultCount),
    read(text) {
      const count = Number(text);
      if (text.trim() === "" || !Number.isInteger(count) || count < min || count > max) {
        throw new ParamError(
          ` ${JSON.stringify(text)} is not a whole number from ${min} to ${max}`,
        );
      }
      return count;
    },
  };
}

/** One of several words; the first one is the default. */
export function choiceParam<const T extends string>(
  words: readonly [T, ...T[]],
  about: string,
): Param<T> {
  return {
    about,
    default: words[0],
    read(text) {
      const word = words.find((word) => word === text);
      if (word === undefined) {
        throw new ParamError(` ${JSON.stringify(text)} is not one of ${words.join(", ")}`);
      }
      return word;
    },
  };
}

function readMs(text: string): number {
  const read = readDuration(text);
  if (!read.ok) throw new ParamError(read.problem);
  return read.ms;
}

/** Bounds of a run, in milliseconds. */
export interface ScenarioTiming {
  /** How long the program runs before it tears down. */
  readonly settleMs: number;
  /** How long a child may take to end after it was asked to. */
  readonly softKillMs: number;
  /** How long `terminate()` may take to show effect. */
  readonly hardKillMs: number;
  /** How long teardown may take in all before it is called hung. */
  readonly deadlineMs: number;
}

/** The values of declared parameters. */
export type ParamValues<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** Handed to a scenario's program. */
export interface ScenarioRun<P> {
  /** How long to let the program run before it tears down, in milliseconds. */
  readonly settleMs: number;
  /** The declared parameters with their values for this run. */
  readonly params: ParamValues<P>;
  /** Writes a line into the timeline of the report. */
  readonly note: (text: string) => void;
}

/** What a scenario file declares. */
export interface ScenarioOptions<P extends Record<string, Param<unknown>>> {
  /** As on the command line: `non-checkpointing`. */
  readonly name: string;
  /** One line for `list`. */
  readonly summary: string;
  /** What a real program did to get here. */
  readonly story: string;
  /** What must be seen with no remedy on. No class, no owner and no need of Ctrl-C, where it does not say. */
  readonly expected: Pick<ScenarioExpectation, "verdict"> & Partial<ScenarioExpectation>;
  /** The smallest set of remedies with which teardown must finish inside the deadline; empty when none is needed. */
  readonly fixedBy: readonly string[];
  /** What a run does to the machine while it waits: `spins` keeps a core busy. Default `light`. */
  readonly load?: "light" | "spins";
  /** Defaults; every one can be overridden on the command line. */
  readonly timing?: Partial<ScenarioTiming>;
  /** What `--set` can set. */
  readonly params?: P;
  /** The program: runs as the main task of the root actor. */
  readonly run: (run: ScenarioRun<P>) => unknown;
}

/** A scenario with its defaults filled in. */
export interface Scenario {
  /** See {@linkcode ScenarioOptions}. */
  readonly name: string;
  /** See {@linkcode ScenarioOptions}. */
  readonly summary: string;
  /** See {@linkcode ScenarioOptions}. */
  readonly story: string;
  /** See {@linkcode ScenarioOptions}. */
  readonly expected: ScenarioExpectation;
  /** See {@linkcode ScenarioOptions}. */
  readonly fixedBy: readonly string[];
  /** See {@linkcode ScenarioOptions}. */
  readonly load: "light" | "spins";
  /** See {@linkcode ScenarioOptions}; complete here. */
  readonly timing: ScenarioTiming;
  /** See {@linkcode ScenarioOptions}; empty when there are none. */
  readonly params: Readonly<Record<string, Param<unknown>>>;
  /** See {@linkcode ScenarioOptions}. */
  readonly run: (run: ScenarioRun<Record<string, Param<unknown>>>) => unknown;
}

const DEFAULT_TIMING: ScenarioTiming = {
  settleMs: 200,
  softKillMs: 500,
  hardKillMs: 500,
  deadlineMs: 3_000,
};

/**
 * A mark and not an identity: the user's file may have loaded this library from another address than the subject. Its
 * value is what was declared, unchecked, and the stack that shows where.
 */
const MARK = Symbol.for("unwedge.scenario");

/** Declares a scenario: the default export of a scenario file. */
export function defineScenario<P extends Record<string, Param<unknown>> = Record<never, never>>(
  options: ScenarioOptions<P>,
): Scenario {
  const scenario: Scenario = {
    name: options.name,
    summary: options.summary,
    story: options.story,
    expected: complete(options.expected),
    fixedBy: options.fixedBy,
    load: options.load ?? "light",
    timing: { ...DEFAULT_TIMING, ...options.timing },
    params: options.params ?? {},
    // The values are read by the params of the same object, so their types are the ones that run() expects.
    run: (run) => options.run(run as ScenarioRun<P>),
  };
  return Object.defineProperty(scenario, MARK, { value: { options, stack: new Error().stack } });
}

/**
 * A file is run without a type check: it may leave out what an expectation has a default for, use the old name of an
 * owner, or be wrong, which the check says.
 */
function complete(
  expected: Pick<ScenarioExpectation, "verdict"> & Partial<ScenarioExpectation>,
): ScenarioExpectation {
  if (typeof expected !== "object" || expected === null) return expected;
  const { class: hangClass = null, ctrlC = "not-needed", withRemedies: left } = expected;
  return {
    ...expected,
    class: hangClass,
    owner: ownerOf(expected),
    ctrlC,
    ...(left ? { withRemedies: { ...left, owner: ownerOf(left) } } : {}),
  };
}

/** Scenarios that were written before 0.1.0 call the supervisor's bugs "ours". */
function ownerOf({ owner = null }: { readonly owner?: Owner | "ours" | null }): Owner | null {
  return owner === "ours" ? "supervisor" : owner;
}

/** Whether a value came out of {@linkcode defineScenario}. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === "object" && value !== null && MARK in value;
}

/** What {@linkcode defineScenario} was given, and the stack of its call. */
export function declarationOf(scenario: Scenario): { options: unknown; stack: string } {
  const mark: unknown = Reflect.get(scenario, MARK);
  // An older version of this library has left a mark and no more.
  if (typeof mark !== "object" || mark === null) return { options: scenario, stack: "" };
  const { options = scenario, stack }: { options?: unknown; stack?: unknown } = mark;
  return { options, stack: typeof stack === "string" ? stack : "" };
}
