/**
 * What a Worker can do with nothing around it: says that it is there, echoes what it is sent, and on `{ count }` posts
 * that many small messages as fast as it can.
 *
 * @module
 */

/// <reference lib="deno.worker" />

/** Asks for a stream. */
export interface Produce {
  readonly count: number;
}

self.onmessage = ({ data }: MessageEvent) => {
  if (typeof data?.count !== "number") return self.postMessage(data);
  for (let seq = 0; seq < data.count; seq++) self.postMessage({ seq, text: "tick" });
};
self.postMessage("ready");
