/** What the rules of a class ask for, and how evidence is worded. @module */

import type { DumpedTask } from "../../model/dump.ts";
import type { Evidence } from "../../model/result.ts";
import { time } from "../../protocol/duration.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import type { Facts } from "../facts.ts";
import { at, type ParkedTask } from "./queries.ts";

/** A question to the facts whose answer is evidence. */
export interface Clue {
  /** What finding it means, as a sentence that also reads after "it would have to be seen that". */
  readonly says: string;
  /** Lines of evidence; none when the facts do not show it. Never a guess: absence of a fact shows nothing. */
  find(facts: Facts): readonly Evidence[];
}

/** The kind of a line that leaves a class open: what would decide was not seen. */
export const UNSEEN_KIND = "unseen";

/** More lines of one kind than this are counted, not shown. */
const MAX_LINES = 5;

/** Shows the first few lines and counts the others. */
export function atMostFew(lines: readonly Evidence[]): readonly Evidence[] {
  const [first] = lines;
  if (first === undefined || lines.length <= MAX_LINES) return lines;
  const more = `and ${lines.length - MAX_LINES} more of this kind`;
  return [...lines.slice(0, MAX_LINES), { kind: first.kind, detail: more, ref: null }];
}

/** Where, who waits, for what, how long, behind what, for whom. */
export function describeWait({ task, wait, ref }: ParkedTask): Evidence {
  const since = task.sinceMs === null ? "" : ` for ${time(task.sinceMs)}`;
  const peer = wait.peer === null
    ? ""
    : `; its peer ${wait.peer} is ${wait.peerState ?? "unknown"}`;
  const shield = task.shielded ? ", under a shield" : "";
  const { where, how } = placeOf(task);
  const detail = `${where}task "${task.name}" of ${task.actor}${how} has been parked in ` +
    `${wait.kind} on ${wait.resource}${since}${shield}${peer}`;
  return { kind: "parked", detail, ref };
}

/** The line of the program that waits; of a task of unwedge's own the line that had it made. */
function placeOf({ site, createdAt }: DumpedTask): { where: string; how: string } {
  if (site !== null && !isInternalFile(site.file)) return { where: `${at(site)}: `, how: "" };
  if (createdAt === null || isInternalFile(createdAt.file)) return { where: "", how: "" };
  return { where: `${at(createdAt)}: `, how: ", which was started here," };
}
