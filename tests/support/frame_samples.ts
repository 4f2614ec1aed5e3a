/** One frame of every kind and variant, for tests and for the fuzzer to start from. @module */

import type { CancelReason } from "../../lib/protocol/terms.ts";
import { type Frame, WIRE_VERSION, type WireError } from "../../lib/actor/wire/frame.ts";

const REASON: CancelReason = {
  source: "sibling-failure",
  detail: 'task "b" failed: TypeError: no',
  scope: "nursery",
  byActor: "root/a",
  atMs: 1_763_800_000_000.25,
};

const ERROR: WireError = {
  type: "TypeError",
  message: "no",
  stack: "TypeError: no\n    at f (file:///a.ts:1:2)",
  actor: "root/a",
  cause: null,
  errors: [],
  reason: null,
  code: "ENOENT",
};

/** One frame of every kind and variant. */
export const FRAME_SAMPLES: readonly Frame[] = [
  { kind: "handshake", version: WIRE_VERSION, path: "root/a" },
  { kind: "start", call: 1, fn: "add", args: [], window: null },
  {
    kind: "start",
    call: 2,
    fn: "näme",
    args: [undefined, { a: [1.5, -0, "x"] }, new Uint8Array([1, 2, 3]), new Map([[1n, new Set()]])],
    window: { messages: 256, bytes: 8 * 2 ** 20 },
  },
  { kind: "start-ack", call: 3 },
  { kind: "started", call: 4, value: { ready: true } },
  { kind: "yield", call: 5, side: "mine", value: { seq: 70_000, text: "tick" }, bytes: 20 },
  { kind: "yield", call: 5, side: "yours", value: [new Date(0), "x".repeat(300)], bytes: 320 },
  { kind: "credit", call: 6, side: "mine", count: 128 },
  { kind: "credit", call: 6, side: "yours", count: 1 },
  { kind: "stop", call: 7, side: "mine", reads: true },
  { kind: "stop", call: 7, side: "yours", reads: false },
  { kind: "return", call: 8, value: null },
  { kind: "error", call: 9, error: ERROR },
  {
    kind: "error",
    call: 0,
    error: { ...ERROR, cause: { ...ERROR, reason: REASON }, errors: [ERROR, ERROR] },
  },
  { kind: "cancel", call: 10, reason: REASON },
  { kind: "cancel", call: null, reason: { ...REASON, source: "deadline", detail: null } },
  { kind: "cancel-ack", call: null },
  { kind: "cancel-ack", call: Number.MAX_SAFE_INTEGER },
  { kind: "crash", error: ERROR },
  { kind: "bye" },
];
