/**
 * Something that was done from outside to a subject that hangs, and what came of it. Part of the result document.
 *
 * @module
 */

import type { ControlReply } from "../protocol/control.ts";

/** What can be done to a hung subject. `actor` is a path, `task` a number as in the dump's `<actor>#<number>`. */
export type Action =
  /** A real SIGINT to the subject. */
  | { readonly kind: "sigint" }
  /** One remedy, everywhere it applies. */
  | { readonly kind: "remedy"; readonly remedy: string }
  /** Cancels the root task of the root actor. */
  | { readonly kind: "cancel-root" }
  | { readonly kind: "cancel-task"; readonly actor: string; readonly task: number }
  | { readonly kind: "abort-channel"; readonly actor: string; readonly channel: string }
  /** Really ends the thread of one actor. */
  | { readonly kind: "reap"; readonly actor: string };

/** Which clocks stopped after an action, in milliseconds after it; null when they have not. */
export interface ActionClocks {
  readonly nurseryJoinedMs: number | null;
  readonly threadsGoneMs: number | null;
  readonly processExitedMs: number | null;
}

/** One action and its effect. Times in milliseconds. */
export interface ActionReport {
  readonly action: Action;
  /** After teardown was requested. */
  readonly atMs: number;
  /** What the runtime, or the harness, says that it did. Whether it helped is in `clocks`. */
  readonly effect: ControlReply;
  /** Tasks that were parked before it and are gone, or wait for something else: `<actor>#<n> name`. */
  readonly tasksLeft: readonly string[];
  readonly clocks: ActionClocks;
  /** Whether the nursery had not joined before it, and joined because of it. */
  readonly unwedged: boolean;
  /** Why a join after it may have come by itself all the same; absent when nothing says so. */
  readonly unsure?: string;
  /** How long its effect was waited for. */
  readonly watchedMs: number;
}
