/**
 * Finds the isolates of a subject: main, and each worker under its session id.
 *
 * When main's loop turns, `Target.setAutoAttach` announces each worker, once in the worker's life and not once for
 * each connection (measured); when main is stuck it announces none. Yet a command that carries the right session id
 * is still routed to its worker (measured with main blocked and spinning). The ids are small consecutive integers,
 * which earlier connections have used up too, so both ways are tried at once: announced ids, and every id from 1 up to
 * a bound that the caller raises. A command for an id that does not exist is dropped without an answer.
 *
 * Which thread carries which session is told by the execution context's name, `worker [N]`: the thread is `worker-N`.
 * An isolate is asked once, before anybody looks at its stack: an evaluation with breaks disabled swallows a pause
 * that waits to happen (measured). Nothing is evaluated that could need a permission: in a foreign program that would
 * open a prompt on its terminal.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import { ACTOR_KEY, MICROTASKS_KEY, SNAPSHOT_KEY } from "../protocol/snapshot.ts";
import type { Inspector } from "./inspector.ts";

/** An isolate that answers. */
export interface Session {
  /** Null for main. */
  readonly id: string | null;
  /** `main`, `worker-N`, or `session-ID` for an isolate that did not say its number. */
  readonly isolate: string;
}

/** What an isolate said about itself. */
export type Reply =
  | {
    readonly kind: "answered";
    readonly actor: string | null;
    readonly snapshot: string | null;
    /** How many of the snapshots' microtasks had run before this one. */
    readonly microtasks: number;
  }
  /** The isolate runs JavaScript, but the runtime's snapshot function failed. */
  | { readonly kind: "threw"; readonly actor: string | null; readonly message: string };

/** Called once for each isolate that answers. */
export type FoundHandler = (session: Session, reply: Reply) => void;

/**
 * The question that each isolate is asked: who are you, and what do your tasks wait for? The answer is taken by value,
 * and without functions that the program may have replaced.
 */
const QUESTION = `(() => {
  const own = (key) => globalThis[Symbol.for(key)];
  const actor = own(${JSON.stringify(ACTOR_KEY)});
  const snapshot = own(${JSON.stringify(SNAPSHOT_KEY)});
  const answer = [actor, null, null, own(${JSON.stringify(MICROTASKS_KEY)})];
  try {
    if (typeof snapshot === "function") answer[1] = snapshot();
  } catch (error) {
    answer[2] = \`\${error}\`;
  }
  return answer;
})()`;

/** What V8's worker N is called in its context's name and in its target's title. */
const WORKER_TITLE = /^worker \[(\d+)\]$/;
/** An isolate that is slower than this is one that the caller has given up long before. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Looks for isolates on one connection and reports each once. */
export class SessionFinder {
  readonly #inspector: Inspector;
  readonly #onFound: FoundHandler;
  readonly #names = new Map<string | null, string>();
  readonly #asked = new Set<string | null>();
  readonly #known: ReadonlySet<string>;
  readonly #answered = new Set<string | null>();
  readonly #debugged = new Set<string>();
  readonly #held = new Set<string | null>();
  #highest = 0;

  /**
   * @param known isolates that ran before the connection was made, by name
   * @param onFound called once for each isolate that answers
   */
  constructor(inspector: Inspector, known: ReadonlySet<string>, onFound: FoundHandler) {
    this.#inspector = inspector;
    this.#known = known;
    this.#onFound = onFound;
    inspector.on("Runtime.executionContextCreated", ({ context }, sessionId) => {
      const number = WORKER_TITLE.exec(context.name)?.[1];
      if (number !== undefined) this.#names.set(sessionId, `worker-${number}`);
    });
    inspector.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      const number = WORKER_TITLE.exec(targetInfo.title)?.[1];
      if (this.#known.has(`worker-${number}`)) this.#ask(sessionId);
      else this.#welcome(sessionId);
    });
  }

  /** Asks main, and has workers announced as long as main's loop turns. Answers arrive later. */
  askMain(): void {
    void this.#inspector.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
    this.#ask(null);
  }

  /** Asks every worker session from the last bound up to `highest`. Answers arrive later. */
  askWorkersUpTo(highest: number): void {
    while (this.#highest < highest) this.#ask(String(++this.#highest));
  }

  /** Sessions in which the debugger had to be switched on: their debugger must be switched off at the end. */
  get debugged(): ReadonlySet<string> {
    return this.#debugged;
  }

  /** Sessions that a debugger had left paused when it went, and that were let go before they were asked. */
  get held(): ReadonlySet<string | null> {
    return this.#held;
  }

  /** Highest worker session id that has been asked. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * Takes leave of a session. What is switched on in a worker's session outlives the connection, and `Runtime.enable`
   * names the isolate only when it was off.
   */
  leave(session: Session): void {
    void this.#inspector.send("Runtime.disable", {}, route(session.id));
  }

  /**
   * A worker that starts while a debugger is connected is held for 500 ms, and so is the first message to it, unless
   * both of these are sent (measured; either one alone is not enough).
   */
  #welcome(id: string): void {
    void this.#inspector.send("Runtime.runIfWaitingForDebugger", {}, route(id));
    void this.#inspector.send("Debugger.enable", {}, route(id));
    this.#debugged.add(id);
    // It may have been asked in vain under this id, before it existed.
    this.#asked.delete(id);
    this.#ask(id, false);
  }

  #ask(id: string | null, mayBeArmed = true): void {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    const to = { ...route(id), timeoutMs: ANSWER_TIMEOUT_MS };
    // A worker's session outlives its connections, and so does a pause in it (measured). No one else holds it: the
    // answers of a session go to its first client. An isolate that is not paused refuses, at no cost.
    void this.#inspector.send("Debugger.resume", {}, to).then(({ kind }) => {
      if (kind === "ok") this.#held.add(id);
    });
    // And so does a pause that has not happened yet: the isolate would freeze at its next callback, long after the
    // client that asked for it has gone. Only this takes it back. A worker that has just been welcomed needs its
    // debugger.
    if (mayBeArmed) void this.#inspector.send("Debugger.disable", {}, to);
    void this.#inspector.send("Runtime.disable", {}, to);
    void this.#inspector.send("Runtime.enable", {}, to);
    void this.#inspector.send("Runtime.evaluate", question(), to).then((outcome) => {
      if (outcome.kind !== "ok" || this.#answered.has(id)) return;
      this.#answered.add(id);
      const isolate = id === null ? "main" : this.#names.get(id) ?? `session-${id}`;
      this.#onFound({ id, isolate }, replyOf(outcome.result));
    });
  }
}

/** Where a command for a session goes. */
export function route(id: string | null): { readonly sessionId?: string } {
  return id === null ? {} : { sessionId: id };
}

function question() {
  return { expression: QUESTION, returnByValue: true, silent: true, disableBreaks: true };
}

function replyOf(
  answer: {
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: Protocol.Runtime.ExceptionDetails;
  },
): Reply {
  if (answer.exceptionDetails !== undefined) {
    const { exception, text } = answer.exceptionDetails;
    return { kind: "threw", actor: null, message: exception?.description ?? text };
  }
  const parts: unknown = answer.result.value;
  const [actor, snapshot, failure, microtasks]: unknown[] = Array.isArray(parts) ? parts : [];
  return typeof failure === "string"
    ? { kind: "threw", actor: stringOrNull(actor), message: failure }
    : {
      kind: "answered",
      actor: stringOrNull(actor),
      snapshot: stringOrNull(snapshot),
      microtasks: typeof microtasks === "number" ? microtasks : 0,
    };
}

function stringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
