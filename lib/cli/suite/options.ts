/**
 * What `smoke` and `matrix` can be told beyond what every run can.
 *
 * @module
 */

import { DEFAULTS } from "../defaults.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import type { Invocation } from "../invocation.ts";
import { pageStacksWanted } from "../outputs_wanted.ts";
import { type ReproOptions, reproOptions } from "../verbs/repro_options.ts";
import { parseShard, type Shard } from "./selection.ts";

/** The options of a run of many scenarios. */
export interface SuiteOptions extends ReproOptions {
  /** How many runs at the same time. */
  readonly jobs: number;
  readonly repeat: number;
  /** Whether hangs are diagnosed, so that a cause which contradicts the class is a mismatch. */
  readonly diagnose: boolean;
  readonly shard: Shard | null;
  /** How the stacks of what is not as declared are shown on the page; null for not at all. */
  readonly pageStacks: StacksShown | null;
}

/** Reads the options. @throws {UsageError} for a value that makes no sense */
export async function suiteOptions(invocation: Invocation): Promise<SuiteOptions> {
  const { settings } = invocation;
  const options = await reproOptions(invocation);
  const shard = settings.text("shard");
  const diagnose = settings.switch("diagnose") ?? false;
  const perCore = diagnose ? DEFAULTS.diagnosedJobsPerCore : DEFAULTS.jobsPerCore;
  return {
    ...options,
    repeat: settings.count("repeat", 1) ?? 1,
    jobs: settings.count("jobs", 1) ?? perCore * navigator.hardwareConcurrency,
    diagnose,
    shard: shard === null ? null : parseShard(shard, settings.where("shard") ?? "--shard"),
    pageStacks: pageStacksWanted(settings),
  };
}
