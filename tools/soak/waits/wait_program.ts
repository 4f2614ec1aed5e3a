/**
 * Random programs that wait: the text of a function each. It makes promises out of others, leaves what settles them in
 * places of every kind, some of which the program can still get at and some not, and awaits them in every way. Each
 * promise is followed by a function that is named `wait_N`, by which it is found in a heap.
 *
 * @module
 */

import { type Place, SEEN, USED } from "./wait_scopes.ts";

/** A source of numbers from 0 up to and without 1. */
export type Random = () => number;

/** Where the program, or what is under way, can still get at it. */
export const KEPT: Readonly<Record<string, Place>> = {
  map: (r, id) => `api.store.set(${id}, ${r});`,
  global: (r, id) => `globalThis["kept${id}"] = { deep: [{ ${r} }] };`,
  symbol: (r, id) => `api.store.set(${id}, { [Symbol("s${id}")]: ${r} });`,
  timer: (r) => `setTimeout(${r}, api.ms);`,
  timerClosure: (r) => `setTimeout(() => ${r}(1), api.ms);`,
  interval: (r) => `{ const t = setInterval(() => { clearInterval(t); ${r}(); }, api.ms); }`,
  immediate: (r) => `setTimeout(() => queueMicrotask(${r}), api.ms);`,
  later: (r) => `api.later.push(() => ${r}(2));`,
  listener: (r) => `api.target.addEventListener("go", ${r});`,
  listenerObject: (r) => `api.target.addEventListener("go", { handleEvent() { ${r}(); } });`,
  emitter: (r) => `api.emitter.once("go", ${r});`,
  abort: (r) => `api.controller.signal.addEventListener("abort", () => ${r}());`,
  abortAny: (r) =>
    `AbortSignal.any([api.controller.signal]).addEventListener("abort", () => ${r}());`,
  abortTimeout: (r) => `AbortSignal.timeout(api.ms).addEventListener("abort", () => ${r}());`,
  port: (r) =>
    `{ const c = new MessageChannel(); c.port1.onmessage = () => { c.port1.close(); ${r}(); }; api.ports.push(c.port2); }`,
  portOnly: (r, id) =>
    `{ const c = new MessageChannel(); c.port1.onmessage = () => { c.port1.close(); ${r}(); }; setTimeout(() => c.port2.postMessage(${id}), api.ms); }`,
  worker: (r, id) => `api.onWorker((data) => { if (data === "go") ${r}(${id}); });`,
  broadcast: (r) =>
    `{ const b = new BroadcastChannel("go"); b.onmessage = () => { b.close(); ${r}(); }; api.close.push(b); }`,
  weakRef: (r, id) =>
    `{ const box = { ${r} }; api.store.set(${id}, new WeakRef(box)); void keepFor(box); }`,
  weakRefClass: (r, id) =>
    `{ const box = { ${r} }; class Ref extends WeakRef {} api.store.set(${id}, new Ref(box)); void keepFor(box); }`,
  weakRefFunction: (r, id) => `api.store.set(${id}, new WeakRef(${r})); void keepFor(${r});`,
  registry: (r) => `api.registry.register({}, ${r});`,
  registryHeld: (r) =>
    `{ const target = {}; api.registry.register(target, ${r}); void keepFor(target); }`,
  registryOwn: (r, id) =>
    `{ const own = new FinalizationRegistry(() => ${r}()); own.register({}, 1); api.store.set(${id}, own); }`,
  weakMap: (r, id) =>
    `{ const key = {}; api.weak.set(key, ${r}); api.store.set(${id}, { key, weak: api.weak }); }`,
  weakMapOwn: (r, id) =>
    `{ const key = {}; const own = new WeakMap([[key, ${r}]]); api.store.set(${id}, { key, fire: (k) => own.get(k)?.() }); }`,
  proxy: (r, id) => `api.store.set(${id}, new Proxy(function () {}, { apply() { ${r}(); } }));`,
  getter: (r, id) => `api.store.set(${id}, { get fire() { ${r}(); return 1; } });`,
  setter: (r, id) => `api.store.set(${id}, { set fire(v) { ${r}(v); } });`,
  bound: (r, id) => `api.store.set(${id}, ${r}.bind(null, 3));`,
  generator: (r, id) =>
    `{ const it = (function* () { yield 1; ${r}(); })(); it.next(); api.store.set(${id}, it); }`,
  asyncGenerator: (r, id) =>
    `{ const it = (async function* () { yield 1; ${r}(); })(); void it.next(); api.store.set(${id}, it); }`,
  privateField: (r, id) =>
    `{ class C { #r; constructor(r) { this.#r = r; } fire() { this.#r(); } } api.store.set(${id}, new C(${r})); }`,
  privateMethod: (r, id) =>
    `{ class C { #go() { ${r}(); } fire() { this.#go(); } } api.store.set(${id}, new C()); }`,
  staticBlock: (r, id) =>
    `{ class C { static keep; static { C.keep = ${r}; } } api.store.set(${id}, C); }`,
  accessor: (r, id) =>
    `{ class C { get fire() { return ${r}(); } } api.store.set(${id}, new C()); }`,
  nested: (r, id) => `api.store.set(${id}, () => () => () => ${r}());`,
  evaluated: (r, id) => `api.store.set(${id}, { run: (s) => eval(s), code: "${r}(1)" });`,
  withScope: (r, id) => `with ({ inner: ${r} }) { api.store.set(${id}, () => inner()); }`,
  defaults: (r, id) => `api.store.set(${id}, (f = ${r}) => f());`,
  argumentsObject: (r, id) => `(function () { api.store.set(${id}, arguments); })(${r});`,
  context: (r) =>
    `api.als.run({ ${r} }, () => setTimeout(() => api.als.getStore().${r}(), api.ms));`,
  chained: (r) => `void new Promise((go) => setTimeout(go, api.ms)).then(() => ${r}());`,
  finallyOf: (r) => `void new Promise((go) => setTimeout(go, api.ms)).finally(${r});`,
  fulfilled: (r, id) => `api.store.set(${id}, Promise.resolve({ ${r} }));`,
  rejected: (r, id) =>
    `{ const no = Promise.reject({ ${r} }); no.catch(() => {}); api.store.set(${id}, no); }`,
  afterAwait: (r) => `void (async () => { await api.laterPromise; ${r}(); })();`,
  afterValue: (r) => `void (async (box) => { await api.laterPromise; box.${r}(); })({ ${r} });`,
  afterFor: (r) => `void (async () => { for await (const _ of [api.laterPromise]) ${r}(); })();`,
  stream: (r, id) =>
    `{ let c; const s = new ReadableStream({ start(own) { c = own; } }); void s.getReader().read().then(() => ${r}()); api.store.set(${id}, () => c.enqueue(1)); }`,
  streamPull: (r) =>
    `{ const s = new ReadableStream({ async pull(c) { await api.laterPromise; c.enqueue(1); } }, { highWaterMark: 0 }); void s.getReader().read().then(() => ${r}()); }`,
  transform: (r, id) =>
    `{ const t = new TransformStream(); void t.readable.getReader().read().then(() => ${r}()); const w = t.writable.getWriter(); api.store.set(${id}, () => w.write(1)); }`,
  lock: (r, id) =>
    `void api.lock("lock${id}", () => api.laterPromise); void api.lock("lock${id}", () => { ${r}(); });`,
  regExp: (r, id) => `api.store.set(${id}, Object.assign(/x/, { ${r} }));`,
  date: (r, id) => `api.store.set(${id}, Object.assign(new Date(), { ${r} }));`,
  boxed: (r, id) =>
    `api.store.set(${id}, [Object.assign(Object(1n), { ${r} }), Object.assign(Object("s"), { ${r} })]);`,
  buffer: (r, id) => `api.store.set(${id}, Object.assign(new Uint8Array(1), { ${r} }));`,
  error: (r, id) => `api.store.set(${id}, Object.assign(new Error("kept"), { ${r} }));`,
  setEntry: (r, id) => `api.store.set(${id}, new Set([new Map([[${r}, 1]])]));`,
  iterator: (r, id) => `api.store.set(${id}, new Map([[1, ${r}]]).values());`,
  prototype: (r, id) => `api.store.set(${id}, Object.create({ ${r} }));`,
  functionProperty: (r, id) => `{ const f = () => {}; f.keep = ${r}; api.store.set(${id}, f); }`,
  template: (r, id) => `api.store.set(${id}, [[[[${r}]]]]);`,
  atomics: (r) =>
    `{ const words = new Int32Array(new SharedArrayBuffer(4)); const w = Atomics.waitAsync(words, 0, 0); if (w.async) void w.value.then(() => ${r}()); api.later.push(() => Atomics.notify(words, 0)); }`,
  atomicsTimeout: (r) =>
    `{ const words = new Int32Array(new SharedArrayBuffer(4)); const w = Atomics.waitAsync(words, 0, 0, api.ms); if (w.async) void w.value.then(() => ${r}()); }`,
  once: (r) => `void api.once(api.emitter, "go").then(() => ${r}());`,
  timersPromise: (r) => `void api.sleep(api.ms).then(${r});`,
  module: (r, id) =>
    `globalThis["module${id}"] = api.laterPromise; void import("data:text/javascript,await globalThis.module${id};export{}").then(() => ${r}());`,
  moduleList: (r, id) =>
    `void import("data:text/javascript,const w=[];globalThis.kept${id}=w;await new Promise((g)=>w.push(g));export{}").then(() => ${r}());`,
  moduleExport: (r, id) =>
    `void import("data:text/javascript,export const w=[${id}];globalThis.kept${id}=()=>w[1]();await new Promise((g)=>w.push(g))").then(() => ${r}());`,
  moduleLater: (r, id) =>
    `globalThis["module${id}"] = api.laterPromise; void import("data:text/javascript,const w=[];globalThis.module${id}.then(()=>w[0]());await new Promise((g)=>w.push(g));export{}").then(() => ${r}());`,
  promiseOfKept: (r, id, p) => `api.store.set(${id}, { ${r}, promise: ${p} });`,
  dispose: (r) =>
    `void (async () => { { await using _ = { [Symbol.asyncDispose]: () => api.laterPromise }; } ${r}(); })();`,
  fromAsync: (r) => `void Array.fromAsync([api.laterPromise]).then(() => ${r}());`,
  structured: (r) => `void (async function* () { await api.laterPromise; ${r}(); })().next();`,
  readFile: (r) => `setTimeout(() => api.readFile().then(() => ${r}()), api.ms);`,
  accept: (r) => `void api.accepted.then(() => ${r}());`,
  thenGetter: (r, id) => `api.store.set(${id}, { get then() { ${r}(); return undefined; } });`,
};

/** Where nothing can get at it any more, or only what waits for it. */
export const LOST: Readonly<Record<string, Place>> = {
  dropped: () => ``,
  waiters: (r, _, p) => `void (async (waiters) => { await ${p}; waiters[0](); })([${r}]);`,
  own: (r, _, p) => `void (async () => { await ${p}; ${r}(); })();`,
  pool: (r, _, p) =>
    `{ class Pool { #waiters = [${r}]; async take() { await ${p}; this.#waiters.shift()(); } } void new Pool().take(); }`,
  poolThen: (r, _, p) => `{ const list = [${r}]; void ${p}.then(() => list[0]()); }`,
  cleared: (r, id) => `{ const m = new Map([[1, ${r}]]); m.clear(); api.store.set(${id}, m); }`,
  removed: (r) =>
    `api.target.addEventListener("go", ${r}); api.target.removeEventListener("go", ${r});`,
  clearedTimer: (r) => `clearTimeout(setTimeout(${r}, api.ms));`,
  weakKey: (r) => `api.weak.set({}, ${r});`,
  weakLocal: (r) => `void keepFor(new WeakRef({ ${r} }));`,
  noController: (r) => `new AbortController().signal.addEventListener("abort", () => ${r}());`,
  noTarget: (r) => `new EventTarget().addEventListener("go", ${r});`,
  noEmitter: (r) => `void api.once(new api.Emitter(), "go").then(() => ${r}());`,
  noPort: (r) =>
    `{ const { port1 } = new MessageChannel(); port1.addEventListener("message", ${r}); }`,
  closedPort: (r) =>
    `{ const c = new MessageChannel(); c.port1.onmessage = ${r}; c.port1.close(); }`,
  overwritten: (r, id) => `{ let q = ${r}; api.store.set(${id}, () => q?.name); q = null; }`,
  promiseKept: (_, id, p) =>
    `api.store.set(${id}, [${p}]); globalThis["value${id}"] = new Map([[${p}, ${p}]]);`,
  promiseThen: (_, id, p) => `api.store.set(${id}, ${p}.then(() => {}));`,
  noRegistry: (r) => `new FinalizationRegistry(${r}).register({}, 1);`,
  noStream: (r) => `void new ReadableStream({}).getReader().read().then(() => ${r}());`,
  noGenerator: (r, _, p) => `void (async function* () { await ${p}; yield ${r}; })().next();`,
  thenable: (r) => `void (async () => { await { then(go) { void keepFor(go); } }; ${r}(); })();`,
  moduleOwn: (r, id) =>
    `void import("data:text/javascript,const w=[${id}];await new Promise((g)=>w.push(g));w[1]();export{}").then(() => ${r}());`,
  circle: (r, _, p) =>
    `{ const two = {}; two.a = (async () => { await ${p}; })(); two.b = two.a.then(() => ${r}()); void Promise.all([two.a, two.b]).then(() => two.c?.()); }`,
};

/** All places. */
const PLACES = {
  kept: Object.entries({ ...KEPT, ...USED }),
  lost: Object.entries({ ...LOST, ...SEEN }),
};

/** Promises made of others. */
const MADE_OF: readonly ((of: readonly string[], id: number) => string)[] = [
  ([a]) => `${a}.then((x) => x)`,
  ([a]) => `${a}.catch(() => {})`,
  ([a]) => `${a}.finally(() => {})`,
  ([a, b = a]) => `${a}.finally(() => ${b})`,
  ([a, b = a]) => `${a}.then(() => ${b}, () => ${b})`,
  (of) => `Promise.all([${of}])`,
  (of) => `Promise.race([${of}])`,
  (of) => `Promise.any([${of}])`,
  (of) => `Promise.allSettled([${of}])`,
  ([a]) => `(async () => await ${a})()`,
  ([a]) => `(async () => ${a})()`,
  ([a, b = a]) => `(async () => { try { await ${a}; } finally { await ${b}; } })()`,
  ([a]) => `new Promise((go) => go(${a}))`,
  ([a]) => `Promise.resolve(${a})`,
  ([a]) => `new (class Mine extends Promise {})((go) => go(${a}))`,
  ([a]) => `(class Mine extends Promise {}).resolve(${a}).then(() => 1)`,
  ([a, b = a]) => `(class Mine extends Promise {}).all([${a}, ${b}])`,
  ([a]) => `Promise.resolve({ then: (go) => { ${a}.then(go); } })`,
  ([a]) => `(async function* () { await ${a}; yield 1; })().next()`,
  ([a]) => `(async function* () { yield* (async function* () { yield await ${a}; })(); })().next()`,
  ([a]) =>
    `(async () => { for await (const x of (async function* () { yield ${a}; })()) return x; })()`,
  ([a]) => `(async () => { for await (const x of [${a}]) return x; })()`,
  ([a, b = a]) => `Array.fromAsync([${a}, ${b}])`,
  ([a]) => `(async () => { await using _ = { [Symbol.asyncDispose]: () => ${a} }; })()`,
  ([a]) => `Promise.resolve().then(() => ${a})`,
  ([a]) => `api.als.run({}, () => ${a}.then(() => api.als.getStore()))`,
  ([a, _], id) => `api.lock("made${id}", () => ${a})`,
  ([a]) =>
    `((g) => (g.next(), g.next()))((async function* () { await ${a}; yield 1; yield 2; })())`,
  ([a]) => `((g) => (void g.next(), g.return(7)))((async function* () { await ${a}; yield 1; })())`,
  ([a]) => `new Response(new ReadableStream({ pull: () => ${a} }, { highWaterMark: 0 })).text()`,
  ([a]) => `Promise.try(() => ${a})`,
];

/** What is kept of a promise itself, which settles nothing. */
const VALUES: readonly Place[] = [
  (_, id, p) => `api.store.set("v${id}", ${p});`,
  (_, id, p) => `globalThis["v${id}"] = { deep: [${p}] };`,
  (_, id, p) => `api.store.set("v${id}", new Set([${p}]));`,
  (_, id, p) => `api.store.set("v${id}", () => ${p});`,
  (_, id, p) => `api.store.set("v${id}", new WeakRef(${p}));`,
  (_, __, p) => `api.later.push(() => ${p}.then(() => {}));`,
];

/** A program, and the places that it has used by the numbers of the promises that they settle. */
export interface WaitProgram {
  readonly text: string;
  readonly places: Readonly<Record<number, string>>;
  /** The numbers of its promises: from, and up to without. */
  readonly ids: readonly [from: number, to: number];
}

/** Makes one. Its promises have the numbers from `firstId` on. */
export function waitProgram(random: Random, firstId: number): WaitProgram {
  const chosen = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new RangeError("nothing to choose from");
    return one;
  };
  const lines: string[] = [];
  const places: Record<number, string> = {};
  const known: string[] = [];
  let id = firstId;
  const follow = (): string => {
    const p = `p${id}`;
    lines.push(`${p}.then(api.waits[${id}], api.waits[${id}]);`);
    if (random() < 0.3) lines.push(chosen(VALUES)("", id, p));
    known.push(p);
    id++;
    return p;
  };
  const base = (): void => {
    const kind = random() < 0.5 ? "kept" : "lost";
    const [name, place] = chosen(PLACES[kind]);
    places[id] = `${kind} ${name}`;
    const [p, r] = [`p${id}`, `r${id}`];
    const does = random() < 0.8 ? "resolve" : "reject";
    if (random() < 0.5) {
      lines.push(`const { promise: ${p}, ${does}: ${r} } = api.withResolvers();`);
      lines.push(place(r, id, p));
    } else {
      const other = does === "resolve" ? r : `(_, ${r})`;
      lines.push(`let k${id}; const ${p} = new Promise(${other} => { k${id} = ${r}; });`);
      // In a scope of its own, so that nothing else sees the function.
      lines.push(`((${r}) => { ${place(r, id, p)} })(k${id}); k${id} = null;`);
    }
    follow();
  };
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) base();
  for (let n = Math.floor(random() * 4); n > 0; n--) {
    const of = Array.from({ length: 1 + Math.floor(random() * 3) }, () => chosen(known));
    lines.push(`const p${id} = ${chosen(MADE_OF)(of, id)};`);
    follow();
  }
  const keepFor = `const never = new Promise(() => {});\n` +
    `async function keepFor(value) { await never; return value; }\n`;
  // Sloppy, for `with`.
  const text = `${keepFor}${lines.join("\n")}\n`;
  return { text, places, ids: [firstId, id] };
}
