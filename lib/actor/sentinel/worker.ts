/**
 * The worker that a sentinel lives in: sets it up, and passes on what main says. What it imports it has before anything
 * is wrong.
 *
 * @module
 */

import { JournalWriter } from "../../protocol/journal_writer.ts";
import { ACTOR_KEY } from "../../protocol/snapshot.ts";
import { Guard } from "./guard.ts";
import type { FromSentinel, Setup, ToSentinel } from "./messages.ts";
import { Reports } from "./report.ts";

/** The part of the worker's global scope that is used here; the DOM and worker types cannot be had in one program. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToSentinel>) => void) | null;
  postMessage(message: FromSentinel): void;
  close(): void;
}

/** Who it is to those who look at every isolate of the process. */
const NAME = "sentinel";
/** Whose journal it writes in: what is done to main, main cannot write down itself. */
const WRITES_AS = "root";

const scope = globalThis as typeof globalThis & WorkerScope;
Reflect.set(globalThis, Symbol.for(ACTOR_KEY), NAME);
let guard: Guard | null = null;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "setup":
      guard = begin(data.setup);
      break;
    case "inspector":
      if (guard !== null) guard.inspectorUrl = data.url;
      break;
    case "mutex":
      guard?.mutexes.set(data.memory, data.name);
      break;
    case "watch":
      guard?.watch(data.starvedMs);
      break;
    case "end":
      void end();
      break;
  }
};

/** Terminated from outside instead, it would take signals for milliseconds more, and lose them (12 of 60 tries). */
async function end(): Promise<void> {
  await guard?.stop();
  scope.postMessage({ kind: "ended" });
  scope.close();
}

function begin(setup: Setup): Guard {
  const { journal, stderr } = setup;
  const writer = journal === null ? null : new JournalWriter(journal, WRITES_AS);
  const post = (message: FromSentinel) => scope.postMessage(message);
  const guard = new Guard(setup, new Reports(stderr, writer), post);
  post({ kind: "ready" });
  return guard;
}
