/**
 * What the harness may ask of the runtime in one isolate of a hung subject. The runtime installs a function under
 * {@linkcode CONTROL_KEY}; the harness calls it through the inspector, which answers also while the isolate is blocked
 * or spins. So the function is synchronous, asks for no permission and never throws: text in, text out. What it sets in
 * motion happens when the isolate's loop turns again, and whether it helped is read from the journal, never from here.
 *
 * @module
 */

/** Key (for `Symbol.for`) of `globalThis[Symbol.for(CONTROL_KEY)](control: string): string`, JSON both ways. */
export const CONTROL_KEY = "unwedge.control";

/**
 * Key (for `Symbol.for`) of the platform's `close` in every worker of the runtime, whatever its own code does to
 * `self.close`.
 */
export const CLOSE_KEY = "unwedge.close";

/** The answer of an isolate in which the runtime has ended, or not begun. */
export const NO_ACTOR = "no actor runs in this isolate";

/** One request, for the isolate that it is sent to. */
export type Control =
  /**
   * Does now what the remedy would have done if it had been on: to every peer to which it applies, and nothing to a
   * peer that lives and answers. `dead` are paths of actors whose threads are proven to be gone: who was given up is
   * not watched any more, so the runtime does not know it.
   */
  | { readonly do: "remedy"; readonly remedy: string; readonly dead?: readonly string[] }
  /** Cancels the scope of the root task of this isolate. */
  | { readonly do: "cancel-root" }
  /** Cancels one task by its number in the snapshot. */
  | { readonly do: "cancel-task"; readonly task: number }
  /** Breaks this isolate's end of the channel with this id. */
  | { readonly do: "abort-channel"; readonly channel: string };

/** What came of a request. */
export type ControlReply =
  /** One line for each thing that was done. */
  | { readonly kind: "applied"; readonly did: readonly string[] }
  /** There was nothing it could be applied to, and why. */
  | { readonly kind: "nothing-to-do"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };
