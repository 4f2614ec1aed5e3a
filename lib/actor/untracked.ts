/**
 * Sees two things that no reading of a program's source can show for certain: that it makes code from text while it
 * runs (`f[name]("return setTimeout")`, where `name` comes out as "constructor"), and that it replaces a built-in, so
 * that code of the program runs whenever the runtime, or the heartbeat, uses it. Either could wake a task although
 * nothing in the source says so; what has been seen is a source of every later `waits` record of the isolate.
 *
 * Invariant: the program behaves as it would without it. The constructors of functions are stood in for by ones that
 * pass everything on; `eval` and `Function` by name are left to the reading, for a stand-in of `eval` would change what
 * it means.
 *
 * @module
 */

const { getOwnPropertyDescriptor, ownKeys } = Reflect;
const { is } = Object;

/** One property of a built-in as it was. */
interface Original {
  readonly of: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor | undefined;
}

const ITERATORS: readonly object[] = [
  [][Symbol.iterator](),
  new Map()[Symbol.iterator](),
  new Set()[Symbol.iterator](),
  ""[Symbol.iterator](),
].map((iterator) => Object.getPrototypeOf(iterator));

const FUNCTIONS: readonly object[] = [
  () => {},
  async () => {},
  function* () {},
  async function* () {},
].map((fn) => Object.getPrototypeOf(fn));

const CONSTRUCTORS = [
  Object,
  Array,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Promise,
  Map,
  Set,
  WeakMap,
  WeakSet,
  WeakRef,
  RegExp,
  Error,
  AggregateError,
  TypeError,
  DataView,
  ArrayBuffer,
  Uint8Array,
  Object.getPrototypeOf(Uint8Array),
  TextEncoder,
];

/** What the platform itself writes to, and what limits stacks: neither runs anything. */
const MAY_CHANGE: readonly PropertyKey[] = ["stackTraceLimit"];

const originals: Original[] = [];
const keyCounts: { readonly of: object; readonly count: number }[] = [];
let madeFromText = false;

/** Begins to watch this isolate. To be called before code of the program runs in it; once is enough. */
export function watchUntracked(): void {
  if (originals.length > 0) return;
  for (const prototype of FUNCTIONS) standIn(prototype);
  for (const constructor of CONSTRUCTORS) {
    remember(constructor);
    remember(constructor.prototype);
  }
  for (const each of [...FUNCTIONS, ...ITERATORS, Reflect, Math, JSON]) remember(each);
}

/** What has been seen, in words; empty when nothing was. */
export function untrackedSources(): string[] {
  const seen: string[] = [];
  if (madeFromText) {
    seen[0] = "code was made from text while it ran, which no reading of the source shows";
  }
  const changed = changedBuiltIn();
  if (changed !== null) seen[seen.length] = `a built-in was replaced, ${changed}`;
  return seen;
}

/** Puts something in the place of the constructor of a kind of functions that passes everything on, and takes note. */
function standIn(prototype: object): void {
  const descriptor = getOwnPropertyDescriptor(prototype, "constructor");
  const original: unknown = descriptor?.value;
  if (typeof original !== "function") return;
  const noting: typeof original = new Proxy(original, {
    apply(target, self, args) {
      madeFromText = true;
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget): object {
      madeFromText = true;
      return Reflect.construct(target, args, newTarget === noting ? target : newTarget);
    },
  });
  Object.defineProperty(prototype, "constructor", { ...descriptor, value: noting });
  // `f.constructor === Function` stays true.
  if (original === Function) Reflect.set(globalThis, "Function", noting);
}

function remember(of: object): void {
  const keys = ownKeys(of);
  keyCounts.push({ of, count: keys.length });
  for (const key of keys) {
    if (MAY_CHANGE.includes(key)) continue;
    originals.push({ of, key, descriptor: getOwnPropertyDescriptor(of, key) });
  }
}

/** Uses nothing itself that could have been replaced. */
function changedBuiltIn(): string | null {
  for (let index = 0; index < originals.length; index++) {
    const original = originals[index];
    if (original === undefined) continue;
    const { of, key, descriptor } = original;
    const now = getOwnPropertyDescriptor(of, key);
    const same = is(now?.value, descriptor?.value) && now?.get === descriptor?.get &&
      now?.set === descriptor?.set;
    if (!same) {
      return typeof key === "string" ? key : "one that has a symbol for a name";
    }
  }
  for (let index = 0; index < keyCounts.length; index++) {
    const counted = keyCounts[index];
    if (counted !== undefined && ownKeys(counted.of).length > counted.count) {
      return "or something was added to one";
    }
  }
  return null;
}
