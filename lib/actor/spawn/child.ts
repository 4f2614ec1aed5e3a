/**
 * One child actor as its supervisor sees it: the worker, the link, the proof of death, and what is wanted of it.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/journal_event.ts";
import { BrokenResourceError } from "../errors.ts";
import { Event } from "../event.ts";
import { actorPath, observe } from "../identity.ts";
import { type Park, park, type PeerRef } from "../park.ts";
import { type Functions, Link } from "../rpc/link.ts";
import { knowPeer } from "../shared_mutex.ts";
import { Channel } from "../wire/channel.ts";
import { encodeFrame } from "../wire/codec.ts";
import { LifeWatch, LOCK_HELD } from "./life.ts";
import type { ActorRuntime } from "./runtime.ts";

/** What a worker's boot gets beside its spec: what msgpack cannot carry. */
export interface BootMessage {
  /** One encoded `spawn-spec` frame. */
  readonly spec: Uint8Array;
  readonly port: MessagePort;
  /** Memory that the actors share, by name. */
  readonly shared: Readonly<Record<string, SharedArrayBuffer>>;
}

/** How to start an actor. */
export interface ActorOptions {
  /** URL of the module whose exports the actor serves, as from `import.meta.resolve("./child.ts")`. */
  readonly module: string | URL;
  /** Memory to share with it, by name; it finds it with `sharedMemory(name)`. */
  readonly shared?: Readonly<Record<string, SharedArrayBuffer>>;
  /** Functions of this side that the child may call through `parentPortal()`. */
  readonly expose?: Functions;
  /** Called once teardown is done with the actor, with what became of it. */
  readonly onEnd?: (end: ActorEnd) => unknown;
}

/** What became of an actor. */
export type ActorEnd =
  | { readonly kind: "ended"; readonly by: "itself" | "soft-kill" | "hard-kill" | "reap" }
  | { readonly kind: "abandoned" };

let spawned = 0;

/** One child actor. */
export class Child {
  readonly peer: PeerRef;
  readonly link: Link;
  readonly life: LifeWatch;
  /** Set when the child acknowledges a cancel. */
  readonly acked: Event;
  /** Set when the shielded wait for orders is over: teardown, cancelActor, or the end of its conversation. */
  readonly orders: Event;
  /** Set when the child shall end, or has ended its conversation. */
  readonly endWanted: Event;
  /** Set once teardown is done with it. */
  readonly settled: Event;
  #endReason: CancelReason | null = null;
  readonly #worker: Worker;
  #handshake: { readonly ok: true } | { readonly ok: false; readonly error: Error } | null = null;
  #shaking: Park<void> | null = null;

  constructor(name: string, options: ActorOptions, runtime: ActorRuntime) {
    const path = `${actorPath()}/${name}`;
    const { remedies, softKillMs, hardKillMs, joinMs } = runtime.options;
    this.peer = { path, state: "alive" };
    knowPeer(this.peer);
    const lifeLock = `unwedge-life:${path}:${++spawned}:${crypto.randomUUID()}`;
    this.life = new LifeWatch(lifeLock, this.peer);
    this.acked = new Event(`cancel acknowledged by ${path}`, this.peer);
    this.orders = new Event(`orders for ${path}`);
    this.endWanted = new Event(`end of ${path}`, this.peer);
    this.settled = new Event(`teardown of ${path} done`, this.peer);
    this.#worker = new Worker(new URL("./worker_main.ts", import.meta.url), {
      type: "module",
      name: path,
    });
    this.#worker.onmessage = ({ data }) => {
      if (data === LOCK_HELD) this.life.begin();
    };
    // An error event that nobody prevents would end the whole process.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      observe({ kind: "error", name: "worker error", message: event.message, where: path });
      if (remedies.has("boot-race")) this.#bootRace(`it failed: ${event.message}`);
    };
    const { port1, port2 } = new MessageChannel();
    this.link = new Link(new Channel(port1, this.peer), {
      onHandshake: () => this.#shake({ ok: true }),
      onBootError: (error) => this.#shake({ ok: false, error }),
      onActorCancelAck: () => this.acked.set(),
      onDone: () => this.wantEnd(null),
    });
    const spec = encodeFrame({
      kind: "spawn-spec",
      spec: {
        path,
        module: String(options.module),
        lifeLock,
        journal: runtime.journal,
        remedies: [...remedies],
        softKillMs,
        hardKillMs,
        joinMs,
      },
    });
    const boot: BootMessage = { spec, port: port2, shared: options.shared ?? {} };
    this.#worker.postMessage(boot, [port2]);
    observe({ kind: "actor-spawned", peer: path, worker: path });
    if (remedies.has("boot-race")) this.life.onGone(() => this.#bootRace("its isolate is gone"));
    if (remedies.has("death-watch")) this.life.onGone(() => this.#eofSoon());
  }

  /** Why the child shall end, null when nobody asked for it. */
  get endReason(): CancelReason | null {
    return this.#endReason;
  }

  /** Asks for the end of the child. The first reason counts. */
  wantEnd(reason: CancelReason | null): void {
    this.#endReason ??= reason;
    this.endWanted.set();
    this.orders.set();
  }

  /**
   * Waits until the child has said that it is ready.
   *
   * @throws {RemoteActorError} when its module cannot be loaded
   * @throws {BrokenResourceError} with the remedy `boot-race`, when it dies first
   */
  awaitHandshake(): Promise<void> {
    return park<void>(
      { kind: "handshake", resource: `handshake of ${this.peer.path}`, peer: this.peer },
      this.awaitHandshake,
      (self) => {
        this.#shaking = self;
        this.#settleHandshake();
        return () => {
          this.#shaking = null;
          return "left";
        };
      },
    );
  }

  /** Ends the worker the way the platform offers, which does nothing to one that is stuck. */
  terminate(): void {
    this.#worker.terminate();
    // One that died before it held its lock will never say so.
    this.life.begin();
  }

  #bootRace(why: string): void {
    if (this.#handshake !== null) return;
    const { path } = this.peer;
    observe({
      kind: "remedy",
      remedy: "boot-race",
      peer: path,
      did: "ended the wait for its handshake",
    });
    this.#shake({
      ok: false,
      error: new BrokenResourceError(`${path} died before its handshake: ${why}`),
    });
  }

  #shake(outcome: { readonly ok: true } | { readonly ok: false; readonly error: Error }): void {
    if (this.#handshake !== null) return;
    this.#handshake = outcome;
    if (outcome.ok) {
      this.link.channel.opened();
      observe({ kind: "handshake", peer: this.peer.path });
    }
    this.#settleHandshake();
  }

  #settleHandshake(): void {
    const outcome = this.#handshake;
    if (outcome === null || this.#shaking === null) return;
    if (outcome.ok) this.#shaking.wake();
    else this.#shaking.fail(outcome.error);
    this.#shaking = null;
  }

  /** The lock may be granted before the last messages are read, which are in our queue by then: let them come first. */
  #eofSoon(): void {
    setTimeout(() => {
      const { channel } = this.link;
      if (channel.state === "closed" || channel.state === "broken") return;
      observe({
        kind: "remedy",
        remedy: "death-watch",
        peer: this.peer.path,
        did: "turned its death into end-of-file",
      });
      channel.eof("its life lock was granted");
    }, EOF_DELAY_MS);
  }
}

const EOF_DELAY_MS = 2;
