/**
 * Looks at the V8 stack of an isolate: paused for as long as it takes to hear of it, then let go at once.
 *
 * The three-way poke: an isolate whose thread sleeps in its event loop is *at rest* (nothing runs, so there is no
 * stack, and a pause asked of it would stay armed and freeze its next callback: none is asked); one that pauses is
 * *running*, with its frames; one that neither rests nor pauses is beyond the inspector's reach (native code).
 *
 * Invariant: `disarm` leaves no session with a debugger switched on. `Debugger.resume` would not do: it does not take
 * back a pause that has not happened yet (measured: the isolate froze for ever), `Debugger.disable` does.
 *
 * @module
 */

import type { Protocol } from "devtools-protocol";
import type { Inspector } from "./inspector.ts";
import { inEventLoop, type ThreadLook } from "./proc.ts";
import { route, type Session } from "./sessions.ts";

/** A frame as V8 gives it: a position in the transpiled script. Line and column are 0-based. */
export interface RawFrame {
  readonly fn: string;
  readonly sessionId: string | null;
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** What one look found. */
export type Look =
  | { readonly kind: "running"; readonly frames: readonly RawFrame[] }
  | { readonly kind: "at-rest" }
  | { readonly kind: "out-of-reach"; readonly afterMs: number }
  | { readonly kind: "gone" }
  /** The dump was aborted or the connection ended. */
  | { readonly kind: "cut-short" };

type CallFrames = readonly Protocol.Debugger.CallFrame[];

/** One stop of one isolate. */
interface Stop {
  readonly paused: PromiseWithResolvers<CallFrames>;
  readonly resumed: PromiseWithResolvers<void>;
}

/** A look at the isolate's thread: null when it is gone, `unknown` when there is no /proc to ask. */
export type ThreadWitness = () => ThreadLook | null | "unknown";

/**
 * How long a running isolate may take to pause. A thread that wants to run but gets no processor pauses late, so this
 * is generous; it is waited for only by isolates that neither rest nor pause.
 */
const PAUSE_TIMEOUT_MS = 1_500;
/** Without /proc, an isolate that has not paused in this time is taken to be at rest (an idle one never does). */
const BLIND_PAUSE_TIMEOUT_MS = 200;
/**
 * A pause can be lost: asked of an isolate that is still paused, or swallowed by an evaluation with breaks disabled
 * (both measured, both avoided here). A lost one would look like native code, so it is asked for again; asking twice
 * does no harm.
 */
const ASK_AGAIN_MS = 250;
/** How often the thread of an isolate that has not paused yet is looked at again. */
const RECHECK_MS = 20;
/** Bound for an isolate that was let go to say that it runs again. */
const RESUME_TIMEOUT_MS = 1_000;
/** Bound for leaving a session that had answered before. */
const DISARM_TIMEOUT_MS = 1_000;

/** Takes looks at the stacks of any number of isolates on one connection, all at the same time if need be. */
export class StackSampler {
  readonly #inspector: Inspector;
  readonly #signal: AbortSignal;
  readonly #armed = new Set<string | null>();
  readonly #stops = new Map<string | null, Stop>();

  constructor(inspector: Inspector, signal: AbortSignal) {
    this.#inspector = inspector;
    this.#signal = signal;
    inspector.on("Debugger.paused", ({ callFrames }, sessionId) => {
      void inspector.send("Debugger.resume", {}, route(sessionId));
      this.#stops.get(sessionId)?.paused.resolve(callFrames);
    });
    inspector.on(
      "Debugger.resumed",
      (_, sessionId) => this.#stops.get(sessionId)?.resumed.resolve(),
    );
  }

  /** Takes one look at one isolate. */
  async look(session: Session, thread: ThreadWitness): Promise<Look> {
    if (this.#signal.aborted || !this.#inspector.open) return { kind: "cut-short" };
    const witness = thread();
    if (witness === null) return { kind: "gone" };
    if (witness !== "unknown" && inEventLoop(witness)) return { kind: "at-rest" };
    const stop: Stop = { paused: Promise.withResolvers(), resumed: Promise.withResolvers() };
    this.#stops.set(session.id, stop);
    this.#arm(session);
    try {
      const look = await this.#await(session, stop.paused.promise, thread);
      // A pause that is asked of an isolate that is still paused is lost (measured: every third time under load).
      if (look.kind === "running") await within(stop.resumed.promise, RESUME_TIMEOUT_MS);
      return look;
    } finally {
      this.#stops.delete(session.id);
    }
  }

  /** Switches the debugger off in every session in which it was ever on, and in `others`. */
  async disarm(others: ReadonlySet<string>): Promise<void> {
    const ids = new Set<string | null>([...this.#armed, ...others]);
    // Workers first: a paused worker stays paused for ever when the connection goes, main does not.
    const order = [...ids].sort((a, b) => Number(a === null) - Number(b === null));
    await Promise.all(order.map((id) => this.#disable(id)));
  }

  #arm({ id }: Session): void {
    this.#armed.add(id);
    void this.#inspector.send("Debugger.enable", {}, route(id));
    void this.#inspector.send("Debugger.pause", {}, route(id));
  }

  async #disable(id: string | null): Promise<void> {
    this.#armed.delete(id);
    await this.#inspector.send("Debugger.disable", {}, {
      ...route(id),
      timeoutMs: DISARM_TIMEOUT_MS,
    });
  }

  async #await(
    session: Session,
    paused: Promise<CallFrames>,
    thread: ThreadWitness,
  ): Promise<Look> {
    const startedAt = performance.now();
    let askAgainMs = ASK_AGAIN_MS;
    while (true) {
      const frames = await within(paused, RECHECK_MS);
      if (frames !== null) return { kind: "running", frames: frames.map(rawFrame(session)) };
      if (this.#signal.aborted || !this.#inspector.open) return { kind: "cut-short" };
      const afterMs = performance.now() - startedAt;
      const verdict = verdictOf(thread(), afterMs);
      if (verdict === null) {
        if (afterMs < askAgainMs) continue;
        askAgainMs += ASK_AGAIN_MS;
        this.#arm(session);
        continue;
      }
      // The pause is still armed: taken back before the isolate's next callback runs into it.
      await this.#disable(session.id);
      return verdict;
    }
  }
}

/** What an isolate that has not paused for `afterMs` is to be taken for; null to wait on. */
function verdictOf(witness: ThreadLook | null | "unknown", afterMs: number): Look | null {
  if (witness === null) return { kind: "gone" };
  if (witness === "unknown") return afterMs < BLIND_PAUSE_TIMEOUT_MS ? null : { kind: "at-rest" };
  if (inEventLoop(witness)) return { kind: "at-rest" };
  return afterMs < PAUSE_TIMEOUT_MS ? null : { kind: "out-of-reach", afterMs };
}

function rawFrame({ id }: Session): (frame: Protocol.Debugger.CallFrame) => RawFrame {
  return ({ functionName, location }) => ({
    fn: functionName === "" ? "(anonymous)" : functionName,
    sessionId: id,
    scriptId: location.scriptId,
    line: location.lineNumber,
    column: location.columnNumber ?? 0,
  });
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bound = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), ms));
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}
