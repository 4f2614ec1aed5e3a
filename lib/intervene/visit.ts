/**
 * Goes to every isolate of a subject on one connection and does something there, without pausing anybody: for acting on
 * a hung subject, and for a light look at its tasks.
 *
 * Invariants: isolates do not wait for each other, so what is done in one isolate is done as soon as that one answers;
 * an isolate that says nothing (it is blocked in native code) costs its own bound and is named; no debugger is switched
 * on in an isolate that was there before; and the connection is closed when this returns, because an open one keeps the
 * subject from exiting.
 *
 * @module
 */

import { connectInspector, type Inspector, type SendOutcome } from "../cdp/inspector.ts";
import { otherClient } from "../dump/other_client.ts";
import { type Reply, route, type Session } from "../cdp/sessions.ts";
import { IsolateSearch } from "../dump/isolate_search.ts";
import { Threads } from "../dump/threads.ts";

/** An isolate that answered. */
export interface VisitedIsolate {
  /** `main`, `worker-N`. */
  readonly isolate: string;
  readonly session: Session;
  readonly reply: Reply;
  readonly actor: string | null;
  /** Whether the subject's threads show it to be a worker. */
  readonly isWorker: boolean;
  /** Evaluates an expression that answers with a string, a number or null. Never throws. */
  evaluate(expression: string): Promise<Evaluated>;
  /** Ends the JavaScript that runs there. Only for one that was told to close. */
  terminate(): void;
  /** Whether its thread is gone; false when that cannot be told. */
  gone(): boolean;
}

/** How an evaluation ended. */
export type Evaluated =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "threw"; readonly why: string }
  | { readonly kind: "no-answer"; readonly why: string };

/** Where to go. */
export interface VisitOptions {
  readonly pid: number;
  readonly wsUrl: string;
  /** Isolates that did not answer lately: they are asked, and not waited for. */
  readonly unresponsive?: ReadonlySet<string> | undefined;
  /** Ends the visit early. */
  readonly signal?: AbortSignal | undefined;
}

/** What is done on a visit. */
export interface Visit {
  /** In each isolate as soon as it answers. */
  each?(isolate: VisitedIsolate): Promise<void>;
  /** Once all have been visited, or given up. */
  finally?(isolates: readonly VisitedIsolate[]): Promise<void>;
}

/** Who was there. */
export type Visited =
  | {
    readonly kind: "visited";
    readonly isolates: readonly VisitedIsolate[];
    /** Isolates that have a thread and did not answer. */
    readonly silent: readonly { readonly isolate: string; readonly why: string }[];
  }
  | { readonly kind: "failed"; readonly why: string };

/** Bound for one evaluation. */
const EVALUATION_MS = 2_000;

/** Makes one visit. Never throws for what the subject does. */
export async function visitIsolates(options: VisitOptions, visit: Visit): Promise<Visited> {
  const threads = new Threads(options.pid);
  const connection = await connectInspector(options.wsUrl);
  if (connection.kind === "failed") return { kind: "failed", why: connection.why };
  await using inspector = connection.inspector;
  const tour = new Tour(inspector, threads, visit, options);
  try {
    return await tour.make();
  } finally {
    await tour.leave();
  }
}

class Tour {
  readonly #inspector: Inspector;
  readonly #threads: Threads;
  readonly #visit: Visit;
  readonly #otherClient: () => string | null;
  readonly #search: IsolateSearch;
  readonly #found = new Map<string, VisitedIsolate>();
  readonly #jobs: Promise<void>[] = [];

  constructor(inspector: Inspector, threads: Threads, visit: Visit, options: VisitOptions) {
    this.#inspector = inspector;
    this.#threads = threads;
    this.#visit = visit;
    this.#otherClient = () => otherClient(options.pid, options.wsUrl, 1);
    const { signal, unresponsive } = options;
    const found = (session: Session, reply: Reply) => this.#take(session, reply);
    this.#search = new IsolateSearch({ inspector, threads, signal, unresponsive, found });
  }

  async make(): Promise<Visited> {
    await this.#search.run();
    this.#search.stop();
    await Promise.all(this.#jobs);
    const isolates = [...this.#found.values()];
    await this.#visit.finally?.(isolates);
    return { kind: "visited", isolates, silent: this.#silent() };
  }

  async leave(): Promise<void> {
    this.#search.stop();
    await Promise.all(
      [...this.#search.finder.debugged].map((id) =>
        this.#inspector.send("Debugger.disable", {}, { ...route(id), timeoutMs: EVALUATION_MS })
      ),
    );
    this.#search.leave();
  }

  #take(session: Session, reply: Reply): void {
    const found = this.#visited(session, reply);
    this.#found.set(session.isolate, found);
    if (this.#visit.each !== undefined) this.#jobs.push(this.#visit.each(found));
  }

  #visited(session: Session, reply: Reply): VisitedIsolate {
    const { isolate } = session;
    const evaluation = { returnByValue: true, silent: true, disableBreaks: true };
    const to = { ...route(session.id), timeoutMs: EVALUATION_MS };
    return {
      isolate,
      session,
      reply,
      actor: reply.actor,
      isWorker: session.id !== null && /^worker-\d+$/.test(isolate),
      evaluate: async (expression) =>
        evaluated(
          await this.#inspector.send("Runtime.evaluate", { ...evaluation, expression }, to),
        ),
      terminate: () => void this.#inspector.send("Runtime.terminateExecution", {}, to),
      gone: () => this.#threads.now(isolate) === null,
    };
  }

  #silent(): { isolate: string; why: string }[] {
    const silent = this.#threads.isolates.filter((name) => !this.#found.has(name));
    const because = (silent.length === 0 ? null : this.#otherClient()) ?? "native code";
    return silent.flatMap((isolate) => {
      const thread = this.#threads.now(isolate);
      if (thread === null || thread === "unknown") return [];
      const where = thread.wchan === null ? `state ${thread.state}` : `asleep in ${thread.wchan}`;
      return [{ isolate, why: `did not answer (${because}; its thread is ${where})` }];
    });
  }
}

function evaluated(
  outcome: SendOutcome<{
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string; readonly exception?: unknown };
  }>,
): Evaluated {
  switch (outcome.kind) {
    case "ok": {
      const { exceptionDetails, result } = outcome.result;
      if (exceptionDetails === undefined) return { kind: "value", value: result.value };
      return { kind: "threw", why: exceptionDetails.text };
    }
    case "error":
      return { kind: "threw", why: outcome.message };
    case "timeout":
      return { kind: "no-answer", why: `no answer within ${outcome.afterMs} ms` };
    case "closed":
      return { kind: "no-answer", why: "the connection ended" };
  }
}
