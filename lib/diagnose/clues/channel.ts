/**
 * Clues about tasks that wait for another actor, and about that actor.
 *
 * @module
 */

import type { Evidence } from "../../model/result.ts";
import { atMostFew, type Clue, describeWait, UNSEEN_KIND } from "./clue.ts";
import { cameOut } from "../cause/came_out.ts";
import type { Facts, Heard } from "../facts.ts";
import { explainHang } from "../hang_path.ts";
import { neverConnected } from "./boot.ts";
import {
  at,
  hasMoved,
  isolateOfActor,
  type ParkedTask,
  parkedTasks,
  standstill,
} from "./queries.ts";
import { time } from "../../protocol/duration.ts";
import { isInternalFile } from "../../protocol/own_code.ts";

/** A channel in one of these states still promises messages, so that a wait on it is a wait. */
const PROMISING = ["opening", "open", "closing"];

/**
 * Tasks parked on a channel whose other end was there, and is gone or was given up. A loop of unwedge's own counts when
 * something waits for it, or for its end: as long as the program itself waits for something else, nothing does.
 */
export function orphans(facts: Facts): ParkedTask[] {
  const awaited = explainHang(facts)?.awaited;
  const isAwaited = (id: string) => awaited === undefined || awaited.has(id);
  const peers = new Set(
    parkedTasks(facts, (_, { id }) => isAwaited(id)).map(({ wait }) => wait.peer),
  );
  return parkedTasks(
    facts,
    ({ kind, peer, peerState }, { id, site }) =>
      (kind === "recv" || kind === "send") &&
      (peerState === "dead" || peerState === "abandoned") && !neverConnected(facts, peer) &&
      (site === null || !isInternalFile(site.file) || isAwaited(id) || peers.has(peer)),
  );
}

/** A task waits for messages from, or for room at, an actor that will never answer. */
export const ORPHANED_WAIT: Clue = {
  says: "a task is parked in recv or send on the channel of a dead or abandoned actor",
  find: (facts) =>
    atMostFew(orphans(facts).filter(({ task }) => reachable(task, facts)).map(describeWait)),
};

/** A shield does not matter where the interrupt got through it. */
function reachable(task: { readonly shielded: boolean }, facts: Facts): boolean {
  return !task.shielded || facts.sigint?.unwedged === true;
}

/** The same for a task that has something to say. */
export const ORPHANED_SENDER: Clue = {
  says: "a task is parked in send: it waits for room at a dead or abandoned actor",
  find: (facts) =>
    atMostFew(
      orphans(facts).filter(({ task, wait }) => wait.kind === "send" && reachable(task, facts))
        .map(describeWait),
    ),
};

/** The channel of an orphaned wait never said that it is over. */
export const SILENT_CHANNEL: Clue = {
  says: "that channel was never closed or broken, so the waiting task has not been told",
  find: (facts) => {
    const waits = orphans(facts);
    const channels = facts.dump?.channels ?? [];
    return atMostFew(channels.flatMap((channel, index) => {
      const awaited = waits.some(({ task, wait }) =>
        task.actor === channel.actor && wait.peer === channel.peer
      );
      if (!awaited || !PROMISING.includes(channel.state)) return [];
      const detail = `channel ${channel.id} of ${channel.actor} is still "${channel.state}" ` +
        `although ${channel.peer} is ${channel.peerState}`;
      return [{ kind: "channel", detail, ref: `dump.channels[${index}]` }];
    }));
  },
};

/** What the actor at the other end of an orphaned wait does instead. */
export const ORPHANING_CHILD: Clue = {
  says: "what the actor at the other end does is known",
  find: (facts) => {
    const peers = new Set(orphans(facts).flatMap(({ wait }) => wait.peer ?? []));
    return atMostFew([...peers].flatMap((peer) => childLine(facts, peer)));
  },
};

function childLine(facts: Facts, actor: string): Evidence[] {
  const line = (detail: string, ref: string | null) => [{ kind: "child", detail, ref }];
  const found = isolateOfActor(facts, actor);
  if (found === null || found.isolate.state === "gone") {
    return facts.deadActors.includes(actor)
      ? line(`peer dead: the isolate of ${actor} has really ended`, null)
      : [];
  }
  const { isolate, ref } = found;
  if (isolate.state === "native-blocked") {
    const what = isolate.thread === null ? "silent" : "in a native call";
    return line(`child ${what}: ${actor} (${isolate.id}) answers no inspector`, ref);
  }
  if (isolate.state === "parked") {
    return line(`child idle: ${actor} (${isolate.id}) runs nothing and would answer`, ref);
  }
  const still = standstill(isolate);
  if (still === null) {
    const moves = hasMoved(isolate) ? ", and moves" : "";
    return line(`child busy: ${actor} (${isolate.id}) runs${moves}`, ref);
  }
  const detail = `child ${still.how}: ${actor} (${isolate.id}) was in ${still.frame.fn} at ` +
    `${at(still.frame)} in all ${still.looks} samples`;
  return line(detail, ref);
}

/** A task waits for an actor that has not been given up and stands still in its own code. */
export const HELD_BY_CHILD: Clue = {
  says: "a task waits for an actor that has not been given up and stands still in its own code",
  find: (facts) => {
    const waits = parkedTasks(
      facts,
      ({ kind, peer, peerState }) =>
        peer !== null && (peerState === "alive" || kind === "thread" || kind === "join"),
    );
    const out = outOf(facts);
    return atMostFew(waits.flatMap((parked) => {
      const found = isolateOfActor(facts, parked.wait.peer ?? "");
      if (found === null || out.some(({ actor }) => actor === found.isolate.actor)) return [];
      const still = standstill(found.isolate);
      const { state, thread } = found.isolate;
      const native = state === "native-blocked" && thread !== null;
      if (still === null && !native) return [];
      const detail = still === null
        ? `child native-blocked: ${parked.wait.peer} (${found.isolate.id}) is in a native call ` +
          "that neither the inspector nor terminate() reaches"
        : `child ${still.how}: ${parked.wait.peer} (${found.isolate.id}) was in ` +
          `${still.frame.fn} at ${at(still.frame)} in all ${still.looks} samples`;
      return [describeWait(parked), { kind: "child", detail, ref: found.ref }];
    }));
  },
};

function outOf({ dump, heard = [] }: Facts): Heard[] {
  return dump === null ? [] : cameOut(dump, heard);
}

/** A child that stood still in code of its own came to the end of it, and no other one is left that stands. */
export const CAME_OUT: Clue = {
  says: "the actor that stood still in code of its own has come to the end of it since",
  find: (facts) => {
    const out = outOf(facts);
    if (out.length === 0 || HELD_BY_CHILD.find(facts).length > 0) return [];
    const sentMs = facts.sigint?.sentMs ?? 0;
    return atMostFew(out.map(({ actor, atMs }) => ({
      kind: "child",
      detail: `${actor} stood still in code of its own, and came to the end of it ` +
        `${time(atMs - sentMs)} after SIGINT: it was slow, or what it waited for came; a longer ` +
        "deadline shows how it goes on",
      ref: "ladder",
    })));
  },
};

/** The ladder was climbed for an actor, and did not end it. */
export const LADDER_IN_VAIN: Clue = {
  says: "the ladder was climbed and did not end the actor",
  find: (facts) =>
    atMostFew(facts.ladder.flatMap((rung, index) => {
      if (rung.effect === "ended" || rung.ackedMs !== null) return [];
      const after = rung.effectMs === null ? "" : ` after ${time(rung.effectMs - rung.askedMs)}`;
      const detail = `${rung.rung} of ${rung.actor}: ${
        rung.effect ?? "asked, without effect"
      }${after}`;
      return [{ kind: "ladder", detail, ref: `ladder[${index}]` }];
    })),
};

/** So much later than its bound says a step of the ladder may end, on a loaded machine. */
const LATE_STEP_MS = 250;

/** Teardown was still under way: what waits for an actor then need not wait for it a moment later. */
export const LADDER_UNDER_WAY: Clue = {
  says: "a child was still being ended when the deadline passed",
  find: (facts) => {
    const { ladder, bounds, deadlineMs, proof } = facts;
    if (bounds === undefined || proof?.kind === "proven") return [];
    return atMostFew(ladder.flatMap(({ actor, rung, askedMs, effectMs }, index) => {
      const boundMs = rung === "soft-kill" ? bounds.softKillMs : bounds.hardKillMs;
      const open = askedMs <= deadlineMs && (effectMs === null || effectMs > deadlineMs);
      const soFarMs = deadlineMs - askedMs;
      if (!open || soFarMs > boundMs + LATE_STEP_MS) return [];
      const detail = `${rung} of ${actor} was asked for ${time(soFarMs)} before the deadline and ` +
        `may take ${time(boundMs)}: the deadline is too short for this teardown`;
      return [{ kind: UNSEEN_KIND, detail, ref: `ladder[${index}]` }];
    }));
  },
};
