/**
 * What moved between two dumps: tasks, isolates and channels that came, left, or do something else by now.
 *
 * @module
 */

import type { Dump, DumpedTask, IsolateDump } from "../../../model/dump.ts";
import { stuckAwaits } from "../../../report/text/stuck_awaits.ts";
import { visible } from "../../../report/text/style.ts";
import { count, place } from "../../../report/text/words.ts";
import {
  line,
  type Mark,
  missingLines,
  type Screen,
  sentences,
  waitText,
} from "../../../report/text/screen.ts";
import { topFrame } from "../../../report/text/tree.ts";

/** One change, in words. */
export interface Change {
  readonly kind: "left" | "came" | "moved";
  readonly text: string;
}

const SIGNS: Readonly<Record<Change["kind"], readonly [mark: Mark, sign: string]>> = {
  left: ["green", "-"],
  came: ["cyan", "+"],
  moved: ["yellow", "~"],
};

/** What moved since the dump before, or that nothing did. */
export function changeLines(before: Dump | null, after: Dump, screen: Screen): string[] {
  const size = sizeOf(after);
  if (before === null) return [line([`${size}; there is no dump before to compare with`], screen)];
  const changes = changesBetween(before, after);
  const missing = missingLines(after, screen);
  if (changes.length === 0) {
    const text = `Nothing moved: the same ${size}, each where it was.`;
    return [...sentences(text, screen, "", "bold"), ...missing];
  }
  const room = Math.max(4, screen.rows - 10);
  const more = changes.length - room;
  return [
    line([["bold", `${count(changes.length, "change")} since the last look:`]], screen),
    ...missing,
    ...changes.slice(0, room).map(({ kind, text }) => line([" ", SIGNS[kind], ` ${text}`], screen)),
    ...(more > 0 ? [line([["dim", `   … ${more} more`]], screen)] : []),
  ];
}

/** Every change from the one to the other, tasks first. */
export function changesBetween(before: Dump, after: Dump): Change[] {
  if (before.pid !== after.pid) {
    return [moved("the process in question", `${before.pid}`, `${after.pid}`)];
  }
  const silent = new Set([...silentActors(before), ...silentActors(after)]);
  const told = ({ actor }: DumpedTask) => !silent.has(actor);
  return [
    ...taskChanges(before.tasks.filter(told), after.tasks.filter(told)),
    ...isolateChanges(before, after),
    ...channelChanges(before, after),
    ...processChanges(before, after),
    ...awaitChanges(before, after),
  ];
}

function sizeOf({ tasks, isolates, processes, awaits }: Dump): string {
  if (processes === undefined) {
    return `${count(tasks.length, "task")} in ${count(isolates.length, "isolate")}`;
  }
  const read = awaits === undefined ? [] : [count(stuckAwaits({ awaits }).length, "await")];
  return [count(processes.length, "process"), count(isolates.length, "isolate"), ...read].join(
    ", ",
  );
}

function processChanges({ processes: was = [] }: Dump, { processes: is = [] }: Dump): Change[] {
  const pidsOf = (list: typeof was) => new Set(list.map(({ pid }) => pid));
  const [before, after] = [pidsOf(was), pidsOf(is)];
  return [
    ...was.filter(({ pid }) => !after.has(pid))
      .map(({ pid, command }) => left(`process ${pid}`, `it has gone: ${command}`)),
    ...is.filter(({ pid }) => !before.has(pid))
      .map(({ pid, command }) => came(`process ${pid}`, command)),
  ];
}

/** Only where both heaps were read. */
function awaitChanges({ awaits: was }: Dump, { awaits: is }: Dump): Change[] {
  if (was === undefined || is === undefined) return [];
  const [before, after] = [awaitCounts(was), awaitCounts(is)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((text): Change[] => {
    const [old, now] = [before.get(text) ?? 0, after.get(text) ?? 0];
    if (old === now) return [];
    if (now === 0) return [left(text, "does not wait there any more")];
    if (old === 0) return [came(text, "waits")];
    return [moved(text, `${old} that wait`, `${now}`)];
  });
}

function awaitCounts(awaits: NonNullable<Dump["awaits"]>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { isolate, name, at } of stuckAwaits({ awaits })) {
    const text = `${isolate} ${visible(name)} at ${visible(place(at, Deno.cwd()))}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** Actors whose isolates are there and told no tasks: what they do is not known, and not over. */
function silentActors({ isolates, tasks }: Dump): string[] {
  const told = new Set(tasks.map(({ actor }) => actor));
  return isolates.flatMap(({ actor, state }) =>
    actor === null || state === "gone" || told.has(actor) ? [] : [actor]
  );
}

function taskChanges(before: readonly DumpedTask[], after: readonly DumpedTask[]): Change[] {
  const was = new Map(before.map((task) => [task.id, task]));
  const is = new Set(after.map(({ id }) => id));
  const ended = before.filter(({ id }) => !is.has(id));
  return [
    ...ended.map(({ id, name }) => left(`${id} ${name}`, "ended")),
    ...after.flatMap((task): Change[] => {
      const label = `${task.id} ${task.name}`;
      const old = was.get(task.id);
      const now = waitText(task);
      if (old === undefined) return [came(label, now)];
      if (waitText(old) !== now) return [moved(label, `in ${waitText(old)}`, `in ${now}`)];
      // A wait that is younger than it was came free, and began again.
      const anew = old.sinceMs !== null && task.sinceMs !== null && task.sinceMs < old.sinceMs;
      return anew ? [{ kind: "moved", text: `${label}: waits anew, ${now}` }] : [];
    }),
  ];
}

function isolateChanges(before: Dump, after: Dump): Change[] {
  const was = new Map(before.isolates.map((isolate) => [isolate.id, isolate]));
  const is = new Set(after.isolates.map(({ id }) => id));
  // It is said elsewhere that these did not answer; what they do now is not known.
  const missing = new Set(after.missing.map(({ isolate }) => isolate));
  const gone = before.isolates.filter(({ id }) => !is.has(id));
  return [
    ...after.isolates.flatMap((isolate): Change[] => {
      const old = was.get(isolate.id);
      const now = doing(isolate);
      if (old === undefined) return [came(nameOf(isolate), now)];
      if (doing(old) === now || missing.has(isolate.id)) return [];
      return [moved(nameOf(isolate), doing(old), now)];
    }),
    ...gone.map((isolate) => left(nameOf(isolate), "its thread has gone")),
  ];
}

function doing(isolate: IsolateDump): string {
  const frame = isolate.state === "busy" ? topFrame(isolate) : null;
  return frame === null ? isolate.state : `${isolate.state} in ${frame.fn}:${frame.line}`;
}

function nameOf({ id, actor }: IsolateDump): string {
  return actor === null ? id : `${id} ${actor}`;
}

function channelChanges(before: Dump, after: Dump): Change[] {
  const state = (end: Dump["channels"][number]) => `${end.state}, peer ${end.peerState}`;
  const was = new Map(before.channels.map((end) => [`${end.actor} ${end.id}`, state(end)]));
  return after.channels.flatMap((end): Change[] => {
    const old = was.get(`${end.actor} ${end.id}`);
    if (old === undefined || old === state(end)) return [];
    return [moved(`channel ${end.id} of ${end.actor}`, old, state(end))];
  });
}

function left(label: string, why: string): Change {
  return { kind: "left", text: `${label}: ${why}` };
}

function came(label: string, now: string): Change {
  return { kind: "came", text: `${label}: new, ${now}` };
}

function moved(label: string, was: string, is: string): Change {
  return { kind: "moved", text: `${label}: was ${was}, is ${is}` };
}
