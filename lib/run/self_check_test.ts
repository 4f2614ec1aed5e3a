import { assertEquals, assertStringIncludes } from "@std/assert";
import { selfCheck, type SelfCheckFacts } from "./self_check.ts";

const CLEAN: SelfCheckFacts = {
  seen: { seen: true, stopped: "no", fullPipes: [], clients: [] },
  held: "not-asked",
  ownPid: 10,
  subjectPid: 20,
  runDir: "/runs/1/",
  ownOutput: true,
  noRoom: null,
  leftPaused: [],
  stillConnected: false,
  stoppedMs: 0,
  lateMs: 3.4,
  queued: null,
  tornDownMs: 500,
};

const PIPE = { thread: "deno", tid: 20, fd: 1, target: "pipe:[7]" };

/** Facts that make a verdict worthless, each with a word of the reason. */
const SPOIL: readonly [string, Partial<SelfCheckFacts>, string][] = [
  ["a full stdout", { seen: { ...CLEAN.seen, fullPipes: [PIPE] } }, "pipe:[7], which is full"],
  [
    "a full FIFO in the run directory",
    { seen: { ...CLEAN.seen, fullPipes: [{ ...PIPE, fd: 9, target: "/runs/1/x" }] } },
    "/runs/1/x",
  ],
  ["a stop that stands", { seen: { ...CLEAN.seen, stopped: "stopped" } }, "SIGSTOP"],
  ["a frozen cgroup", { seen: { ...CLEAN.seen, stopped: "frozen" } }, "frozen"],
  ["a stop that is over", { stoppedMs: 3_000 }, "for 3000 ms"],
  [
    "a main that another client holds",
    { seen: { ...CLEAN.seen, clients: [{ pid: 30, name: "node" }] }, held: "paused" },
    "process 30 (node)",
  ],
  ["a main that is held by no client", { held: "paused" }, "was left behind"],
  ["a worker that was left paused", { leftPaused: ["worker-1"] }, "worker-1 had been left paused"],
  ["a client of ours at the end", { stillConnected: true }, "unwedge itself"],
  [
    "a client of ours before the look",
    { seen: { ...CLEAN.seen, clients: [{ pid: 10, name: "deno" }] } },
    "unwedge itself",
  ],
];

for (const [what, facts, word] of SPOIL) {
  Deno.test(`selfCheck gives no verdict after ${what}`, () => {
    const { spoilt, evidence } = selfCheck({ ...CLEAN, ...facts });
    assertStringIncludes(spoilt ?? "(a verdict)", word);
    assertEquals(evidence, []);
  });
}

/** Facts that colour a verdict. */
const COLOUR: readonly [string, Partial<SelfCheckFacts>, string][] = [
  ["a disk without room", { noRoom: "ENOSPC" }, "ENOSPC"],
  [
    "another client that holds nothing",
    { seen: { ...CLEAN.seen, clients: [{ pid: 30, name: "chrome" }] }, held: "runs" },
    "process 30 (chrome)",
  ],
  [
    "a client that cannot be named",
    { seen: { ...CLEAN.seen, clients: [{ pid: null, name: null }] }, held: "unknown" },
    "cannot be named",
  ],
  ["a tracer", { seen: { ...CLEAN.seen, stopped: "traced" } }, "tracer"],
  [
    "a machine that is overloaded",
    { queued: { thread: "worker-1", tid: 21, ms: 400 } },
    "worker-1 (tid 21) of the subject was ready to run and got no processor for 400 of the 500 ms",
  ],
  ["a kernel that tells nothing", { seen: { ...CLEAN.seen, seen: false } }, "only the clock"],
];

for (const [what, facts, word] of COLOUR) {
  Deno.test(`selfCheck lets the verdict stand beside ${what}, and says so`, () => {
    const { spoilt, evidence } = selfCheck({ ...CLEAN, ...facts });
    assertEquals(spoilt, null);
    assertStringIncludes(evidence.map(({ detail }) => detail).join(), word);
  });
}

/** What is no interference. */
const HARMLESS: readonly [string, Partial<SelfCheckFacts>][] = [
  ["nothing", {}],
  ["a pipe of the program's own", {
    seen: { ...CLEAN.seen, fullPipes: [{ ...PIPE, fd: 14, target: "pipe:[8]" }] },
  }],
  ["some waiting for a processor", { queued: { thread: "deno", tid: 20, ms: 390 } }],
  ["a short time on a busy machine", {
    queued: { thread: "deno", tid: 20, ms: 80 },
    tornDownMs: 80,
  }],
  ["a stop shorter than two looks", { stoppedMs: 20 }],
  ["the subject's own reaper", {
    seen: { ...CLEAN.seen, clients: [{ pid: 20, name: "deno" }] },
    held: "runs",
  }],
];

for (const [what, facts] of HARMLESS) {
  Deno.test(`selfCheck says that it was not unwedge's doing after ${what}`, () => {
    const { spoilt, evidence } = selfCheck({ ...CLEAN, ...facts });
    assertEquals(spoilt, null);
    assertEquals(evidence.map(({ kind }) => kind), ["self-check"]);
    assertStringIncludes(evidence[0]?.detail ?? "", "not unwedge's doing");
    assertStringIncludes(evidence[0]?.detail ?? "", "3 ms late");
  });
}
