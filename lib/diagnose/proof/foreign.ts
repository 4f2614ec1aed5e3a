/**
 * What a program uses that this runtime does not see, read from its source: timers of the platform, requests, files,
 * packages. Any of it could wake a task that seems to have nothing left to wake it, so a program that has it is not
 * proven hung.
 *
 * How: every name that the platform puts into the global scope and that is not known to start nothing, every way to
 * code that is not written in a file, and every import that leads neither to a file nor to this library. It reads
 * words, not syntax, and takes a word for a use of the global by that name wherever it is not a property. So it may see
 * something foreign where nothing is. What it cannot read for certain is foreign as well. What no reading could show,
 * a name that is put together while the program runs, `actor/untracked.ts` sees in the running isolate.
 *
 * @module
 */

import { errorMessage } from "../../protocol/error_message.ts";
import { codeTokens, isProperty, type Token } from "./code_tokens.ts";

/** Globals that start nothing by themselves. */
const HARMLESS: ReadonlySet<string> = new Set(
  `Object Array Map Set WeakMap WeakSet WeakRef Promise Proxy Reflect Symbol String Number Boolean BigInt Math JSON Date
  RegExp Error AggregateError TypeError RangeError SyntaxError ReferenceError EvalError URIError SuppressedError
  DOMException Iterator Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array
  Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer SharedArrayBuffer DataView Intl Infinity NaN
  undefined isNaN isFinite parseInt parseFloat encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape
  atob btoa console TextEncoder TextDecoder URL URLSearchParams structuredClone name length event status
  closed DisposableStack AsyncDisposableStack Temporal isPrototypeOf hasOwnProperty propertyIsEnumerable getParent`
    .split(/\s+/),
);

/** Globals of a worker that main does not have, and what only CommonJS has. */
const MORE_GLOBALS = [
  "postMessage",
  "onmessage",
  "onmessageerror",
  "self",
  "close",
  "importScripts",
  "WorkerGlobalScope",
  "DedicatedWorkerGlobalScope",
  "require",
];

/**
 * Ways to functions without their names, and to code of the program that the runtime calls without knowing it: a value
 * that is turned into text, a stack that is read, a built-in that was replaced.
 */
const BACK_DOORS: ReadonlySet<string> = new Set(
  `constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ getPrototypeOf
  setPrototypeOf getOwnPropertyDescriptor getOwnPropertyDescriptors prepareStackTrace`.split(/\s+/),
);
/** To call them is harmless; to define them is not. */
const HOOKS: ReadonlySet<string> = new Set([
  "toString",
  "toPrimitive",
  "valueOf",
  "toLocaleString",
]);

const FOREIGN: ReadonlySet<string> = new Set(
  [...namesOf(globalThis), ...MORE_GLOBALS].filter((name) => !HARMLESS.has(name)),
);

/** What can go on after the isolate that used it has gone: another thread, another process, code from elsewhere. */
const OUTLIVING: ReadonlySet<string> = new Set(
  `Worker Deno process global globalThis window self eval Function require importScripts WebAssembly performance`
    .split(/\s+/),
);

const MODULE = /\.(?:[mc]?[jt]s|json)$/;
const COMMON_JS = /\.c[jt]s$/;

/**
 * What an import leads to in the program's own configuration: a module, nothing because only types are taken from it,
 * or null when that is not known.
 *
 * @param referrer URL of the module that imports; null for a module that is loaded by its URL
 */
export type Resolve = (
  specifier: string,
  referrer: string | null,
) => { readonly url: string } | "only types" | null;

/** What the isolates of these modules can still do: one that is dead has left no timers. */
export type Living = "living" | "dead";

/**
 * What the modules at these URLs, and what they import, use.
 *
 * @param modules URLs
 * @param resolve what their imports lead to, and the modules themselves
 * @param library URL of the module of this library that programs import; it is not looked into
 * @param living whether the isolates that ran them are there
 * @param read the text of a module; throws when it cannot be read
 */
export function foreignSources(
  modules: readonly string[],
  resolve: Resolve,
  library: string,
  living: Living = "living",
  read: (url: string) => string = readModule,
): string[] {
  const found: string[] = [];
  const seen = new Set<string>([library]);
  const left: string[] = [];
  const follow = (specifier: string, referrer: string | null, who: string) => {
    const target = resolve(specifier, referrer);
    if (target === "only types") return;
    if (target?.url.startsWith("file:")) left.push(target.url);
    else found.push(`${who} ${specifier}`);
  };
  for (const module of modules) follow(module, null, "it loads");
  for (let url = left.pop(); url !== undefined; url = left.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const file = url.slice(url.lastIndexOf("/") + 1);
    const path = /^file:[^?#]*/.exec(url)?.[0] ?? "";
    if (path.endsWith(".json")) continue;
    if (!MODULE.test(path) || COMMON_JS.test(path)) {
      found.push(`${url} is not a module that can be read`);
      continue;
    }
    let text: string;
    try {
      text = read(url);
    } catch (error) {
      found.push(`what ${url} could do is not known: ${errorMessage(error)}`);
      continue;
    }
    const { tokens, doubt } = codeTokens(text);
    if (doubt !== null) found.push(`${file} cannot be read for certain: ${doubt}`);
    const { specifiers, other } = importsOf(tokens);
    if (!tokens.some(isModuleSyntax)) {
      found.push(`${file} may be CommonJS, which can load anything`);
    }
    for (const specifier of specifiers) follow(specifier, url, `${file} imports`);
    const uses = usesOf(tokens).filter((use) => living === "living" || outlives(use));
    found.push(...[...uses, ...other].map((use) => `${file} uses ${use}`));
  }
  return found;
}

/** The text of a module. UTF-8 and nothing else: Deno also runs UTF-16, in which no word would be found. */
export function readModule(url: string): string {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(new URL(url)));
  if (text.includes("\0")) throw new TypeError(`${url} is not a text`);
  return text;
}

function outlives(use: string): boolean {
  return OUTLIVING.has(use) || BACK_DOORS.has(use);
}

function isModuleSyntax({ kind, value }: Token): boolean {
  return kind === "word" && (value === "import" || value === "export");
}

function importsOf(tokens: readonly Token[]): { specifiers: string[]; other: string[] } {
  const specifiers: string[] = [];
  let other: string[] = [];
  tokens.forEach(({ kind, value }, index) => {
    if (kind !== "word" || (value !== "import" && value !== "from")) return;
    const [next, after] = tokens.slice(index + 1);
    if (next?.kind === "text") specifiers.push(next.value);
    if (value === "from" || isProperty(tokens, index)) return;
    // Everything else is `import name`, `import { … }`, `import * as name`.
    const computed = next?.value === "(" || (next?.value === "." && after?.value !== "meta");
    if (computed && next.kind === "other") other = ["import()"];
  });
  return { specifiers, other };
}

function usesOf(tokens: readonly Token[]): string[] {
  const imported = bindingsOf(tokens);
  const uses = new Set<string>();
  tokens.forEach((token, index) => {
    const { kind, value } = token;
    if (kind === "other") return;
    if (BACK_DOORS.has(value) && !isConstructor(tokens, index)) uses.add(value);
    if (HOOKS.has(value) && !isCall(tokens, index)) uses.add(value);
    if (kind === "text" || !FOREIGN.has(value) || BACK_DOORS.has(value) || HOOKS.has(value)) return;
    if (imported.has(value) || isProperty(tokens, index) || isKey(tokens, index)) return;
    if (!closesItself(tokens, index) && !asksTime(tokens, index)) uses.add(value);
  });
  return [...uses];
}

/** `{ fetch: …` and `, fetch: …` name a key, or a parameter with its type; no global is read by it. */
function isKey(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  const after = tokens[index + 1];
  return before?.kind === "other" && (before.value === "{" || before.value === ",") &&
    after?.kind === "other" && after.value === ":";
}

/** `.toString()`. */
function isCall(tokens: readonly Token[], index: number): boolean {
  return isProperty(tokens, index) && tokens[index + 1]?.value === "(";
}

/** The constructor of a class. To call the global of that name fails. */
function isConstructor(tokens: readonly Token[], index: number): boolean {
  const [word, after] = tokens.slice(index);
  return word?.kind === "word" && word.value === "constructor" && after?.value === "(" &&
    !isProperty(tokens, index);
}

/** An isolate that closes itself wakes no task. */
function closesItself(tokens: readonly Token[], index: number): boolean {
  const words = tokens.slice(index, index + 5);
  return words.map(({ value }) => value).join("") === "self.close()" &&
    words.every(({ kind }) => kind !== "text");
}

/**
 * To ask for the time starts nothing. Code that holds `performance` itself can do more: it hears events, those of the
 * global object too if it is called without itself, and what it answers can be replaced.
 */
function asksTime(tokens: readonly Token[], index: number): boolean {
  const words = tokens.slice(index, index + 4);
  return words.every(({ kind }) => kind !== "text") &&
    /^performance\.(?:now\(|timeOrigin)/.test(words.map(({ value }) => value).join(""));
}

/**
 * Names that an import has taken: `Lock` and `Event` are the library's where they come from there. Not those of types,
 * for these are gone when the program runs, and the name is the global's again.
 */
function bindingsOf(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  let depth = 0;
  tokens.forEach(({ kind, value }, index) => {
    if (kind === "other" && value === "{") depth++;
    if (kind === "other" && value === "}") depth--;
    // Within braces an import stands in a declaration of types only (`declare module "x" { … }`). The hole of a template
    // opens more than it closes: behind one, less is taken for imported.
    if (depth > 0) return;
    if (kind !== "word" || value !== "import" || isProperty(tokens, index)) return;
    if (tokens[index + 1]?.value !== "{") return;
    const end = tokens.findIndex((token, at) => at > index && token.value === "}");
    const next = tokens[end + 1];
    if (next?.kind !== "word" || next.value !== "from") return;
    let one: string[] = [];
    for (const { value } of tokens.slice(index + 2, end + 1)) {
      if (value !== "," && value !== "}") {
        one.push(value);
        continue;
      }
      const name = one.at(-1);
      if (name !== undefined && one[0] !== "type") names.add(name);
      one = [];
    }
  });
  return names;
}

/** All names of the global scope, also those that the global object inherits. */
function namesOf(global: object): string[] {
  const names: string[] = [];
  for (let each: object | null = global; each !== null; each = Object.getPrototypeOf(each)) {
    names.push(...Object.getOwnPropertyNames(each));
  }
  return names;
}
