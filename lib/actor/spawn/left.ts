/**
 * What an actor was still about when the ladder ended it by force: cleanup that is cut is work that is lost, and must
 * not be lost without a word.
 *
 * @module
 */

import { textOf } from "../../protocol/text.ts";
import { Cancelled } from "../errors.ts";
import type { Nursery } from "../nursery.ts";
import { readSite } from "../site.ts";
import type { Task } from "../task.ts";
import type { Child } from "./child.ts";

/** The function under which every actor says what keeps it from its end. */
export const LEFT_FUNCTION = "unwedge:what-is-left";

/** Tasks that are told. */
const MOST = 3;
const { error: complain } = console;

/** What the tasks of `calls` wait for, the innermost ones, in words. */
export function tasksLeft(calls: Nursery): string[] {
  const left: Task[] = calls.owner.children.filter(({ nursery }) => nursery === calls);
  const told: string[] = [];
  for (let task = left.shift(); task !== undefined && told.length < MOST; task = left.shift()) {
    left.push(...task.children);
    const [wait] = task.parks;
    if (wait === undefined || wait.reason.kind === "join" || wait.reason.endless === true) continue;
    const { resource, kind } = wait.reason;
    const site = readSite(wait.site);
    const at = site === null ? "" : ` at ${site.file}:${site.line}:${site.column}`;
    const what = typeof resource === "string" ? resource : resource();
    told.push(`task "${task.name}" waits for ${kind} (${what})${at}`);
  }
  return told;
}

/** Asks a child. Nothing, where it does not answer. */
export async function leftOf(child: Child): Promise<readonly string[]> {
  if (child.link.channel.isOver) return [];
  try {
    const answer = await child.link.run(LEFT_FUNCTION, []);
    return Array.isArray(answer) ? answer.map((line) => textOf(line)) : [];
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return [];
  }
}

/** Says what is cut, of a child that is slow. One that is stuck has nothing to say. */
export function tellCut({ peer, link, bounds }: Child, tasks: readonly string[]): void {
  const what = link.done.isSet ? ["its exit hooks run"] : tasks;
  if (what.length === 0) return;
  complain(
    `unwedge: ${peer.path} did not end within ${bounds.softKillMs} ms (softKillMs of startActor or ` +
      `runActors) and is ended by force while ${what.join("; ")}`,
  );
}
