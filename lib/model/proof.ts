/** What a proof that a teardown never ends says. @module */

/** One step of the path: a task, and what it waits for. */
export interface ProofStep {
  /** Path of the actor. */
  readonly actor: string;
  /** `#5 transfer`. */
  readonly task: string;
  /** Kind of the wait: `rpc`, `lock`, `join`. */
  readonly kind: string;
  readonly resource: string;
  readonly peer: string | null;
  /** A shield stands between the wait and some cancel further out. */
  readonly shielded: boolean;
}

/** Why a teardown never ends: each step waits for the next. */
export type Proof =
  /** The last step waits for the one at index `entry`. */
  | { readonly kind: "cycle"; readonly path: readonly ProofStep[]; readonly entry: number }
  /** Nobody is left who could end the last wait, and why. */
  | { readonly kind: "dead-end"; readonly path: readonly ProofStep[]; readonly because: string };

/** What came of trying to prove a hang. Times in milliseconds after teardown was requested. */
export type ProofReport =
  | {
    readonly kind: "proven";
    readonly proof: Proof;
    /** When the last thing moved. */
    readonly quietMs: number;
    /** When it was proven. */
    readonly provenMs: number;
  }
  | { readonly kind: "not-provable"; readonly reasons: readonly string[] };
