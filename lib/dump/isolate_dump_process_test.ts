import { assertEquals, assertStringIncludes } from "@std/assert";
import type { IsolateDump } from "../model/dump.ts";
import type { IsolateReading } from "./examination.ts";
import { isolateDump, whyMissing } from "./isolate_dump.ts";
import { readThread } from "../os/proc.ts";
import { SourcePositions } from "./source_positions.ts";
import type { StackSample } from "./stacks.ts";
import { Threads } from "./threads.ts";

const RUNNING: StackSample = {
  kind: "running",
  frames: [{ fn: "work", sessionId: null, scriptId: "1", line: 0, column: 0 }],
};
const AT_REST: StackSample = { kind: "at-rest" };
const OUT_OF_REACH: StackSample = { kind: "out-of-reach", afterMs: 1_500 };
const CUT_SHORT: StackSample = { kind: "cut-short" };

for (
  const [looks, state, samples] of [
    [[RUNNING, RUNNING], "busy", [1, 1]],
    [[AT_REST, AT_REST], "parked", []],
    [[RUNNING, AT_REST], "parked", [1, 0]],
    [[AT_REST, RUNNING], "parked", [0, 1]],
    [[OUT_OF_REACH, OUT_OF_REACH], "native-blocked", []],
    [[RUNNING, OUT_OF_REACH], "native-blocked", [1, 0]],
    [[RUNNING, { kind: "gone" }], "gone", [1, 0]],
    [[CUT_SHORT], "parked", []],
    [[RUNNING, CUT_SHORT], "busy", [1, 0]],
  ] as const satisfies readonly (readonly [readonly StackSample[], string, readonly number[]])[]
) {
  const kinds = looks.map(({ kind }) => kind).join(", then ");
  Deno.test(`isolateDump calls an isolate ${state} that was found ${kinds}`, async () => {
    const dump = await dumpOf(findingOf(looks));
    assertEquals(dump.state, state);
    assertEquals(dump.samples.map(({ frames }) => frames.length), [...samples]);
  });
}

Deno.test("isolateDump counts the processor time between the looks, not that of the looks", async () => {
  // 7 after the first look, 13 before the second; 17 after the second, 23 before the third.
  const three = await dumpOf(findingOf([RUNNING, RUNNING, RUNNING]));
  assertEquals(three.thread?.cpuTicks, 12);
});

Deno.test("isolateDump names the actor even when the rest of its answer failed", async () => {
  const finding: IsolateReading = {
    ...findingOf([AT_REST]),
    reply: { kind: "threw", actor: "root/a", message: "oops" },
  };
  assertEquals((await dumpOf(finding)).actor, "root/a");
});

Deno.test(
  "isolateDump calls a silent isolate busy when it could not be asked and its thread runs",
  { timeout: 30_000 },
  async () => {
    await using spinning = await threadsOf("sh", ["-c", "while :; do :; done"], "R");
    await using sleeping = await threadsOf("sleep", ["60"], "S");
    const stateOf = async ({ threads }: Program, blame: string | null) =>
      (await dumpOf(undefined, blame, threads)).state;
    assertEquals(await stateOf(spinning, null), "native-blocked");
    assertEquals(await stateOf(spinning, "could not be asked"), "busy");
    assertEquals(await stateOf(sleeping, "could not be asked"), "native-blocked");
  },
);

Deno.test("whyMissing has nothing to say of an isolate that was seen, or that is gone", async () => {
  const seen = findingOf([RUNNING]);
  assertEquals(whyMissing(await dumpOf(seen), seen, 500, null), null);
  const gone = findingOf([{ kind: "gone" }]);
  assertEquals(whyMissing(await dumpOf(gone), gone, 500, null), null);
});

Deno.test("whyMissing gives the time and the thread of an isolate that said nothing", {
  timeout: 30_000,
}, async () => {
  await using sleeping = await threadsOf("sleep", ["60"], "S");
  const dump = await dumpOf(undefined, null, sleeping.threads);
  const why = whyMissing(dump, undefined, 2_040, null) ?? "";
  assertStringIncludes(why, "native-blocked 2.04 s (answered nothing; thread ");
  assertStringIncludes(why, " S in ");
});

Deno.test("whyMissing tells of an isolate that answered and then did not pause", async () => {
  const finding = findingOf([OUT_OF_REACH]);
  const why = whyMissing(await dumpOf(finding), finding, 9_000, null) ?? "";
  assertStringIncludes(why, "native-blocked 1.50 s (told its tasks, then did not pause");
});

Deno.test("whyMissing says that a look was cut short, and by what", async () => {
  const finding = findingOf([RUNNING, CUT_SHORT]);
  const dump = await dumpOf(finding);
  assertStringIncludes(whyMissing(dump, finding, 1, "aborted") ?? "", "aborted");
  assertStringIncludes(whyMissing(dump, finding, 1, null) ?? "", "connection ended");
});

Deno.test("isolateDump tells of microtasks only where the isolate was busy in every look", async () => {
  const microtasks = async (looks: readonly StackSample[]) =>
    (await dumpOf({ ...findingOf(looks), microtasks: "run" })).microtasks;
  assertEquals(await microtasks([RUNNING, RUNNING]), "run");
  assertEquals(await microtasks([AT_REST, RUNNING]), undefined);
  assertEquals("microtasks" in await dumpOf(findingOf([RUNNING])), false);
});

Deno.test("isolateDump takes an isolate for at rest that only showed Deno's own frames, where the kernel is silent", async () => {
  class Silent extends Threads {
    override now(): "unknown" {
      return "unknown";
    }
  }
  const frame = (file: string) => ({ fn: "f", file, line: 1, column: 1 });
  const running = (...files: string[]): StackSample => ({
    kind: "running",
    frames: files.map(frame),
  });
  const state = async (look: StackSample, threads: Threads) => {
    const { state, samples } = await dumpOf(findingOf([look, look]), null, threads);
    return [state, samples.length];
  };
  const timers = running("ext:core/01_core.js");
  assertEquals(await state(timers, new Silent(Deno.pid)), ["parked", 0]);
  assertEquals(await state(timers, new Threads(Deno.pid)), ["busy", 2]);
  const program = running("ext:core/01_core.js", "file:///a.ts");
  assertEquals(await state(program, new Silent(Deno.pid)), ["busy", 2]);
});

function findingOf(looks: readonly StackSample[]): IsolateReading {
  return {
    microtasks: null,
    leftPaused: false,
    session: { id: null, isolate: "main" },
    reply: { kind: "answered", actor: "root", snapshot: null, microtasks: 0 },
    looks: looks.map((look, i) => ({
      atMs: i * 100,
      look,
      ticksBefore: 10 * i + 3,
      ticksAfter: 10 * i + 7,
    })),
  };
}

function dumpOf(
  finding: IsolateReading | undefined,
  blame: string | null = null,
  threads = new Threads(Deno.pid),
): Promise<IsolateDump> {
  return isolateDump("main", finding, threads, new SourcePositions(), blame);
}

interface Program extends AsyncDisposable {
  readonly threads: Threads;
}

/** A program that is no Deno at all, once its thread is in `state`. */
async function threadsOf(name: string, args: string[], state: string): Promise<Program> {
  const child = new Deno.Command(name, { args }).spawn();
  while (true) {
    const look = readThread(child.pid, child.pid);
    if (look?.name === name && look.state === state) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    threads: new Threads(child.pid),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
