/** A parked task as a line of evidence. @module */

import type { Evidence } from "../model/result.ts";
import { at, type ParkedTask } from "./queries.ts";
import { time } from "../protocol/duration.ts";

/** Who waits, for what, how long, where, behind what, for whom. */
export function describeWait({ task, wait, ref }: ParkedTask): Evidence {
  const since = task.sinceMs === null ? "" : ` for ${time(task.sinceMs)}`;
  const where = task.site === null ? "" : ` at ${at(task.site)}`;
  const peer = wait.peer === null
    ? ""
    : `; its peer ${wait.peer} is ${wait.peerState ?? "unknown"}`;
  const shield = task.shielded ? ", under a shield" : "";
  const detail = `task "${task.name}" of ${task.actor} has been parked in ${wait.kind} on ` +
    `${wait.resource}${since}${where}${shield}${peer}`;
  return { kind: "parked", detail, ref };
}
