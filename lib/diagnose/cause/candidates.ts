/**
 * What is worth trying on copies of a hang, least invasive first, and which of it probably finds something to do there.
 * The guess saves copies (one on which an action finds nothing to do is as good as new and serves for the next) and
 * decides nothing: everything is tried.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import type { Action } from "../../model/action.ts";
import type { ChainStep } from "../../model/diagnosis.ts";
import type { Dump } from "../../model/dump.ts";
import { chainOf } from "./chain.ts";

/** One thing to try. */
export interface TrialCandidate {
  /** What it is called in the table: `Ctrl-C`, `reap`, `cancel "report"`. */
  readonly name: string;
  readonly action: Action;
  /** Whether it is expected to find something to do. */
  readonly likely: boolean;
}

/** What is known of a hang before it is judged. */
export interface HangClues {
  /** Null when none could be taken; then everything is likely. */
  readonly dump: Dump | null;
  /** Whether the nursery has joined, and only the process is to be freed. */
  readonly joined: boolean;
  /** Actors that were ended by force or given up, by the journal. */
  readonly lost: ReadonlySet<string>;
}

/**
 * The candidates.
 *
 * @param sigint whether Ctrl-C has to be tried on a copy (the first run tried it otherwise)
 */
export function candidatesOf(clues: HangClues, sigint: boolean): TrialCandidate[] {
  const { dump, joined } = clues;
  const remedies = REMEDIES.map(({ name }): TrialCandidate => ({
    name,
    action: { kind: "remedy", remedy: name },
    likely: dump === null || applies(name, dump, clues),
  }));
  const cancels = dump === null || joined ? [] : cancelsOf(chainOf(dump));
  const interrupt: TrialCandidate[] = sigint && !joined
    ? [{ name: "Ctrl-C", action: { kind: "sigint" }, likely: true }]
    : [];
  return [...interrupt, ...remedies, ...cancels];
}

/** Whether an actor that can be really ended is among what is left. */
export function worthReaping({ isolates, tasks, sharedLocks }: Dump, joined: boolean): boolean {
  const workers = isolates.filter(({ kind, state }) => kind === "worker" && state !== "gone");
  if (joined) return workers.length > 0;
  return workers.some(({ state }) => state !== "parked") ||
    tasks.some(({ parkedOn }) => parkedOn?.peerState === "abandoned") ||
    sharedLocks.some(({ holderState }) => holderState === "abandoned");
}

function applies(remedy: string, dump: Dump, { joined, lost }: HangClues): boolean {
  if (remedy === "reap") return worthReaping(dump, joined);
  if (joined) return false;
  const { tasks, isolates } = dump;
  const channels = dump.channels.filter(({ state }) => state === "open" || state === "opening");
  switch (remedy) {
    case "channel-abort":
    case "cancel-peer-tasks":
      return channels.some(({ peer }) => lost.has(peer));
    case "bounded-join":
      return tasks.some(({ parkedOn }) =>
        parkedOn !== null && parkedOn.peerState !== "alive" && LOOP_END.test(parkedOn.resource)
      );
    case "boot-race":
      return tasks.some(({ parkedOn }) => parkedOn?.kind === "handshake");
    case "death-watch":
      return channels.some(({ peerState }) => peerState === "dead");
    case "sentinel":
      return isolates.some(({ kind, microtasks }) => kind === "main" && microtasks === "run") ||
        dump.sharedLocks.some(({ seenBy, blockedMs }) => seenBy === "root" && blockedMs !== null);
    default:
      return true;
  }
}

/** What the supervisor of an actor waits for when it joins the actor's message loop. */
const LOOP_END = /^event "loop of .+ ended"$/;

/**
 * Where no actor is dead or given up, and main's loop turns, only a cancel can free the nursery: of the first task on
 * the chain that waits for something else than its children.
 */
function cancelsOf(chain: readonly ChainStep[]): TrialCandidate[] {
  const gone = chain.some(({ peerState }) => peerState === "dead" || peerState === "abandoned");
  const first = chain.find(({ kind }) => kind !== "join");
  const [, number, name] = /^#(\d+) (.*)$/.exec(first?.task ?? "") ?? [];
  if (gone || first === undefined || first.kind === "none" || number === undefined) return [];
  const action = { kind: "cancel-task", actor: first.actor, task: Number(number) } as const;
  return [{ name: `cancel "${name}"`, action, likely: true }];
}
