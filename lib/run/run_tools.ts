/**
 * What a run borrows from elsewhere: the subject's main module and the ways of looking in. A run gets them handed, so
 * that the harness can be tested against subjects and dumps that misbehave on purpose; and the real ones are loaded
 * when they are first used, because a run that ends well needs neither inspector nor source maps.
 *
 * @module
 */

import type { FreeMainOutcome } from "../intervene/free_main.ts";
import type { OpenHandlesOutcome, TimerHandle } from "../dump/open_handles.ts";
import type { SuspendedCall } from "../dump/suspended.ts";
import type { Dump } from "../model/dump.ts";
import type { ScenarioHost } from "../subject/scenario_subject.ts";
import { subjectPermissions } from "../subject/permissions.ts";
import { loadLater } from "../os/load_later.ts";

/** Ways to start and to look into a subject. */
export interface RunTools extends ScenarioHost {
  /**
   * Loading a scenario, and then starting its actors, may each take this long, in milliseconds.
   */
  readonly startBoundMs: number;
  takeDump(options: {
    readonly pid: number;
    readonly wsUrl: string;
    readonly samples: number;
    readonly sampleGapMs: number;
    readonly signal: AbortSignal;
  }): Promise<Dump>;
  freeMain(options: { readonly wsUrl: string }): Promise<FreeMainOutcome>;
  openHandles(options: { readonly wsUrl: string }): Promise<OpenHandlesOutcome>;
  openTimers(options: { readonly wsUrl: string }): Promise<OpenHandlesOutcome<TimerHandle>>;
  suspendedCalls(options: { readonly wsUrl: string }): Promise<readonly SuspendedCall[]>;
}

/** The tools of every run that is not a test. */
export const REAL_TOOLS: RunTools = {
  entry: new URL("../subject/inside/main.ts", import.meta.url),
  permissions: subjectPermissions,
  // A start takes 0.2 s; with every core taken several times over it has been seen to take two.
  startBoundMs: 30_000,
  takeDump: async (options) =>
    await (await loadLater<typeof import("../dump/take_dump.ts")>(
      import.meta.resolve("../dump/take_dump.ts"),
    )).takeDump(options),
  freeMain: async (options) =>
    await (await loadLater<typeof import("../intervene/free_main.ts")>(
      import.meta.resolve("../intervene/free_main.ts"),
    )).freeStarvedMain(options),
  openHandles: async (options) =>
    await (await loadLater<typeof import("../dump/open_handles.ts")>(
      import.meta.resolve("../dump/open_handles.ts"),
    )).openHandles(options),
  openTimers: async (options) =>
    await (await loadLater<typeof import("../dump/open_handles.ts")>(
      import.meta.resolve("../dump/open_handles.ts"),
    )).openTimers(options),
  suspendedCalls: async (options) =>
    await (await loadLater<typeof import("../dump/suspended.ts")>(
      import.meta.resolve("../dump/suspended.ts"),
    )).suspendedCalls(options),
};
