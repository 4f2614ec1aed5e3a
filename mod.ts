/**
 * unwedge as a library: structured concurrency and actors for Deno that cannot wedge silently, and the means to write
 * scenarios.
 *
 * ```ts
 * import { openActorNursery, runActors } from "@unwedge/unwedge";
 *
 * await runActors(() =>
 *   openActorNursery(async (actors) => {
 *     const portal = await actors.startActor("worker", { module: import.meta.resolve("./worker.ts") });
 *     console.log(await portal.run("add", 1, 2));
 *     actors.cancel();
 *   })
 * );
 * ```
 *
 * @module
 */

export {
  BrokenResourceError,
  Cancelled,
  ClosedResourceError,
  describeReason,
  EndOfChannel,
  KeyboardInterrupt,
  TooSlowError,
  UsageError,
  withoutCancelled,
  WouldBlock,
} from "./lib/actor/errors.ts";
export { type Scope } from "./lib/actor/scope.ts";
export { currentTask } from "./lib/actor/context.ts";
export { type Context, Task, type TaskFailure, type TaskNursery } from "./lib/actor/task.ts";
export type { SiteCapture } from "./lib/actor/site.ts";
export { hold, type PeerRef } from "./lib/actor/park.ts";
export type { Functions } from "./lib/actor/rpc/link.ts";
export { ALL_REMEDIES, type TeardownOptions } from "./lib/actor/spawn/options.ts";
export type { ScenarioExpectation } from "./lib/protocol/journal_event.ts";
export type { CancelReason, ChannelState, ParkKind } from "./lib/protocol/terms.ts";
export type {
  ChannelSnapshot,
  IsolateSnapshot,
  OtherUsers,
  ParkSnapshot,
  SharedLockSnapshot,
  Site,
  TaskSnapshot,
  WaitedFor,
} from "./lib/protocol/snapshot.ts";
export {
  type BoundOptions,
  CancelScope,
  type CancelScopeOptions,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  type ScopeOutcome,
} from "./lib/actor/cancel_scope.ts";
export {
  cancelShieldedCheckpoint,
  checkpoint,
  checkpointIfCancelled,
} from "./lib/actor/checkpoint.ts";
export { currentTime } from "./lib/actor/clock.ts";
export { all, race, select, type Selected } from "./lib/actor/combinators.ts";
export { Event, Notifier } from "./lib/actor/event.ts";
export { Lock } from "./lib/actor/lock.ts";
export {
  type ChannelStatistics,
  openMemoryChannel,
  ReceiveChannel,
  SendChannel,
} from "./lib/actor/memory_channel.ts";
export { Nursery, openNursery, type Started, type TaskFn } from "./lib/actor/nursery.ts";
export type { NurseryOptions } from "./lib/actor/scope_options.ts";
export { run, type RunOptions, type SigintSource } from "./lib/actor/run.ts";
export {
  type OnStarved,
  Sentinel,
  type SentinelOptions,
  type SentinelSignal,
  startSentinel,
} from "./lib/actor/sentinel/sentinel.ts";
export { spawnHandle, TaskHandle } from "./lib/actor/task_handle.ts";
export { dumpTasks, snapshot } from "./lib/actor/dump_tasks.ts";
export { SharedMutex } from "./lib/actor/shared_mutex.ts";
export { sleep, sleepForever, sleepUntil } from "./lib/actor/sleep.ts";
export { CallerContext, ServedContext, type StreamSide } from "./lib/actor/rpc/context.ts";
export { Portal, ResultPortal } from "./lib/actor/rpc/portal.ts";
export type {
  ContextArgs,
  ContextName,
  Returned,
  RunArgs,
  RunCall,
  RunName,
} from "./lib/actor/rpc/portal_types.ts";
export {
  ActorNursery,
  type ActorNurseryOptions,
  type AtEnd,
  openActorNursery,
} from "./lib/actor/spawn/actor_nursery.ts";
export type { ActorEnd, ActorOptions } from "./lib/actor/spawn/child.ts";
export type { KillBounds } from "./lib/actor/spawn/options.ts";
export { runActors, type RunActorsOptions } from "./lib/actor/spawn/run_actors.ts";
export { hangUp, onExit, parentPortal, sharedMemory, threadsGone } from "./lib/actor/spawn/self.ts";
export { transfer } from "./lib/actor/wire/clone.ts";
export { ProtocolError, type StreamWindow, type WireValue } from "./lib/actor/wire/frame.ts";
export { RemoteActorError } from "./lib/actor/wire/remote_error.ts";
export {
  choiceParam,
  countParam,
  defineScenario,
  durationParam,
  optionalDurationParam,
  type Param,
  ParamError,
  type ParamValues,
  type Scenario,
  type ScenarioOptions,
  type ScenarioRun,
  type ScenarioTiming,
} from "./lib/subject/inside/scenario.ts";
