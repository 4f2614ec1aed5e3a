/**
 * Acts on a hung subject from outside: has the runtime of its isolates do something, or ends the thread of a worker.
 *
 * Invariant: what was done is told by who did it: the runtime's own words, or the thread that is gone from /proc; an
 * isolate that did not answer is named.
 *
 * @module
 */

import { type Control, CONTROL_KEY, type ControlReply, NO_ACTOR } from "../protocol/control.ts";
import { epochNow } from "../protocol/epoch.ts";
import { endThread } from "./end_thread.ts";
import { readSnapshot } from "../dump/task_tree.ts";
import { type IsolateSnapshot, MICROTASKS_KEY } from "../protocol/snapshot.ts";
import { type Visited, type VisitedIsolate, visitIsolates, type VisitOptions } from "./visit.ts";

/** What is wanted. */
export type ControlPlan =
  /** The request goes to one actor, or to every isolate. */
  | { readonly kind: "ask"; readonly control: Control; readonly actor: string | null }
  /** The threads of these actors are ended, and everybody else is told that they are dead. */
  | { readonly kind: "reap"; readonly actors: readonly string[] }
  /** Main's loop stands still: it is freed as the sentinel would free it. */
  | { readonly kind: "free-main" }
  /** Nothing: a look at the tasks. */
  | { readonly kind: "look" };

/** What came of it. */
export interface ControlOutcome {
  readonly effect: ControlReply;
  /** What each isolate's runtime said of itself just before. */
  readonly before: readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[];
  /** When the first request went out, epoch milliseconds; null when none did. */
  readonly sentAt: number | null;
  /** Actors whose threads are gone now. */
  readonly reaped: readonly string[];
  /** Isolates that did not answer. */
  readonly silent: readonly string[];
}

/** Carries out a plan. Never throws for what the subject does. */
export async function controlSubject(
  options: VisitOptions,
  plan: ControlPlan,
): Promise<ControlOutcome> {
  const act = new Act(plan);
  const visited = await visitIsolates(options, act);
  return {
    effect: act.effect(visited),
    before: visited.kind === "visited" ? visited.isolates.flatMap(snapshotOf) : [],
    sentAt: act.sentAt,
    reaped: act.reaped,
    silent: visited.kind === "visited" ? visited.silent.map(({ isolate }) => isolate) : [],
  };
}

class Act {
  sentAt: number | null = null;
  readonly reaped: string[] = [];
  readonly #plan: ControlPlan;
  /** Who was given up and holds a lock that main is blocked on. */
  readonly #hostageOf = new Set<string>();
  readonly #replies: { readonly isolate: VisitedIsolate; readonly reply: ControlReply }[] = [];

  constructor(plan: ControlPlan) {
    this.#plan = plan;
  }

  async each(isolate: VisitedIsolate): Promise<void> {
    const plan = this.#plan;
    if (plan.kind === "ask" && (plan.actor === null || plan.actor === isolate.actor)) {
      await this.#ask(isolate, plan.control);
    } else if (plan.kind === "reap" && plan.actors.includes(isolate.actor ?? "")) {
      this.#replies.push({ isolate, reply: await this.#reap(isolate) });
    } else if (plan.kind === "free-main" && isolate.isolate === "main") {
      await this.#freeMain(isolate);
    }
  }

  async finally(isolates: readonly VisitedIsolate[]): Promise<void> {
    const holders = isolates.filter(({ actor }) => this.#hostageOf.has(actor ?? ""));
    for (const isolate of holders) {
      this.#replies.push({ isolate, reply: await this.#reap(isolate) });
    }
    if (this.reaped.length === 0) return;
    const control: Control = { do: "remedy", remedy: "reap", dead: this.reaped };
    const others = isolates.filter(({ actor }) => !this.reaped.includes(actor ?? ""));
    await Promise.all(others.map((isolate) => this.#ask(isolate, control)));
  }

  effect(visited: Visited): ControlReply {
    if (visited.kind === "failed") return { kind: "failed", why: visited.why };
    const many = visited.isolates.length > 1;
    const did = this.#replies.flatMap(({ isolate, reply }) =>
      reply.kind !== "applied"
        ? []
        : reply.did.map((line) => many ? `${isolate.actor ?? isolate.isolate}: ${line}` : line)
    );
    const silent = visited.silent.map(({ isolate, why }) => `${isolate} ${why}`);
    if (did.length > 0) return { kind: "applied", did: [...did, ...silent] };
    const failures = this.#replies.flatMap(({ reply }) =>
      reply.kind === "failed" ? [reply.why] : []
    );
    if (failures.length > 0) return { kind: "failed", why: failures.join("; ") };
    const missing = this.#missing(visited.isolates);
    // Whom it was meant for may be among those who cannot be reached.
    if (missing.length > 0 && silent.length > 0) {
      return { kind: "failed", why: [...missing, ...silent].join("; ") };
    }
    const reasons = this.#reasons();
    const telling = reasons.filter((why) => why !== NO_ACTOR);
    const why = new Set([...telling.length > 0 ? telling : reasons, ...missing, ...silent]);
    if (why.size === 0) why.add("no runtime that could do it lives in any isolate");
    return { kind: "nothing-to-do", why: [...why].join("; ") };
  }

  #reasons(): string[] {
    return this.#replies.flatMap(({ reply }) => reply.kind === "nothing-to-do" ? [reply.why] : []);
  }

  /** Those who were meant and not met. */
  #missing(isolates: readonly VisitedIsolate[]): string[] {
    const plan = this.#plan;
    const meant = plan.kind === "reap"
      ? plan.actors
      : plan.kind === "ask" && plan.actor !== null
      ? [plan.actor]
      : [];
    return meant.filter((actor) => !isolates.some((isolate) => isolate.actor === actor))
      .map((actor) => `no isolate answers in the name of ${actor}`);
  }

  async #ask(isolate: VisitedIsolate, control: Control): Promise<void> {
    this.sentAt ??= epochNow();
    const answer = await isolate.evaluate(askExpression(control));
    const reply = replyOf(answer.kind === "value" ? answer.value : undefined);
    if (reply !== null) return void this.#replies.push({ isolate, reply });
    if (answer.kind === "value") return;
    this.#replies.push({
      isolate,
      reply: { kind: "failed", why: `${isolate.isolate}: ${answer.why}` },
    });
  }

  /**
   * A lock is taken from a holder that is gone for good, after its thread is ended; a storm of microtasks is calmed.
   */
  async #freeMain(isolate: VisitedIsolate): Promise<void> {
    const holders = hostageHolders(isolate);
    if (holders.length > 0) {
      for (const holder of holders) this.#hostageOf.add(holder);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    const count = await isolate.evaluate(MICROTASK_COUNT);
    const before = isolate.reply.kind === "answered" ? isolate.reply.microtasks : 0;
    if (count.kind === "value" && Number(count.value) > before) {
      return await this.#ask(isolate, { do: "remedy", remedy: "sentinel" });
    }
    const why = count.kind === "value"
      ? "main is in one long run of synchronous code: only a signal that ends it would help"
      : `main cannot be reached: ${count.why}`;
    this.#replies.push({ isolate, reply: { kind: "nothing-to-do", why } });
  }

  async #reap(isolate: VisitedIsolate): Promise<ControlReply> {
    const who = isolate.actor ?? isolate.isolate;
    if (!isolate.isWorker) return { kind: "failed", why: `${who} does not live in a worker` };
    this.sentAt ??= epochNow();
    if (!await endThread(isolate)) {
      return { kind: "failed", why: `${who} was told to close, and its thread is still there` };
    }
    this.reaped.push(who);
    return { kind: "applied", did: [`ended the thread of ${who} (${isolate.isolate})`] };
  }
}

/** Between two looks at a main that may be in a storm: thousands of microtasks run in it. */
const BETWEEN_LOOKS_MS = 20;
const MICROTASK_COUNT = `Number(globalThis[Symbol.for(${JSON.stringify(MICROTASKS_KEY)})] ?? 0)`;

/** Holders of locks that an isolate is blocked on, as far as they were given up. */
function hostageHolders(isolate: VisitedIsolate): string[] {
  return snapshotOf(isolate).flatMap(({ snapshot }) => snapshot.sharedLocks).flatMap((lock) =>
    lock.blockedSinceMs !== null && lock.holder !== null && lock.holderState !== "alive"
      ? [lock.holder]
      : []
  );
}

function askExpression(control: Control): string {
  const request = JSON.stringify(JSON.stringify(control));
  return `(() => {
    const control = globalThis[Symbol.for(${JSON.stringify(CONTROL_KEY)})];
    return typeof control === "function" ? String(control(${request})) : null;
  })()`;
}

/** Another program's word, checked; null when no runtime of ours lives there. */
function replyOf(value: unknown): ControlReply | null {
  if (typeof value !== "string") return null;
  try {
    const reply = JSON.parse(value) as ControlReply;
    switch (reply.kind) {
      case "applied":
        return { kind: "applied", did: reply.did.map(String) };
      case "nothing-to-do":
      case "failed":
        return { kind: reply.kind, why: String(reply.why) };
    }
  } catch {
    // Falls through to what cannot be understood.
  }
  return { kind: "failed", why: `an answer that makes no sense: ${value.slice(0, 200)}` };
}

function snapshotOf({ isolate, reply }: VisitedIsolate) {
  if (reply.kind !== "answered" || reply.snapshot === null) return [];
  const read = readSnapshot(reply.snapshot);
  return read.kind === "ok" ? [{ isolate, snapshot: read.snapshot }] : [];
}
