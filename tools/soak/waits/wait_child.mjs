/**
 * Runs random programs that wait: `wait_child.mjs FILE`, JSON of their texts. It says `quiet` when they all wait, and at
 * the next line on stdin does whatever a program could still do: it fires what it holds, follows every reference and
 * calls every function that it finds, and lets garbage be collected. Then it prints the numbers of the promises that
 * have settled.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

const { texts, ids, ms } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const settled = new Set();
const quietly = (act) => {
  try {
    return act();
  } catch {
    return undefined;
  }
};

const worker = new Worker(
  `require("node:worker_threads").parentPort.on("message", (data) => {
    require("node:worker_threads").parentPort.postMessage(data);
  });`,
  { eval: true },
);
const server = createServer(() => {});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const emitter = new EventEmitter();
emitter.setMaxListeners(0);
let fireLater;
const api = {
  ms,
  store: new Map(),
  later: [],
  ports: [],
  close: [],
  target: new EventTarget(),
  emitter,
  Emitter: EventEmitter,
  once,
  sleep,
  controller: new AbortController(),
  weak: new WeakMap(),
  registry: new FinalizationRegistry((held) => quietly(() => held())),
  als: new AsyncLocalStorage(),
  laterPromise: new Promise((resolve) => fireLater = resolve),
  accepted: new Promise((resolve) => server.once("connection", resolve)),
  readFile: () => readFile(process.argv[2]),
  lock: (name, act) => globalThis.navigator?.locks?.request(name, act) ?? new Promise(() => {}),
  onWorker: (act) => worker.on("message", act),
  withResolvers: () => {
    // Not in Node 20.
    const own = {};
    own.promise = new Promise((resolve, reject) => Object.assign(own, { resolve, reject }));
    return Promise.withResolvers?.() ?? own;
  },
  waits: {},
};
worker.setMaxListeners(0);
quietly(() => process.setMaxListeners(0));
process.on("unhandledRejection", () => {});
process.on("uncaughtException", () => {});
globalThis.addEventListener?.("unhandledrejection", (event) => event.preventDefault());
for (let id = 0; id < ids; id++) {
  api.waits[id] = new Function("settled", `return function wait_${id}() { settled.add(${id}); };`)(
    settled,
  );
}
for (const text of texts) quietly(() => new Function("api", text)(api));
await sleep(100);
for (let n = 0; n < 3; n++) {
  globalThis.gc?.();
  await sleep(20);
}
process.stdout.write("quiet\n");
const startedAt = performance.now();
await new Promise((resolve) => process.stdin.once("data", resolve));

/** What is the runtime's own, or ours, is not called. */
const seen = new WeakSet([globalThis, api, process, worker, server, settled, emitter, api.target]);
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (/^(?:kept|value|v|module)\d+$/.test(name)) continue;
  const value = quietly(() => globalThis[name]);
  if (Object(value) === value) seen.add(value).add(value.prototype ?? {});
}
for (
  const kind of [
    (async () => {})().constructor,
    globalThis.Iterator,
    (function* () {})().constructor,
  ]
) {
  if (Object(kind) === kind) seen.add(kind).add(kind.prototype);
}

function use(value, depth) {
  if (Object(value) !== value || depth > 12 || seen.has(value)) return;
  seen.add(value);
  if (typeof value === "function" && !/^\s*class\b/.test(quietly(() => String(value)) ?? "")) {
    use(quietly(() => value()), depth + 1);
  }
  if (value instanceof WeakRef) use(value.deref(), depth + 1);
  if (value instanceof Promise) {
    value.then((result) => use(result, depth + 1), (reason) => use(reason, depth + 1));
  }
  if (value instanceof Map || value instanceof Set) {
    for (const entry of value) use(entry, depth + 1);
  }
  if (typeof value.code === "string") quietly(() => value.run(value.code));
  if (typeof value.next === "function") {
    for (let n = 0; n < 3; n++) {
      const step = quietly(() => value.next());
      use(step, depth + 1);
      use(step?.value, depth + 1);
    }
  }
  if ("key" in value) {
    use(quietly(() => value.fire(value.key)), depth + 1);
    use(api.weak.get(value.key), depth + 1);
  }
  for (let of = value; of !== null && of !== undefined && !(of !== value && seen.has(of));) {
    for (const name of quietly(() => Reflect.ownKeys(of)) ?? []) {
      const own = quietly(() => Object.getOwnPropertyDescriptor(of, name));
      if (name === "constructor" || own === undefined) continue;
      if (own.set !== undefined) quietly(() => value[name] = 1);
      const held = quietly(() => value[name]);
      if (typeof held === "function") use(quietly(() => value[name]()), depth + 1);
      use(held, depth + 1);
    }
    of = quietly(() => Object.getPrototypeOf(of));
    if (of === Object.prototype || of === Function.prototype || of === Array.prototype) break;
  }
}

fireLater();
for (const act of api.later) quietly(act);
api.target.dispatchEvent(new Event("go"));
emitter.emit("go");
api.controller.abort();
worker.postMessage("go");
for (const port of api.ports) quietly(() => port.postMessage("go"));
const channel = new BroadcastChannel("go");
channel.postMessage("go");
const socket = connect(server.address().port, "127.0.0.1").on("error", () => {});
for (let round = 0; round < 3; round++) {
  use([...api.store.values()], 0);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (/^(?:kept|value|v|module)\d+$/.test(name)) use(globalThis[name], 0);
  }
  globalThis.gc?.();
  await sleep(50);
}
await sleep(Math.max(0, ms + 300 - (performance.now() - startedAt)));
globalThis.gc?.();
await sleep(100);
process.stdout.write(`${JSON.stringify([...settled])}\n`, () => process.exit(0));
void socket;
