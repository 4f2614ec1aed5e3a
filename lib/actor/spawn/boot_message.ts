/** What the worker of an actor is sent before it has a channel. @module */

import type { SpawnSpec } from "../wire/frame.ts";

/** What a worker's boot gets. */
export interface BootMessage {
  readonly spec: SpawnSpec;
  readonly port: MessagePort;
  /** Whether the code of the user may still begin; see `life.ts`. */
  readonly gate: SharedArrayBuffer;
  /** Memory that the actors share, by name. */
  readonly shared: Readonly<Record<string, SharedArrayBuffer>>;
}

/** What a spare is sent first. */
export const REHEARSE = "unwedge:rehearse";
/** What it answers once it is ready. */
export const REHEARSED = "unwedge:rehearsed";
