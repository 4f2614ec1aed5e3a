/**
 * What main says of itself when its sentinel asks, through the inspector, while it is in the middle of whatever keeps
 * it. The answer is made on top of the very frames that keep it, so its stack trace shows them.
 *
 * @module
 */

import { queueMicrotask, toJson } from "../../protocol/platform.ts";
import { type HeldLock, SELF_REPORT_KEY, type SelfReport } from "./messages.ts";

/** Frames to ask V8 for: those of the report itself, and enough of main's. */
const FRAMES = 30;

let microtasks = 0;
let hostagesOf: () => readonly HeldLock[] = () => [];

/** Puts the report where the sentinel asks for it. */
export function installSelfReport(hostages: (() => readonly HeldLock[]) | null): void {
  if (hostages !== null) hostagesOf = hostages;
  Reflect.set(globalThis, Symbol.for(SELF_REPORT_KEY), () => {
    const report: SelfReport = { stack: ownStack(), microtasks, hostages: hostagesOf() };
    queueMicrotask(() => microtasks++);
    return toJson(report);
  });
}

function ownStack(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  const frames = (stack ?? "").split("\n").slice(1).map((line) => line.trim());
  // The inspector's own code has no file; what lies below it is main's.
  const asked = frames.findLastIndex((frame) => /^at (?:async )?<anonymous>:\d+:\d+$/.test(frame));
  return frames.slice(asked + 1);
}
