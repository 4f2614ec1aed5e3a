/**
 * One child actor as its supervisor sees it: the worker, the link, the proof of death, and what is wanted of it.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { textOf } from "../../protocol/text.ts";
import { MessageChannel, setImmediate, type Worker } from "../../protocol/platform.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { actorPath, markActive, observe, observeRemedy, observeRung } from "../identity.ts";
import { BrokenResourceError, UsageError } from "../errors.ts";
import { Event, peerEvent } from "../event.ts";
import type { PeerRef } from "../park.ts";
import { type Functions, Link } from "../rpc/link.ts";
import { forgetPeer, knowPeer, recoverLocksOf } from "../shared_mutex.ts";
import { Channel } from "../wire/channel.ts";
import type { SpawnSpec } from "../wire/frame.ts";
import { Handshake } from "./handshake.ts";
import { CLOSING, LifeWatch, LOCK_HELD, newGate, newLifeLock } from "./life.ts";
import { SoftKillBound } from "./soft_kill_bound.ts";
import { boundsOf, type KillBounds } from "./options.ts";
import type { ActorRuntime } from "./runtime.ts";
import type { RemoteActorError } from "../wire/remote_error.ts";
import { crashOf } from "./crash.ts";
import type { BootMessage } from "./boot_message.ts";
import { SPARE_NAME, startWorker } from "./spares.ts";
import { moduleUrl } from "./module_url.ts";

/** How to start an actor. Its bounds are those of `runActors` unless it has its own. */
export interface ActorOptions extends Partial<KillBounds> {
  /** URL of the module whose exports the actor serves, as from `import.meta.resolve("./child.ts")`. */
  readonly module: string | URL;
  /** Memory to share with it, by name; it finds it with `sharedMemory(name)`. */
  readonly shared?: Readonly<Record<string, SharedArrayBuffer>>;
  /** Functions of this side that the child may call through `parentPortal()`. */
  readonly expose?: Functions;
  /** Called once teardown is done with the actor, with what became of it: proven, or given up. */
  readonly onEnd?: (end: ActorEnd) => unknown;
}

/** What became of an actor. */
export type ActorEnd =
  | { readonly kind: "ended"; readonly by: "itself" | "soft-kill" | "hard-kill" | "reap" }
  | { readonly kind: "abandoned" };

/** What the platform may take to end a worker that has closed itself, in milliseconds; of 96 together it takes some. */
const CLOSING_MS = 30_000;

/** A port hands over at least one message in each turn of the loop until its queue is empty. */
const QUIET_TURNS = 4;

/** One child actor. */
export class Child {
  readonly peer: PeerRef;
  readonly link: Link;
  readonly life: LifeWatch;
  /** Name of its life lock, which no other actor of the process has or ever had. */
  readonly lifeLock: string;
  readonly handshake: Handshake;
  readonly softKillBound: SoftKillBound;
  readonly bounds: KillBounds;
  /** Whether it was started for one call, whose answer it lives for. */
  isForCall = false;
  /** The error that it died of and that none of its tasks caught; null when there was none. */
  crash: RemoteActorError | null = null;
  /** Called when it dies of such an error. */
  onCrash: ((error: RemoteActorError) => void) | null = null;
  /** Set when the program asked what became of it. */
  readonly onEnd: ActorOptions["onEnd"];
  /** Set when the child says that it closes: all that is left to it is the end of its isolate. */
  readonly closing: Event;
  /** Set when the shielded wait for orders is over: teardown, cancelActor, or the end of its conversation. */
  readonly orders: Event;
  /** Set when the child shall end, or has ended its conversation. */
  readonly endWanted: Event;
  /** Set once teardown is done with it. */
  readonly settled: Event;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #remedies: ReadonlySet<string>;
  readonly #gotOn: () => void;
  #endReason: CancelReason | null = null;
  #ackDue = false;

  /**
   * Starts the worker.
   *
   * @throws {UsageError} when name, module or shared memory cannot be those of an actor
   */
  constructor(name: string, options: ActorOptions, runtime: ActorRuntime) {
    const module = moduleUrl(options.module);
    const { remedies, joinMs } = runtime.options;
    this.bounds = boundsOf(options, runtime.options);
    const { softKillMs, hardKillMs } = this.bounds;
    this.#gotOn = () => runtime.childGotOn();
    const unique = runtime.names.take(name);
    const path = `${actorPath()}/${unique}`;
    this.#remedies = remedies;
    this.onEnd = options.onEnd;
    this.lifeLock = newLifeLock(runtime.wiring.lifeLock, unique);
    this.peer = { path, state: "alive" };
    const gate = newGate();
    this.life = new LifeWatch(this.lifeLock, this.peer, gate);
    this.handshake = new Handshake(this.peer);
    this.softKillBound = new SoftKillBound(softKillMs + hardKillMs);
    this.closing = peerEvent(`${path} closes`, this.peer);
    this.orders = new Event(`orders for ${path}`);
    this.endWanted = peerEvent(`end of ${path}`, this.peer);
    this.settled = peerEvent(`teardown of ${path} done`, this.peer);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.link = new Link(new Channel(port1, this.peer), {
      onHandshake: () => this.#ready(),
      onBootError: (error) => this.handshake.fail(error),
      onActorCancelAck: () => this.#acked(),
      onCrash: (error) => this.#crashed(error),
      onDone: () => {
        // A task that waits for it has nothing left to wait for.
        this.handshake.fail(new BrokenResourceError(`${path} was lost before its handshake`));
        this.wantEnd(null);
      },
    });
    this.life.onGone(() => {
      runtime.names.free(unique);
      this.#gotOn();
      this.#gone();
    });
    const { lifeLock } = this;
    const { journal } = runtime.wiring;
    const spec: SpawnSpec = {
      path,
      module,
      lifeLock,
      journal,
      remedies: [...remedies],
      softKillMs,
      hardKillMs,
      joinMs,
    };
    const spare = runtime.wiring.spares?.take() ?? null;
    try {
      this.#worker = this.#start(spare ?? startWorker(path), {
        spec,
        port: port2,
        gate,
        shared: options.shared ?? {},
      });
    } catch (error) {
      this.link.channel.close("its worker could not be started");
      runtime.names.free(unique);
      throw error;
    }
    knowPeer(this.peer, lifeLock);
    observe({
      kind: "actor-spawned",
      peer: path,
      worker: spare === null ? path : SPARE_NAME,
      module,
    });
  }

  /** Why the child shall end, null when that was not asked for. */
  get endReason(): CancelReason | null {
    return this.#endReason;
  }

  /** Asks for the end of the child. The first reason counts. */
  wantEnd(reason: CancelReason | null): void {
    this.#endReason ??= reason;
    this.endWanted.set();
    this.orders.set();
    // One that is to end will not get ready, and perhaps never would have.
    if (this.handshake.awaited) this.#loseBootRace("it is to end");
  }

  /**
   * Asks the child to end. Its acknowledgement is recorded when it arrives: the proof of death comes by another way and
   * may overtake it, so that a task that waited for the first of the two would lose the other.
   */
  softKill(reason: CancelReason): void {
    this.#ackDue = true;
    this.link.cancelCall(null, reason);
  }

  /** Ends the worker the way the platform offers, which does nothing to one that is stuck. */
  terminate(): void {
    this.#worker.terminate();
    // One that died before it held its lock will never say so.
    this.life.begin();
  }

  #start(worker: Worker, boot: BootMessage): Worker {
    const { path } = this.peer;
    worker.onmessage = ({ data }) => {
      markActive();
      if (data === LOCK_HELD) this.life.begin();
      if (data !== CLOSING) return;
      this.closing.set();
      this.softKillBound.closes(CLOSING_MS);
      this.#gotOn();
    };
    // An error event that is not prevented would end the whole process.
    worker.onerror = (event) => {
      event.preventDefault();
      markActive();
      const at = event.filename === "" ? "" : ` at ${pathOfFile(event.filename)}:${event.lineno}`;
      const message = `${textOf(event.message)}${at}`;
      observe({ kind: "error", name: "worker error", message, where: path });
      this.#loseBootRace(`it failed: ${textOf(event.message)}`);
      this.#afterQuiet(() => this.#crashed(crashOf(event, path)));
    };
    try {
      worker.postMessage(boot, [boot.port]);
    } catch (cause) {
      worker.terminate();
      throw new UsageError(`what is shared with ${path} cannot be shared: ${textOf(cause)}`, {
        cause,
      });
    }
    return worker;
  }

  #ready(): void {
    if (this.handshake.over) return;
    this.link.channel.opened();
    this.handshake.succeed();
  }

  #acked(): void {
    if (!this.#ackDue) return;
    this.#ackDue = false;
    this.#gotOn();
    observeRung(this.peer.path, "soft-kill", "acked");
  }

  /** `boot-race` by hand: what it would have done by now if it had been on. */
  loseBootRaceByHand(): string | null {
    if (this.handshake.over) return null;
    const dead = this.life.gone.isSet;
    if (!dead && !this.endWanted.isSet) return null;
    const why = dead ? "its isolate is gone" : "it is to end";
    this.handshake.lose(why, "operator");
    const { channel } = this.link;
    if (dead && channel.state === "opening") channel.eof("it died before its handshake");
    return why;
  }

  #loseBootRace(why: string): void {
    if (this.#remedies.has("boot-race")) this.handshake.lose(why);
  }

  #gone(): void {
    if (this.#remedies.has("reap")) recoverLocksOf(this.peer.path, this.lifeLock);
    forgetPeer(this.lifeLock);
    if (this.#remedies.has("boot-race") || this.#remedies.has("death-watch")) {
      this.#afterQuiet(() => this.#eof());
    }
  }

  /** The first error counts: the child tells more of it than the platform does. */
  #crashed(error: RemoteActorError): void {
    if (this.crash !== null) return;
    this.crash = error;
    this.handshake.fail(error);
    this.onCrash?.(error);
  }

  /**
   * A lock may be granted, or an error told, before the last messages are read; they are in our queue by then, and come
   * first.
   */
  #afterQuiet(then: () => void): void {
    let quietTurns = 0;
    const heard = () => {
      quietTurns = 0;
    };
    const look = () => {
      if (++quietTurns < QUIET_TURNS) return void setImmediate(look);
      this.#port.removeEventListener("message", heard);
      then();
    };
    this.#port.addEventListener("message", heard);
    setImmediate(look);
  }

  #eof(): void {
    const { channel } = this.link;
    this.#loseBootRace("its isolate is gone");
    if (channel.isOver) return;
    if (this.#remedies.has("death-watch")) {
      observeRemedy("death-watch", this.peer.path, "turned its death into end-of-file");
      channel.eof("its life lock was granted", this.crash);
    } else if (channel.state === "opening") {
      // The race was lost: a conversation that never began leaves nothing to join.
      channel.eof("it died before its handshake");
    }
  }
}
