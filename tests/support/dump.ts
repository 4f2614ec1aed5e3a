/** Dumps made by hand, for tests of how they are shown. @module */

import type { DumpTextOptions } from "../../lib/report/text/dump_page.ts";
import type {
  Dump,
  DumpedTask,
  IsolateDump,
  StackFrame,
  ThreadFacts,
} from "../../lib/model/dump.ts";
import { EMPTY_DUMP, isolate as isolateOf, task as taskOf } from "./facts.ts";

/** Folded stacks and nothing else that was asked for. */
export const PLAIN: DumpTextOptions = {
  stacks: "folded",
  internalFrames: false,
  color: false,
  baseDir: "/app",
};

/** A dump of nothing. */
export const EMPTY: Dump = { ...EMPTY_DUMP, otherThreads: 7, tookMs: 412 };

/** A thread that blocks. */
export const THREAD: ThreadFacts = {
  tid: 101,
  name: "worker-1",
  state: "S",
  wchan: "futex_do_wait",
  cpuTicks: 0,
};

/** An isolate of a worker that stands in one stack. */
export function isolate(fields: Partial<IsolateDump>): IsolateDump {
  const frames: StackFrame[] = [
    {
      fn: "stuck",
      file: "file:///app/fixtures/children/stuck.ts",
      line: 12,
      column: 5,
      internal: false,
    },
    { fn: "pollForMessages", file: "ext:runtime/worker.js", line: 1, column: 99, internal: true },
  ];
  const samples = [{ atMs: 30, frames }, { atMs: 256, frames }];
  return isolateOf({ actor: null, thread: null, samples, ...fields });
}

/** A task that waits for a message. */
export function task(fields: Partial<DumpedTask>): DumpedTask {
  const wait = { kind: "recv", resource: "channel root->root/a", peer: "root/a" };
  return taskOf({
    id: "root#1",
    name: "task",
    parent: null,
    parkedOn: { ...wait, peerState: "alive" },
    site: { file: "file:///app/scenarios/seed.ts", line: 31, column: 9 },
    ...fields,
  });
}
