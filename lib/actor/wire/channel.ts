/**
 * One end of the connection to a peer: frames out, frames in, and a state that exactly one function changes.
 *
 * The platform gives no EOF when a worker dies (posting to a dead port never throws, its messages just never come), so
 * a channel must be told: `eof` by the death watch, `abort` by a supervisor that gives up. Until then a receiver stays
 * parked, and that is the hang of the seed.
 *
 * @module
 */

import type { ChannelSnapshot } from "../../protocol/snapshot.ts";
import type { ChannelState } from "../../protocol/terms.ts";
import { epochNow } from "../../protocol/epoch.ts";
import type { ChannelCount } from "../../protocol/waits.ts";
import { actorPath, markActive, observe } from "../identity.ts";
import { currentTime } from "../clock.ts";
import { BrokenResourceError, ClosedResourceError, UsageError } from "../errors.ts";
import { type Park, park, type ParkReason, type PeerRef } from "../park.ts";
import { captureSite } from "../site.ts";
import { addSnapshotSources } from "../snapshot.ts";
import { framesIn } from "./check_frame.ts";
import { type Frame, ProtocolError } from "./frame.ts";
import { Outbox } from "./outbox.ts";

/** Every move that a channel may make. */
const MOVES = {
  opening: ["open", "closed", "broken"],
  open: ["closed", "broken"],
  closed: [],
  broken: [],
} as const satisfies Partial<Record<ChannelState, readonly ChannelState[]>>;

/** A goodbye closes at once: no channel is `closing`, which the journal also knows. */
type State = keyof typeof MOVES;

/** The task that reads a channel, while it is parked. */
interface Reader {
  readonly park: Park<void>;
  readonly handle: (frame: Frame) => "more" | "last";
}

/** Messages that went through one end. */
interface Counts {
  sent: number;
  received: number;
}

const channels: Set<Channel> = new Set();
/**
 * The latest end to each peer, over or not: what was sent last may still be on its way. Null: they are not asked for.
 */
let ends: Map<string, { readonly counts: Counts; readonly state: () => State }> | null = null;
addSnapshotSources({ channels: () => [...channels].map((channel) => channel.snapshot()) });

/** From now on remembers the end to each peer also when it is over. For isolates that keep a journal. */
export function rememberChannels(): void {
  ends ??= new Map();
}

/** What went through the latest end to each peer, of those made since {@linkcode rememberChannels}. */
export function channelCounts(): ChannelCount[] {
  return [...ends ?? []].map(([peer, { counts, state }]) => ({ peer, state: state(), ...counts }));
}

/** The open channel with an id; null when there is none. */
export function channelWithId(id: string): Channel | null {
  for (const channel of channels) if (channel.id === id) return channel;
  return null;
}

export class Channel {
  /** Called at once when the channel breaks, before any task goes on because of it. */
  onBroken: ((error: Error) => void) | null = null;
  /** `root<->root/child`: this actor first. */
  readonly id: string;
  readonly #port: MessagePort;
  readonly #recvReason: ParkReason;
  #state: State = "opening";
  #since = epochNow();
  #why = "made";
  #inbox: Frame[] = [];
  readonly #counts: Counts = { sent: 0, received: 0 };
  readonly #outbox: Outbox;
  #reader: Reader | null = null;
  #error: Error | null = null;
  /** Frames that came although the peer had been given up. */
  #afterAbandon = 0;

  constructor(port: MessagePort, readonly peer: PeerRef) {
    this.#port = port;
    this.id = `${actorPath()}<->${peer.path}`;
    const counts = this.#counts;
    this.#outbox = new Outbox((message, transfer) => {
      port.postMessage(message, transfer);
      counts.sent++;
      markActive();
    });
    ends?.set(peer.path, { counts, state: () => this.#state });
    const resource = () => `channel ${this.id} (${this.#state})`;
    this.#recvReason = { kind: "recv", resource, peer };
    port.onmessage = (event) => this.#take(event.data);
    port.onmessageerror = () => this.#take(undefined);
    channels.add(this);
  }

  get state(): State {
    return this.#state;
  }

  /** Whether nothing can be sent any more. */
  get isOver(): boolean {
    return this.#state === "closed" || this.#state === "broken";
  }

  /** What reading and sending end with once the channel is over, null before. */
  get over(): Error | null {
    if (this.#state === "broken") return this.#error;
    if (this.#state !== "closed") return null;
    return new ClosedResourceError(`channel ${this.id} is closed: ${this.#why}`);
  }

  /** The peer has answered: from now on this is a conversation. */
  opened(): void {
    if (this.#state === "opening") this.#move("open", "handshake");
  }

  /**
   * Sends one frame. Frames sent in one go of the loop travel in one message.
   *
   * @param isAlone whether nothing else is about to be sent: it then leaves at once
   * @throws {BrokenResourceError} when the channel is broken
   * @throws {ClosedResourceError} when it is closed
   * @throws {TypeError} when a value in the frame cannot cross; nothing was sent then
   */
  send(frame: Frame, isAlone = false): void {
    if (this.over !== null) throw this.over;
    this.#outbox.add(frame, isAlone);
  }

  /** Sends a frame if the conversation is still on. Throws only for what cannot cross. */
  tell(frame: Frame): void {
    if (!this.isOver) this.send(frame);
  }

  flush(): void {
    this.#outbox.flush();
  }

  /**
   * Hands every frame to `handle`, in order, until it answers that this was the last one, and parks in between: a frame
   * that comes while it is parked is handled where it arrives, which saves a wake-up.
   *
   * @throws {BrokenResourceError | ProtocolError} when the channel is or gets broken and nothing is left to read
   * @throws {ClosedResourceError} when it is or gets closed and nothing is left to read
   * @throws {UsageError} when another task is receiving already
   * @throws {Cancelled} when the scope is or gets cancelled
   * @throws whatever `handle` throws; what came after that frame stays unread
   */
  async pump(handle: (frame: Frame) => "more" | "last"): Promise<void> {
    if (this.#reader !== null) throw new UsageError(`channel ${this.id} has a reader already`);
    const site = captureSite(this.pump);
    for (let frame; (frame = this.#inbox.shift()) !== undefined;) {
      if (handle(frame) === "last") return;
    }
    if (this.over !== null) throw this.over;
    await park<void>(this.#recvReason, site, (self) => {
      this.#reader = { park: self, handle };
      return () => {
        this.#reader = null;
        return "left";
      };
    });
  }

  /** Closes in order. What was sent still goes out. */
  close(why: string): void {
    if (this.isOver) return;
    this.flush();
    this.#move("closed", why);
  }

  /**
   * The peer is dead: what it sent can still be read, then comes {@linkcode BrokenResourceError}.
   *
   * @param cause what it died of
   */
  eof(why: string, cause: Error | null = null): void {
    const options = cause === null ? {} : { cause };
    this.abort(
      new BrokenResourceError(`${this.peer.path} is dead: ${cause?.message ?? why}`, options),
    );
  }

  /** Breaks the channel: parked receivers get `error`. */
  abort(error: Error): void {
    if (this.isOver) return;
    this.#error = error;
    this.#move("broken", error.message);
  }

  snapshot(): ChannelSnapshot {
    return {
      id: this.id,
      peer: this.peer.path,
      state: this.#state,
      peerState: this.peer.state,
      sinceMs: this.#since,
      why: this.#why,
      ...(this.#afterAbandon === 0 ? {} : { afterAbandon: this.#afterAbandon }),
    };
  }

  /** The one place that changes the state. */
  #move(to: State, why: string): void {
    const from = this.#state;
    const allowed: readonly State[] = MOVES[from];
    if (!allowed.includes(to)) {
      throw new Error(`channel ${this.id} cannot go from ${from} to ${to} (${why})`);
    }
    this.#state = to;
    this.#since = epochNow();
    this.#why = why;
    observe({ kind: "channel", peer: this.peer.path, from, to, why });
    if (!this.isOver) return;
    // An open port keeps the process alive.
    this.#port.close();
    channels.delete(this);
    this.#outbox.clear();
    const over = this.over;
    if (over !== null) this.#reader?.park.fail(over);
    this.#reader = null;
    if (to === "broken" && over !== null) this.onBroken?.(over);
  }

  #take(message: unknown): void {
    this.#counts.received++;
    markActive();
    if (this.isOver) return;
    let frames: Frame[];
    try {
      frames = framesIn(message, this.peer.path);
    } catch (error) {
      this.abort(error instanceof Error ? error : new ProtocolError(this.peer.path, `${error}`));
      return;
    }
    if (this.peer.state === "abandoned") this.#afterAbandon += frames.length;
    const reader = this.#reader;
    if (reader !== null) reader.park.sinceMs = currentTime();
    for (const frame of frames) {
      if (this.#reader === null) this.#inbox.push(frame);
      else this.#handle(this.#reader, frame);
    }
  }

  #handle(reader: Reader, frame: Frame): void {
    try {
      if (reader.handle(frame) === "more") return;
      reader.park.wake();
    } catch (error) {
      reader.park.fail(error);
    }
    this.#reader = null;
  }
}
