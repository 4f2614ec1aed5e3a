import { assertEquals, assertMatch } from "@std/assert";
import { inTemporaryDirectory, unwedge } from "../../fixtures/unwedge.ts";

const TIMEOUT = { timeout: 120_000 };

Deno.test("repro lost-wakeup finishes when the word is waited for first", TIMEOUT, async () => {
  await inTemporaryDirectory(async (cwd) => {
    const words = ["repro", "lost-wakeup", "--json", "--set", "order=word-first"];
    const { code, stdout } = await unwedge(words, { cwd });
    assertEquals([code, JSON.parse(stdout).totals.finished], [0, 1]);
  });
});

Deno.test("repro exit-leak-timer names the timer, and finishes when it is cleared or unref'd", {
  timeout: 120_000,
}, async () => {
  await inTemporaryDirectory(async (cwd) => {
    const attemptWith = async (timer: string) => {
      const words = ["repro", "exit-leak-timer", "--json", "--set", `timer=${timer}`];
      return JSON.parse((await unwedge(words, { cwd })).stdout).scenarios[0].attempts[0];
    };
    const { leftovers, verdict } = await attemptWith("forgotten");
    assertEquals([verdict, leftovers.length], ["leaked", 1]);
    assertMatch(leftovers[0], /setInterval, every 1\.0 s, calls reportQueue \(.*exit_leak_timer/);
    assertEquals((await attemptWith("cleared")).verdict, "finished");
    assertEquals((await attemptWith("unref")).verdict, "finished");
  });
});

Deno.test(
  "repro tells a storm of microtasks in main from one long run of code",
  TIMEOUT,
  async () => {
    await inTemporaryDirectory(async (cwd) => {
      const microtasks = async (name: string) => {
        const { stdout } = await unwedge(["repro", name, "--json"], { cwd });
        return JSON.parse(stdout).scenarios[0].attempts[0].dump.isolates[0].microtasks;
      };
      assertEquals(await microtasks("microtask-storm"), "run");
      assertEquals(await microtasks("sigint-starved"), "stand");
    });
  },
);

Deno.test("repro tells a flooded main from orphaned channels by what the parent pays for a page", {
  timeout: 120_000,
}, async () => {
  await inTemporaryDirectory(async (cwd) => {
    const attemptWith = async (work: string) => {
      const words = ["repro", "sigint-flooded", "--json", "--set", `work=${work}`];
      return JSON.parse((await unwedge(words, { cwd })).stdout).scenarios[0].attempts[0];
    };
    const flooded = await attemptWith("100ms");
    assertEquals([flooded.class, flooded.owner], ["loop-starved", "ours"]);
    assertEquals([flooded.sigint.actedMs, flooded.dump.complete], [null, true]);
    const cheap = await attemptWith("0ms");
    assertEquals([cheap.class, cheap.sigint.unwedged], ["orphaned-channel", true]);
    // They go on sending here, too. How much of it a flooded main has taken in by then is a matter of its turns.
    const late = ({ afterAbandon }: { readonly afterAbandon?: number }) => (afterAbandon ?? 0) > 2;
    assertEquals(cheap.dump.channels.some(late), true);
  });
});
