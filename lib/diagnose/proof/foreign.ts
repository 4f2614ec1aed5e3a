/**
 * What a program uses that this runtime does not see, read from its source: timers of the platform, requests, files,
 * packages. Any of it could wake a task that looks as if nobody would, so a program that has it is not proven hung.
 *
 * How: every name that the platform puts into the global scope and that is not known to start nothing, and every
 * import that is neither a file beside it nor this library. It reads words, not syntax, and takes a word for a use of
 * the global by that name wherever it is not a property (`.name`). So it may see something foreign where
 * nothing is; a program would have to hide on purpose for the opposite, and then nothing in here is meant for it.
 *
 * @module
 */

/** Globals that start nothing by themselves. */
const HARMLESS: ReadonlySet<string> = new Set(
  `Object Array Map Set WeakMap WeakSet WeakRef Promise Proxy Reflect Symbol String Number Boolean BigInt Math JSON Date
  RegExp Error AggregateError TypeError RangeError SyntaxError ReferenceError EvalError URIError SuppressedError
  DOMException Iterator Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array
  Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer SharedArrayBuffer DataView Intl Infinity NaN
  undefined isNaN isFinite parseInt parseFloat encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape
  atob btoa console TextEncoder TextDecoder URL URLSearchParams structuredClone performance name length event status
  closed`.split(/\s+/),
);

/** Globals of a worker that main does not have. */
const WORKER_GLOBALS = ["postMessage", "onmessage", "self", "close", "importScripts"];

const FOREIGN: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis).filter((name) => !HARMLESS.has(name)),
  ...WORKER_GLOBALS,
]);

const IMPORTS = /\b(?:from|import)\s*("[^"\n]*"|'[^'\n]*')/g;
const NAMED_IMPORT = /\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\b/g;
const DYNAMIC_IMPORT = /\bimport\s*\(/;
/** A word that is not a property. */
const WORD = /(?<![\w$.#]|\bfunction\s)[A-Za-z_$][\w$]*/g;

/**
 * What the modules at these URLs, and what they import, use.
 *
 * @param modules file URLs
 * @param ours prefixes of URLs of this library, which is not looked into
 * @param read the text of a module; throws when it cannot be read
 */
export function foreignSources(
  modules: readonly string[],
  ours: readonly string[],
  read: (url: string) => string = (url) => Deno.readTextFileSync(new URL(url)),
): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const left = [...modules];
  for (let url = left.pop(); url !== undefined; url = left.pop()) {
    if (seen.has(url) || ours.some((prefix) => url?.startsWith(prefix))) continue;
    seen.add(url);
    const file = url.slice(url.lastIndexOf("/") + 1);
    let text: string;
    try {
      text = read(url);
    } catch {
      found.push(`${url} cannot be read, so what it could do is not known`);
      continue;
    }
    for (const specifier of importsOf(text)) {
      if (/^\.{0,2}\/|^file:/.test(specifier)) left.push(new URL(specifier, url).href);
      else found.push(`${file} imports ${specifier}`);
    }
    found.push(...usesOf(text).map((use) => `${file} uses ${use}`));
  }
  return found;
}

function importsOf(text: string): string[] {
  return [...stripped(text, "comments").matchAll(IMPORTS)].map(([, quoted = ""]) =>
    quoted.slice(1, -1)
  );
}

function usesOf(text: string): string[] {
  // To close one's own isolate wakes nobody.
  const code = stripped(text, "comments and strings").replaceAll("self.close()", "");
  const imported = bindingsOf(code);
  const uses = new Set<string>();
  for (const [word] of code.matchAll(WORD)) {
    if (FOREIGN.has(word) && !imported.has(word)) uses.add(word);
  }
  if (DYNAMIC_IMPORT.test(code)) uses.add("import()");
  return [...uses];
}

/** Names that an import has taken: `Lock` and `Event` are the library's where they come from there. */
function bindingsOf(code: string): Set<string> {
  const names = [...code.matchAll(NAMED_IMPORT)].flatMap(([, list = ""]) => list.split(","));
  return new Set(names.map((name) => name.trim().split(/\s+/).at(-1) ?? ""));
}

/** Without what cannot run. Templates stay whole, for there may be code in them. */
function stripped(text: string, what: "comments" | "comments and strings"): string {
  const kept: string[] = [];
  let inTemplate = false;
  for (let at = 0; at < text.length;) {
    const end = inTemplate ? at : endOfQuiet(text, at);
    if (end === at) {
      const char = text[at] ?? "";
      if (char === "\\") kept.push(text[++at] ?? "");
      else if (char === "`") inTemplate = !inTemplate;
      kept.push(char);
      at++;
    } else {
      kept.push(what === "comments" && text[at] !== "/" ? text.slice(at, end) : " ");
      at = end;
    }
  }
  return kept.join("");
}

/** Where the comment or string that begins at `at` ends; `at` when none does. */
function endOfQuiet(text: string, at: number): number {
  const first = text[at];
  const second = text[at + 1];
  if (first === "/" && second === "/") return orEnd(text, text.indexOf("\n", at));
  if (first === "/" && second === "*") {
    const end = text.indexOf("*/", at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (first !== '"' && first !== "'") return at;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === first) return end + 1;
    // No string goes beyond its line: this was a quote in a regular expression.
    else if (text[end] === "\n") return at;
  }
  return at;
}

function orEnd(text: string, at: number): number {
  return at < 0 ? text.length : at;
}
