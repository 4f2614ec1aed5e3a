/** Programs that wait for something outside of the runtime, and their fixed twins. */

import { assertEquals } from "@std/assert";
import { judged, runReal } from "../../tests/support/run.ts";

const TIMEOUT = { timeout: 60_000 };
const SCENARIO = new URL("../../fixtures/programs/waits_outside.ts", import.meta.url).href;

/** What each hang is, where it stands, and what has to be seen of the world outside. */
const HANGS = {
  "full-pipe": { class: "waits-outside", at: "hold: exit of head", beside: "process" },
  "open-stream": {
    class: "waits-outside",
    at: "hold: shutdown of the server",
    beside: "connection",
  },
  "fetch": {
    class: "cancel-ignored",
    at: "unlabelled: a promise without a label",
    beside: "connection",
  },
  "boot": { class: "boot-stuck", at: "handshake: handshake of root/child", beside: null },
} as const;

/** An actor counts as stuck in its start only after 2 s of it. */
const DEADLINES_MS: Readonly<Record<string, number>> = { boot: 2_500 };

function run(way: string, fixed: "yes" | "no") {
  return runReal("waits-outside", {
    request: {
      scenarioUrl: SCENARIO,
      set: { way, fixed },
      deadlineMs: fixed === "yes" ? 20_000 : DEADLINES_MS[way] ?? 700,
      graceMs: 300,
    },
  });
}

for (const [way, expected] of Object.entries(HANGS)) {
  Deno.test(
    `runScenario says ${expected.class}, the program's, of ${way}, and of its fixed twin that it finished`,
    TIMEOUT,
    async () => {
      const [hung, fine] = await Promise.all([run(way, "no"), run(way, "yes")]);
      const { class: name, owner, path, dump } = judged(hung);
      assertEquals([name, owner], [expected.class, "program"], JSON.stringify(path));
      const step = path?.steps.at(-1);
      assertEquals(`${step?.kind}: ${step?.resource}`, expected.at);
      const { processes = [], sockets = [] } = dump?.outside ?? {};
      assertEquals(
        processes.map(({ command }) => command.split(" ").slice(1)),
        expected.beside === "process" ? [["-c", "200000", "/dev/zero"]] : [],
      );
      assertEquals(processes.every(({ descriptor }) => typeof descriptor?.ours === "number"), true);
      assertEquals(sockets.some(({ toItself }) => toItself), expected.beside === "connection");
      assertEquals(judged(fine).verdict, "finished");
    },
  );
}
