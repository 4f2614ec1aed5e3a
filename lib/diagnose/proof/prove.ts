/**
 * Proves that a program will never come any further: when nothing moves in any living isolate, no message is on its way between
 * two of them, and in none is anything left that could begin to move by itself, then nothing ever will (but for the
 * operator, who does not count). That is the whole argument. It does not ask who could set which event or fire which
 * cancel, because any code of the program might; it asks whether any code will ever run again. So it misses a hang
 * beside which something else still ticks, and cannot lie about one beside which nothing does.
 *
 * Considered and rejected: following single resources (this task waits for that one) to show that a part of the program
 * is dead while another lives. A closure may hold on to any event or scope, so "no task that is left can set it" could
 * not be known. The graph of who waits for whom (`path.ts`) explains a proof; it is never the reason for one.
 *
 * @module
 */

import type { WaitsRecord } from "../../protocol/waits.ts";
import type { Actor, Census } from "./census.ts";
import { explainProof } from "./path.ts";
import type { Proof } from "../../model/proof.ts";

/** What an attempt at a proof came to: proven, or why not. */
export type ProofAttempt =
  /** `quietSinceMs`: epoch milliseconds at which the last thing moved. */
  | { readonly kind: "proven"; readonly proof: Proof; readonly quietSinceMs: number }
  | { readonly kind: "not-provable"; readonly reasons: readonly string[] };

/**
 * Proves, or says why it cannot.
 *
 * @param foreign what modules use that this runtime does not see, in words; see `foreign.ts`. Asked for only when
 * everything else is proven: about those of the living, and about those of the dead, who may have left something behind
 */
export function prove(
  census: Census,
  foreign: (modules: readonly string[], of: "living" | "dead") => readonly string[],
): ProofAttempt {
  if (census.begunAt === null) return no(["the program has not begun"]);
  if (census.joined) return no(["the nursery has joined"]);
  if (census.at("root") === undefined) return no(["the root has said nothing"]);
  const living = census.actors.filter(({ standing }) => standing.kind !== "dead");
  const reasons = living.flatMap(liveSources);
  if (reasons.length === 0) reasons.push(...underWay(living));
  if (reasons.length === 0) {
    reasons.push(...foreign(modulesOf(living), "living"), ...foreign(census.modulesOfDead, "dead"));
  }
  if (reasons.length > 0) return no(reasons);
  return { kind: "proven", proof: explainProof(census), quietSinceMs: quietSince(living) };
}

function modulesOf(actors: readonly Actor[]): string[] {
  return actors.flatMap(({ module }) => module === null ? [] : [module]);
}

function no(reasons: readonly string[]): ProofAttempt {
  return { kind: "not-provable", reasons };
}

function liveSources({ path, standing }: Actor): string[] {
  switch (standing.kind) {
    case "awake":
      return [`${path} has not come to rest: it could still act`];
    case "dying":
      return [`${path} was ended by force and is not known to be dead: it could still act`];
    case "quiet":
      return standing.waits.sources.map((source) => `${path}: ${source}`);
    case "dead":
      return [];
  }
}

/** Messages that one side has sent and the other not yet received. */
function underWay(living: readonly Actor[]): string[] {
  const reasons: string[] = [];
  for (const sender of living) {
    for (const { peer, sent } of waitsOf(sender)?.channels ?? []) {
      const receiver = living.find(({ path }) => path === peer);
      if (receiver === undefined) continue;
      const end = waitsOf(receiver)?.channels.find(({ peer }) => peer === sender.path);
      // A closed port hands nothing over any more.
      if (end?.state === "closed" || end?.state === "broken") continue;
      if (end?.received === sent) continue;
      reasons.push(
        `${sender.path} has sent ${sent} messages to ${peer}, which has received ${
          end?.received ?? 0
        }`,
      );
    }
  }
  return reasons;
}

function waitsOf({ standing }: Actor): WaitsRecord | null {
  return standing.kind === "quiet" ? standing.waits : null;
}

function quietSince(living: readonly Actor[]): number {
  return Math.max(...living.map((actor) => waitsOf(actor)?.quietSinceMs ?? Infinity));
}
