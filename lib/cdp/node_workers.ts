/**
 * The sessions of Node's workers. Node knows no `Target.setAutoAttach`: it announces its workers when its own domain is
 * switched on, and their messages travel inside messages of main's session (Node 20, 22 and 24; measured). A worker gets
 * a session for each connection, and a main that is blocked announces none.
 *
 * @module
 */

import type { Inspector } from "./inspector.ts";

/** A worker of Node's on one connection. */
export interface NodeWorker {
  readonly sessionId: string;
  /** `worker-N`, by Node's own number. */
  readonly isolate: string;
  readonly url: string;
}

/** The workers that main has announced. */
export interface NodeWorkers {
  readonly workers: readonly NodeWorker[];
  /** False when main did not answer in time: there may be others. */
  readonly areAll: boolean;
}

const ANSWER_MS = 2_000;

/** Why workers may be missing. */
export const UNANNOUNCED = "main did not announce its workers within 2 s";

/** Has main announce its workers, and makes their sessions usable. */
export async function attachNodeWorkers(inspector: Inspector): Promise<NodeWorkers> {
  const workers: NodeWorker[] = [];
  const off = inspector.on("NodeWorker.attachedToWorker", ({ sessionId, workerInfo }) => {
    inspector.wrap(sessionId);
    workers.push({ sessionId, isolate: `worker-${workerInfo.workerId}`, url: workerInfo.url });
  });
  // The announcements come before the answer.
  const params = { waitForDebuggerOnStart: false };
  const { kind } = await inspector.send("NodeWorker.enable", params, { timeoutMs: ANSWER_MS });
  off();
  return { workers, areAll: kind === "ok" };
}

/** Ends the sessions of all workers. */
export async function detachNodeWorkers(inspector: Inspector): Promise<void> {
  await inspector.send("NodeWorker.disable", {}, { timeoutMs: ANSWER_MS });
}
