/**
 * Ways to be woken by something that this runtime does not see, each hidden as well as it goes: what a program must not
 * be able to keep from the prover. Each is a piece of a scenario (`hidden_program.ts`).
 *
 * @module
 */

/** One way. In `code`, `wake` ends the wait that everything hangs on, and is to be called after {@linkcode WAKE_MS}. */
export interface HiddenWaker {
  readonly name: string;
  /** Statements inside the program. */
  readonly code: string;
  /** Statements at the top of the module, if it needs any. */
  readonly top?: string;
  /** It works only in main: what it counts on is not in a worker. */
  readonly needsRoot?: boolean;
  /** A file beside it: name and text. */
  readonly file?: readonly [name: string, text: string];
}

/** When they wake, in milliseconds: long after everything has fallen quiet, and long before the deadline. */
export const WAKE_MS = 350;

const LIBRARY = JSON.stringify(import.meta.resolve("../../../mod.ts"));
const NAME = '["const" + "ructor"]';

/** The ways. Their texts are run without being checked, so they may do what no type allows. */
export const HIDDEN_WAKERS: readonly HiddenWaker[] = [
  { name: "a timer", code: `setTimeout(wake, ${WAKE_MS});` },
  {
    name: "an alias of a timer",
    top: "const later = setTimeout;",
    code: `later(wake, ${WAKE_MS});`,
  },
  {
    name: "an interval",
    code: `const n = setInterval(() => { clearInterval(n); wake(); }, ${WAKE_MS});`,
  },
  {
    name: "a timer that keeps nothing alive",
    code: `Deno.unrefTimer(setTimeout(wake, ${WAKE_MS}));`,
  },
  { name: "a name put together", code: `globalThis["set" + "Timeout"](wake, ${WAKE_MS});` },
  {
    name: "a global taken apart",
    code: `const { setTimeout: later } = self; later(wake, ${WAKE_MS});`,
  },
  {
    name: "a spread global",
    code: `const all = { ...globalThis }; all["set" + "Timeout"](wake, ${WAKE_MS});`,
  },
  { name: "an escaped name", code: `set\\u0054imeout(wake, ${WAKE_MS});` },
  {
    name: "a quote in a regular expression",
    code: `const r = /"/; setTimeout(wake, ${WAKE_MS}); const s = '"';`,
  },
  {
    name: "a comment in a regular expression",
    code: `const r = /[/*]/; setTimeout(wake, ${WAKE_MS}); /* */`,
  },
  { name: "a line that another character ends", code: `// c\u2028setTimeout(wake, ${WAKE_MS});` },
  { name: "a template in a template", code: "`${`${setTimeout(wake, " + WAKE_MS + ")}`}`;" },
  {
    name: "a name that is imported as a type",
    top: 'import type { setTimeout } from "./nothing.ts";',
    code: `setTimeout(wake, ${WAKE_MS});`,
    file: ["nothing.ts", "export {};"],
  },
  {
    name: "a name that is imported where types are declared",
    top: `declare module "x" { import { setTimeout } from ${LIBRARY}; }`,
    code: `setTimeout(wake, ${WAKE_MS});`,
  },
  { name: "eval", code: `eval("setTimeout")(wake, ${WAKE_MS});` },
  { name: "new Function", code: `new Function("f", "setTimeout(f, ${WAKE_MS})")(wake);` },
  {
    name: "the constructor of a function",
    code: `(() => {}).constructor("f", "setTimeout(f, ${WAKE_MS})")(wake);`,
  },
  {
    name: "the constructor of a function, by a name put together",
    code: `(() => {})${NAME}("f", "setTimeout(f, ${WAKE_MS})")(wake);`,
  },
  {
    name: "the constructor of an asynchronous function, by a name put together",
    code: `(async () => {})${NAME}("f", "await 1; setTimeout(f, ${WAKE_MS})")(wake);`,
  },
  {
    name: "a built-in that the heartbeat uses",
    needsRoot: true,
    code: `const sets = WeakSet["proto" + "type"], { has } = sets;
      const from = performance.now();
      sets.has = function (each) {
        if (performance.now() - from > ${WAKE_MS}) wake();
        return has.call(this, each);
      };`,
  },
  {
    name: "an event of the global object, heard through another",
    code: `performance["add" + "EventListener"].call(undefined, "unhandledrejection", (event) => {
        event.preventDefault();
        event.target["set" + "Timeout"](wake, ${WAKE_MS});
      });
      Promise.reject(new Error("not handled on purpose"));`,
  },
  {
    name: "a file beside it",
    top: 'import { later } from "./later.ts";',
    code: `later(wake, ${WAKE_MS});`,
    file: ["later.ts", "export const later = setTimeout;"],
  },
  {
    name: "a file beside it that is CommonJS",
    top: 'import later from "./later.cjs";',
    code: `later(wake, ${WAKE_MS});`,
    file: ["later.cjs", 'module.exports = module["req" + "uire"]("node:" + "timers").setTimeout;'],
  },
  {
    name: "a builtin of Node",
    top: 'import { setTimeout as later } from "node:timers";',
    code: `later(wake, ${WAKE_MS});`,
  },
  {
    name: "an asynchronous iterator of Node",
    top: 'import * as timers from "node:timers/promises";',
    code:
      `(async () => { for await (const _ of timers.setInterval(${WAKE_MS})) return wake(); })();`,
  },
  {
    name: "a computed import",
    code: `import("node:" + "timers").then((timers) => timers.setTimeout(wake, ${WAKE_MS}));`,
  },
  {
    name: "the inside of this library",
    top: `import { delay } from ${
      JSON.stringify(import.meta.resolve("../../../lib/std/async.ts"))
    };`,
    code: `delay(${WAKE_MS}).then(wake);`,
  },
  {
    name: "Atomics.waitAsync",
    code:
      `Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${WAKE_MS}).value.then(wake);`,
  },
  {
    name: "a worker that is no actor",
    code: `const text = "setTimeout(() => self.postMessage(0), ${WAKE_MS})";
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      new Worker(url, { type: "module" }).onmessage = wake;`,
  },
  {
    name: "a web lock",
    code:
      `navigator.locks.request("hidden", () => new Promise((done) => setTimeout(done, ${WAKE_MS})));
      navigator.locks.request("hidden", wake);`,
  },
  {
    name: "a child process",
    code: `new Deno.Command("sleep", { args: ["${WAKE_MS / 1_000}"] }).output().then(wake);`,
  },
  {
    name: "a request to itself",
    code:
      `const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async () => {
        await new Promise((done) => setTimeout(done, ${WAKE_MS}));
        return new Response("ok");
      });
      fetch("http://127.0.0.1:" + server.addr.port).then(wake);`,
  },
  {
    name: "a channel to itself",
    code: `const { port1, port2 } = new MessageChannel();
      port1.onmessage = wake;
      setTimeout(() => port2.postMessage(0), ${WAKE_MS});`,
  },
  { name: "a signal of its own bound", code: `AbortSignal.timeout(${WAKE_MS}).onabort = wake;` },
];
