/** Runs a random program on the real runtime, and can unwedge it afterwards, whatever it waits for. @module */

import {
  CancelScope,
  checkpoint,
  Event,
  hold,
  Lock,
  moveOnAfter,
  type Nursery,
  openMemoryChannel,
  openNursery,
  type ReceiveChannel,
  run,
  type SendChannel,
  sleep,
  sleepForever,
} from "../../../mod.ts";
import { type Body, type Program, type Step, THINGS } from "./program.ts";

/** A program that runs. */
export interface RunningProgram {
  /** Settles when it has ended, however. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** Ends every wait that it could be in. */
  readonly unwedge: () => void;
  /** How many timers of the platform will call the program once. */
  readonly foreignTimers: () => number;
}

/** Begins to run a program. */
export function startProgram(program: Program): RunningProgram {
  const world = new World();
  let over = false;
  const ended = run(() => world.main(program.tasks), { handleSigint: false }).then(
    () => {},
    // Failures are part of many programs.
    () => {},
  ).then(() => {
    over = true;
  });
  return {
    ended,
    hasEnded: () => over,
    unwedge: () => world.unwedge(),
    foreignTimers: () => world.foreignTimers,
  };
}

class World {
  readonly #events = Array.from({ length: THINGS }, (_, index) => new Event(`event ${index}`));
  readonly #locks = Array.from({ length: THINGS }, (_, index) => new Lock(`lock ${index}`));
  readonly #channels: readonly (readonly [SendChannel<number>, ReceiveChannel<number>])[];
  /** The latest scope by each number. */
  readonly #scopes: Map<number, CancelScope> = new Map();
  readonly #allScopes: CancelScope[] = [];
  readonly #settle: (() => void)[] = [];
  readonly #intervals: ReturnType<typeof setInterval>[] = [];
  /** Timers that will set an event. */
  foreignTimers = 0;
  #unwedged = false;

  constructor() {
    this.#channels = Array.from(
      { length: THINGS },
      (_, index) => openMemoryChannel<number>(index, `channel ${index}`),
    );
  }

  async main(tasks: readonly Body[]): Promise<void> {
    await openNursery(async (nursery) => {
      this.#enter(nursery.cancelScope, null);
      for (const body of tasks) nursery.spawn(() => this.#body(body, nursery));
      await checkpoint();
    });
  }

  unwedge(): void {
    this.#unwedged = true;
    for (const settle of this.#settle) settle();
    for (const interval of this.#intervals) clearInterval(interval);
    for (const scope of this.#allScopes) {
      scope.shield = false;
      scope.cancel("the check is over");
    }
  }

  async #body(body: Body, nursery: Nursery): Promise<void> {
    for (const step of body) await this.#step(step, nursery);
  }

  #step(step: Step, nursery: Nursery): unknown {
    const inner = (body: Body) => () => this.#body(body, nursery);
    switch (step.op) {
      case "sleep":
        return sleep(step.ms);
      case "forever":
        return sleepForever();
      case "checkpoint":
        return checkpoint();
      case "wait":
        return this.#events[step.event]?.wait();
      case "set":
        return this.#events[step.event]?.set();
      case "send":
        return this.#channels[step.channel]?.[0].send(1);
      case "receive":
        return this.#channels[step.channel]?.[1].receive();
      case "close-sender":
        return this.#channels[step.channel]?.[0].close();
      case "close-receiver":
        return this.#channels[step.channel]?.[1].close();
      case "lock":
        return this.#locks[step.lock]?.with(inner(step.body));
      case "bound":
        return moveOnAfter(step.ms, (scope) => {
          this.#enter(scope, step.scope);
          return this.#body(step.body, nursery);
        });
      case "shield":
        return new CancelScope({ shield: true }).run((scope) => {
          this.#enter(scope, step.scope);
          return this.#body(step.body, nursery);
        });
      case "cancel":
        return this.#scopes.get(step.scope)?.cancel("the program wants it");
      case "nursery":
        return openNursery((own) => {
          this.#enter(own.cancelScope, step.scope);
          for (const body of step.bodies) own.spawn(() => this.#body(body, own));
        });
      case "spawn":
        return void nursery.spawn(inner(step.body));
      case "all":
        return Promise.all(step.bodies.map((body) => inner(body)()));
      case "stray":
        return void this.#body(step.body, nursery).catch(() => {});
      case "hold":
        return hold(this.#foreign(step.ms), "a foreign promise");
      case "native":
        return this.#foreign(step.ms);
      case "foreign-set":
        this.foreignTimers++;
        return void setTimeout(() => {
          this.foreignTimers--;
          this.#events[step.event]?.set();
        }, step.ms);
      case "beat":
        return this.#beat();
      case "foreign-beat":
        return void this.#intervals.push(setInterval(() => {}, 1));
      case "swallow":
        return this.#body(step.body, nursery).catch(() => {});
      case "fail":
        throw new Error("on purpose");
    }
  }

  async #beat(): Promise<void> {
    for (;;) await sleep(1);
  }

  #enter(scope: CancelScope, number: number | null): void {
    this.#allScopes.push(scope);
    if (number !== null) this.#scopes.set(number, scope);
    if (this.#unwedged) scope.cancel("the check is over");
  }

  #foreign(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      this.#settle.push(resolve);
      if (this.#unwedged) resolve();
      else if (ms !== null) setTimeout(resolve, ms);
    });
  }
}
