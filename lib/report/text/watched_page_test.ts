import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Dump, WatchedProcess } from "../../model/dump.ts";
import type { Attempt } from "../../model/result.ts";
import { DUMP, FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { casesOf } from "../ci/cases.ts";
import { renderJUnit } from "../ci/junit.ts";
import { makeStyle } from "./style.ts";
import { renderWatched } from "./watched_page.ts";
import { clocksText } from "./watched_text.ts";

const OWN: WatchedProcess = {
  ...{ pid: 7, parent: 1, command: "node server.js", state: "S", wchan: "do_epoll_wait" },
  ...{ descriptor: null, farPid: null, runtime: "node", inside: null, why: null },
};
const INSIDE: Dump = { ...DUMP, tasks: [], pid: 7, processes: [OWN] };

function watched(change: Partial<Attempt> = {}) {
  const command = { command: ["npm", "start"], because: "deadline", boundMs: 5_000 } as const;
  const asked = { signal: "SIGTERM", endedMs: null };
  const dump = INSIDE;
  return {
    ...HUNG,
    class: "unknown",
    owner: null,
    dump,
    watched: { ...command, asked },
    ...change,
  };
}

function pageOf(attempt: ReturnType<typeof watched>, columns = 80): string[] {
  const page = { style: makeStyle(false), here: "/project", columns };
  return renderWatched({
    ...{
      name: "npm start",
      attempt,
      exitCode: 124,
      note: null,
      next: "again",
      fullReport: "r.txt",
    },
    ...{ amount: "normal", stacks: "folded", internalFrames: false },
  }, page).trimEnd().split("\n");
}

Deno.test("the page of a watched command names the process and the line of the program that runs", () => {
  const lines = pageOf(watched(), 120);
  const at = lines.findIndex((line) => line.startsWith("HUNG npm start"));
  assertEquals(lines.slice(at, at + 3), [
    "HUNG npm start: it had not ended when its deadline of 5 s passed; no class fits what was seen (exit code 124)",
    "  fixtures/children/non_checkpointing.ts:12:13 waitInSlices",
    "      runs in worker-1 of process 7 (node server.js)",
  ]);
  assert(lines.includes("  SIGTERM did not end it, and it was killed"));
});

Deno.test("the page of a watched command fits one screen, however much there is to tell", () => {
  const processes = Array.from({ length: 40 }, (_, n) => ({ ...OWN, pid: n, parent: n - 1 }));
  const isolates = INSIDE.isolates.flatMap((isolate) =>
    Array.from({ length: 40 }, (_, n) => ({ ...isolate, id: `${isolate.id}-${n}` }))
  );
  const dump = { ...INSIDE, processes, isolates };
  const leftovers = Array.from({ length: 40 }, (_, n) => `handle ${n} of many words `.repeat(9));
  assert(pageOf(watched({ dump, leftovers })).length <= 40);
});

Deno.test("a watched command that hangs is a failure in JUnit, one that ends none, by its plain name", () => {
  const document = suiteDocument([
    { ...scenarioOf("npm start", [watched()]) },
    {
      ...scenarioOf("npm test", [{
        ...FINISHED,
        watched: { command: ["npm", "test"], because: null, boundMs: null, asked: null },
      }]),
    },
  ], []);
  assertEquals(casesOf(document).map(({ name, outcome }) => [name, outcome.kind]), [
    ["npm start", "mismatch"],
    ["npm test", "as-declared"],
  ]);
  const xml = renderJUnit(document, () => null);
  assertMatch(xml, /failures="1"/);
  assertMatch(xml, /message="npm start: it had not ended when its deadline of 5 s passed/);
});

Deno.test("clocksText tells main, workers and the process of a command that was told to stop, as far as they are known", () => {
  const idle = { actor: null, state: "parked", thread: null, samples: [] } as const;
  const main = { ...idle, id: "main", kind: "main" } as const;
  const worker = { ...idle, id: "worker-1", kind: "worker" } as const;
  const heap = { isolate: "main", tree: [], kept: true };
  const clocks = { nurseryJoinedMs: null, threadsGoneMs: 50, processExitedMs: null };
  const told = (change: Partial<Dump>, more: Partial<Attempt> = {}) =>
    clocksText({
      ...watched(),
      phase: "teardown",
      clocks,
      ...more,
      dump: { ...INSIDE, ...change },
    });
  assertEquals(
    [
      told({ isolates: [main], awaits: [heap] }),
      told({ isolates: [main, worker], awaits: [{ ...heap, kept: false }] }),
      told({ isolates: [main] }, { clocks: { ...clocks, threadsGoneMs: null } }),
      told({ isolates: [main], awaits: [heap] }, { phase: "body" }),
    ],
    [
      "main awaited nothing any more; no worker was left 50 ms after it was told; the process stayed",
      "1 worker had not ended; the process stayed",
      null,
      null,
    ],
  );
});
