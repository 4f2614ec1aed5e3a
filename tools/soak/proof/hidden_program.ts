/**
 * Writes a scenario that hangs, or seems to: its teardown waits for an event, and nothing in the runtime will ever set
 * it. What could is hidden in its text, or in that of the actor it waits for, among much that only looks like it; or
 * nothing is.
 *
 * @module
 */

import type { HiddenWaker } from "./hidden_wakers.ts";

const LIBRARY = import.meta.resolve("../../../mod.ts");

/** What is to be hidden, and where. */
export interface Hiding {
  /** What wakes it; null for a program that really hangs. */
  readonly waker: HiddenWaker | null;
  /** In whose text it is: that of the program, or that of an actor that the program waits for. Default `root`. */
  readonly where?: "root" | "child";
  /** What stands before and behind it. */
  readonly noise?: readonly [before: string, behind: string];
}

/** Writes it into a directory and returns its URL. */
export function writeHiddenProgram(directory: string, hiding: Hiding): string {
  if (hiding.where === "child") return writeWithChild(directory, hiding);
  const { waker, noise = ["", ""] } = hiding;
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

function writeWithChild(directory: string, { waker, noise = ["", ""] }: Hiding): string {
  const { top = "", code = "", file } = waker ?? {};
  if (file !== undefined) Deno.writeTextFileSync(`${directory}/${file[0]}`, file[1]);
  Deno.writeTextFileSync(
    `${directory}/child.ts`,
    `import { Event } from ${JSON.stringify(LIBRARY)};
${top}
export async function work() {
  const woken = new Event("woken");
  const wake = () => woken.set();
  ${noise[0]}
  ${code}
  ${noise[1]}
  await woken.wait();
}
`,
  );
  const path = `${directory}/hidden.ts`;
  Deno.writeTextFileSync(
    path,
    `import { defineScenario, openActorNursery, openNursery } from ${JSON.stringify(LIBRARY)};
export default defineScenario({
  name: "hidden",
  summary: "what could wake its child is hidden",
  story: "",
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  async run() {
    await openNursery(async (work) => {
      await openActorNursery(async (actors) => {
        const module = import.meta.resolve("./child.ts");
        const portal = await actors.startActor("child", { module });
        work.spawn(async () => {
          await portal.run("work");
          await portal.cancelActor("it has been woken");
        });
      });
    });
  },
});
`,
  );
  return `file://${path}`;
}
