/**
 * Places for what settles a promise that have to do with scopes: variables that a function which can still be called
 * uses in one of the many ways there are, and variables that it only sees.
 *
 * @module
 */

/** A place for `r`, a function that settles a promise; `id` is a number of its own. `p` is the promise. */
export type Place = (r: string, id: number, p: string) => string;

/** `x` holds the function, and a closure names it. */
const used = (closure: string): Place => (r, id) =>
  `(() => { const x = ${r}; api.store.set(${id}, ${closure}); })();`;

/** A module that gets the function as `w[0]`, and then does something. */
const inModule = (rest: string): Place => (r, id) =>
  `globalThis.hand${id} = ${r}; void import("data:text/javascript,const w=[globalThis.hand${id}];delete globalThis.hand${id};" + ${
    JSON.stringify(rest).replaceAll("ID", String(id)).replaceAll("MS", `" + api.ms + "`)
  });`;

const LONG = "n".repeat(1_100);

/** Those where a function uses it. */
export const USED: Readonly<Record<string, Place>> = {
  useNested: used("() => () => { const inner = () => x(); return inner; }"),
  useBlockShadow: used("() => { { const x = 1; void x; } return x(); }"),
  useCatchShadow: used("() => { try { throw 1; } catch (x) { void x; } return x(); }"),
  useInnerShadow: used("() => { ((x) => x)(1); return x(); }"),
  useDefault: used("(a = () => x()) => { var x = 1; void x; return a(); }"),
  useDestructured: used("({ a = x } = {}, [b] = [a]) => b()"),
  useShorthand: used("() => ({ x })"),
  useComputed: used("() => ({ [x()]: 1 })"),
  useTemplate: used("() => `${x()}`"),
  useTag: used("() => x`text`"),
  useOptional: used("() => x?.()"),
  useSpread: used("() => [...[x]]"),
  useFor: used("() => { for (const y of [x]) y(); }"),
  useAssigned: used("() => { let y; ({ y = x } = {}); y(); }"),
  useHoisted: used("() => { go(); function go() { x(); } }"),
  useComment: used("() => { /* } */ /[}/]/.test('}'); return x(); }"),
  useEscape: used("() => \\u0078()"),
  useAsync: used("async () => { await null; x(); }"),
  useFresh: used("(function* () { x(); })()"),
  useMethod: used("{ async *[Symbol.asyncIterator]() {}, fire() { x(); } }"),
  useEval: used("() => eval('x')()"),
  useEvalNested: used("() => () => eval('x()')"),
  useEvalDefault: used("(code = 'x') => eval(code)()"),
  useEvalArrow: used("() => eval('() => x()')"),
  useField: used("(() => { class C { field = x(); } return () => new C(); })()"),
  useFieldAndConstructor: used(
    "(() => { class C { field = x(); constructor() {} } return () => new C(); })()",
  ),
  useFieldArrow: used("new (class { constructor() {} field = () => x(); })()"),
  useComputedField: used("() => class { static [x()] = 1; }"),
  useStatic: used("() => class { static field = x(); }"),
  useStaticBlock: used("() => class { static { x(); } }"),
  useStaticPrivate: used("class C { static #go() { x(); } static fire() { C.#go(); } }"),
  usePrivateAccessor: used(
    "new (class { get #go() { return x(); } fire() { return this.#go; } })()",
  ),
  useBase: used(
    "(() => { class B { constructor() { x(); } } class C extends B {} return () => new C(); })()",
  ),
  useHeritage: used("() => class extends (x(), Object) {}"),
  useSuper: used("{ __proto__: { fire() { x(); } }, fire() { super.fire(); } }"),
  useSuperArrow: used(
    "{ __proto__: { fire() { x(); } }, fire() { return (() => super.fire())(); } }",
  ),
  useThis: (r, id) => `(function () { api.store.set(${id}, () => this.r()); }).call({ r: ${r} });`,
  useArguments: (r, id) =>
    `(function () { api.store.set(${id}, () => () => arguments[0]()); })(${r});`,
  useMapped: (r, id) =>
    `(function (a) { const own = arguments; a = ${r}; api.store.set(${id}, () => own[0]()); })(1);`,
  useTarget: (r, id) =>
    `{ const F = function () { return () => new.target.keep(); }; F.keep = ${r}; api.store.set(${id}, new F()); }`,
  useOwnName: (r, id) =>
    `{ const f = function own() { return own.keep(); }; f.keep = ${r}; api.store.set(${id}, () => f()); }`,
  useEvalVariable: (r, id) =>
    `(function () { eval("var hidden = ${r};"); api.store.set(${id}, () => hidden()); })();`,
  useEvalLet: (r, id) => `eval("let hidden = ${r}; api.store.set(${id}, () => hidden());");`,
  useBlock: (r, id) => `{ const x = ${r}; api.store.set(${id}, () => x()); }`,
  useWith: (r, id) => `with ({ other: 1 }) { const x = ${r}; api.store.set(${id}, () => x()); }`,
  useLong: (r, id) => `{ const ${LONG} = ${r}; api.store.set(${id}, () => ${LONG}()); }`,
  useCatch: (r, id) =>
    `try { throw [${r}]; } catch ([caught]) { api.store.set(${id}, () => caught()); }`,
  useLoop: (r, id) => `for (let i = 0, x = ${r}; i < 1; i++) api.store.set(${id}, () => x(i));`,
  useSwitch: (r, id) => `switch (1) { case 1: let x = ${r}; api.store.set(${id}, () => x()); }`,
  useTimer: (r) =>
    `{ const list = [${r}]; setTimeout(() => { for (const x of list) x(); }, api.ms); }`,
  useWritten: (r, id) => `{ let x; api.store.set(${id}, () => x()); x = ${r}; }`,
  useByOther: (r, id) =>
    `{ const x = ${r}; const other = () => x(); api.store.set(${id}, () => other()); }`,
  useConstructor: (r, id) => `api.store.set(${id}, new Function("x", "return () => x()")(${r}));`,
  useModuleTimer: inModule("setTimeout(()=>w[0](),MS)"),
  useModuleExport: inModule(
    "export const fire=()=>w[0]();import(import.meta.url).then((m)=>globalThis.keptID=m)",
  ),
  useModuleDefault: inModule(
    "export default ()=>w[0]();import(import.meta.url).then((m)=>globalThis.keptID=m)",
  ),
  useModuleBinding: inModule(
    "export let list;import(import.meta.url).then((m)=>globalThis.keptID=m);list=w",
  ),
  useModuleClosure: inModule("const f=()=>w;globalThis.keptID=()=>f()"),
  useModuleEval: inModule("globalThis.keptID=()=>eval('w')"),
  useModuleClass: inModule("class Pool{fire(){w[0]()}};globalThis.keptID=new Pool()"),
  useModuleWaits: inModule(
    "globalThis.moduleID=()=>1;await new Promise((go)=>setTimeout(go,MS));w[0]()",
  ),
};

/** `x` holds the function, and a closure that is gone names it; another one is kept. */
const seen = (closure: string): Place => (r, id) =>
  `(() => { const x = [${r}]; void (() => x); api.store.set(${id}, ${closure}); })();`;

/** Those where a function only sees it. */
export const SEEN: Readonly<Record<string, Place>> = {
  seeNothing: seen("() => {}"),
  seeParameter: seen("(x) => x"),
  seeLocal: seen("() => { const x = 1; return () => x; }"),
  seeProperty: seen("(o) => o?.x"),
  seeKey: seen("() => ({ x: 1 })"),
  seeFunction: seen("function () { return this?.length; }"),
  seeMethod: seen("{ fire() { return 1; } }"),
  seeClass: seen("new (class { field = 1; fire() { return this.field; } })()"),
  seeDerived: seen("new (class extends Map { constructor() { super(); } })()"),
  seeText: seen("() => 'x'"),
  seeTimer: (r, _, p) =>
    `(() => { const x = [${r}]; setTimeout(() => {}, api.ms); void (async () => { await ${p}; x[0](); })(); })();`,
  seePool: (r, id, p) =>
    `(() => { class Pool { #x = [${r}]; async take() { await ${p}; this.#x[0](); } } const pool = new Pool(); const wait = async () => { await pool.take(); }; void wait(); api.store.set(${id}, () => 1); })();`,
  seeModuleTimer: inModule("setTimeout(()=>{},MS);void(()=>w)"),
  seeModuleExport: inModule(
    "void(()=>w);export const other=()=>1;import(import.meta.url).then((m)=>globalThis.keptID=m)",
  ),
  seeModuleClass: inModule("void(()=>w);class Pool{fire(){}};globalThis.keptID=new Pool()"),
};
