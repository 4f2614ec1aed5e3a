/**
 * Clues about actors that were given up and go on talking.
 *
 * Invariant: a flood is known by what main works on, never by how slow it is. A loaded machine makes every turn of the
 * loop late, and puts no call of an actor into main that was given up before it called.
 *
 * @module
 */

import type { Dump } from "../../model/dump.ts";
import type { Evidence } from "../../model/result.ts";
import type { Clue } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { untaken } from "./loop.ts";
import { at, mainIsolate } from "./queries.ts";
import { time } from "../../protocol/duration.ts";

/** Fewer late messages than this may have been on their way when their sender was given up. */
const LATE_MESSAGES = 3;
/** Calls that are under way or queued at one moment: a single one would be a call that does not come to its end. */
const PILED_UP = 2;
/** A loop that turns acts on SIGINT within milliseconds, on a loaded machine within tens of them. */
const HEEDED_LATE_MS = 1_000;

/** Main is busy with calls of actors that it has given up. */
export const FLOODED: Clue = {
  says: "main is busy, and works on what actors go on sending that were given up",
  find: (facts) => flood(facts),
};

/** The same, and SIGINT was acted on, but a turn of the loop took until then, or main was not waited for any longer. */
export const FLOODED_LATE: Clue = {
  says: "main turns too rarely because of what actors go on sending that were given up",
  find: (facts) => {
    const { sigint } = facts;
    if (sigint === null || sigint.actedMs === null) return [];
    const lines = flood(facts);
    if (lines.length === 0) return [];
    // It gives main a bound to take the signal in, and time in which main was kept from a processor does not count.
    if (sigint.by === "sentinel") return [...lines, ...untaken(sigint)];
    if (sigint.by !== undefined || sigint.actedMs < HEEDED_LATE_MS) return [];
    const detail = `SIGINT was acted on after ${time(sigint.actedMs)}, when the loop got a turn`;
    return [...lines, { kind: "sigint", detail, ref: "sigint" }];
  },
};

function flood(facts: Facts): Evidence[] {
  const { dump } = facts;
  const main = mainIsolate(facts);
  if (dump === null || main?.isolate.state !== "busy") return [];
  const late = lateMessages(dump, main.isolate.actor);
  const calls = pileOf(dump, main.isolate.actor);
  if (late.messages < LATE_MESSAGES || calls < PILED_UP) return [];
  const frames = main.isolate.samples.at(-1)?.frames ?? [];
  const frame = frames.find(({ internal }) => !internal) ?? frames[0];
  const where = frame === undefined ? "" : `; it was in ${frame.fn} at ${at(frame)}`;
  const senders = late.senders === 1 ? "an actor" : `${late.senders} actors`;
  return [
    {
      kind: "flood",
      detail: `main has taken in ${late.messages} frames from ${senders} after they were given ` +
        "up: their channels are still open",
      ref: "dump.channels",
    },
    {
      kind: "flood",
      detail:
        `main was busy in every look, with ${calls} of their calls under way or queued, all ` +
        `to be served before its loop gets a turn${where}`,
      ref: main.ref,
    },
  ];
}

function lateMessages(dump: Dump, actor: string | null): { messages: number; senders: number } {
  const late = dump.channels.filter((channel) =>
    channel.actor === actor && (channel.afterAbandon ?? 0) > 0
  );
  const messages = late.reduce((sum, { afterAbandon = 0 }) => sum + afterAbandon, 0);
  return { messages, senders: late.length };
}

/** Calls of given-up actors that do not wait for anything but the processor. */
function pileOf(dump: Dump, actor: string | null): number {
  const givenUp = new Set(
    dump.channels.filter((channel) => channel.actor === actor && channel.peerState === "abandoned")
      .map(({ peer }) => peer),
  );
  return dump.tasks.filter((task) =>
    task.actor === actor && task.parkedOn === null && task.serves !== undefined &&
    givenUp.has(task.serves)
  ).length;
}
