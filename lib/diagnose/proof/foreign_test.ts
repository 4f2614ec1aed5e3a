import { assertEquals } from "@std/assert";
import { resolveByLooks } from "../../../tests/support/resolve_by_looks.ts";
import { foreignSources, type Living, type Resolve } from "./foreign.ts";

const MAIN = "file:///p/main.ts";

function found(files: Record<string, string>, living: Living = "living"): string[] {
  return foreignSources([MAIN], resolveByLooks, "file:///lib/mod.ts", living, (url) => {
    const text = files[url.replace("file:///p/", "")];
    if (text === undefined) throw new Error("no such file");
    return text;
  });
}

/** Each piece of code, with the name that is found in it. */
function assertEachUses(found: Readonly<Record<string, string>>): void {
  for (const [code, name] of Object.entries(found)) {
    assertEquals(usedBy(code), [`uses ${name}`], code);
  }
}

/** What a module that says this uses. */
function usedBy(code: string, living: Living = "living"): string[] {
  return found({ "main.ts": `export {};\n${code}` }, living)
    .map((reason) => reason.replace("main.ts ", ""));
}

Deno.test("foreignSources() finds nothing in a program of this library and plain JavaScript", () => {
  const text = `import { Event, Lock, sleep as nap } from "../lib/mod.ts";
    // setTimeout would be seen here, but for the comment
    const lock = new Lock("fetch"); /* fetch() */
    class Books { constructor(readonly of: string, close: boolean) {} #fetch = 1 }
    const half = (1 + 2) / 2;
    const about = \`\${half / 2} of fetch()\`, kind = { fetch: /["'/*]/.test("x") };
    if (half > 1 / 2 && performance.now() > performance.timeOrigin) self.close();
    await nap(Math.min(1, 2)); self_made.fetch?.(); lock?.close(); new Event('Deno').toString();`;
  assertEquals(found({ "main.ts": text }), []);
});

Deno.test("foreignSources() finds globals of the platform, whatever is done with them", () => {
  assertEachUses({
    "setTimeout(f, 1)": "setTimeout",
    "const t = setTimeout; t(f, 1)": "setTimeout",
    "f(...setTimeout)": "setTimeout",
    "const all = { ...globalThis }": "globalThis",
    'globalThis["set" + "Timeout"](f, 1)': "globalThis",
    "const { setTimeout: t } = self": "self",
    "fetch(url)": "fetch",
    "Deno.readFile(p)": "Deno",
    "new Deno.Command(p).output()": "Deno",
    "Deno.watchFs(p)": "Deno",
    "new Worker(u)": "Worker",
    "new WebSocket(u)": "WebSocket",
    "navigator.locks.request(n, f)": "navigator",
    "Atomics.waitAsync(a, 0, 0)": "Atomics",
    "new FinalizationRegistry(f)": "FinalizationRegistry",
    "new BroadcastChannel(n)": "BroadcastChannel",
    "new MessageChannel()": "MessageChannel",
    "AbortSignal.timeout(1)": "AbortSignal",
    'addEventListener("beforeunload", f)': "addEventListener",
    "onmessage = f": "onmessage",
    "process.on(n, f)": "process",
    'eval("1")': "eval",
    'new Function("return 1")': "Function",
    'require("node:timers")': "require",
    "function f(n = fetch) {}": "fetch",
    "class A extends WebSocket {}": "WebSocket",
    "const a = { fetch }": "fetch",
    "for (const f of [setTimeout]) f(g, 1)": "setTimeout",
    "label: setTimeout(f, 1)": "setTimeout",
    "x ? setTimeout : y": "setTimeout",
    "performance.now = f": "performance",
    "const { now } = performance": "performance",
    "const listen = performance.addEventListener": "performance",
    'performance["add" + "EventListener"].call(null, n, f)': "performance",
    "performance[`.now(`]": "performance",
  });
});

Deno.test("foreignSources() finds ways to functions without their names", () => {
  assertEachUses({
    '(() => {}).constructor("return setTimeout")()': "constructor",
    'f["constructor"]("…")': "constructor",
    "f[`constructor`]('…')": "constructor",
    "const { constructor } = f": "constructor",
    "const { constructor: F } = f": "constructor",
    'Reflect.get(f, "constructor")': "constructor",
    "Object.getPrototypeOf(f)": "getPrototypeOf",
    "Array.prototype.push = f": "prototype",
    "[].__proto__.push = f": "__proto__",
    "Error.prepareStackTrace = f": "prepareStackTrace",
    "const a = { toString() { return f() } }": "toString",
    "const a = { [Symbol.toPrimitive]: f }": "toPrimitive",
    "a.toString = f": "toString",
  });
});

Deno.test("foreignSources() is not led astray about where strings and comments end", () => {
  const hidden = [
    "const r = /\"/; setTimeout(f); const s = '\"';",
    "const r = /[/*]/; setTimeout(f); /* c */",
    "const r = /[//]/; setTimeout(f)",
    "const r = /'/;\nsetTimeout(f);",
    "const r = /`/; `it's ${setTimeout(f)} it's`",
    "`http://${setTimeout(f)}`",
    "`${`${setTimeout(f)}`}`",
    '`${"`"}${setTimeout(f)}${"`"}`',
    "`${ { a: `}` } }${setTimeout(f)}`",
    "// c\rsetTimeout(f)",
    "// c\u2028setTimeout(f)",
    '"a\\\nb"; setTimeout(f); "c"',
    '"a\\\\"; setTimeout(f); "c"',
    'const r = a++ / 2; setTimeout(f); "c"',
    "return /\"/.test(x) ? setTimeout(f) : '\"'",
    "[.../\"/g[Symbol.match]] ; setTimeout(f); '\"'",
    "a.return / '\"'.length; setTimeout(f); '\"' / 2",
    "export default /\"/; setTimeout(f); '\"'",
    "const a = x[0] / 2; setTimeout(f); const b = '/'",
  ];
  for (const code of hidden) {
    const found = usedBy(code).join("; ");
    assertEquals(/uses setTimeout|read for certain/.test(found), true, `${code}: ${found}`);
  }
});

Deno.test("foreignSources() takes a file that it cannot read for certain for foreign", () => {
  const doubts: Record<string, string> = {
    "set\\u0054imeout(f)": "line 2 has a name with an escape in it",
    "if (x) /\"/.test(y), setTimeout(f, '\"')":
      "line 2 has a slash that may divide or begin a regular expression",
    "type A = B\n/\"/.test(x); setTimeout(f, '\"')":
      "line 3 has a slash that may divide or begin a regular expression",
    "yield /\"/, setTimeout(f, '\"')":
      "line 2 has a slash that may divide or begin a regular expression",
    "(a) / import(b) / c": "line 2 has a slash that may divide or begin a regular expression",
    '"setTimeout(f)': "line 2 has a string that does not end",
    "/* setTimeout(f)": "line 2 has a comment that does not end",
    "`setTimeout(f)": "line 2 has a template that does not end",
    "`${setTimeout(f)": "a template does not end",
  };
  for (const [code, doubt] of Object.entries(doubts)) {
    assertEquals(usedBy(code)[0], `cannot be read for certain: ${doubt}`, code);
  }
});

Deno.test("foreignSources() counts every word where a slash may mean either", () => {
  assertEquals(usedBy("(a) / setTimeout(f) / 2 // c"), ["uses setTimeout"]);
  assertEquals(usedBy("const half = (a + b) / 2 // or a half"), []);
});

Deno.test("foreignSources() does not take the import of a type for that of a value", () => {
  const use = "; setTimeout(f)";
  for (const what of ["type { setTimeout }", "{ type setTimeout }", "{ setTimeout as t }"]) {
    assertEquals(usedBy(`import ${what} from "../lib/mod.ts"${use}`), ["uses setTimeout"], what);
  }
  const declared = `declare module "x" { import { setTimeout } from "../lib/mod.ts"; }${use}`;
  assertEquals(usedBy(declared), ["uses setTimeout"]);
  assertEquals(usedBy(`const a = \`import { setTimeout } from \`${use}`), ["uses setTimeout"]);
  assertEquals(usedBy(`import { x as setTimeout } from "../lib/mod.ts"${use}`), []);
});

Deno.test("foreignSources() reads what an import leads to, and not what it looks like", () => {
  const files: Record<string, string> = {
    "file:///p/main.ts": `import { Lock } from "@unwedge/unwedge"; import "./quiet.ts";
      import type { T } from "npm:types"; import "./mapped.ts";`,
    "file:///p/quiet.ts": "export {};",
    "file:///q/noisy.ts": "export {}; fetch(url);",
  };
  const leads: Readonly<Record<string, ReturnType<Resolve>>> = {
    [MAIN]: { url: MAIN },
    "@unwedge/unwedge": { url: "file:///lib/mod.ts" },
    "./quiet.ts": { url: "file:///q/noisy.ts" },
    "npm:types": "only types",
    "./mapped.ts": { url: "npm:/quiet@1.0.0" },
  };
  const resolve: Resolve = (specifier) => leads[specifier] ?? null;
  const read = (url: string) => files[url] ?? "";
  assertEquals(foreignSources([MAIN], resolve, "file:///lib/mod.ts", "living", read), [
    "main.ts imports ./mapped.ts",
    "noisy.ts uses fetch",
  ]);
});

Deno.test("foreignSources() finds packages, builtins and computed imports", () => {
  const text = `import a from "npm:a"; import { b } from 'node:fs'; await import(name);
    export * from "jsr:@a/b"; import"https://c.d/e.ts"; import "./x\\u0073.ts"; import "//host/f.ts";`;
  assertEquals(found({ "main.ts": text }), [
    "main.ts imports npm:a",
    "main.ts imports node:fs",
    "main.ts imports jsr:@a/b",
    "main.ts imports https://c.d/e.ts",
    "main.ts imports ./x\\u0073.ts",
    "main.ts imports //host/f.ts",
    "main.ts uses import()",
  ]);
  for (const code of ["import/**/(name)", "import.defer(name)", "import . source(name)"]) {
    assertEquals(usedBy(code), ["uses import()"], code);
  }
  assertEquals(usedBy('import . meta.resolve("./x.ts")'), []);
});

Deno.test("foreignSources() looks into files beside the program, once, and not into the library", () => {
  const files = {
    "main.ts": `import "./a.ts"; export * from "./a.ts"; import "/lib/mod.ts"; import "./b.json";`,
    "a.ts": `import "./main.ts"; fetch(url);`,
  };
  assertEquals(found(files), ["a.ts uses fetch"]);
});

Deno.test("foreignSources() looks into the inside of the library where a program imports that", () => {
  const delay = "export const delay = (ms) => new Promise((done) => setTimeout(done, ms));";
  assertEquals(found({ "main.ts": `import "./lib/std/async.ts";`, "lib/std/async.ts": delay }), [
    "async.ts uses setTimeout",
  ]);
});

Deno.test("foreignSources() says so when a module cannot be read, or is none", () => {
  const text = `import "./gone.ts"; import "./w.wasm"; import "./x.tsx"; import "./c.cjs";`;
  assertEquals(found({ "main.ts": text }).toSorted(), [
    "file:///p/c.cjs is not a module that can be read",
    "file:///p/w.wasm is not a module that can be read",
    "file:///p/x.tsx is not a module that can be read",
    "what file:///p/gone.ts could do is not known: no such file",
  ]);
  const data = "data:text/javascript,setTimeout(f)";
  assertEquals(foreignSources([data], () => ({ url: data }), "file:///lib/mod.ts"), [
    `it loads ${data}`,
  ]);
});

Deno.test("foreignSources() takes a file without imports and exports for CommonJS", () => {
  const files = { "main.ts": `import "./c.js";`, "c.js": `arguments[1]("node:" + "timers");` };
  assertEquals(found(files), ["c.js may be CommonJS, which can load anything"]);
});

Deno.test("foreignSources() asks of the dead only for what goes on without them", () => {
  const timers = "setTimeout(f, 1); fetch(url); Atomics.wait(a, 0, 0);";
  assertEquals(usedBy(timers, "dead"), []);
  for (const name of ["Worker", "Deno", "process", "globalThis", "eval", "performance"]) {
    assertEquals(usedBy(`${timers} ${name}`, "dead"), [`uses ${name}`]);
  }
  assertEquals(usedBy('import "npm:a"', "dead"), ["imports npm:a"]);
});

Deno.test("foreignSources() reads no file that is not UTF-8", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const units = new Uint16Array([0xFEFF, ...[..."setTimeout(f)"].map((c) => c.charCodeAt(0))]);
    await Deno.writeFile(file, new Uint8Array(units.buffer));
    const url = new URL(`file://${file}`).href;
    const [reason = ""] = foreignSources([url], resolveByLooks, "file:///lib/mod.ts");
    assertEquals(reason.startsWith(`what ${url} could do is not known: `), true, reason);
  } finally {
    await Deno.remove(file);
  }
});
