import { assertEquals } from "@std/assert";
import { checkHiddenProgram } from "./check_hidden_programs.ts";
import { HIDDEN_WAKERS, type HiddenWaker } from "./hidden_wakers.ts";

const AT_ONCE = 3;

/** Of these programs those that were not woken, or not waited for until they were. */
async function notWoken(
  wakers: readonly HiddenWaker[],
  where: "root" | "child",
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const left = [...wakers];
  const worker = async () => {
    for (let waker = left.shift(); waker !== undefined; waker = left.shift()) {
      const { verdict, proof, trouble } = await checkHiddenProgram({ waker, where });
      // Finished, or stayed because of what it has opened: it was woken either way.
      if (verdict === "finished" || verdict === "leaked") continue;
      wrong.push(`${waker.name}: ${verdict} ${JSON.stringify(proof)} ${trouble}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return wrong;
}

Deno.test(
  "runScenario calls no program hung that something wakes which it hides",
  { timeout: 180_000 },
  async () => {
    assertEquals(await notWoken(HIDDEN_WAKERS, "root"), []);
  },
);

Deno.test(
  "runScenario calls no program hung whose actor hides what wakes it",
  { timeout: 180_000 },
  async () => {
    // A third of them: how a text is read does not depend on where it stands. The soak takes them all.
    const wakers = HIDDEN_WAKERS.filter(({ needsRoot = false }) => !needsRoot)
      .filter((_, index) => index % 3 === 0);
    assertEquals(await notWoken(wakers, "child"), []);
  },
);

Deno.test(
  "runScenario proves the same programs hung when nothing wakes them",
  { timeout: 60_000 },
  async () => {
    for (const where of ["root", "child"] as const) {
      const { verdict, proof } = await checkHiddenProgram({ waker: null, where });
      assertEquals([where, verdict, proof?.kind], [where, "hung", "proven"]);
    }
  },
);
