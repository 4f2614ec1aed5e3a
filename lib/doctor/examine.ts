/**
 * Runs every check, one after the other, and collects the results.
 *
 * Invariant: every check ends. A check that throws, or takes longer than its bound, is reported as missing.
 *
 * @module
 */

import type { CheckResult, DoctorReport } from "../model/doctor.ts";
import { lacking } from "./check.ts";
import { VERSION } from "../version.ts";
import type { Check, CheckContext, CheckGroup, CheckOutcome } from "./check.ts";
import { DENO_CHECKS } from "./checks/deno.ts";
import { FILE_CHECKS } from "./checks/files.ts";
import { ACTING_CHECKS, SEEING_CHECKS } from "./checks/subject.ts";
import { runProbe } from "./probe/probe.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** Bound of one check; the bounds inside the probe are shorter in sum. */
const BOUND_MS = 60_000;

/** What `doctor` looks at, in the order in which it shows it. */
export const CHECK_GROUPS: readonly CheckGroup[] = [
  DENO_CHECKS,
  SEEING_CHECKS,
  ACTING_CHECKS,
  FILE_CHECKS,
];

/** The context of a real examination. */
export function realContext(baseDir: string): CheckContext {
  let probe: ReturnType<typeof runProbe> | null = null;
  return { baseDir, probe: () => probe ??= runProbe() };
}

/**
 * Examines the machine.
 *
 * @param groups what to look at
 * @param context what the checks borrow
 * @param boundMs how long one check may take
 */
export async function examine(
  groups: readonly CheckGroup[],
  context: CheckContext,
  boundMs: number = BOUND_MS,
): Promise<DoctorReport> {
  const checks: CheckResult[] = [];
  for (const { title, checks: each } of groups) {
    for (const check of each) checks.push(await result(title, check, context, boundMs));
  }
  const { os, arch } = Deno.build;
  const { deno, v8 } = Deno.version;
  return {
    schema: "unwedge/doctor@1",
    tool: { version: VERSION, deno, v8, os, arch },
    fit: lacking(checks).length === 0,
    checks,
  };
}

async function result(
  group: string,
  check: Check,
  context: CheckContext,
  boundMs: number,
): Promise<CheckResult> {
  const from = performance.now();
  const finding = await bounded(check, context, boundMs);
  return {
    id: check.id,
    group,
    name: check.name,
    status: finding.kind,
    needed: check.needed,
    seen: finding.seen,
    why: check.why,
    advice: finding.advice ?? null,
    tookMs: Math.round((performance.now() - from) * 10) / 10,
  };
}

async function bounded(
  check: Check,
  context: CheckContext,
  boundMs: number,
): Promise<CheckOutcome> {
  const { promise, resolve } = Promise.withResolvers<CheckOutcome>();
  const timer = setTimeout(() => {
    const advice = "try again when the machine is less busy; if it stays so, please report it";
    resolve({ kind: "missing", seen: `no answer within ${boundMs} ms`, advice });
  }, boundMs);
  try {
    const looked = (async () => await check.look(context))();
    return await Promise.race([looked, promise]);
  } catch (error) {
    const seen = errorMessage(error);
    return { kind: "missing", seen, advice: "please report it, with the output of doctor --json" };
  } finally {
    clearTimeout(timer);
  }
}
