/**
 * The remedies by hand: each does now what it would have done by now if it had been on, to every peer to which it
 * applies, and nothing to a peer that lives and answers. For `../control.ts`.
 *
 * What a remedy applies to is the same fact as in the runtime: a conversation that is lost (`ladder.ts`), a loop whose
 * end is being joined (`actor_nursery.ts`, `runtime.ts`), a handshake that cannot come (`child.ts`), a peer that is
 * dead.
 *
 * @module
 */

import { type Control, type ControlReply, NO_ACTOR } from "../../protocol/control.ts";
import { markActive, observe } from "../identity.ts";
import { observeByHand, replyOf, setController } from "../control.ts";
import { BrokenResourceError } from "../errors.ts";
import type { Link } from "../rpc/link.ts";
import { knownPeers, recoverLocksOfPath } from "../shared_mutex.ts";
import { channelWithId } from "../wire/channel.ts";
import { abortChannel, cancelPeerTasks, giveUpJoin } from "./remedies.ts";
import { type ActorRuntime, runtimeOrNone } from "./runtime.ts";

type Remedy = (runtime: ActorRuntime) => ControlReply;

/** What each remedy is by hand. Those that are not listed are not the runtime's to apply. */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  "channel-abort": (runtime) => onLost(runtime, abortChannel, "broke the channel to"),
  "cancel-peer-tasks": (runtime) =>
    onLost(runtime, cancelPeerTasks, "cancelled the tasks bound to"),
  "bounded-join": boundJoins,
  "boot-race": raceBoots,
  "death-watch": watchDeaths,
};

/**
 * Has this isolate answer what concerns actors.
 *
 * @param openValve lets the loop of this isolate turn between its microtasks; in main, whose loop signals need
 */
export function installManualRemedies(openValve: (() => void) | null): void {
  setController((control) => {
    if (control.do === "abort-channel") return abortChannelWithId(control.channel);
    if (control.do === "remedy" && control.remedy === "sentinel") return calmStorm(openValve);
    if (control.do === "remedy") return apply(control);
    return null;
  });
}

function apply({ remedy, dead = [] }: Extract<Control, { do: "remedy" }>): ControlReply {
  const freed = markDead(dead);
  if (remedy === "reap") {
    return replyOf(freed, "none of the dead held a lock that is known here");
  }
  const runtime = runtimeOrNone();
  if (runtime === null) return replyOf([], NO_ACTOR);
  const act = REMEDIES[remedy];
  if (act === undefined) {
    return { kind: "failed", why: `no remedy "${remedy}" can be applied here` };
  }
  return act(runtime);
}

/** Notes that actors are dead, for one that was given up is not watched any more. Frees what they held. */
function markDead(dead: readonly string[]): string[] {
  const did: string[] = [];
  for (const path of dead) {
    const peers = [...knownPeers(), ...linkPeers()].filter((peer) => peer.path === path);
    if (peers.some(({ state }) => state !== "dead")) {
      markActive();
      for (const peer of peers) peer.state = "dead";
      observe({ kind: "actor-dead", peer: path });
    }
    for (const name of recoverLocksOfPath(path)) {
      observeByHand("reap", path, `freed shared mutex "${name}"`);
      did.push(`freed shared mutex "${name}", which ${path} held`);
    }
  }
  return did;
}

function linkPeers(): Link["peer"][] {
  return [...runtimeOrNone()?.links ?? []].map(({ peer }) => peer);
}

function onLost(
  { links }: ActorRuntime,
  act: (link: Link, why: string, by: "operator") => boolean,
  did: string,
): ControlReply {
  const lost = [...links].filter((link) => link.lost !== null && !link.done.isSet);
  if (lost.length > 0) markActive();
  for (const link of lost) act(link, link.lost ?? "", "operator");
  return replyOf(
    lost.map(({ peer }) => `${did} ${peer.path}`),
    "no channel is open here whose other side was ended by force or given up",
  );
}

function boundJoins(runtime: ActorRuntime): ControlReply {
  // A loop whose peer lives may still come to its end in order.
  const joined = [...runtime.links].filter(({ done, peer }) =>
    !done.isSet && (done.waiting > 0 || runtime.joinsPeers) && peer.state !== "alive"
  );
  if (joined.length > 0) markActive();
  for (const link of joined) giveUpJoin(link, "", "operator");
  return replyOf(
    joined.map(({ peer }) => `gave up joining the loop of ${peer.path} and cancelled it`),
    "no task here joins the loop of a peer that is gone",
  );
}

function raceBoots({ children }: ActorRuntime): ControlReply {
  const did: string[] = [];
  for (const child of children) {
    const why = child.loseBootRaceByHand();
    if (why !== null) {
      did.push(`ended the wait for the handshake of ${child.link.peer.path}: ${why}`);
    }
  }
  return replyOf(did, "no task here waits for a handshake that cannot come");
}

function watchDeaths({ links }: ActorRuntime): ControlReply {
  const dead = [...links].filter(({ channel, peer }) => peer.state === "dead" && !channel.isOver);
  for (const { channel, peer } of dead) {
    observeByHand("death-watch", peer.path, "turned its death into end-of-file");
    channel.eof("it is known to be dead");
  }
  return replyOf(
    dead.map(({ peer }) => `end-of-file on the channel to ${peer.path}`),
    "no channel is open here whose peer is known to be dead",
  );
}

function abortChannelWithId(id: string): ControlReply {
  const channel = channelWithId(id);
  if (channel === null) return replyOf([], `there is no open channel ${id} here`);
  observeByHand("abort-channel", channel.peer.path, "broke this end of its channel");
  channel.abort(new BrokenResourceError(`channel ${id} aborted: an operator asked for it`));
  return replyOf([`broke channel ${id}`]);
}

/** The asker has seen that the loop stands still while microtasks run. */
function calmStorm(openValve: (() => void) | null): ControlReply {
  if (openValve === null) return replyOf([], "a sentinel stands beside main only");
  const did = "let the loop turn between its microtasks";
  observeByHand("sentinel", null, did);
  openValve();
  return replyOf([did]);
}
