/**
 * Writes a scenario that hangs, or seems to: its teardown waits for an event, and nothing in the runtime will ever set
 * it. What could is hidden in its text, or in that of the actor it waits for, among much that only looks like it; or
 * nothing is.
 *
 * @module
 */

import type { HiddenWaker } from "./hidden_wakers.ts";

const LIBRARY = JSON.stringify(import.meta.resolve("../../../mod.ts"));

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
  const { waker, where = "root", noise = ["", ""] } = hiding;
  const { top = "", code = "", file } = waker ?? {};
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${directory}/${name}`, text);
  if (file !== undefined) write(...file);
  const waits = `${noise[0]}\n${code}\n${noise[1]}\nawait woken.wait();`;
  if (where === "child") write("child.ts", childText(top, waits));
  const inRoot = where === "root";
  write("hidden.ts", scenarioText(inRoot ? top : "", inRoot ? rootText(waits) : WAITS_FOR_CHILD));
  return `file://${directory}/hidden.ts`;
}

function scenarioText(top: string, run: string): string {
  return `import { CancelScope, defineScenario, Event, openActorNursery, openNursery } from ${LIBRARY};
${top}
export default defineScenario({
  name: "hidden",
  summary: "what could wake it is hidden",
  story: "setTimeout, fetch and Deno are words of a story here",
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  async run() {
    ${run}
  },
});
`;
}

/** Its teardown waits, under a shield. */
function rootText(waits: string): string {
  return `const woken = new Event("woken");
    const wake = () => woken.set();
    await openActorNursery(async (actors) => {
      actors.cancel("the program is over");
      await new CancelScope({ shield: true }).run(async () => {
        ${waits}
      });
    });`;
}

/** Waits for the answer of an actor that waits. */
const WAITS_FOR_CHILD = `await openNursery(async (work) => {
      await openActorNursery(async (actors) => {
        const module = import.meta.resolve("./child.ts");
        const portal = await actors.startActor("child", { module });
        work.spawn(async () => {
          await portal.run("work");
          await portal.cancelActor("it has been woken");
        });
      }, { atEnd: "wait" });
    });`;

function childText(top: string, waits: string): string {
  return `import { Event } from ${LIBRARY};
${top}
export async function work() {
  const woken = new Event("woken");
  const wake = () => woken.set();
  ${waits}
}
`;
}
