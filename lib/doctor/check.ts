/**
 * What a check of the doctor is. A check really tries the thing and leaves nothing behind; it says what it saw and,
 * where something falls short, what a person can do. `lacking` tells from the needed checks whether the machine is fit.
 *
 * @module
 */

import type { CheckResult } from "../model/doctor.ts";

import type { Probe } from "./probe/steps.ts";

/** What a check saw. */
export type CheckOutcome =
  | { readonly kind: "ok"; readonly seen: string; readonly advice?: string }
  | { readonly kind: "limited" | "missing"; readonly seen: string; readonly advice: string }
  /** It could not be tried; `seen` says why. */
  | { readonly kind: "unknown"; readonly seen: string; readonly advice: string };

/** What checks share: the one process that is started for all of them. */
export interface CheckContext {
  /** Starts the probe at the first call; every later call gets the same. It never rejects. */
  probe(): Promise<Probe>;
  /** Where runs are kept, absolute. */
  readonly baseDir: string;
}

/** One thing to look at. */
export interface Check {
  readonly id: string;
  readonly name: string;
  /** Whether unwedge cannot do its work without it. */
  readonly needed: boolean;
  /** What it is for, as half a sentence. */
  readonly why: string;
  readonly look: (context: CheckContext) => CheckOutcome | Promise<CheckOutcome>;
}

/** Checks under one heading. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Whether Deno gave us a permission. Asked first everywhere: using what is not granted would open a prompt. */
export function granted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** The needed checks that found their thing missing, or could not try it. */
export function lacking(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ needed, status }) =>
    needed && (status === "missing" || status === "unknown")
  );
}
