import { assertEquals } from "@std/assert";
import type { Dump, IsolateDump, OpenHandle, WatchedProcess } from "../../model/dump.ts";
import type { AwaitNode, Settler } from "../../model/process_dump.ts";
import { frame, IDLE_MAIN, isolate, SEED_DUMP, stuckChild } from "../../../tests/support/facts.ts";
import { classify } from "../classify.ts";
import { hangPath } from "../hang_path.ts";

const PID = 7;
const AT = (line: number) => ({ file: "file:///p/plain.ts", line, column: 1 });
const WORKER = isolate({ actor: null, state: "parked", samples: [] });
const BLOCKED = isolate({ actor: null });
const SERVER = { fd: 3, localPort: 80, remotePort: null, toItself: false };
const FAR = { fd: 4, localPort: 5000, remotePort: 443, toItself: false };
const NEAR = { fd: 5, localPort: 80, remotePort: 5001, toItself: true };
const CHILD = {
  pid: 8,
  parent: PID,
  command: "deno run chatty.ts",
  state: "S",
  wchan: "anon_pipe_write",
  descriptor: { fd: 1, target: "pipe:[1]", ours: 28 },
};
const INTERVAL: OpenHandle = { kind: "timer", repeats: true, ms: 1_000, fn: null, at: AT(9) };
const TIMEOUT: OpenHandle = { ...INTERVAL, repeats: false };

const NODE: WatchedProcess = {
  ...{ pid: PID, parent: 1, command: "node plain.js", state: "S", wchan: null, descriptor: null },
  ...{ farPid: null, runtime: "node", inside: null, why: null },
};

function node(change: Partial<AwaitNode> = {}, ...awaits: AwaitNode[]): AwaitNode {
  const base = { kind: "function", count: 1, name: "run", position: AT(8), internal: false };
  return { ...base, kind: "function", what: "async function", ...change, awaits };
}

function leaf(by: Settler["by"], path = "", more: Partial<AwaitNode> = {}): AwaitNode {
  const settlers = [{ by, path, file: null, does: "resolve" as const, timerMs: null }];
  return node({ kind: "promise", name: "", position: null, settlers, ...more });
}

function inside(name: string, below: AwaitNode): AwaitNode {
  return node({ name, internal: true, position: null }, below);
}

/** main's module at line 15 awaits `run` at line 8, which awaits this. */
function mainAwaits(...below: AwaitNode[]): AwaitNode {
  return node({ name: "", what: "module", position: AT(15) }, node({}, ...below));
}

interface Seen {
  readonly main?: readonly AwaitNode[];
  readonly kept?: boolean;
  readonly workers?: readonly IsolateDump[];
  readonly ofWorker?: readonly AwaitNode[];
  readonly ended?: NonNullable<Dump["endedWorkers"]>;
  readonly handles?: Dump["handles"];
  readonly processes?: NonNullable<Dump["outside"]>["processes"];
  readonly sockets?: NonNullable<Dump["outside"]>["sockets"];
  readonly locks?: Dump["locks"];
  readonly memoryWaits?: Dump["memoryWaits"];
  readonly node?: true;
  readonly missing?: Dump["missing"];
}

/** Class, owner, and lines of the path. */
function told(seen: Seen) {
  const { main = [], kept = true, workers = [], ofWorker = [], processes = [], sockets = [] } =
    seen;
  const { locks = [], memoryWaits = [] } = seen;
  const dump: Dump = {
    ...SEED_DUMP,
    pid: PID,
    isolates: [IDLE_MAIN, ...workers],
    tasks: [],
    channels: [],
    awaits: [
      { isolate: "main", tree: [...main], kept },
      ...workers.map(({ id }) => ({ isolate: id, tree: [...ofWorker] })),
    ],
    handles: seen.handles ?? [],
    endedWorkers: seen.ended ?? [],
    outside: { processes, sockets },
    locks,
    memoryWaits,
    ...seen.node === true ? { processes: [NODE] } : {},
    missing: [...seen.missing ?? []],
  };
  const facts = {
    ...stuckChild(),
    ...{ journal: false, sigint: null, ladder: [], actors: [], deadActors: [], dump },
    loop: { beats: 0, lastBeatMs: null, maxGapMs: 0 },
  };
  const { class: name, owner } = classify(facts);
  return [name, owner, ...hangPath(facts)?.steps.map(({ at }) => at?.line ?? 0) ?? []];
}

Deno.test("a foreign program is never-settled where that is proven of all that main awaits", () => {
  const proven = { proven: true };
  const end = leaf("variable", "x", proven);
  const run = node({ position: AT(8), ...proven }, end);
  const whole = node({ what: "module", position: AT(15), ...proven }, run);
  assertEquals(told({ main: [whole] }), ["never-settled", "program", 15, 8]);
  // Beside a background task of which nothing is proven.
  assertEquals(told({ main: [whole, node({}, leaf("timer"))] })[0], "never-settled");
  assertEquals(told({ main: [node({ what: "module", position: AT(15) }, run)] })[0], "unknown");
  assertEquals(told({ main: [run, node({}, leaf("variable", "y"))] })[0], "unknown");
  assertEquals(told({ main: [mainAwaits(leaf("variable", "pending (Map) > entry"))] }), [
    ...["unknown", null, 15, 8],
  ]);
});

Deno.test("a foreign program is wait-cycle where functions that are proven to stand await each other", () => {
  const proven = { proven: true };
  const again = node({ kind: "cycle", name: "run", position: null, internal: true });
  const cycle = node(proven, node({ name: "other", position: AT(9), ...proven }, again));
  assertEquals(told({ main: [cycle] }), ["wait-cycle", "program", 8, 9]);
  assertEquals(told({ main: [node({}, node({ name: "other" }, again))] })[0], "unknown");
});

/** What a request for a lock awaits: the operation, or the callback in a race with another. */
function request(...callback: readonly AwaitNode[]): AwaitNode {
  const operation = node({ kind: "then", name: "", internal: true }, leaf("operation"));
  const granted = node({ kind: "race", name: "" }, operation, ...callback);
  return inside("LockManager.request", callback.length === 0 ? operation : granted);
}

/** A lock, by who holds it and who waits for it. */
function lock(name: string, held: string, ...pending: string[]) {
  const of = (state: "held" | "pending") => (isolate: string) => ({
    ...{ name, mode: "exclusive" as const, state, isolate },
  });
  return [of("held")(held), ...pending.map(of("pending"))];
}

Deno.test("a foreign program is wait-cycle where holders of Web Locks await each other's", () => {
  const holds = (line: number, ...awaits: AwaitNode[]) =>
    request(node({ name: "holds", position: AT(line) }, ...awaits));
  const main = [node({ what: "module", position: AT(15) }, holds(8, request()))];
  const worker = { workers: [WORKER], ofWorker: [holds(3, request())] };
  const crossed = [...lock("a", "main", "worker-1"), ...lock("b", "worker-1", "main")];
  const cycle = { main, locks: crossed, ...worker };
  assertEquals(told(cycle), ["wait-cycle", "program", 15, 8, 3]);
  assertEquals(told({ main, locks: lock("a", "main", "main") }).slice(0, 2), [
    ...["wait-cycle", "program"],
  ]);
  const forWorker = [mainAwaits(leaf("listener", '"message" of Worker'))];
  const ofWorker = { main: forWorker, workers: [WORKER], ofWorker: [holds(3, request())] };
  const itself = lock("b", "worker-1", "worker-1");
  assertEquals(told({ ...ofWorker, locks: itself }), ["wait-cycle", "program", 15, 8, 3]);
  // Not where the worker's holder does something else, one cannot be seen, or the lock is free for it.
  const busy = [holds(3, node({}, inside("fetch", leaf("operation"))))];
  assertEquals(told({ ...cycle, ofWorker: busy })[0], "unknown");
  const both = [holds(3, node({ kind: "all", name: "" }, request(), leaf("variable", "x")))];
  assertEquals(told({ ...cycle, ofWorker: both })[0], "unknown");
  assertEquals(told({ ...cycle, locks: [...crossed, ...lock("c", "worker-1")] })[0], "unknown");
  assertEquals(told({ ...cycle, locks: lock("a", "main", "worker-1") })[0], "unknown");
  const shared = crossed.map((each) => ({ ...each, mode: "shared" as const }));
  assertEquals(told({ ...cycle, locks: shared })[0], "unknown");
  // Nor where a timer may end it, or main waits for more.
  assertEquals(told({ ...cycle, handles: [TIMEOUT] })[0], "unknown");
  assertEquals(told({ ...cycle, main: [mainAwaits(...main, leaf("timer"))] })[0], "unknown");
  const idle = { ...ofWorker, workers: [WORKER, { ...WORKER, id: "worker-2" }], locks: itself };
  assertEquals(told(idle)[0], "unknown");
  assertEquals(told({ ...ofWorker, locks: [] })[0], "unknown");
});

Deno.test("a foreign program waits outside for a child process whose pipe it does not read", () => {
  const main = [mainAwaits(leaf("operation"))];
  const full = told({ main, processes: [CHILD] });
  assertEquals(full, ["waits-outside", "program", 15, 8, 0]);
  const ofNode = [mainAwaits(leaf("listener", '"close" of ChildProcess'))];
  assertEquals(told({ main: ofNode, processes: [CHILD] })[0], "waits-outside");
  const busy = { ...CHILD, state: "R", wchan: null, descriptor: null };
  assertEquals(told({ main, processes: [busy] }).slice(0, 2), ["waits-outside", null]);
  const grandchild = { ...CHILD, parent: 99 };
  assertEquals(told({ main, processes: [grandchild] }).slice(0, 2), ["waits-outside", "program"]);
  const elsewhere = { ...grandchild, descriptor: { ...CHILD.descriptor, ours: null } };
  assertEquals(told({ main, processes: [elsewhere] })[0], "unknown");
  assertEquals(told({ main: ofNode, processes: [busy] })[0], "unknown");
});

Deno.test("a foreign program waits outside for connections, whose owner the far end tells", () => {
  const fetching = mainAwaits(inside("fetch", leaf("operation")));
  assertEquals(told({ main: [fetching], sockets: [FAR] }), ["waits-outside", null, 15, 8]);
  const own = told({ main: [fetching], sockets: [SERVER, NEAR] });
  assertEquals(own.slice(0, 2), ["waits-outside", "program"]);
  const shutdown = mainAwaits(inside("shutdown", leaf("operation")));
  const open = told({ main: [shutdown], sockets: [FAR] });
  assertEquals(open.slice(0, 2), ["waits-outside", "program"]);
  const input = [mainAwaits(inside("Stdin.read", leaf("operation")))];
  assertEquals(told({ main: input })[0], "waits-outside");
});

Deno.test("a Node program waits outside where nothing else is open that could end its wait", () => {
  const of = (type: string): OpenHandle => ({
    ...{ kind: "object", type, name: null, state: null, listeners: [] },
  });
  const main = [mainAwaits(leaf("native"))];
  const seen = { node: true, main, sockets: [FAR], handles: [of("Socket"), INTERVAL] } as const;
  assertEquals(told(seen), ["waits-outside", null, 15, 8]);
  assertEquals(told({ ...seen, sockets: [SERVER, NEAR] }).slice(0, 2), [
    "waits-outside",
    "program",
  ]);
  const child = { ...seen, sockets: [], handles: [of("ChildProcess")], processes: [CHILD] };
  assertEquals(told(child), ["waits-outside", "program", 15, 8, 0]);
  assertEquals(told({ ...seen, sockets: [] })[0], "unknown");
  assertEquals(told({ main, sockets: [FAR], handles: [of("Socket")] })[0], "unknown");
  const reads: OpenHandle = { kind: "node-handle", name: "FSReqPromise" };
  const signal: OpenHandle = { kind: "signal", name: "SIGTERM", fn: null, at: AT(3) };
  for (const other of [reads, signal, TIMEOUT, of("BroadcastChannel")]) {
    assertEquals(told({ ...seen, handles: [of("Socket"), other] })[0], "unknown");
  }
  const kept = [mainAwaits(leaf("variable", "pending (Map) > entry"))];
  assertEquals(told({ ...seen, main: kept })[0], "unknown");
  assertEquals(told({ ...seen, workers: [WORKER] })[0], "unknown");
});

Deno.test("a foreign program is cancel-ignored where the function that awaits holds an aborted signal", () => {
  const fetching = inside("fetch", leaf("operation"));
  const poll = (more: Partial<AwaitNode>) => [
    node({ what: "module", position: AT(15) }, node({ ...more }, fetching)),
  ];
  const sockets = [SERVER, NEAR];
  assertEquals(told({ main: poll({ aborted: true }), sockets }), [
    ...["cancel-ignored", "program", 15, 8],
  ]);
  assertEquals(told({ main: poll({}), sockets })[0], "waits-outside");
  assertEquals(told({ main: poll({ aborted: true }), sockets, handles: [TIMEOUT] })[0], "unknown");
});

Deno.test("a foreign program does not wait outside where something else may end the wait, or is awaited too", () => {
  const fetching = inside("fetch", leaf("operation"));
  const main = [mainAwaits(fetching)];
  assertEquals(told({ main })[0], "unknown");
  assertEquals(told({ main, sockets: [FAR], handles: [TIMEOUT] })[0], "unknown");
  assertEquals(told({ main, sockets: [FAR], handles: [INTERVAL] })[0], "waits-outside");
  const both = mainAwaits(node({ kind: "all", name: "" }, fetching, leaf("variable", "x")));
  assertEquals(told({ main: [both], sockets: [FAR] })[0], "unknown");
  const computing = [mainAwaits(inside("deriveBits", leaf("operation")))];
  assertEquals(told({ main: computing, sockets: [FAR] })[0], "unknown");
  const forLock = [mainAwaits(inside("LockManager.request", leaf("operation")))];
  assertEquals(told({ main: forLock, sockets: [FAR] })[0], "unknown");
});

Deno.test("a foreign program is boot-stuck where each worker that it waits for rests in an import of its module", () => {
  const main = [mainAwaits(leaf("listener", '"message" of Worker'))];
  const ofWorker = [node({ what: "module", name: "", position: AT(3) }, leaf("native"))];
  const stuck = { main, workers: [WORKER], ofWorker };
  assertEquals(told(stuck), ["boot-stuck", "program", 15, 8, 3]);
  assertEquals(told({ ...stuck, ofWorker: [] })[0], "unknown");
  const forMain = [node({ what: "module" }, leaf("listener", '"message" of Worker'))];
  assertEquals(told({ ...stuck, ofWorker: forMain })[0], "unknown");
  assertEquals(told({ ...stuck, main: [mainAwaits(leaf("variable", "x"))] })[0], "unknown");
  assertEquals(told({ ...stuck, sockets: [FAR] })[0], "unknown");
});

Deno.test("a foreign program is stuck-child where every worker that it waits for is blocked in its own code", () => {
  const main = [mainAwaits(leaf("listener", '"message" of Worker'))];
  assertEquals(told({ main, workers: [BLOCKED] }), ["stuck-child", "program", 15, 8, 7]);
  const idle = { ...WORKER, id: "worker-2" };
  assertEquals(told({ main, workers: [BLOCKED, idle] })[0], "unknown");
  assertEquals(told({ workers: [BLOCKED] })[0], "unknown");
  const inPackage = { ...frame("wait", 7), file: "file:///p/node_modules/pool/worker.js" };
  const samples = BLOCKED.samples.map(({ atMs }) => ({ atMs, frames: [inPackage] }));
  assertEquals(told({ main, workers: [{ ...BLOCKED, samples }] })[0], "unknown");
});

Deno.test("a foreign program is wait-cycle where workers block on words that the others have taken", () => {
  const main = [mainAwaits(leaf("listener", '"message" of Worker'))];
  const workers = [BLOCKED, { ...BLOCKED, id: "worker-2" }];
  const wait = (isolate: string, byteOffset: number, ...taken: number[]) => ({
    ...{ isolate, array: "words", type: "Int32Array", index: byteOffset / 4, byteOffset },
    ...{ buffer: 1, bufferBytes: 12 },
    holds: taken.map((byte) => ({ buffer: 1, byteOffset: byte, fn: "transfer", at: AT(12) })),
  });
  const told2 = (...memoryWaits: ReturnType<typeof wait>[]) => told({ main, workers, memoryWaits });
  const crossed = told2(wait("worker-1", 0, 4), wait("worker-2", 4, 0));
  assertEquals(crossed, ["wait-cycle", "program", 15, 8, 7, 7]);
  // The second waits for the first, which waits for itself.
  assertEquals(told2(wait("worker-1", 0, 0), wait("worker-2", 0)), [
    ...["wait-cycle", "program", 15, 8, 7],
  ]);
  assertEquals(told2(wait("worker-1", 0), wait("worker-2", 4, 0))[0], "stuck-child");
  assertEquals(told2(wait("worker-1", 0, 4), wait("worker-2", 4, 8))[0], "stuck-child");
  assertEquals(told2(wait("worker-1", 0, 4, 0), wait("worker-2", 4, 0))[0], "stuck-child");
  const other = { ...wait("worker-2", 4, 0), buffer: 2 };
  assertEquals(told2(wait("worker-1", 0, 4), other)[0], "stuck-child");
  const idle = [...workers, { ...WORKER, id: "worker-3" }];
  const memoryWaits = [wait("worker-1", 0, 4), wait("worker-2", 4, 0)];
  assertEquals(told({ main, workers: idle, memoryWaits })[0], "unknown");
});

Deno.test("a foreign program is orphaned-channel where an ended worker's messages would settle what it awaits", () => {
  const main = [mainAwaits(leaf("variable", "pending (Map) > entry"))];
  const ended = [{ uses: ["event", "pending", "get"] }];
  const orphan = { main, ended, handles: [INTERVAL] };
  assertEquals(told(orphan), ["orphaned-channel", "program", 15, 8]);
  assertEquals(told({ ...orphan, ended: [{ uses: ["event", "other"] }] })[0], "unknown");
  assertEquals(told({ ...orphan, ended: [] })[0], "unknown");
  assertEquals(told({ ...orphan, handles: [TIMEOUT] })[0], "unknown");
  const also = mainAwaits(node({ kind: "all" }, main[0] ?? leaf("timer"), leaf("variable", "x")));
  assertEquals(told({ ...orphan, main: [also] })[0], "unknown");
});

Deno.test("a foreign program is exit-leak where it has nothing left to do and something is open", () => {
  const channel: OpenHandle = { kind: "resource", name: "InMemoryBroadcastChannelResource" };
  assertEquals(told({ handles: [channel] }), ["exit-leak", "program", 0]);
  assertEquals(told({ handles: [INTERVAL] }), ["exit-leak", "program", 9]);
  // Whether a server should have been closed is not seen.
  assertEquals(told({ sockets: [SERVER] }).slice(0, 2), ["exit-leak", null]);
  const both = told({ sockets: [SERVER], handles: [INTERVAL] });
  assertEquals(both.slice(0, 2), ["exit-leak", "program"]);
  assertEquals(told({ workers: [WORKER] })[0], "exit-leak");
});

Deno.test("a foreign program is no exit-leak where work may be under way, or its waits may have been collected", () => {
  assertEquals(told({})[0], "unknown");
  const missing = [{ isolate: "workers", why: "not announced" }];
  assertEquals(told({ handles: [INTERVAL], missing })[0], "unknown");
  assertEquals(told({ handles: [INTERVAL], kept: false })[0], "unknown");
  assertEquals(told({ handles: [TIMEOUT] })[0], "unknown");
  assertEquals(told({ handles: [INTERVAL], sockets: [FAR] })[0], "unknown");
  assertEquals(told({ handles: [INTERVAL], processes: [CHILD] })[0], "unknown");
  assertEquals(told({ handles: [INTERVAL, { kind: "resource", name: "fetch" }] })[0], "unknown");
  assertEquals(told({ handles: [INTERVAL], main: [node({}, leaf("timer"))] })[0], "unknown");
  const atWork = { workers: [WORKER], ofWorker: [node({}, leaf("operation"))] };
  assertEquals(told(atWork)[0], "unknown");
});
