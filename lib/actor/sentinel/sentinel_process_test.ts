/**
 * Sentinels of real processes, with signals sent by the kernel. What the program does in each situation stands in
 * `fixtures/programs/sentinel_program.ts`. How fast it is, `tools/soak/sentinel.ts` measures; here a signal is acted
 * on, or the test wedges.
 */

import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { signalled, type SignalledOptions } from "../../../tests/support/signalled.ts";
import { nextTurn, workerThreads, workerTids } from "../../../tests/support/spawn_testing.ts";
import { startSentinel } from "./sentinel.ts";

const TIMEOUT = { timeout: 30_000 };

/** Long enough for a machine that is busy with other things. */
const PATIENT_MS = 1_500;

function inSituation(
  situation: string,
  options: Omit<SignalledOptions, "args"> = {},
  boundMs = 250,
) {
  const args = [situation, "no journal", String(boundMs)];
  return signalled("sentinel_program.ts", { args, ...options });
}

Deno.test("startSentinel() hands each signal to main exactly once", TIMEOUT, async () => {
  const on = { ready: "SIGINT", "taken 1": "SIGINT", "taken 2": "SIGTERM" } as const;
  const { lines, code, stderr } = await inSituation("alive", { on }, PATIENT_MS);
  assertEquals(lines, ["ready", "taken 1", "taken 2", "total 2", "unload"]);
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("startSentinel() lets main take a signal late, within the bound", TIMEOUT, async () => {
  const on = { ready: "SIGINT", "taken 1": "SIGTERM" } as const;
  const { lines, code } = await inSituation("bounced", { on }, 10_000);
  assertEquals(lines, ["ready", "free", "taken 1", "total 1", "unload"]);
  assertEquals(code, 0);
});

Deno.test(
  "startSentinel() ends the process through main, when main says nothing else",
  TIMEOUT,
  async () => {
    const { lines, code, signal } = await inSituation("default", {}, PATIENT_MS);
    assertEquals([lines, code, signal], [["ready", "unload"], 130, null]);
  },
);

for (const situation of ["blocked", "spin", "storm", "bare-storm"]) {
  Deno.test(
    `startSentinel() ends a process whose main is stuck with the signal itself: ${situation}`,
    TIMEOUT,
    async () => {
      const { lines, code, signal, stderr } = await inSituation(situation);
      assertEquals([lines, code, signal], [["ready"], 130, "SIGINT"]);
      assertMatch(stderr, /^sentinel: main did not take SIGINT in 50 ms: .*\n/);
      assertStringIncludes(stderr, "\nsentinel: ends the process with SIGINT,");
    },
  );
}

Deno.test("startSentinel() ends it with SIGTERM as with SIGINT", TIMEOUT, async () => {
  const { code, signal } = await inSituation("blocked", { on: { ready: "SIGTERM" } });
  assertEquals([code, signal], [143, "SIGTERM"]);
});

Deno.test("startSentinel() says where main is when its inspector is open", TIMEOUT, async () => {
  const { signal, stderr } = await inSituation("blocked", { inspect: true }, PATIENT_MS);
  assertEquals(signal, "SIGINT");
  assertStringIncludes(stderr, "it is in one long run of synchronous code");
  assertMatch(stderr, /at block \(.*sentinel_program\.ts:\d+:\d+\)/);
});

Deno.test("startSentinel() frees a storm, and main takes the signal", TIMEOUT, async () => {
  const on = { ready: "SIGINT", stormed: "SIGTERM" } as const;
  const { lines, code, stderr } = await inSituation("storm", { inspect: true, on }, PATIENT_MS);
  assertEquals(lines, ["ready", "taken 1", "stormed", "total 1", "unload"]);
  assertEquals(code, 0);
  assertMatch(stderr, /at storm \(.*sentinel_program\.ts:\d+:\d+\)/);
  assertStringIncludes(stderr, "lets its loop turn between its microtasks");
});

Deno.test("startSentinel() ends a storm that no valve can be put into", TIMEOUT, async () => {
  const { signal, stderr } = await inSituation("bare-storm", { inspect: true }, PATIENT_MS);
  assertEquals(signal, "SIGINT");
  assertStringIncludes(stderr, "it goes from microtask to microtask");
});

Deno.test(
  "startSentinel() does not look into main when it is only to end it",
  TIMEOUT,
  async () => {
    const { signal, stderr } = await inSituation("blocked-end");
    assertEquals([signal, stderr], ["SIGINT", ""]);
  },
);

// Its worker starts while main is blocked already, so the signal comes before it stands or after: both end the process.
Deno.test("startSentinel() loses no signal while it starts", TIMEOUT, async () => {
  const { lines, signal } = await inSituation("early");
  assertEquals([lines, signal], [["ready"], "SIGINT"]);
});

Deno.test("two sentinels of one process both end it", TIMEOUT, async () => {
  const { code, signal } = await inSituation("two");
  assertEquals([code, signal], [130, "SIGINT"]);
});

Deno.test(
  "startSentinel() kills a process that another listener keeps from dying",
  TIMEOUT,
  async () => {
    const { lines, signal, stderr } = await inSituation("another-listener");
    assertEquals([lines, signal], [["ready"], "SIGKILL"]);
    assertStringIncludes(stderr, "another listener for SIGINT");
  },
);

for (const situation of ["ended", "ended-early"]) {
  Deno.test(
    `a sentinel that is disposed of leaves the signal as it was: ${situation}`,
    TIMEOUT,
    async () => {
      const { lines, signal, stderr } = await inSituation(situation);
      assertEquals([lines.at(-1), signal, stderr], ["ready", "SIGINT", ""]);
    },
  );
}

Deno.test("a sentinel that is ending raises again what main has not taken", TIMEOUT, async () => {
  const { lines, signal, stderr } = await inSituation("ended-meanwhile");
  assertEquals([lines, signal, stderr], [["ready", "signal"], "SIGINT", ""]);
});

for (const situation of ["exits", "exits-early"]) {
  Deno.test(
    `a sentinel neither keeps a process nor changes its exit code: ${situation}`,
    TIMEOUT,
    async () => {
      const { lines, code, stderr } = await inSituation(situation);
      assertEquals([lines, code, stderr], [["over", "unload"], 7, ""]);
    },
  );
}

Deno.test(
  "startSentinel() costs one idle worker that is gone when it is disposed of",
  TIMEOUT,
  async () => {
    const before = workerThreads();
    {
      using sentinel = startSentinel({ onSignal: () => {} });
      assertEquals(await sentinel.ready, true);
      const [added, ...more] = [...workerTids()].filter(([name]) => !before.includes(name));
      assert(added !== undefined);
      assertEquals(more, []);
      // Once its start is over it uses one tick at most while this thread uses thirty, however long that takes.
      const path = `/proc/self/task/${added[1]}/stat`;
      while (stat(path).state !== "S") await new Promise((resolve) => setTimeout(resolve, 5));
      const [used, own] = [stat(path).ticks, stat(OWN).ticks];
      while (stat(OWN).ticks - own < 30);
      assertLessOrEqual(stat(path).ticks - used, 1);
    }
    while (workerThreads().length > before.length) await nextTurn();
  },
);

Deno.test(
  "a sentinel that is disposed of leaves no thread that looks like a worker",
  TIMEOUT,
  async () => {
    const { lines } = await inSituation("threads");
    assertEquals(lines, ["0 before", "1 with it", "0 after", "unload"]);
  },
);

Deno.test("startSentinel() refuses a bound that cannot be met", () => {
  assertThrows(() => startSentinel({ boundMs: 49 }), RangeError, "boundMs");
  assertThrows(() => startSentinel({ boundMs: NaN }), RangeError, "boundMs");
});

const OWN = "/proc/thread-self/stat";

/** State of a thread, and the ticks of 10 ms that it has used. */
function stat(path: string): { readonly state: string | undefined; readonly ticks: number } {
  const text = Deno.readTextFileSync(path);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], ticks: Number(fields[11]) + Number(fields[12]) };
}
