/** What was seen inside a subject at one time, as `dump.json` and the result document hold it. @module */

import { z } from "zod";
import { awaitNodeSchema } from "./await_node.ts";
import { frameSchema, positionSchema } from "./position.ts";
import { handleSchema } from "./open_handle.ts";
import type { Read } from "./read.ts";
import { memoryWaitSchema, webLockSchema } from "./shared.ts";

export { frameSchema, positionSchema };
export type { OpenHandle } from "./open_handle.ts";
export type { Position, StackFrame } from "./position.ts";

const ms = z.number();
const nullableMs = ms.nullable();

/** What is known of the actor at the other end of a wait or a channel. */
export const peerStateSchema = z.enum(["alive", "dead", "abandoned"]);

/** One OS thread as /proc shows it. */
const threadSchema = z.object({
  tid: z.number().int(),
  name: z.string(),
  // One letter: R, S, D, …
  state: z.string(),
  // Kernel wait channel, or null when it cannot be read.
  wchan: z.string().nullable(),
  // Clock ticks (user + system) spent between the first and the last look of the dump.
  cpuTicks: z.number(),
  // Calls of read() in the same time, and what they brought; absent when there were none or it cannot be told.
  reads: z.object({ calls: z.number(), bytes: z.number() }).optional(),
});

/** One stack of an isolate; `atMs` after the start of the dump. */
const sampleSchema = z.object({ atMs: ms, frames: z.array(frameSchema) });

/** One isolate. */
const isolateSchema = z.object({
  // `main` or `worker-N` (N is V8's worker number, which is also in the thread's name).
  id: z.string(),
  kind: z.enum(["main", "worker"]),
  // Path of the actor that lives in it, or null when it runs no actor of the runtime.
  actor: z.string().nullable(),
  state: z.enum(["busy", "parked", "native-blocked", "gone"]),
  thread: threadSchema.nullable(),
  samples: z.array(sampleSchema),
  // Of a busy isolate: whether its microtasks run, so that it goes from one to the next and only its event loop stands,
  // or stand, in one long run of synchronous code. Absent where it was not busy or cannot be told.
  microtasks: z.enum(["run", "stand"]).optional(),
  // It was not seen to the end: the connection was lost, or the dump cut short. Its state is a guess then.
  cutShort: z.literal(true).exactOptional(),
  // A debugger that had gone had left it paused: this dump let it go, and what it shows is from after that.
  leftPaused: z.literal(true).optional(),
});

/** One wait of a task. */
const waitSchema = z.object({
  kind: z.string(),
  resource: z.string(),
  peer: z.string().nullable(),
  peerState: peerStateSchema.nullable(),
  // Notifications that came when no task waited: how many, and how long before this wait began the last one came.
  missed: z.object({ count: z.number().int(), beforeMs: ms }).optional(),
  // Ids of the tasks that it is up to, as far as that is known; absent when it is not.
  onTasks: z.array(z.string()).optional(),
  // Number of the call at the peer whose answer it waits for.
  call: z.number().int().optional(),
  // Of a wait at one end of a memory channel: whether ended tasks, or code outside of tasks, have used the other end.
  otherEnd: z.object({ ended: z.boolean(), outside: z.boolean() }).optional(),
  // When a deadline will cancel it; absent when none does.
  deadlineInMs: ms.optional(),
});

/** A wait of a task that waits in several places at once. */
const furtherWaitSchema = z.object({
  ...waitSchema.shape,
  sinceMs: ms,
  shielded: z.boolean(),
  site: positionSchema.nullable(),
});

/** One task. */
const taskSchema = z.object({
  // `<actor path>#<number>`, unique in the dump.
  id: z.string(),
  actor: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  state: z.enum(["starting", "running", "parked", "native"]),
  // The wait that has lasted longest, null when it does not wait.
  parkedOn: waitSchema.nullable(),
  // Its other waits; absent when there are none.
  alsoParkedOn: z.array(furtherWaitSchema).optional(),
  // How long it has been waiting.
  sinceMs: nullableMs,
  shielded: z.boolean(),
  cancelled: z.object({
    source: z.string(),
    reason: z.string(),
    byActor: z.string(),
    agoMs: ms,
    // A shield keeps it from being delivered.
    heldByShield: z.boolean(),
  }).nullable(),
  site: positionSchema.nullable(),
  createdAt: positionSchema.nullable(),
  // Path of the actor whose call it answers; absent when it answers none.
  serves: z.string().optional(),
  // Number of that call.
  servesCall: z.number().int().optional(),
  // How many of its latest waits were sleeps, 1 where they were not at one place; absent unless it sleeps.
  sleepsInARow: z.number().int().optional(),
});

/** A channel end. */
const channelSchema = z.object({
  id: z.string(),
  actor: z.string(),
  peer: z.string(),
  state: z.string(),
  peerState: peerStateSchema,
  why: z.string(),
  // Frames that were taken in after the peer had been given up; absent when there were none.
  afterAbandon: z.number().int().optional(),
});

/** A mutex in shared memory. */
const sharedLockSchema = z.object({
  name: z.string(),
  seenBy: z.string(),
  holder: z.string().nullable(),
  holderState: peerStateSchema.nullable(),
  blockedMs: nullableMs,
});

/** A witness of the kernel's that could not be asked: of threads at all, or of what they read. */
const unseenSchema = z.object({ what: z.enum(["threads", "reads"]), why: z.string() });

/** A process that the subject, or one of these, has started. */
const processSchema = z.object({
  pid: z.number().int(),
  parent: z.number().int(),
  command: z.string(),
  // One letter: R, S, Z, …
  state: z.string(),
  // Kernel wait channel, or null when it runs or it cannot be read.
  wchan: z.string().nullable(),
  // What it stands in a read or a write of; `ours` is the subject's descriptor of the same pipe.
  descriptor: z.object({
    fd: z.number().int(),
    target: z.string(),
    ours: z.number().int().nullable(),
  }).nullable(),
  // Its pipes to the subject; absent in older documents.
  pipes: z.array(z.object({
    fd: z.number().int(),
    does: z.enum(["reads", "writes"]),
    ours: z.number().int(),
  })).exactOptional(),
  // The signals that it catches, those aside that Deno and Node catch by themselves; absent in older documents.
  catches: z.array(z.string()).exactOptional(),
});

/** A TCP socket of the subject, the inspector's excepted. */
const socketSchema = z.object({
  fd: z.number().int(),
  localPort: z.number().int(),
  // Null for one that listens.
  remotePort: z.number().int().nullable(),
  // Of this end for one that listens, else of the far end; absent in older documents.
  address: z.string().exactOptional(),
  // The far end is the subject's own, too.
  toItself: z.boolean(),
});

/** What the kernel knows of what the subject has to do with outside of itself. */
export const outsideSchema = z.object({
  processes: z.array(processSchema),
  sockets: z.array(socketSchema),
});

/** What was seen inside one process. */
const insideSchema = z.object({
  complete: z.boolean(),
  // What of /proc could not be read, which is not the same as "nothing was there"; absent when all could.
  unseen: z.array(unseenSchema).exactOptional(),
  // Isolates that exist but did not answer, with the reason.
  missing: z.array(z.object({ isolate: z.string(), why: z.string() })),
  isolates: z.array(isolateSchema),
  tasks: z.array(taskSchema),
  channels: z.array(channelSchema),
  sharedLocks: z.array(sharedLockSchema),
  // Threads of the process that carry no isolate (signal thread, tokio, V8 pool), for completeness.
  otherThreads: z.number().int(),
  // Absent when there is nothing, or it cannot be seen.
  outside: outsideSchema.optional(),
  // What async functions wait for, by isolate; of a program that was not made for unwedge. Absent where no heap was read.
  awaits: z.array(z.object({
    isolate: z.string(),
    tree: z.array(awaitNodeSchema),
    // Whether its pending promises were kept from its start: else waits may be missing that V8 has collected. Absent in
    // older documents.
    kept: z.boolean().exactOptional(),
  })).exactOptional(),
  // Workers of which the program still has the object, and no thread is left: the names that their message handlers use.
  // Absent where there is none, or a worker lives.
  endedWorkers: z.array(z.object({ uses: z.array(z.string()) })).exactOptional(),
  // Web Locks of all isolates; absent where there are none, or no isolate could be asked.
  locks: z.array(webLockSchema).exactOptional(),
  // Isolates in `Atomics.wait`; absent where there is none.
  memoryWaits: z.array(memoryWaitSchema).exactOptional(),
  // What is open in main, and timers of workers that go off once; absent where it was not looked for, because main was
  // not idle.
  handles: z.array(handleSchema).exactOptional(),
  tookMs: ms,
});

/** A process of a command that was watched. */
const watchedProcessSchema = z.object({
  ...processSchema.shape,
  // The process of the command that has the far end of a pipe that this one waits on, by its descriptor `ours`.
  farPid: z.number().int().nullable(),
  // Null for a program that is neither.
  runtime: z.enum(["deno", "node"]).nullable(),
  // What was seen inside of it; null for the process of the dump that this stands in, and where `why` says so.
  inside: insideSchema.nullable(),
  // Why nothing was seen inside; null when something was.
  why: z.string().nullable(),
});

/** Everything that was seen inside the subject at one time. */
export const dumpSchema = z.object({
  ...insideSchema.shape,
  // Of a command that was watched: the process that was looked into, and every process of the command, parents first.
  // Absent for a scenario, which is one process.
  pid: z.number().int().exactOptional(),
  processes: z.array(watchedProcessSchema).exactOptional(),
});

/** One stack of an isolate. */
export type StackSample = Read<typeof sampleSchema>;
/** One OS thread. */
export type ThreadFacts = Read<typeof threadSchema>;
/** One isolate in a dump. */
export type IsolateDump = Read<typeof isolateSchema>;
/** One wait of a dumped task. */
export type DumpedWait = Read<typeof waitSchema>;
/** A further wait of a dumped task. */
export type FurtherWait = Read<typeof furtherWaitSchema>;
/** One task in a dump. */
export type DumpedTask = Read<typeof taskSchema>;
/** A channel end in a dump. */
export type DumpedChannel = Read<typeof channelSchema>;
/** A mutex in shared memory in a dump. */
export type DumpedSharedLock = Read<typeof sharedLockSchema>;
/** A witness that could not be asked. */
export type UnseenWitness = Read<typeof unseenSchema>;
/** A process that the subject has started, in a dump. */
export type DumpedProcess = Read<typeof processSchema>;
/** What a subject has to do with outside of itself, in a dump. */
export type DumpedOutside = Read<typeof outsideSchema>;
/** What was seen inside one process. */
export type InsideDump = Read<typeof insideSchema>;
/** A process of a command that was watched, in a dump. */
export type WatchedProcess = Read<typeof watchedProcessSchema>;
/** A dump. */
export type Dump = Read<typeof dumpSchema>;
