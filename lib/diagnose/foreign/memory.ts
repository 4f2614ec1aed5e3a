/**
 * Workers of a program without records that block each other on words of shared memory.
 *
 * Invariant: the memory tells nobody who took a word. What counts as taken is read off the source of the functions in the
 * stack (`lib/dump/process/acquired_words.ts`), and only where no other isolate could give the word back: all workers
 * stand so, and main waits for them.
 *
 * @module
 */

import type { Dump } from "../../model/dump.ts";
import { memoryWaitText } from "../../report/text/memory_text.ts";
import { atMostFew } from "../clues/clue.ts";
import { at, standstill } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { awaitSteps, type Finding, step } from "./finding.ts";
import { blocked, forMessage, living } from "./workers.ts";

/** Main waits for the messages of workers, each of which waits for a word that another of them has taken, in a circle. */
export function memoryCycle(facts: Facts): Finding | null {
  const [main] = forMessage(facts);
  if (facts.dump === null || main === undefined || blocked(facts) === null) return null;
  const holders = holdersIn(facts.dump);
  const workers = living(facts).map(({ id }) => id);
  if (!workers.every((id) => workers.includes(holders.get(id) ?? ""))) return null;
  const circle = circleFrom(workers[0] ?? "", holders);
  const steps = circle.map((id) => codeStep(facts, id, holders));
  const before = awaitSteps(main);
  return {
    evidence: atMostFew(circle.map((id) => ({
      kind: "cycle",
      detail: detailOf(facts, id),
      ref: "dump.memoryWaits",
    }))),
    path: {
      kind: "cycle",
      entry: before.length,
      because: "each of them waits for a word of shared memory that the next one has taken",
      steps: [...before, ...steps],
    },
  };
}

/** By isolate the one that has taken the word which it waits for, where that is one alone. */
function holdersIn({ memoryWaits = [] }: Dump): ReadonlyMap<string, string> {
  return new Map(memoryWaits.flatMap(({ isolate, buffer, byteOffset }) => {
    const [holder, ...others] = memoryWaits.filter(({ holds = [] }) =>
      holds.some((word) =>
        byteOffset !== null && word.buffer === buffer && word.byteOffset === byteOffset
      )
    );
    return holder !== undefined && others.length === 0 ? [[isolate, holder.isolate]] : [];
  }));
}

/** The isolates of the circle to which the way from one leads. */
function circleFrom(start: string, holders: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (let id = start; !way.includes(id); id = holders.get(id) ?? "") way.push(id);
  return way.slice(way.indexOf(holders.get(way.at(-1) ?? "") ?? ""));
}

function codeStep(facts: Facts, id: string, holders: ReadonlyMap<string, string>) {
  const frame = frameOf(facts, id);
  const resource = `${frame?.fn ?? ""}(), for a word that ${holders.get(id) ?? ""} has taken`;
  const place = frame === null
    ? null
    : { file: frame.file, line: frame.line, column: frame.column };
  return step({ actor: id, kind: "code", resource, at: place });
}

function detailOf(facts: Facts, id: string): string {
  const wait = facts.dump?.memoryWaits?.find(({ isolate }) => isolate === id);
  const frame = frameOf(facts, id);
  return `${frame === null ? "" : `${at(frame)}: `}${
    wait === undefined ? id : memoryWaitText(wait)
  }`;
}

function frameOf(facts: Facts, id: string) {
  const worker = living(facts).find((each) => each.id === id);
  const still = worker === undefined ? null : standstill(worker);
  return still?.frame ?? null;
}
