import { assertEquals } from "@std/assert";
import { inTemporaryDirectory, unwedge } from "../../fixtures/unwedge.ts";

const TIMEOUT = { timeout: 120_000 };

Deno.test("repro lost-wakeup finishes when the word is waited for first", TIMEOUT, async () => {
  await inTemporaryDirectory(async (cwd) => {
    const words = ["repro", "lost-wakeup", "--json", "--set", "order=word-first"];
    const { code, stdout } = await unwedge(words, { cwd });
    assertEquals([code, JSON.parse(stdout).totals.finished], [0, 1]);
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
