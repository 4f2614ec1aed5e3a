import { assert, assertEquals, assertMatch } from "@std/assert";
import { testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";

/** What `repro` says of a scenario, some parameter of which is set. */
async function attemptOf(cwd: string, name: string, ...set: string[]) {
  const words = ["repro", name, "--json", ...set.flatMap((each) => ["--set", each])];
  return JSON.parse((await unwedge(words, { cwd })).stdout).scenarios[0].attempts[0];
}

testInDirectory(
  "repro exit-leak-timer names the timer, and finishes when it is cleared or unref'd",
  async (cwd) => {
    const attemptWith = (timer: string) => attemptOf(cwd, "exit-leak-timer", `timer=${timer}`);
    const { leftovers, verdict } = await attemptWith("forgotten");
    assertEquals([verdict, leftovers.length], ["leaked", 1]);
    assertMatch(leftovers[0], /setInterval, every 1\.00 s, calls reportQueue \(.*exit_leak_timer/);
    assertEquals((await attemptWith("cleared")).verdict, "finished");
    assertEquals((await attemptWith("unref")).verdict, "finished");
  },
);

testInDirectory("repro lost-wakeup finishes when the word is waited for first", async (cwd) => {
  assertEquals((await attemptOf(cwd, "lost-wakeup", "order=word-first")).verdict, "finished");
});

testInDirectory(
  "repro tells a storm of microtasks in main from one long run of code",
  async (cwd) => {
    const microtasks = async (name: string) =>
      (await attemptOf(cwd, name)).dump.isolates[0].microtasks;
    assertEquals(await microtasks("microtask-storm"), "run");
    assertEquals(await microtasks("sigint-starved"), "stand");
  },
);

testInDirectory(
  "repro tells a flooded main from orphaned channels by what the parent pays for a page",
  async (cwd) => {
    const flooded = await attemptOf(cwd, "sigint-flooded", "work=100ms");
    assertEquals([flooded.class, flooded.owner], ["loop-starved", "supervisor"]);
    assertEquals([flooded.sigint.actedMs, flooded.dump.complete], [null, true]);
    // How much a flooded main has taken in is a matter of its turns; what it has taken in, it has piled up.
    const frames = lateFrames(flooded);
    assert(frames.reduce((sum, each) => sum + each, 0) > 2, `late frames: ${frames}`);
    assert(piledUp(flooded) > 1, `calls that wait for main: ${piledUp(flooded)}`);
    const cheap = await attemptOf(cwd, "sigint-flooded", "work=0ms");
    assertEquals([cheap.class, cheap.sigint.unwedged], ["orphaned-channel", true]);
    // They go on sending here, too.
    assert(lateFrames(cheap).some((each) => each > 2), `late frames: ${lateFrames(cheap)}`);
  },
);

/** The part of an attempt that tells who goes on talking after it was given up. */
interface Flood {
  readonly dump: {
    readonly channels: readonly {
      readonly peer: string;
      readonly peerState: string;
      readonly afterAbandon?: number;
    }[];
    readonly tasks: readonly {
      readonly actor: string;
      readonly parkedOn: unknown;
      readonly serves?: string;
    }[];
  };
}

/** How many frames main has taken in from each actor that it had given up, where there are any. */
function lateFrames({ dump }: Flood): number[] {
  return dump.channels.filter(({ peerState }) => peerState === "abandoned")
    .map(({ afterAbandon = 0 }) => afterAbandon).filter((frames) => frames > 0);
}

/** How many calls of actors that were given up main had under way or queued when it was looked into. */
function piledUp({ dump }: Flood): number {
  const givenUp = dump.channels.filter(({ peerState }) => peerState === "abandoned");
  const senders = new Set(givenUp.map(({ peer }) => peer));
  return dump.tasks.filter(({ actor, parkedOn, serves = "" }) =>
    actor === "root" && parkedOn === null && senders.has(serves)
  ).length;
}
