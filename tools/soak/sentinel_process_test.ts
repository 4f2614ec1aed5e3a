import { assertEquals } from "@std/assert";
import { CASES, soakSentinel } from "./sentinel.ts";

Deno.test(
  "sentinel acts on every SIGINT while main is stuck",
  { timeout: 120_000 },
  async () => {
    const options = { repeat: 1, loaded: false, boundMs: 1_500 };
    const rows = await Array.fromAsync(soakSentinel(options));
    assertEquals(rows.map(({ runs }) => runs), CASES.map(() => 1));
    // How fast, the soak judges: a machine that tests run on may be busy with other things.
    const wrong = rows.flatMap(({ wrong }) => wrong).filter((what) => !what.includes(" after "));
    assertEquals(wrong, []);
    const freed = rows.filter(({ freed }) => freed > 0).map(({ name }) => name);
    assertEquals(freed, [
      "blocked, actors, inspector",
      "storm, actors, inspector",
      "storm, program, inspector",
    ]);
  },
);
