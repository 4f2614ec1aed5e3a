import { assertEquals } from "@std/assert";
import { checkHiddenProgram } from "./check_hidden_program.ts";
import { HIDDEN_WAKERS } from "./hidden_wakers.ts";

const AT_ONCE = 3;

Deno.test(
  "runScenario calls no program hung that something wakes which it hides",
  { timeout: 120_000 },
  async () => {
    const wrong: string[] = [];
    let next = 0;
    const worker = async () => {
      for (let waker = HIDDEN_WAKERS[next++]; waker !== undefined; waker = HIDDEN_WAKERS[next++]) {
        const { verdict, proof, trouble } = await checkHiddenProgram(waker);
        // Finished, or stayed because of what it has opened: it was woken either way.
        if (verdict !== "finished" && verdict !== "leaked") {
          wrong.push(`${waker.name}: ${verdict} ${JSON.stringify(proof)} ${trouble}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    assertEquals(wrong, []);
  },
);

Deno.test(
  "runScenario proves the same program hung when nothing wakes it",
  { timeout: 60_000 },
  async () => {
    const { verdict, proof } = await checkHiddenProgram(null);
    assertEquals([verdict, proof?.kind], ["hung", "proven"]);
  },
);
