import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { DUMP, HUNG } from "../../../../tests/support/attempts.ts";
import type { Attempt } from "../../../model/result.ts";
import { FakeHung, report } from "../../../../tests/support/hung.ts";
import { play, screen } from "../../../../tests/support/triage.ts";

const TIMEOUT = { timeout: 5_000 };

for (const [key, kind] of [["q", "end"], ["g", "continue"], ["k", "kill"]] as const) {
  Deno.test(
    `triage decides ${kind} on ${key}, and does nothing to the subject`,
    TIMEOUT,
    async () => {
      const hung = new FakeHung();
      const { decision } = await play(hung, [key]);
      assertEquals([decision.kind, hung.done], [kind, []]);
    },
  );
}

Deno.test("triage does what each key says, and nothing else", TIMEOUT, async () => {
  const hung = new FakeHung();
  await play(hung, ["c", "1", "x", "q"]);
  assertEquals(hung.done.map(({ action }) => action), [
    { kind: "sigint" },
    { kind: "remedy", remedy: "channel-abort" },
    { kind: "cancel-root" },
  ]);
});

Deno.test("triage picks a task, a channel and an actor from the dump", TIMEOUT, async () => {
  const hung = new FakeHung();
  await play(hung, ["t", "a", "b", "a", "r", "a", "q"]);
  assertEquals(hung.done.map(({ action }) => action), [
    // A task that waits for a lost actor comes first.
    { kind: "cancel-task", actor: "root", task: 2 },
    { kind: "abort-channel", actor: "root", channel: "root->root/stuck" },
    { kind: "reap", actor: "root/stuck" },
  ]);
});

Deno.test("triage leaves a list with Escape and acts on nothing", TIMEOUT, async () => {
  const hung = new FakeHung();
  await play(hung, ["t", "z", { kind: "escape" }, "q"]);
  assertEquals(hung.done, []);
});

Deno.test("triage takes a key in a list for the list alone", TIMEOUT, async () => {
  const hung = new FakeHung();
  const { decision } = await play(hung, ["t", "q", "k", { kind: "escape" }, "g"]);
  assertEquals([decision.kind, hung.done], ["continue", []]);
});

Deno.test("triage says so when there is nothing to pick from", TIMEOUT, async () => {
  const hung = new FakeHung();
  hung.dump = { kind: "failed", why: "the inspector never came up" };
  const { shown } = await play(hung, ["t", "q"]);
  assertStringIncludes(shown, "No dump: the inspector never came up; d looks again.");
  assertStringIncludes(shown, "nothing to pick from");
});

Deno.test("triage says plainly what unwedged it, with the cause", TIMEOUT, async () => {
  const hung = new FakeHung();
  hung.answer = (action) =>
    report({
      action,
      unwedged: true,
      tasksLeft: ["root#10 b", "root#2 a"],
      clocks: { nurseryJoinedMs: 4, threadsGoneMs: null, processExitedMs: null },
    });
  const { shown } = await play(hung, ["1", "q"], screen(400));
  assertStringIncludes(shown, "UNWEDGED by channel-abort in 4.0 ms. The process stays.");
  assertMatch(shown, /Confirmed: .*aborting that channel let it finish in 4\.0 ms/);
  assertMatch(shown, /2 tasks left their waits:\n\s+root#2 a\n\s+root#10 b\n/);
});

Deno.test(
  "triage confirms a starved loop only with a Ctrl-C that was passed on in vain",
  TIMEOUT,
  async () => {
    const starved: Attempt = { ...HUNG, class: "loop-starved", sigint: null };
    const freed = report({
      action: { kind: "remedy", remedy: "sentinel" },
      unwedged: true,
      clocks: { nurseryJoinedMs: 4, threadsGoneMs: 5, processExitedMs: 6 },
    });
    const told = async (keys: readonly string[]) => {
      const hung = new FakeHung();
      hung.judged = starved;
      hung.answer = (action) => {
        if (action.kind !== "sigint") return freed;
        const probe = { sentMs: 1, actedMs: null, unwedged: false, joinedMs: null };
        hung.judged = { ...starved, sigint: { ...probe, certificate: null } };
        return report({ action });
      };
      return (await play(hung, [...keys, "q"], screen(400))).shown;
    };
    const untried = await told(["7"]);
    assertMatch(
      untried,
      /UNWEDGED by sentinel[^]*Shown: .*\nThis alone does not confirm the class/,
    );
    assertFalse(untried.includes("Confirmed"), untried);
    assertMatch(
      await told(["c", "7"]),
      /Confirmed: .*\nThis agrees with the class, loop-starved\./,
    );
  },
);

Deno.test(
  "triage claims nothing when a slow subject may have joined by itself",
  TIMEOUT,
  async () => {
    const hung = new FakeHung();
    hung.answer = (action) =>
      report({
        action,
        unsure: "the child was in a sleep",
        clocks: { nurseryJoinedMs: 300, threadsGoneMs: 310, processExitedMs: 320 },
      });
    const { shown } = await play(hung, ["c", "q"], screen(400));
    assertStringIncludes(shown, "perhaps by itself: before this, the child was in a sleep.");
    assertFalse(/UNWEDGED|Confirmed|Shown/.test(shown), shown);
  },
);

Deno.test("triage claims nothing when nothing came of an action", TIMEOUT, async () => {
  const { shown } = await play(new FakeHung(), ["1", "q"]);
  assertStringIncludes(shown, "nursery  has not joined, 2.00 s after it");
  assertFalse(/UNWEDGED|Confirmed|Shown/.test(shown), shown);
});

Deno.test("triage tells why there was nothing to do, or why it failed", TIMEOUT, async () => {
  const hung = new FakeHung();
  hung.answer = (action) =>
    report({ action, effect: { kind: "nothing-to-do", why: "no peer has gone" } });
  assertMatch(
    (await play(hung, ["1", "q"])).shown,
    /channel-abort: nothing to do\n {2}no peer has gone/,
  );
  hung.answer = (action) =>
    report({ action, effect: { kind: "failed", why: "a client is there" } });
  assertMatch((await play(hung, ["1", "q"])).shown, /channel-abort: failed\n {2}a client is there/);
});

Deno.test(
  "triage judges a subject that runs on behind the menu again before the first action",
  TIMEOUT,
  async () => {
    const told = async (because: FakeHung["because"]) => {
      const hung = new FakeHung();
      hung.because = because;
      // The subject moves on behind the first screen.
      const classes = ["stuck-child", "orphaned-channel"] as const;
      let judged = 0;
      hung.judge = () =>
        Promise.resolve({ ...HUNG, class: classes[Math.min(judged++, 1)] ?? "unknown" });
      hung.answer = (action) => {
        const clocks = { nurseryJoinedMs: 4, threadsGoneMs: null, processExitedMs: null };
        return report({ action, unwedged: true, clocks });
      };
      const { shown } = await play(hung, ["1", "1", "q"], screen(400));
      return { shown, looks: hung.looks };
    };
    const early = await told("interrupted");
    assertStringIncludes(early.shown, "This agrees with the class, orphaned-channel");
    assertEquals([early.looks, (await told("deadline-passed")).looks], [1, 0]);
  },
);

Deno.test("triage says that nothing moved between two dumps that are alike", TIMEOUT, async () => {
  const { shown } = await play(new FakeHung(), ["d", "q"]);
  assertStringIncludes(shown, "Nothing moved: the same 2 tasks in 2 isolates");
});

Deno.test(
  "triage offers less once the subject has exited, and goes on asking",
  TIMEOUT,
  async () => {
    const hung = new FakeHung();
    const told = Promise.withResolvers<void>();
    const playing = play(hung, [() => {
      hung.exit.resolve();
      told.resolve();
    }]);
    await told.promise;
    // The one key that it still waits for: the run is stopped.
    setTimeout(() => hung.stop.abort());
    const { shown, decision } = await playing;
    const [, after = ""] = shown.split("The subject has exited.");
    assert(after.includes("q quit"), shown);
    assertFalse(after.includes("channel-abort"), shown);
    assertEquals(decision.kind, "end");
  },
);

for (const turns of [0, 1, 2, 3, 4]) {
  Deno.test(
    `triage tells the exit, and not a wrong key, when the subject exits ${turns} turns after a key`,
    TIMEOUT,
    async () => {
      const hung = new FakeHung();
      const { shown } = await play(hung, [() => {
        let exit = Promise.resolve();
        for (let turn = 0; turn < turns; turn++) exit = exit.then(() => {});
        void exit.then(() => hung.exit.resolve());
        return Promise.resolve("1");
      }, "q"]);
      // Whether the key was in time to act, or not.
      assertEquals(
        [hung.done.length, shown.split("The subject has exited.").length - 1],
        hung.done.length > 0 ? [1, 0] : [0, 1],
      );
    },
  );
}

Deno.test("triage ends by itself when the run is stopped from elsewhere", TIMEOUT, async () => {
  const hung = new FakeHung();
  const { decision } = await play(hung, [() => hung.stop.abort()]);
  assertEquals(decision.kind, "end");
});

Deno.test("triage ends also in a list when the run is stopped", TIMEOUT, async () => {
  const hung = new FakeHung();
  const { decision, shown } = await play(hung, ["t", () => hung.stop.abort()]);
  assertEquals([decision.kind, hung.done], ["end", []]);
  // No second menu, which would ask for a key that triage does not read.
  assertEquals(shown.split("d look again").length - 1, 1);
});

Deno.test("triage draws the menu again after a sleep", TIMEOUT, async () => {
  const { shown } = await play(new FakeHung(), [{ kind: "awake" }, "q"]);
  assertEquals(shown.split("d look again").length - 1, 2);
});

Deno.test(
  "triage looks again on a SIGQUIT, in a list too, and picks nothing by it",
  TIMEOUT,
  async () => {
    const hung = new FakeHung();
    const quit = { kind: "dump" } as const;
    const { shown } = await play(hung, [quit, "t", quit, { kind: "escape" }, "q"]);
    assertEquals([shown.split("Nothing moved").length - 1, hung.done], [2, []]);
    assertEquals(shown.split("Cancel which task?").length - 1, 2);
  },
);

Deno.test("triage warns before the inspector's address is used", TIMEOUT, async () => {
  const { shown } = await play(new FakeHung(), ["i", "q"]);
  assertStringIncludes(shown, "js_app.html?ws=127.0.0.1:1/id");
  assertMatch(shown.replaceAll("\n", " "), /Only one client can look at a time/);
});

Deno.test("triage names the report that it wrote", TIMEOUT, async () => {
  assertStringIncludes((await play(new FakeHung(), ["w", "q"])).shown, "written: out/report.txt");
});

for (const [columns, rows] of [[80, 24], [120, 40]] as const) {
  Deno.test(`triage fits a terminal of ${columns}x${rows}`, TIMEOUT, async () => {
    const hung = new FakeHung();
    const many = Array.from(
      { length: 200 },
      (_, n) => ({
        ...DUMP.tasks[1],
        id: `root#${n + 10}`,
        actor: "root",
        name: `task ${n} ${"with a long name ".repeat(n % 7)}`,
        parent: null,
        state: "parked" as const,
        parkedOn: { kind: `kind-${n}`, resource: "r".repeat(n), peer: null, peerState: null },
        sinceMs: n,
        shielded: false,
        cancelled: null,
        site: null,
        createdAt: null,
      }),
    );
    hung.dump = { kind: "taken", dump: { ...DUMP, tasks: [...DUMP.tasks, ...many] } };
    const { shown } = await play(hung, ["t", { kind: "escape" }, "?", "q"], screen(columns, rows));
    const lines = shown.split("\n");
    for (const line of lines) assert(line.length < columns, line);
    // The first screen is one screen, and says that there is more.
    const prompt = lines.findIndex((line) => line.startsWith("triage>"));
    assert(prompt < rows, `${prompt} lines`);
    assertMatch(lines.slice(0, prompt).join("\n"), /… \d+ more tasks/);
  });
}
