/**
 * Boot of an actor in a worker: takes its spec, holds its life lock, loads the module whose functions it serves, says
 * that it is ready, serves until it is cancelled, says goodbye, and closes its isolate.
 *
 * What this file imports is paid for by every start of an actor, so it imports no more than it needs.
 *
 * @module
 */

import { CLOSE_KEY } from "../../protocol/control.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { Event } from "../event.ts";
import { Cancelled, newReason } from "../errors.ts";
import { hold } from "../park.ts";
import { setActorPath, setObserver } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import { BOOT_CALL, type Functions, Link } from "../rpc/link.ts";
import { run } from "../run.ts";
import { Channel } from "../wire/channel.ts";
import { type SpawnSpec, WIRE_VERSION } from "../wire/frame.ts";
import { toWire } from "../wire/remote_error.ts";
import { type BootMessage, REHEARSE, REHEARSED } from "./boot_message.ts";
import { LEFT_FUNCTION, tasksLeft } from "./left.ts";
import { CLOSING, holdLifeLock, LOCK_HELD } from "./life.ts";
import { installManualRemedies } from "./manual_remedies.ts";
import { RemoteReaper } from "./remote_reaper.ts";
import { ActorRuntime, boot, runExitHooks, withRuntime } from "./runtime.ts";

/** The part of the worker's global scope that is used here; the DOM and worker types cannot be had in one program. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<BootMessage | typeof REHEARSE>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const scope = globalThis as typeof globalThis & WorkerScope;
const close = scope.close.bind(scope);
// The way for the reaper. It cannot be changed by the code that runs here.
Object.defineProperty(globalThis, Symbol.for(CLOSE_KEY), { value: close });

scope.onmessage = ({ data }) => {
  if (data === REHEARSE) {
    import("./rehearsal.ts").then(({ rehearse }) => rehearse())
      .then(() => scope.postMessage(REHEARSED));
    return;
  }
  scope.onmessage = null;
  live(data).then(() => {
    scope.postMessage(CLOSING);
    close();
  });
};

async function live({ spec, port, gate, shared }: BootMessage): Promise<void> {
  setActorPath(spec.path);
  if (spec.journal !== null) {
    // An actor without a journal does not pay for it.
    const [{ JournalWriter }, { journalWaits }] = await Promise.all([
      import("../../protocol/journal_writer.ts"),
      import("../waits.ts"),
    ]);
    const journal = new JournalWriter(spec.journal, spec.path);
    setObserver((body) => journal.write(body));
    journalWaits(spec.journal);
  }
  boot.shared = shared;
  installManualRemedies(null);
  if (!await holdLifeLock(spec.lifeLock, gate)) return;
  scope.postMessage(LOCK_HELD);
  await run(() => serveUntilCancelled(spec, port), { name: spec.path, handleSigint: false });
  await runExitHooks();
}

async function serveUntilCancelled(spec: SpawnSpec, port: MessagePort): Promise<void> {
  const parentPath = spec.path.slice(0, spec.path.lastIndexOf("/"));
  const reasons: CancelReason[] = [];
  const ending = new Event("end of this actor");
  const end = (reason: CancelReason) => {
    reasons.push(reason);
    ending.set();
  };
  const channel = new Channel(port, { path: parentPath, state: "alive" });
  tellCrashes(channel);
  const link = new Link(channel, {
    onActorCancel(reason) {
      channel.send({ kind: "cancel-ack", call: null });
      end(reason);
    },
    onDone: () => end(parentGone()),
  });
  // Checked by the root.
  const { softKillMs, hardKillMs, joinMs } = spec;
  await openNursery(async (service) => {
    const runtime = new ActorRuntime(service, {
      softKillMs,
      hardKillMs,
      joinMs,
      remedies: new Set(spec.remedies),
    }, {
      newReaper: () => new RemoteReaper(link),
      parentLink: link,
      journal: spec.journal,
      lifeLock: spec.lifeLock,
      ending,
    });
    await withRuntime(runtime, async () => {
      channel.opened();
      service.spawn(() => link.processMessages(), `loop of ${channel.id}`);
      await serveCalls(spec, link, ending, reasons);
      await runtime.joinPeers();
      sayGoodbye(channel);
    });
  }, { name: "service" });
}

/** Loads the module and serves it; returns when every call has ended after a cancel, or when it cannot be loaded. */
async function serveCalls(
  spec: SpawnSpec,
  link: Link,
  ending: Event,
  reasons: readonly CancelReason[],
): Promise<void> {
  await openNursery(async (calls) => {
    calls.spawn(async () => {
      await ending.wait();
      calls.cancelScope.cancelBecause(reasons[0] ?? parentGone());
    }, "wait for the end");
    let functions: Functions;
    try {
      functions = await hold<Functions>(import(spec.module), `import of ${spec.module}`);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      link.channel.send({ kind: "error", call: BOOT_CALL, error: toWire(error) });
      calls.cancelScope.cancel("the module cannot be loaded");
      return;
    }
    link.serve(functions, calls, { [LEFT_FUNCTION]: () => tasksLeft(calls) });
    link.channel.send({ kind: "handshake", version: WIRE_VERSION, path: spec.path });
  }, { name: "calls" });
}

/** An error that no task catches ends the isolate; it is told before, because the platform tells no stack of it. */
function tellCrashes(channel: Channel): void {
  const tell = (event: { readonly defaultPrevented: boolean }, error: unknown) => {
    if (event.defaultPrevented || error instanceof Cancelled) return;
    channel.tell({ kind: "crash", error: toWire(error) });
    channel.flush();
  };
  addEventListener("error", (event) => tell(event, event.error));
  addEventListener("unhandledrejection", (event) => tell(event, event.reason));
}

function sayGoodbye(channel: Channel): void {
  if (channel.state !== "open") return;
  channel.send({ kind: "bye" });
  channel.close("goodbye");
}

function parentGone(): CancelReason {
  return newReason("shutdown", "the conversation with the parent is over", "calls");
}
