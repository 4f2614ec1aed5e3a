/**
 * Looks at the V8 stack of an isolate: it is asked for its own (`self_reported_stack.ts`). One that was met between two
 * runs of JavaScript, or cannot tell, is paused for as long as it takes to hear of it, then let go at once.
 *
 * The three-way poke: an isolate whose thread sleeps in its event loop is *at rest* (nothing runs, so there is no
 * stack, and a pause asked of it would stay armed and freeze its next callback: none is asked); one that tells its
 * stack or pauses is *running*, with its frames; one that does neither is beyond the inspector's reach (native code).
 *
 * Invariant: `disarm` leaves no session with a debugger switched on. `Debugger.resume` would not do: it does not take
 * back a pause that has not happened yet (measured: the isolate froze for good), `Debugger.disable` does.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { FairClock } from "../cdp/fair_clock.ts";
import type { Inspector } from "../cdp/inspector.ts";
import { inEventLoop, type ThreadLook } from "../os/proc.ts";
import { route, type Session } from "../cdp/sessions.ts";
import { readToldStack, STACK_QUESTION, type ToldFrame } from "./self_reported_stack.ts";

/** A frame as V8 gives it: a position in the transpiled script. Line and column are 0-based. */
export interface RawFrame {
  readonly fn: string;
  readonly sessionId: string | null;
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** What one look found. */
export type StackSample =
  | { readonly kind: "running"; readonly frames: readonly (RawFrame | ToldFrame)[] }
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
 * How long a running isolate may take to tell its stack, or to pause: in fair time, and with nothing heard from any
 * other isolate either. It is waited for only by isolates that do neither, and do not rest.
 */
const PAUSE_TIMEOUT_MS = 1_500;
/** Where the kernel does not say what a thread waits in, one that was asked and has not paused by now is at rest. */
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
/** Bound for leaving a session that had answered before; generous, since it is the one thing that must succeed. */
const DISARM_TIMEOUT_MS = 3_000;
/** Longer than any look. */
const ACK_TIMEOUT_MS = 10_000;

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

  /**
   * Takes one look at one isolate.
   *
   * @param clock by which the isolate's time to pause is measured
   */
  async look(session: Session, thread: ThreadWitness, clock: FairClock): Promise<StackSample> {
    if (this.#signal.aborted || !this.#inspector.open) return { kind: "cut-short" };
    const witness = thread();
    if (witness === null) return { kind: "gone" };
    if (witness !== "unknown" && inEventLoop(witness)) return { kind: "at-rest" };
    return await this.#ask(session, thread, clock) ?? await this.#pause(session, thread, clock);
  }

  /** Asks the isolate for its own stack; null when that tells nothing. */
  async #ask(
    session: Session,
    thread: ThreadWitness,
    clock: FairClock,
  ): Promise<StackSample | null> {
    const answer = this.#inspector.send("Runtime.evaluate", {
      expression: STACK_QUESTION,
      returnByValue: true,
      silent: true,
      disableBreaks: true,
    }, { ...route(session.id), timeoutMs: ACK_TIMEOUT_MS });
    for (;;) {
      const outcome = await within(answer, RECHECK_MS);
      if (this.#signal.aborted || !this.#inspector.open) return { kind: "cut-short" };
      if (outcome?.kind === "ok") {
        const frames = readToldStack(outcome.result.result.value);
        return frames === null || frames.length === 0 ? null : { kind: "running", frames };
      }
      if (outcome !== null) return null;
      const verdict = verdictOf(thread(), Math.min(clock(), this.#inspector.quietMs), -Infinity);
      if (verdict !== null) return verdict;
    }
  }

  async #pause(session: Session, thread: ThreadWitness, clock: FairClock): Promise<StackSample> {
    const witness = thread();
    if (witness === null) return { kind: "gone" };
    if (witness !== "unknown" && inEventLoop(witness)) return { kind: "at-rest" };
    const stop: Stop = { paused: Promise.withResolvers(), resumed: Promise.withResolvers() };
    this.#stops.set(session.id, stop);
    const acked = this.#arm(session, clock);
    try {
      const look = await this.#await(session, stop.paused.promise, acked, thread, clock);
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
    // Workers first: a paused worker stays paused for good when the connection goes, main does not.
    const order = [...ids].sort((a, b) => Number(a === null) - Number(b === null));
    await Promise.all(order.map((id) => this.#disable(id)));
  }

  /** Asks for a pause; tells when the isolate has taken the question in, which is never where it does not. */
  #arm({ id }: Session, clock: FairClock): Asked {
    this.#armed.add(id);
    const state: Asked = { ackedMs: Infinity };
    void this.#inspector.send("Debugger.enable", {}, route(id));
    void this.#inspector.send("Debugger.pause", {}, { ...route(id), timeoutMs: ACK_TIMEOUT_MS })
      .then(({ kind }) => state.ackedMs = kind === "ok" ? clock() : Infinity);
    return state;
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
    asked: Asked,
    thread: ThreadWitness,
    clock: FairClock,
  ): Promise<StackSample> {
    let askAgainMs = ASK_AGAIN_MS;
    while (true) {
      const frames = await within(paused, RECHECK_MS);
      if (frames !== null) return { kind: "running", frames: frames.map(rawFrame(session)) };
      if (this.#signal.aborted || !this.#inspector.open) return { kind: "cut-short" };
      const afterMs = clock();
      const silentMs = Math.min(afterMs, this.#inspector.quietMs);
      // Since it has answered, its own silence tells, and not that of a connection on which others speak all the time.
      const verdict = verdictOf(thread(), silentMs, afterMs - asked.ackedMs);
      if (verdict === null) {
        if (afterMs < askAgainMs) continue;
        askAgainMs += ASK_AGAIN_MS;
        this.#arm(session, clock);
        continue;
      }
      // The pause is still armed: taken back before the isolate's next callback runs into it.
      const disarmed = this.#disable(session.id);
      // Native code answers nothing; the command waits there for its end, behind the pause that it takes back.
      if (verdict.kind !== "out-of-reach") await disarmed;
      return verdict;
    }
  }
}

/** When a question for a pause was taken in, by the isolate's clock; Infinity before that. */
interface Asked {
  ackedMs: number;
}

/**
 * What an isolate that has not paused is to be taken for; null to wait on.
 *
 * @param afterMs for how long nothing has been heard since it was asked
 * @param sinceAckMs for how long it has known of the question; negative when it does not
 */
function verdictOf(
  witness: ThreadLook | null | "unknown",
  afterMs: number,
  sinceAckMs: number,
): StackSample | null {
  if (witness === null) return { kind: "gone" };
  if (witness !== "unknown" && inEventLoop(witness)) return { kind: "at-rest" };
  const sleepsSomewhere = witness === "unknown" || witness.wchan === null && witness.state !== "R";
  // It takes in what it is told and does not pause: nothing runs that could.
  if (sleepsSomewhere && sinceAckMs >= BLIND_PAUSE_TIMEOUT_MS) return { kind: "at-rest" };
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
