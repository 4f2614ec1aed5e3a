// What the soak dumps, in Deno and Node alike: `subject.mjs KIND AMOUNT STOP_FILE`. It says "ready MB" when it stands,
// and ends by itself, telling what it did, once there is a STOP_FILE.

import { existsSync } from "node:fs";
import process from "node:process";
import { Worker } from "node:worker_threads";

const [kind, amountText, stopFile] = process.argv.slice(2);
const amount = Number(amountText);
const SLEEPS = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";
const AWAITS =
  "let turn; async function waits() { return await new Promise((resolve) => turn = resolve); } waits().then(() => process.exit(0));";

const pending = new Map();
const ended = [];
const rows = [];
let workers = [];

async function request(id) {
  return await new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
}

async function task(id) {
  ended.push(await request(id));
}

function begin(code) {
  const source =
    `import process from "node:process"; import { parentPort } from "node:worker_threads";
parentPort.on("message", () => {}); parentPort.postMessage("up"); ${code}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
}

async function up(worker) {
  await new Promise((resolve) => worker.once("message", resolve));
  return worker;
}

if (kind === "heap") {
  while (process.memoryUsage().heapUsed < amount * 2 ** 20) {
    for (let n = 0; n < 10_000; n++) {
      rows.push({ id: rows.length, name: `row ${n}`, tags: [n, `tag ${n}`] });
    }
  }
}
const waits = kind === "waits" ? amount / 2 : 1;
for (let id = 0; id < waits; id++) task(id);
if (kind === "workers" || kind === "sleeper") {
  const code = kind === "workers" ? AWAITS : SLEEPS;
  workers = await Promise.all(Array.from({ length: amount }, () => up(begin(code))));
}

const counted = rows.length;
console.log(`ready ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)}`);
let turns = 0;
if (kind === "spins") { while (!existsSync(stopFile)) turns++; }

async function end() {
  for (const [id, { resolve }] of pending) resolve(id);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const whole = ended.length === waits && rows.length === counted;
  for (const worker of workers) await worker.terminate();
  console.log(whole ? "ended whole" : `ended ${ended.length} of ${waits}`);
  process.exit(7);
}

const timer = setInterval(() => {
  if (!existsSync(stopFile)) return;
  clearInterval(timer);
  end();
}, 20);
