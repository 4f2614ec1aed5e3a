/**
 * Clues about waits that hold each other. Who waits for whom is read off the dump, so a cycle is one whatever else goes
 * on beside it: a timer that ticks, a promise without a label.
 *
 * Invariant: without a proof a cycle counts only when it stands at two moments, which the age of its youngest wait
 * shows, and when nothing that can be seen is about to end it.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { awaited } from "../../report/text/wait_words.ts";
import type { Clue } from "./clue.ts";
import type { Evidence } from "../../model/result.ts";
import type { Facts } from "../facts.ts";
import type { Explained } from "../graph/explain.ts";
import { dangers } from "../graph/dangers.ts";
import type { Held } from "../graph/stuck.ts";
import { explainHang, hangPath, isProven } from "../hang_path.ts";
import { at } from "./queries.ts";

/**
 * For so long a cycle must have stood. Two actors that are about to answer each other look like a cycle for as long as a
 * message is under way: a few milliseconds, a few tens on a machine that is short of processors.
 */
const STOOD_MS = 500;

/** The waits of the cycle that the path leads to. */
function cycleOf(facts: Facts): (Explained & { readonly cycle: readonly Held[] }) | null {
  const found = explainHang(facts);
  return found?.explanation.kind === "cycle" ? { ...found, cycle: found.explanation.cycle } : null;
}

/** The path from the top leads into a cycle. */
export const CYCLE: Clue = {
  says: "tasks wait for each other in a cycle",
  find: (facts) => {
    // A program without records has no tasks; clues of its own tell of its cycles.
    const path = facts.journal === false ? null : hangPath(facts);
    if (path?.kind !== "cycle") return [];
    const { steps, entry } = path;
    return steps.slice(entry).map(({ actor, task, kind, resource, at: position }, index, cycle) => {
      const next = cycle[(index + 1) % cycle.length];
      const whose = next === undefined ? "" : `, which is up to ${nameOf(next)}`;
      const where = position === null ? "" : `${at(position)}: `;
      const what = awaited(kind, resource);
      const detail = `${where}${nameOf({ actor, task })} waits for ${what}${whose}`;
      return { kind: "cycle", detail, ref: `path.steps[${entry + index}]` };
    });
  },
};

function nameOf({ actor, task }: { readonly actor: string; readonly task: string | null }): string {
  return task === null ? actor : `${actor} ${task}`;
}

/** Something could still end it, or has not been given the time to. Never where a proof says that nothing can. */
export const CYCLE_MAY_END: Clue = {
  says: "something that can be seen could still end the cycle",
  find: (facts) => {
    const found = cycleOf(facts);
    if (found === null || isProven(facts)) return [];
    const line = (detail: string): Evidence => ({ kind: "cycle", detail, ref: null });
    const { graph, stuck, cycle } = found;
    return [
      ...tooYoung(cycle, facts).map(line),
      ...dangers(graph, stuck, cycle.map(({ node }) => node)).map(line),
      ...timersAbout(facts).map(line),
    ];
  },
};

/** Timers of the platform that will call a function of the program once. */
export function timersAbout({ timers }: Facts): string[] {
  return (timers ?? []).flatMap(({ repeats, ms, at: place }) =>
    repeats || place === null || isInternalFile(place.file)
      ? []
      : [`a timer that was set for ${time(ms)} will call the function at ${at(place)}`]
  );
}

/** An isolate that has blocked on a lock says since when; the waits of tasks have ages. */
export function tooYoung(waits: readonly Held[], { dump }: Facts): string[] {
  // The isolates were asked one after the other.
  const bound = Math.max(STOOD_MS, dump?.tookMs ?? 0);
  const youngest = waits.reduce((least, { wait }) => Math.min(least, wait.sinceMs ?? 0), Infinity);
  if (youngest >= bound) return [];
  return [`it has stood for ${time(youngest)} only, and counts from ${time(bound)} on`];
}

/** The waits of a cycle in which isolates block each other: main's own loop may stand in it. */
export const BLOCKING_CYCLE: Clue = {
  says: "isolates block each other on shared locks",
  find: (facts) => {
    const found = cycleOf(facts);
    const blocks = found?.cycle.every(({ node }) => node.kind === "isolate") ?? false;
    return blocks ? CYCLE.find(facts) : [];
  },
};

/** A child that stands still does so because it waits for others in a cycle. */
export const CHILD_IN_CYCLE: Clue = {
  says: "the child that stands still is blocked in a cycle of waits",
  find: (facts) => {
    const blocks = cycleOf(facts)?.cycle.some(({ node }) => node.kind === "isolate") ?? false;
    return blocks ? CYCLE.find(facts) : [];
  },
};

/** What keeps a hang that has a class from being proven: the timer that ticks, where it was seen, or else the reason. */
export const UNPROVEN: Clue = {
  says: "it is known why the hang is not proven",
  find: ({ proof, timers }) => {
    if (proof?.kind !== "not-provable") return [];
    const [first] = proof.reasons;
    if (first === undefined) return [];
    const ticking = (timers ?? []).find(({ at }) => at !== null && !isInternalFile(at.file));
    const more = proof.reasons.length === 1 ? "" : `, and ${proof.reasons.length - 1} more`;
    const why = ticking === undefined || ticking.at === null
      ? `${first}${more}`
      : `a timer calls the function at ${at(ticking.at)} every ${time(ticking.ms)}`;
    return [{ kind: "unproven", detail: `not proven, because ${why}`, ref: "proof" }];
  },
};
