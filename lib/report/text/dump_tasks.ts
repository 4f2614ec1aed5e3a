/**
 * The task tree of every actor: what each task waits for, on whom, since when, where, behind which shield, and who
 * cancelled it.
 *
 * Sibling tasks that wait for the same kind of thing at the same place, with the same below them, become one line
 * with a count and the range of their ages (`dump_fold.ts`); their children are folded in turn. Trees are walked to a
 * bounded depth, so neither 10,000 siblings nor 10,000 generations do harm.
 *
 * @module
 */

import { fold, type Node, plant, reachText } from "./dump_fold.ts";
import type { DumpPage } from "./dump_page.ts";
import type { DumpedTask } from "../../model/dump.ts";
import type { Style } from "./style.ts";
import { place } from "./words.ts";
import { time } from "../../protocol/duration.ts";

/** Deeper generations are counted, not shown. */
const MAX_DEPTH = 40;
/** More different siblings than this are counted, not shown. */
const MAX_GROUPS = 100;

/** The lines of the section. */
export function taskLines(page: DumpPage): string[] {
  const lines: string[] = [];
  for (const [actor, tasks] of byActor(page.dump.tasks)) {
    const noun = tasks.length === 1 ? "task" : "tasks";
    lines.push(
      `${page.style.bold(actor)}  ${thousands(tasks.length)} ${noun}${whereIs(actor, page)}`,
    );
    for (const line of treeLines(plant(tasks), 1, page)) lines.push(line);
  }
  return lines;
}

/** Groups tasks by the part of their id before the number: two isolates may have run the same actor. */
function byActor(tasks: readonly DumpedTask[]): ReadonlyMap<string, DumpedTask[]> {
  const groups = new Map<string, DumpedTask[]>();
  for (const task of tasks) {
    const owner = task.id.slice(0, task.id.lastIndexOf("#"));
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [task]);
    else group.push(task);
  }
  return groups;
}

function whereIs(actor: string, { dump }: DumpPage): string {
  const isolate = dump.isolates.find((each) => each.actor === actor);
  return isolate === undefined ? "" : `, in ${isolate.id} (${isolate.state})`;
}

function treeLines(nodes: readonly Node[], depth: number, page: DumpPage): string[] {
  const indent = "  ".repeat(depth);
  if (depth > MAX_DEPTH) {
    return [
      `${indent}… ${thousands(reachText(nodes).size)} tasks nested deeper (dump.json has them)`,
    ];
  }
  const groups = fold(nodes);
  const lines: string[] = [];
  for (const group of groups.slice(0, MAX_GROUPS)) {
    const own = groupLines(group.map(({ task }) => task), page).map((line) => indent + line);
    const below = treeLines(group.flatMap(({ children }) => children), depth + 1, page);
    for (const line of [...own, ...below]) lines.push(line);
  }
  const cut = groups.slice(MAX_GROUPS).flat().length;
  if (cut > 0) lines.push(`${indent}… ${thousands(cut)} more tasks (dump.json has them)`);
  return lines;
}

function groupLines(tasks: readonly DumpedTask[], page: DumpPage): string[] {
  const [first] = tasks;
  if (first === undefined) return [];
  const lines = [`${names(tasks, page)}  ${stateWords(tasks, page)}${siteWords(tasks, page)}`];
  const { cancelled } = first;
  if (cancelled === null) return lines;
  const ages = range(tasks.map((task) => task.cancelled?.agoMs ?? 0));
  const held = cancelled.heldByShield ? "; a shield keeps it away" : "";
  const why = `${cancelled.source} (${cancelled.reason})`;
  lines.push(`    cancelled ${ages} ago by ${cancelled.byActor}: ${why}${held}`);
  return lines;
}

function names(tasks: readonly DumpedTask[], { style }: DumpPage): string {
  const first = tasks[0]?.name ?? "";
  const last = tasks.at(-1)?.name ?? "";
  if (tasks.length === 1) return style.bold(first);
  const span = tasks.every(({ name }) => name === first) ? first : `${first} … ${last}`;
  return style.bold(`${thousands(tasks.length)} × ${span}`);
}

function stateWords(tasks: readonly DumpedTask[], { dump, style }: DumpPage): string {
  const [first] = tasks;
  if (first === undefined) return "";
  const { parkedOn, state, shielded } = first;
  if (parkedOn === null) {
    // From outside, a task that runs right now cannot be told from one that awaits a foreign promise.
    const runs = state === "native" && busy(first.actor, dump);
    return style.yellow(runs ? `running, or ${UNPARKED.native}` : UNPARKED[state]);
  }
  const ages = range(tasks.map(({ sinceMs }) => sinceMs ?? 0));
  const shield = shielded ? ", shielded" : "";
  return `parked ${ages} in ${parkedOn.kind}: ${resources(tasks)}${peers(tasks, style)}${shield}`;
}

function busy(actor: string, { isolates }: DumpPage["dump"]): boolean {
  return isolates.some((isolate) => isolate.actor === actor && isolate.state === "busy");
}

const UNPARKED: Readonly<Record<DumpedTask["state"], string>> = {
  starting: "starting: its first line has not run",
  running: "running",
  parked: "parked",
  native: "awaiting an unlabelled promise",
};

/** What the tasks wait for: the one thing, or how many of the kind. */
function resources(tasks: readonly DumpedTask[]): string {
  const names = new Set(tasks.map(({ parkedOn }) => parkedOn?.resource ?? ""));
  const [first = ""] = names;
  return names.size === 1 ? first : `${first} and ${others(names.size - 1)}`;
}

function others(n: number): string {
  return n === 1 ? "1 other" : `${thousands(n)} others`;
}

function peers(tasks: readonly DumpedTask[], style: Style): string {
  const names = new Set(tasks.flatMap(({ parkedOn }) => parkedOn?.peer ?? []));
  const [first] = names;
  if (first === undefined) return "";
  const state = tasks[0]?.parkedOn?.peerState ?? null;
  const mark = state === "alive" || state === null ? (text: string) => text : style.red;
  const who = names.size === 1 ? `peer ${first}` : `${thousands(names.size)} peers, ${first} …`;
  return ` (${who}${state === null ? "" : `, ${mark(state)}`})`;
}

function siteWords(tasks: readonly DumpedTask[], { here }: DumpPage): string {
  const read = tasks.filter(({ site }) => site !== null);
  const site = read[0]?.site ?? null;
  // A snapshot reads a bounded number of positions, so of many tasks some have none.
  const share = read.length < tasks.length ? ` (read for ${thousands(read.length)} of them)` : "";
  if (site !== null) return `  at ${place(site, here)}${share}`;
  const [first] = tasks;
  if (first === undefined) return "";
  if (first.parkedOn !== null) return "  (position not read)";
  return first.createdAt === null ? "" : `  spawned at ${place(first.createdAt, here)}`;
}

function range(ages: readonly number[]): string {
  let min = Infinity;
  let max = -Infinity;
  for (const age of ages) {
    min = Math.min(min, age);
    max = Math.max(max, age);
  }
  const [from, to] = [time(min), time(max)];
  return from === to ? to : `${from} to ${to}`;
}

function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
