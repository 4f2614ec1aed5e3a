/** Conversations for tests: two links in one isolate, or a link and a peer that says whatever the test wants. @module */

import type { CancelReason } from "../../lib/protocol/terms.ts";
import { Event } from "../../lib/actor/event.ts";
import { openNursery } from "../../lib/actor/nursery.ts";
import type { PeerRef } from "../../lib/actor/park.ts";
import { Channel } from "../../lib/actor/wire/channel.ts";
import { framesIn } from "../../lib/actor/wire/check_frame.ts";
import type { Frame } from "../../lib/actor/wire/frame.ts";
import { type Functions, Link, type LinkOwner } from "../../lib/actor/rpc/link.ts";
import { Portal } from "../../lib/actor/rpc/portal.ts";
import type { ServedContext } from "../../lib/actor/rpc/context.ts";
import { sleepForever } from "../../lib/actor/sleep.ts";

/** How long a context waits for its other side after a failure: long enough to be noticed if a test ever needs it. */
export const BOUND_MS = 10_000;

/** A reason that a puppet may give for a cancel. */
export const REASON: CancelReason = {
  source: "explicit",
  detail: null,
  scope: "s",
  byActor: "root/puppet",
  atMs: 1,
};

/** A function to serve, as a run or as a context, that never ends by itself. */
export interface Waiter {
  readonly serve: (context?: ServedContext) => Promise<void>;
  /** Set once it runs. */
  readonly running: Event;
  /** What it ended with. */
  readonly ended: readonly unknown[];
}

/** Makes one. */
export function waiter(): Waiter {
  const running = new Event();
  const ended: unknown[] = [];
  const serve = async (context?: ServedContext): Promise<void> => {
    context?.started();
    running.set();
    await sleepForever().catch((error: unknown) => {
      ended.push(error);
      throw error;
    });
  };
  return { serve, running, ended };
}

/** The next frame that comes through `channel`. See `Channel.pump` for what it throws. */
export async function recv(channel: Channel): Promise<Frame> {
  const got: Frame[] = [];
  await channel.pump((frame) => {
    got.push(frame);
    return "last";
  });
  const [frame] = got;
  if (frame === undefined) {
    throw new Error(`channel ${channel.id} ended its reader without a frame`);
  }
  return frame;
}

/** Two actors that talk, both in this isolate. */
export interface Conversation {
  /** Calls what `functions` name. */
  readonly portal: Portal;
  /** The caller's side. */
  readonly near: Link;
  /** The side that serves. */
  readonly far: Link;
  /** The caller as the other side sees it. */
  readonly farPortal: Portal;
}

/** Serves `functions` at the far side and `back` at the near one, runs `body`, says goodbye and joins everything. */
export async function converse<T>(
  functions: Functions,
  body: (conversation: Conversation) => T | Promise<T>,
  options: { readonly back?: Functions; readonly boundMs?: number } = {},
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const near = linkOn(port1, "root/far");
  const far = linkOn(port2, "root");
  const boundMs = options.boundMs ?? BOUND_MS;
  await openNursery(async (service) => {
    for (const link of [near, far]) service.spawn(() => link.processMessages(), link.channel.id);
    await openNursery(async (calls) => {
      far.serve(functions, calls);
      near.serve(options.back ?? {}, calls);
      try {
        await body({
          portal: portalOf(near, boundMs),
          near,
          far,
          farPortal: portalOf(far, boundMs),
        });
      } finally {
        calls.cancelScope.cancel("the test is over");
      }
    }, { name: "calls" });
    for (const link of [near, far]) {
      link.channel.tell({ kind: "bye" });
      link.channel.flush();
    }
  }, { name: "service" });
}

/** A peer of a link that sends frames as the test tells it. */
export interface Puppet {
  readonly portal: Portal;
  readonly link: Link;
  /** Sends frames to the link in one message. */
  say(...frames: Frame[]): void;
  /** The next frame that the link sends. */
  hear(): Promise<Frame>;
}

/** Runs `body` with a link whose peer is a puppet. */
export async function puppetry(
  functions: Functions,
  body: (puppet: Puppet) => void | Promise<void>,
  options: { readonly owner?: LinkOwner; readonly boundMs?: number } = {},
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const link = linkOn(port1, "root/puppet", options.owner);
  const heard: Frame[] = [];
  let waiting: ((frame: Frame) => void) | null = null;
  port2.onmessage = ({ data }) => {
    heard.push(...framesIn(data, "root"));
    const first = waiting === null ? undefined : heard.shift();
    if (first === undefined || waiting === null) return;
    waiting(first);
    waiting = null;
  };
  const hear = (): Promise<Frame> => {
    const frame = heard.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => waiting = resolve);
  };
  await openNursery(async (service) => {
    service.spawn(() => link.processMessages(), "loop");
    await openNursery(async (calls) => {
      link.serve(functions, calls);
      try {
        await body({
          portal: portalOf(link, options.boundMs ?? BOUND_MS),
          link,
          say: (...frames) => port2.postMessage(frames),
          hear,
        });
      } finally {
        calls.cancelScope.cancel("the test is over");
      }
    }, { name: "calls" });
    link.channel.close("the test is over");
  }, { name: "service" });
  port2.close();
}

function linkOn(port: MessagePort, path: string, owner: LinkOwner = {}): Link {
  const peer: PeerRef = { path, state: "alive" };
  const link = new Link(new Channel(port, peer), owner);
  link.channel.opened();
  return link;
}

function portalOf(link: Link, boundMs: number): Portal {
  return new Portal(link, boundMs, () => Promise.resolve());
}
