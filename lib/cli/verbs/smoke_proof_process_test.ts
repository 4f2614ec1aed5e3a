import { assertEquals, assertMatch } from "@std/assert";
import { readJson } from "../../../tests/support/stand_in.ts";
import { testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";

const LIBRARY = new URL("../../../mod.ts", import.meta.url).href;
/** Hangs on an event that nobody can set, which is proven at once. */
function writeProvable(cwd: string, name: string, declared: { readonly proven?: boolean }): string {
  const expected = { verdict: "hung", class: "shield-trapped", owner: "program", ctrlC: "in-vain" };
  Deno.writeTextFileSync(
    `${cwd}/${name}.ts`,
    `import { CancelScope, defineScenario, Event, openActorNursery } from ${
      JSON.stringify(LIBRARY)
    };
export default defineScenario({
  name: "${name}", summary: "", story: "", fixedBy: [],
  expected: ${JSON.stringify({ ...expected, ...declared })},
  async run() {
    await openActorNursery(async (actors) => {
      actors.cancel("the program is over");
      await new CancelScope({ shield: true }).run(() => new Event("never").wait());
    });
  },
});
`,
  );
  return `./${name}.ts`;
}

testInDirectory(
  "smoke takes a proof that nobody declared for a mismatch, and a declared one for none",
  async (cwd) => {
    const names = [
      writeProvable(cwd, "declared", { proven: true }),
      writeProvable(cwd, "undeclared", {}),
    ];
    const { code, stdout } = await unwedge(
      ["smoke", ...names, "--deadline", "20s", "--grace", "1s", "-o", "out"],
      { cwd },
    );
    assertEquals(code, 1, stdout);
    const differences = readJson(`${cwd}/out/result.json`).scenarios.map((
      { name, attempts: [attempt] }: {
        name: string;
        attempts: { verdict: string; proven: boolean }[];
      },
    ) => [name, attempt?.verdict, attempt?.proven]);
    assertEquals(differences, [["declared", "hung", true], ["undeclared", "hung", true]]);
    assertMatch(stdout, /MISMATCH +undeclared .*proof found, not none/);
    assertMatch(stdout, /^ok +declared +no remedy /m);
  },
);

testInDirectory(
  "smoke waits for the deadline with --await-deadline, and finds the same proof then",
  async (cwd) => {
    const name = writeProvable(cwd, "declared", { proven: true });
    const flags = ["--await-deadline", "--deadline", "2s", "--grace", "1s", "-o", "out"];
    const { stdout } = await unwedge(["smoke", name, ...flags], { cwd });
    const { scenarios: [{ attempts: [attempt] }], run } = readJson(`${cwd}/out/result.json`);
    assertEquals([attempt.verdict, attempt.proven], ["hung", true], stdout);
    // It was sent its Ctrl-C after the deadline, and not at the proof.
    assertEquals(attempt.sigint.sentMs >= 2_000, true, stdout);
    assertEquals(run.replayFlags.includes("--await-deadline"), true);
  },
);
