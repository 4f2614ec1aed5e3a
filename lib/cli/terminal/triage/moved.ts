/**
 * What moved between two dumps: tasks that have gone, that came, that wait for something else now; isolates that run
 * something else; channels that changed their state. Ages are not movement.
 *
 * @module
 */

import type { Dump, DumpedTask, IsolateDump } from "../../../model/dump.ts";
import { count } from "../../../report/text/words.ts";
import { topFrame } from "./busy.ts";
import { missingLines } from "./missing.ts";
import { line, type Mark, type Screen, sentences } from "./screen.ts";
import { waitText } from "./wait_words.ts";

/** One change, in words. */
export interface Change {
  readonly kind: "left" | "came" | "moved";
  readonly text: string;
}

const SHOWN: Readonly<Record<Change["kind"], readonly [mark: Mark, sign: string]>> = {
  left: ["green", "-"],
  came: ["cyan", "+"],
  moved: ["yellow", "~"],
};

/** What moved since the dump before, or that nothing did. */
export function movedLines(before: Dump | null, after: Dump, page: Screen): string[] {
  const size = `${count(after.tasks.length, "task")} in ${count(after.isolates.length, "isolate")}`;
  if (before === null) return [line([`${size}; there is no dump before to compare with`], page)];
  const changes = changesBetween(before, after);
  const unsaid = missingLines(after, page);
  if (changes.length === 0) {
    const text = `Nothing moved: the same ${size}, each where it was.`;
    return [...sentences(text, page, "", "bold"), ...unsaid];
  }
  const room = Math.max(4, page.rows - 10);
  const lines = changes.slice(0, room).map(({ kind, text }) => {
    const [mark, sign] = SHOWN[kind];
    return line([" ", [mark, sign], ` ${text}`], page);
  });
  const more = changes.length - room;
  const head = line([["bold", `${count(changes.length, "change")} since the last look:`]], page);
  return [
    head,
    ...unsaid,
    ...lines,
    ...(more > 0 ? [line([["dim", `   … ${more} more`]], page)] : []),
  ];
}

/** Every change from the one to the other, tasks first. */
export function changesBetween(before: Dump, after: Dump): Change[] {
  const silent = new Set([...silentActors(before), ...silentActors(after)]);
  const told = ({ actor }: DumpedTask) => !silent.has(actor);
  return [
    ...taskChanges(before.tasks.filter(told), after.tasks.filter(told)),
    ...isolateChanges(before, after),
    ...channelChanges(before, after),
  ];
}

/** Actors whose isolates are there and told no tasks: what they do is not known, and not over. */
function silentActors({ isolates, tasks }: Dump): string[] {
  return isolates.flatMap(({ actor, state }) =>
    actor === null || state === "gone" || tasks.some((task) => task.actor === actor) ? [] : [actor]
  );
}

function taskChanges(before: readonly DumpedTask[], after: readonly DumpedTask[]): Change[] {
  const was = new Map(before.map((task) => [task.id, task]));
  const is = new Map(after.map((task) => [task.id, task]));
  const changes: Change[] = [];
  for (const task of before) {
    if (!is.has(task.id)) changes.push({ kind: "left", text: `${label(task)}: ended` });
  }
  for (const task of after) {
    const old = was.get(task.id);
    if (old === undefined) {
      changes.push({ kind: "came", text: `${label(task)}: new, ${waitText(task)}` });
    } else if (waitText(old) !== waitText(task)) {
      changes.push({
        kind: "moved",
        text: `${label(task)}: was in ${waitText(old)}, is in ${waitText(task)}`,
      });
    } else if (waitsAnew(old, task)) {
      changes.push({ kind: "moved", text: `${label(task)}: waits anew, ${waitText(task)}` });
    }
  }
  return changes;
}

/** A wait that is younger than it was began since: it came free and waits again. */
function waitsAnew(old: DumpedTask, { sinceMs }: DumpedTask): boolean {
  return old.sinceMs !== null && sinceMs !== null && sinceMs < old.sinceMs;
}

function label({ id, name }: DumpedTask): string {
  return `${id} ${name}`;
}

function isolateChanges(before: Dump, after: Dump): Change[] {
  const was = new Map(before.isolates.map((isolate) => [isolate.id, isolate]));
  // Of one that did not answer it is said that it did not, and nothing of what it may do now.
  const missing = new Set(after.missing.map(({ isolate }) => isolate));
  return after.isolates.flatMap((isolate): Change[] => {
    const old = was.get(isolate.id);
    was.delete(isolate.id);
    const now = describe(isolate);
    if (old === undefined) return [{ kind: "came", text: `${who(isolate)}: new, ${now}` }];
    if (describe(old) === now || missing.has(isolate.id)) return [];
    return [{ kind: "moved", text: `${who(isolate)}: was ${describe(old)}, is ${now}` }];
  }).concat([...was.values()].map((isolate) => ({
    kind: "left" as const,
    text: `${who(isolate)}: its thread has gone`,
  })));
}

function describe(isolate: IsolateDump): string {
  const frame = isolate.state === "busy" ? topFrame(isolate) : null;
  return frame === null ? isolate.state : `${isolate.state} in ${frame.fn}:${frame.line}`;
}

function who({ id, actor }: IsolateDump): string {
  return actor === null ? id : `${id} ${actor}`;
}

function channelChanges(before: Dump, after: Dump): Change[] {
  const was = new Map(before.channels.map((end) => [`${end.actor} ${end.id}`, end]));
  return after.channels.flatMap((end): Change[] => {
    const old = was.get(`${end.actor} ${end.id}`);
    if (old === undefined) return [];
    const [from, to] = [old, end].map(({ state, peerState }) => `${state}, peer ${peerState}`);
    if (from === to) return [];
    return [{ kind: "moved", text: `channel ${end.id} of ${end.actor}: was ${from}, is ${to}` }];
  });
}
