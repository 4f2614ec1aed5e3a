/**
 * Writes a scenario that hangs, or seems to: its teardown waits for an event, and nothing in the runtime will ever set
 * it. What could is hidden in its text, among much that only looks like it; or nothing is.
 *
 * @module
 */

import type { HiddenWaker } from "./hidden_wakers.ts";

const LIBRARY = import.meta.resolve("../../../mod.ts");

/** Writes it into a directory and returns its URL. `noise` stands before and behind what it hides. */
export function writeHiddenProgram(
  directory: string,
  waker: HiddenWaker | null,
  noise: readonly [before: string, behind: string] = ["", ""],
): string {
  const { top = "", code = "", file } = waker ?? {};
  if (file !== undefined) Deno.writeTextFileSync(`${directory}/${file[0]}`, file[1]);
  const path = `${directory}/hidden.ts`;
  Deno.writeTextFileSync(
    path,
    `import { CancelScope, defineScenario, Event, openActorNursery } from ${
      JSON.stringify(LIBRARY)
    };
${top}
export default defineScenario({
  name: "hidden",
  summary: "what could wake it is hidden",
  story: "setTimeout, fetch and Deno are words of a story here",
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  async run() {
    const woken = new Event("woken");
    const wake = () => woken.set();
    await openActorNursery(async (actors) => {
      actors.cancel("the program is over");
      await new CancelScope({ shield: true }).run(async () => {
        ${noise[0]}
        ${code}
        ${noise[1]}
        await woken.wait();
      });
    });
  },
});
`,
  );
  return `file://${path}`;
}
