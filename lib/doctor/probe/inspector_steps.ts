/**
 * The steps of the probe that go through the inspector: main answers; a blocked worker answers, is paused for its
 * stack and is ended, which hands on the worker's lock and so proves its death.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../cdp/inspector.ts";
import { granted } from "../check.ts";
import type { Lines } from "./lines.ts";
import { BOUND_MS, elapsed, type Note } from "./steps.ts";

/**
 * Notes every step that the inspector can answer.
 *
 * @param url where the subject listens, null when it did not say
 * @param out what it says on stdout
 */
export async function probeInspector(url: string | null, out: Lines, note: Note): Promise<void> {
  if (url === null) {
    return note("inspector", { kind: "failed", why: "the subject did not say where it listens" });
  }
  if (!granted({ name: "net", host: "127.0.0.1" })) {
    return note("inspector", { kind: "failed", why: "not allowed to connect to 127.0.0.1 (net)" });
  }
  const from = performance.now();
  const connected = await connectInspector(url, { timeoutMs: BOUND_MS });
  if (connected.kind !== "ok") return note("inspector", { kind: "failed", why: connected.why });
  await using inspector = connected.inspector;
  const main = await inspector.send("Runtime.evaluate", { expression: "6 * 7" }, BOUND);
  if (main.kind !== "ok" || main.result.result.value !== 42) {
    return note("inspector", { kind: "failed", why: `main's isolate: ${main.kind}` });
  }
  note("inspector", { kind: "ok", seen: `connected, and main answered, after ${elapsed(from)}` });
  const sessionId = await findStuck(inspector);
  if (sessionId === null) {
    return note("evaluate", { kind: "failed", why: "the stuck worker did not answer" });
  }
  note("evaluate", { kind: "ok", seen: "a worker blocked in Atomics.wait answered" });
  await pause(inspector, sessionId, note);
  await reap(inspector, sessionId, out, note);
}

const BOUND = { timeoutMs: BOUND_MS };
/** Session ids are small consecutive integers, and no other client has connected to this process. */
const SESSIONS = ["1", "2", "3", "4"];

async function findStuck(inspector: Inspector): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const asked = SESSIONS.map(async (sessionId) => {
    const expression = "self.name";
    const answer = await inspector.send("Runtime.evaluate", { expression }, {
      sessionId,
      ...BOUND,
    });
    // A session that does not exist never answers, so the first match settles this before the bound.
    if (answer.kind === "ok" && answer.result.result.value === "unwedge-doctor-stuck") {
      resolve(sessionId);
    }
  });
  void Promise.all(asked).then(() => resolve(null));
  return await promise;
}

async function pause(inspector: Inspector, sessionId: string, note: Note): Promise<void> {
  const from = performance.now();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const stop = inspector.on("Debugger.paused", ({ callFrames }, session) => {
    if (session === sessionId) resolve(callFrames[0]?.functionName ?? "?");
  });
  const timer = setTimeout(() => resolve(null), BOUND_MS);
  void inspector.send("Debugger.enable", {}, { sessionId, ...BOUND });
  void inspector.send("Debugger.pause", {}, { sessionId, ...BOUND });
  const frame = await promise;
  clearTimeout(timer);
  stop();
  // Also when it did not pause: a pause that stays armed would freeze the worker at its next JavaScript.
  await inspector.send("Debugger.disable", {}, { sessionId, ...BOUND });
  note(
    "pause",
    frame === "standStill"
      ? { kind: "ok", seen: `paused it and read its stack after ${elapsed(from)}` }
      : { kind: "failed", why: frame === null ? "it did not pause" : `it paused in ${frame}` },
  );
}

async function reap(
  inspector: Inspector,
  sessionId: string,
  out: Lines,
  note: Note,
): Promise<void> {
  const early = out.has("lock-granted");
  const from = performance.now();
  void inspector.send("Runtime.evaluate", { expression: "self.close()" }, { sessionId, ...BOUND });
  const granted = await out.first(/^lock-granted$/, BOUND_MS);
  if (early) {
    note("death-proof", { kind: "failed", why: "the lock of a living worker was handed on" });
    return note("reap", { kind: "skipped", because: "death-proof" });
  }
  if (granted === null) {
    note("reap", { kind: "failed", why: "the stuck worker did not end" });
    return note("death-proof", { kind: "skipped", because: "reap" });
  }
  note("reap", { kind: "ok", seen: `ended a worker stuck in Atomics.wait in ${elapsed(from)}` });
  note("death-proof", { kind: "ok", seen: "its lock was handed on when it had ended, not before" });
}
