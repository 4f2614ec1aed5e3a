/** Hangs that are the program's own, and their fixed twins. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { judged, runReal } from "../../tests/support/run.ts";

const TIMEOUT = { timeout: 60_000 };
const PROGRAMS = new URL("../../fixtures/programs/", import.meta.url).href;

/** What each hang is, the last step of its path, and what its evidence has to tell. */
const HANGS = {
  "full-pipe": {
    class: "waits-outside",
    end: "hold: exit of head",
    tells: /process \d+ \(.*head -c 200000 .*\) waits in .*write.* the subject's own/,
  },
  "open-stream": {
    class: "waits-outside",
    end: "hold: shutdown of the server",
    tells: /has a TCP connection open .* and has the far end, too/,
  },
  "fetch": {
    class: "cancel-ignored",
    end: "unlabelled: a promise without a label",
    tells: /program_hangs.ts:\d+:\d+: root #\d+ ask was cancelled/,
  },
  "boot": {
    class: "boot-stuck",
    end: "hold: import of file:///",
    tells: /root\/child .* has waited for the import of .*imports_itself.ts/,
  },
  "shared-locks": {
    class: "wait-cycle",
    end: 'shared-lock: lock "books"',
    tells: /clerk.ts:\d+:\d+: root\/b waits for shared lock "books", which is up to root\/a/,
  },
  "lock-and-join": {
    class: "wait-cycle",
    end: 'lock: lock "registry" held by task #2 main',
    tells:
      /not proven, because a timer calls the function at .*program_hangs.ts:\d+:\d+ every 100 ms/,
  },
  "error-channel": {
    class: "never-settled",
    end: "send: errors, 0/0 full, 1 receivers",
    tells: /program_hangs.ts:\d+:\d+: root #\d+ second .* its only reader, #2 main, waits itself/,
  },
  "shield": {
    class: "shield-trapped",
    end: 'event: event "books closed"',
    tells: /program_hangs.ts:\d+:\d+: task "closeBooks" .* in rpc .* under a shield/,
  },
  "awaits-report": {
    class: "never-settled",
    end: 'event: event "report"',
    tells: /root\/clerk ended by itself/,
  },
} as const;

/** An actor counts as stuck in its start only after 2 s of it, a cycle that is not proven only after half a second. */
const DEADLINES_MS: Readonly<Record<string, number>> = {
  "boot": 2_500,
  "shared-locks": 1_000,
  "lock-and-join": 1_000,
  "watched-lock-and-join": 1_000,
  "error-channel": 1_000,
};

function run(way: string, fixed: "yes" | "no") {
  const own = way === "awaits-report";
  return runReal(own ? way : "program-hangs", {
    request: {
      scenarioUrl: `${PROGRAMS}${own ? "awaits_report" : "program_hangs"}.ts`,
      set: own ? { fixed } : { way, fixed },
      deadlineMs: fixed === "yes" ? 20_000 : DEADLINES_MS[way] ?? 700,
      softKillMs: 200,
      hardKillMs: 200,
      graceMs: 1_000,
    },
  });
}

for (const [way, expected] of Object.entries(HANGS)) {
  Deno.test(
    `runScenario says ${expected.class}, the program's, of ${way}, and of its fixed twin that it finished`,
    TIMEOUT,
    async () => {
      const [hung, fine] = await Promise.all([run(way, "no"), run(way, "yes")]);
      const { class: name, owner, path, evidence } = judged(hung);
      assertEquals([name, owner], [expected.class, "program"], JSON.stringify(path));
      const step = path?.steps.at(-1);
      assertStringIncludes(`${step?.kind}: ${step?.resource}`, expected.end);
      const details = evidence.map(({ detail }) => detail);
      assert(details.some((detail) => expected.tells.test(detail)), details.join("\n"));
      assertEquals(judged(fine).verdict, "finished");
    },
  );
}

Deno.test(
  "runScenario gives Ctrl-C no credit for a child that came out of its own code, and does not call it stuck",
  TIMEOUT,
  async () => {
    const { verdict, class: name, sigint, missing } = judged(await run("slow-child", "no"));
    assertEquals([verdict, name, sigint?.unwedged], ["hung", "unknown", false]);
    assertStringIncludes(sigint?.unsure ?? "", "root/clerk was in code");
    assert(missing.some((line) => line.includes("root/clerk stood still in code of its own")));
  },
);

Deno.test(
  "runScenario names no class of a cycle that a timer is about to end",
  TIMEOUT,
  async () => {
    const { class: name, missing } = judged(await run("watched-lock-and-join", "no"));
    assertEquals(name, "unknown");
    assert(
      missing.some((line) => /wait-cycle: .* a timer that was set for 10 min/.test(line)),
      missing.join("\n"),
    );
  },
);
