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
