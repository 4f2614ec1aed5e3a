/**
 * What was seen inside the subject at one time, as the result document holds it. `lib/model/schema/dump.ts` holds the
 * same as a JSON Schema.
 *
 * @module
 */

/** A TypeScript position; line and column are 1-based. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One frame of a V8 stack, mapped to TypeScript where a source map was found. */
export interface StackFrame extends Position {
  readonly fn: string;
  /** Inside Deno or inside unwedge's runtime, as opposed to the scenario or the user's code. */
  readonly internal: boolean;
}

/** One look at the stack of an isolate. */
export interface StackSample {
  /** After the start of the dump. */
  readonly atMs: number;
  readonly frames: readonly StackFrame[];
}

/** One OS thread as /proc shows it. */
export interface ThreadFacts {
  readonly tid: number;
  readonly name: string;
  /** One letter: R, S, D, … */
  readonly state: string;
  /** Kernel wait channel, or null when it cannot be read. */
  readonly wchan: string | null;
  /** Clock ticks (user + system) spent between the first and the last look of the dump. */
  readonly cpuTicks: number;
  /** Calls of read() in the same time, and what they brought; absent when there were none or it cannot be told. */
  readonly reads?: { readonly calls: number; readonly bytes: number } | undefined;
}

/** One isolate in a dump. */
export interface IsolateDump {
  /** `main` or `worker-N` (N is V8's worker number, which is also in the thread's name). */
  readonly id: string;
  readonly kind: "main" | "worker";
  /** Path of the actor that lives in it, or null when it runs none of ours. */
  readonly actor: string | null;
  readonly state: "busy" | "parked" | "native-blocked" | "gone";
  readonly thread: ThreadFacts | null;
  readonly samples: readonly StackSample[];
  /**
   * Of a busy isolate: whether its microtasks run, so that it goes from one to the next and only its event loop stands,
   * or stand, in one long run of synchronous code. Absent where it was not busy or cannot be told.
   */
  readonly microtasks?: "run" | "stand" | undefined;
  /** A debugger that had gone had left it paused: it was let go by this dump, and what it shows is from after that. */
  readonly leftPaused?: true | undefined;
}

/** One wait of a dumped task. */
export interface DumpedWait {
  readonly kind: string;
  readonly resource: string;
  readonly peer: string | null;
  readonly peerState: "alive" | "dead" | "abandoned" | null;
  /** Notifications that came when nobody waited: how many, and how long before this wait began the last one came. */
  readonly missed?: { readonly count: number; readonly beforeMs: number } | undefined;
}

/** One task in a dump. */
export interface DumpedTask {
  /** `<actor path>#<number>`, unique in the dump. */
  readonly id: string;
  readonly actor: string;
  readonly name: string;
  readonly parent: string | null;
  readonly state: "starting" | "running" | "parked" | "native";
  /** The innermost wait, null when it does not wait. */
  readonly parkedOn: DumpedWait | null;
  /** How long it has been waiting. */
  readonly sinceMs: number | null;
  readonly shielded: boolean;
  readonly cancelled: {
    readonly source: string;
    readonly reason: string;
    readonly byActor: string;
    /** How long ago. */
    readonly agoMs: number;
    /** True when a shield keeps it from being delivered. */
    readonly heldByShield: boolean;
  } | null;
  readonly site: Position | null;
  readonly createdAt: Position | null;
  /** Path of the actor whose call it answers; absent when it answers none. */
  readonly serves?: string | undefined;
}

/** A mutex in shared memory, as the dump found it. */
export interface DumpedSharedLock {
  readonly name: string;
  readonly seenBy: string;
  readonly holder: string | null;
  readonly holderState: "alive" | "dead" | "abandoned" | null;
  readonly blockedMs: number | null;
}

/** A channel end, as the dump found it. */
export interface DumpedChannel {
  readonly id: string;
  readonly actor: string;
  readonly peer: string;
  readonly state: string;
  readonly peerState: "alive" | "dead" | "abandoned";
  readonly why: string;
  /** Frames that were taken in after the peer had been given up; absent when there were none. */
  readonly afterAbandon?: number | undefined;
}

/** Everything that was seen inside the subject at one time. */
export interface Dump {
  readonly complete: boolean;
  /** Isolates that exist but did not answer, with the reason. */
  readonly missing: readonly { readonly isolate: string; readonly why: string }[];
  readonly isolates: readonly IsolateDump[];
  readonly tasks: readonly DumpedTask[];
  readonly channels: readonly DumpedChannel[];
  readonly sharedLocks: readonly DumpedSharedLock[];
  /** Threads of the process that carry no isolate (signal thread, tokio, V8 pool), for completeness. */
  readonly otherThreads: number;
  /** How long taking it took. */
  readonly tookMs: number;
}
