/**
 * The remedy `reap`: ends the thread of a stuck worker for good, which `terminate()` does not do on Deno 2.9. The way
 * is the V8 inspector of our own process: `self.close()` evaluated in the worker's session ends a worker that blocks in
 * Atomics.wait, spins, or loops over microtasks, in 2-7 ms, without an `error` event in the parent
 * (`Runtime.terminateExecution` raises one and kills the process). A worker in a native call is beyond it.
 *
 * The inspector is opened when it is first needed and stays open only as long as there are workers to reap: a connected
 * client delays the start of workers and keeps the process from ending, and any user of this machine could connect too.
 * Deno says on stderr that it listens; that cannot be turned off for an inspector that is opened from inside.
 *
 * @module
 */

import { openSocket } from "../../cdp/open_socket.ts";
import { hold } from "../park.ts";
import { InspectorSession } from "./inspector_session.ts";

/** What came of one attempt. */
export type ReapOutcome =
  | { readonly kind: "asked" }
  | { readonly kind: "failed"; readonly why: string };

/** A connection and how to end it. */
interface Connection {
  readonly session: InspectorSession;
  readonly close: () => Promise<void>;
}

let users = 0;
let shared: Promise<Connection> | null = null;
/** The inspector is opened and closed one after the other, or a late closing would take the next one's away. */
let previous: Promise<unknown> = Promise.resolve();

/** A claim on the shared connection. Take one when a soft kill is late, so that reaping later is a matter of 2 ms. */
export class Reaper {
  #claimed = false;

  /** Connects, if that is not done, and looks for the workers. Safe to call twice; a failure shows when reaping. */
  async arm(): Promise<void> {
    await hold(this.#connection().catch(() => {}), "inspector of this process");
  }

  /**
   * Asks the worker that holds `lifeLock` to close, through its inspector session. Whether it did, its lock tells.
   *
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  async reap(lifeLock: string): Promise<ReapOutcome> {
    try {
      const { session } = await hold(this.#connection(), "inspector of this process");
      const found = await hold(session.find(lifeLock), `inspector session of ${lifeLock}`);
      if (found === undefined) {
        return {
          kind: "failed",
          why: "its inspector session does not answer (native call, or another debugger)",
        };
      }
      session.closeWorker(found);
      return { kind: "asked" };
    } catch (error) {
      if (error instanceof InspectorUnavailable) return { kind: "failed", why: error.message };
      throw error;
    }
  }

  /** Gives the claim back; the last one closes the connection. */
  release(): void {
    if (!this.#claimed) return;
    this.#claimed = false;
    if (--users > 0) return;
    const last = shared;
    shared = null;
    if (last !== null) previous = last.then(({ close }) => close(), () => {});
  }

  #connection(): Promise<Connection> {
    if (!this.#claimed) {
      this.#claimed = true;
      users++;
    }
    return shared ??= previous.then(connect);
  }
}

/** The inspector of this process could not be opened or reached. */
class InspectorUnavailable extends Error {
  override readonly name = "InspectorUnavailable";
}

async function connect(): Promise<Connection> {
  // Loaded only here: node:inspector is of no use to a tree that tears down well.
  const { default: inspector } = await import("node:inspector");
  let openedHere = false;
  try {
    assertAllowed({ name: "sys" });
    if (inspector.url() === undefined) {
      inspector.open(0, "127.0.0.1");
      openedHere = true;
    }
    const url = inspector.url();
    if (url === undefined) throw new Error("it has no address");
    assertAllowed({ name: "net", host: new URL(url).host });
    const socket = openSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    const session = new InspectorSession(socket);
    return {
      session,
      async close() {
        await session.close();
        if (openedHere) inspector.close();
      },
    };
  } catch (cause) {
    if (openedHere) inspector.close();
    throw new InspectorUnavailable(
      `the inspector of this process cannot be used: ${String(cause)}`,
      { cause },
    );
  }
}

/** Asking for a permission on a terminal would stop the whole isolate in the middle of a teardown. */
function assertAllowed(permission: Deno.PermissionDescriptor): void {
  if (Deno.permissions.querySync(permission).state === "granted") return;
  throw new Error(`it takes --allow-${permission.name}`);
}
