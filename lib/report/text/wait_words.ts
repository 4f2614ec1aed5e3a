/** A wait of the wait-for path in words that need no knowledge of the runtime. @module */

import type { PathStep } from "../../model/path.ts";

/** Who waits: `transfer`, `audit (root/auditor)`. */
export function waiterOf({ actor, task }: Pick<PathStep, "actor" | "task">): string {
  if (task === null) return isolateName(actor);
  const name = task.replace(/^#\d+ /, "");
  return actor === "root" || name === actor ? name : `${name} (${actor})`;
}

/** The isolate of an actor: main for the one at the top. */
export function isolateName(actor: string): string {
  return actor === "root" ? "main" : actor;
}

/** What is waited for, with its verb: `waits for a message from root/reader`. */
export function waitWords(
  { kind, resource, peer }: Pick<PathStep, "kind" | "resource" | "peer">,
): string {
  switch (kind) {
    case "unlabelled":
      return `awaits ${resource}`;
    case "await":
      return `awaits ${resource}`;
    case "handle":
      return `is kept by ${resource}`;
    case "code":
      return `is in ${resource}`;
    case "shared-lock": {
      const holder = peer === null ? "" : `, held by ${isolateName(peer)}`;
      return `is blocked on ${awaited(kind, resource)}${holder}`;
    }
    default:
      return `waits for ${awaited(kind, resource, peer)}`;
  }
}

/** What a wait is for: the name of the resource says it already for some kinds. */
export function awaited(kind: string, resource: string, peer: string | null = null): string {
  const other = peer === null ? null : isolateName(peer);
  switch (kind) {
    case "join":
      return joinWords(resource);
    case "send":
      return `room in ${resource}`;
    case "recv":
      return other !== null && resource.startsWith("channel ")
        ? `a message from ${other}`
        : `a message from ${resource}`;
    case "rpc":
      return other === null ? `the ${resource}` : `the answer of ${other}`;
    case "handshake":
    case "thread":
      return `the ${resource}`;
    case "shared-lock":
      return `shared ${resource}`;
    case "sleep":
      return `the end of a sleep, ${resource}`;
    case "lock":
      return resource.replace(/ held by task #\d+ /, ", held by ");
    case "event":
      return eventWords(resource, other);
    case "hold":
      return `"${resource}"`;
    default:
      return resource.startsWith(kind) ? resource : `${kind} ${resource}`;
  }
}

/** The runtime's own events are told by what they stand for. */
function eventWords(resource: string, other: string | null): string {
  if (other !== null && /^event "loop of .* ended"$/.test(resource)) {
    return `its channel to ${other} to close`;
  }
  const [, ended] = /^event "end of (.*)"$/.exec(resource) ?? [];
  return ended === undefined ? resource : `${ended} to end`;
}

/** `nursery "actors" (2 running)`. */
function joinWords(resource: string): string {
  const [, nursery = resource, running = ""] = /^(.*) \((\d+) running\)$/.exec(resource) ?? [];
  const tasks = running === "" ? "tasks" : running === "1" ? "task" : `${running} tasks`;
  return `the ${tasks} of ${nursery}`;
}
