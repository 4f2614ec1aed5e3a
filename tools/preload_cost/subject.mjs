// The programs that main.ts measures: `subject.mjs loop|http`, and as a file of `deno test`, without
// words, `tests`. Each prints one line of JSON: its time and processor time in milliseconds, its peak of memory in kB.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";

const [kind = "tests", amount = "1500"] = process.argv.slice(2).filter((word) =>
  /^\w+$/.test(word)
);

const peakKb = () => Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
const cpuMs = () => Object.values(process.cpuUsage()).reduce((sum, us) => sum + us, 0) / 1_000;
const print = (figures) => console.log(JSON.stringify(figures));

function stopwatch() {
  const began = performance.now();
  const cpuBegan = cpuMs();
  return () => ({ ms: performance.now() - began, cpuMs: cpuMs() - cpuBegan, peakKb: peakKb() });
}

async function loop(times) {
  async function nothing() {}
  const stop = stopwatch();
  for (let n = 0; n < times; n++) await nothing();
  print(stop());
}

// A handler as many are: a body is read, two layers await, JSON goes back.
async function answer(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  const user = await authorize(request.headers.authorization);
  const rows = await Promise.all([1, 2, 3].map((id) => row(id, user)));
  return JSON.stringify({ rows, length: text.length });
}
async function authorize(header) {
  await null;
  return { name: header ?? "nobody" };
}
async function row(id, user) {
  await null;
  return { id, user, tags: Array.from({ length: 20 }, (_, n) => `tag ${n * id}`) };
}

// The time is from the 1st measured request to the last; those before warm up.
function http(requests) {
  const warmup = Math.floor(requests / 5);
  let served = 0;
  let stop = stopwatch();
  const server = createServer(async (request, response) => {
    if (++served === warmup) stop = stopwatch();
    const body = await answer(request);
    response.setHeader("content-type", "application/json");
    response.end(body, () => {
      if (served < warmup + requests) return;
      print(stop());
      process.exit(0);
    });
  });
  process.stdin.on("end", () => process.exit(1)).resume(); // whoever measures has gone
  server.listen(0, "127.0.0.1", () => print({ port: server.address().port }));
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function deadline(promise, ms) {
  let timer;
  const late = new Promise((_, reject) => timer = setTimeout(() => reject(new Error("late")), ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
async function* mapped(limit, values, work) {
  const running = [];
  for (const value of values) {
    running.push(work(value));
    if (running.length === limit) yield await running.shift();
  }
  while (running.length > 0) yield await running.shift();
}
const equal = (a, b) => {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${a} is not ${b}`);
};

const UNITS = {
  async deadline() {
    for (let n = 0; n < 20; n++) equal(await deadline(Promise.resolve(n), 1_000), n);
  },
  async pool() {
    const seen = [];
    for await (
      const n of mapped(
        4,
        Array.from({ length: 100 }, (_, n) => n),
        (n) => Promise.resolve(n * 2),
      )
    ) {
      seen.push(n);
    }
    equal(seen.length, 100);
  },
  async stream() {
    const source = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 50; n++) controller.enqueue(`line ${n}\n`);
        controller.close();
      },
    });
    let text = "";
    const bytes = source.pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream());
    for await (const chunk of bytes) text += chunk;
    equal(text.split("\n").length, 51);
  },
  async timer() {
    await sleep(0);
  },
  sorting() {
    const values = Array.from({ length: 2_000 }, (_, n) => (n * 7_919) % 2_003);
    equal(values.toSorted((a, b) => a - b).length, 2_000);
    equal(Object.keys(Object.groupBy(values, (n) => n % 10)).length, 10);
  },
  text() {
    const text = "the quick brown fox ".repeat(200);
    equal(JSON.parse(JSON.stringify({ text })).text.split(/\s+/).length, 801);
  },
};

async function tests(times) {
  const test = globalThis.Deno?.test ?? (await import("node:test")).test;
  const names = Object.keys(UNITS);
  for (let n = 0; n < times; n++) {
    const name = names[n % names.length];
    test(`${name} ${n}`, () => UNITS[name]());
  }
  // Of a suite the whole process counts: main.ts takes its time.
  test("the last", () => print({ ms: performance.now(), cpuMs: cpuMs(), peakKb: peakKb() }));
}

await { loop, http, tests }[kind](Number(amount));
