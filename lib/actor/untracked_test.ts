import { assert, assertEquals } from "@std/assert";

/**
 * Has a worker watch itself, run this code, and say what it has seen: what is replaced cannot be put back, and must not
 * be this isolate's.
 */
async function seenAfter(code: string): Promise<readonly string[]> {
  const module = JSON.stringify(import.meta.resolve("./untracked.ts"));
  const source = `import { untrackedSources, watchUntracked } from ${module};
    watchUntracked();
    const post = self.postMessage.bind(self);
    ${code}
    post(untrackedSources());`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const said = Promise.withResolvers<readonly string[]>();
  worker.onmessage = ({ data }) => said.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    said.reject(new Error(event.message));
  };
  try {
    return await said.promise;
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}

const FROM_TEXT = ["code was made from text while it ran, which no reading of the source shows"];
const TIMEOUT = { timeout: 30_000 };

Deno.test("untrackedSources() is empty for a program that hides nothing", TIMEOUT, async () => {
  const seen = await seenAfter(`
    class Books extends Map { constructor() { super(); this.open = true; } }
    console.assert((() => {}).constructor === Function && new Books().constructor === Books);
    console.assert((() => {}) instanceof Function);
    Error.stackTraceLimit = 3;
    await Promise.all([1, 2].map(async (n) => new Books().get(n)));
    String(new Error("x").stack);`);
  assertEquals(seen, []);
});

Deno.test(
  "untrackedSources() sees code that is made from text, in each way there is",
  TIMEOUT,
  async () => {
    const name = '["const" + "ructor"]';
    const ways = [
      `(() => {})${name}("return setTimeout")();`,
      `new ((async () => {})${name})("await 1");`,
      `(function* () {})${name}("yield 1");`,
      `(async function* () {})${name}("yield 1");`,
      `Math.max${name}("return 1")();`,
      `Reflect.construct((class {})${name}, ["return 1"]);`,
    ];
    for (const way of ways) assertEquals(await seenAfter(way), FROM_TEXT, way);
  },
);

Deno.test(
  "untrackedSources() lets code that is made from text do what it would",
  TIMEOUT,
  async () => {
    const seen = await seenAfter(`
    const Made = (() => {})["const" + "ructor"];
    if (new Made("a", "return a + 1")(1) !== 2 || !(Made("") instanceof Function)) throw new Error("no");
    if (Made !== Function) throw new Error("there are two of them");`);
    assertEquals(seen, FROM_TEXT);
  },
);

Deno.test("untrackedSources() sees a built-in that was replaced or added to", TIMEOUT, async () => {
  const ways: Record<string, string> = {
    'Array["proto" + "type"].push = () => 0;': "a built-in was replaced, push",
    'Object.defineProperty(Map["proto" + "type"], "size", { get: () => 0 });':
      "a built-in was replaced, size",
    'TextEncoder["proto" + "type"].encodeInto = () => 0;': "a built-in was replaced, encodeInto",
    "Reflect.get = () => 0;": "a built-in was replaced, get",
    'delete Set["proto" + "type"].has;': "a built-in was replaced, has",
    "Object.getPrototypeOf([][Symbol.iterator]()).next = () => 0;": "a built-in was replaced, next",
    'Error["prepare" + "StackTrace"] = () => 0;':
      "a built-in was replaced, or something was added to one",
    'Object["proto" + "type"].then = () => 0;':
      "a built-in was replaced, or something was added to one",
    'Reflect["ownKeys"] = () => []; JSON.parse = 1': "a built-in was replaced, ownKeys",
  };
  for (const [way, seen] of Object.entries(ways)) assertEquals(await seenAfter(way), [seen], way);
});

Deno.test(
  "untrackedSources() stays empty while the platform loads more of itself",
  TIMEOUT,
  async () => {
    const seen = await seenAfter(`
    for (const name of ["fs", "process", "worker_threads", "inspector", "timers"]) {
      await import("node:" + name);
    }
    console.error.name; structuredClone(new Map());`);
    assertEquals(seen, []);
  },
);

Deno.test("takeWaits() counts what is untracked as a source", async () => {
  const { takeWaits } = await import("./waits.ts");
  assert(takeWaits(0, ["something untracked"]).sources.includes("something untracked"));
});
