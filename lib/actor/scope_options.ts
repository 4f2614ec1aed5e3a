/** What scopes, bounds and nurseries can be told when they are made. @module */

import type { SiteCapture } from "./site.ts";

/** What a scope can be told when it is made. */
export interface CancelScopeOptions {
  /** For dumps and messages. */
  readonly name?: string;
  /** On the clock of `currentTime()`, in milliseconds; default never. */
  readonly deadline?: number;
  /** Keeps cancels from further out away. Default false. */
  readonly shield?: boolean;
  /**
   * Cancels the scope when it aborts, with its reason as the detail, or at once when it has; it is listened to only while
   * code is in the scope.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of all four bounds. */
export interface BoundOptions {
  /** Keeps cancels from further out away while the bound itself still holds. Default false. */
  readonly shield?: boolean;
  /** For dumps and messages. */
  readonly name?: string;
  /** Cancels `fn`, too, when it aborts, and at once when it has; see {@linkcode CancelScopeOptions}. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `openNursery`. */
export interface NurseryOptions {
  /** For dumps and messages. */
  readonly name?: string;
  /** Where it is opened, for those who do it on behalf of others; default the caller's position. */
  readonly site?: SiteCapture;
  /** Cancels the nursery when it aborts, and at once when it has; see {@linkcode CancelScopeOptions}. */
  readonly signal?: AbortSignal | undefined;
}
