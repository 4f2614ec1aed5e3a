/** That a class is not named where the witness that would rule another out was not heard. */

import { assert, assertEquals } from "@std/assert";
import type { IsolateDump } from "../model/dump.ts";
import type { ActionReport } from "../model/action.ts";
import { outcomeOfReports } from "./cause/tried.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import {
  ACTED,
  CHILD,
  frame,
  IDLE_MAIN,
  IGNORED,
  isolate,
  leaked,
  orphaned,
  starved,
  STARVED_MAIN,
  stuckChild,
  withDump,
} from "../../tests/support/facts.ts";

const WHY = "requires all access to /proc";

/** The same where /proc cannot be read: no thread, and no isolate that the inspector did not find. */
function blind(facts: Facts, isolates?: readonly IsolateDump[], more: Partial<Facts> = {}): Facts {
  const seen = isolates ?? facts.dump?.isolates ?? [];
  return withDump(facts, {
    isolates: seen.map((each) => ({ ...each, thread: null })),
    unseen: [{ what: "threads", why: WHY }],
  }, more);
}

function classOf(facts: Facts): string | null {
  return classify(facts).class;
}

function names(facts: Facts, text: string): boolean {
  return classify(facts).missing.some((line) => line.includes(text));
}

Deno.test("classify names no orphaned channel where the lost child may be in a native call that only /proc shows", () => {
  const hidden = blind(orphaned(), [IDLE_MAIN]);
  assertEquals(classOf(hidden), "unknown");
  assert(names(hidden, WHY));
  assert(names(hidden, `${CHILD} answers no inspector`));
  // With /proc it is known that there is no such thread; a proof of death says so, too.
  assertEquals(classOf(withDump(orphaned(), { isolates: [IDLE_MAIN] })), "orphaned-channel");
  assertEquals(classOf({ ...hidden, deadActors: [CHILD] }), "orphaned-channel");
  assertEquals(
    classOf(blind(orphaned(), [IDLE_MAIN, isolate({ state: "parked", samples: [] })])),
    "orphaned-channel",
  );
});

Deno.test("classify takes silence for a native call only where the kernel shows the thread", () => {
  const silent = isolate({ state: "native-blocked", samples: [] });
  assertEquals(classOf(withDump(orphaned(), { isolates: [IDLE_MAIN, silent] })), "stuck-child");
  assertEquals(classOf(withDump(stuckChild(), { isolates: [IDLE_MAIN, silent] })), "stuck-child");
  for (const facts of [orphaned(), stuckChild()]) {
    assertEquals(classOf(blind(facts, [IDLE_MAIN, silent])), "unknown");
  }
  const main = { ...STARVED_MAIN, state: "native-blocked" as const, samples: [] };
  const native = withDump(starved(), { isolates: [main], sharedLocks: [] });
  assertEquals([classOf(native), classOf(blind(native))], ["loop-starved", "unknown"]);
});

Deno.test("classify names no class for a busy child whose reads are not counted, unless its program cannot read", () => {
  for (const facts of [orphaned(), stuckChild()]) {
    const readsUnseen = withDump(facts, { unseen: [{ what: "reads", why: WHY }] });
    for (const unread of [blind(facts), readsUnseen]) {
      assertEquals(classOf(unread), "unknown");
      assert(names(unread, "whether it only reads at the end of something is not seen"));
      assertEquals(classOf({ ...unread, cannotRead: [CHILD] }), classOf(facts));
    }
  }
});

Deno.test("classify takes an isolate that answers for a thread that stays, and blames no handle for one that may hide", () => {
  const hardKilled = classify(blind(leaked()));
  assertEquals([hardKilled.class, hardKilled.owner], ["exit-leak", "platform"]);
  const alone = (more: Partial<Facts> = {}) => blind(leaked(), [IDLE_MAIN], more);
  const handles = ["a timer in main"];
  assertEquals(classOf(alone({ handles })), "unknown");
  const dead = [{ path: CHILD, spawnedMs: -300, deadMs: 500 }];
  assertEquals(classOf(alone({ handles, actors: dead })), "exit-leak");
  // Nothing named, and a worker that is no actor's would not be seen.
  assertEquals(classOf(alone({ actors: dead })), "unknown");
});

Deno.test("classify does not say that a child spins or blocks when its thread is not seen", () => {
  const { evidence } = classify(blind(orphaned({ cannotRead: [CHILD] })));
  const child = evidence.filter(({ kind }) => kind === "child").map(({ detail }) => detail);
  assertEquals(child.map((detail) => detail.split(":")[0]), ["child busy"]);
});

Deno.test("classify concludes nothing from a signal that was not waited for", () => {
  const unseen = "the grace period of 500 ms is too short";
  const inVain = { ...ACTED, unwedged: false, joinedMs: null };
  const notJoined = orphaned({ sigint: { ...inVain, unseen } });
  // Whether a shield keeps the signal away or nobody has told the sender is exactly what it would have shown.
  assertEquals(classOf(orphaned({ sigint: inVain })), "unknown");
  assertEquals(classOf(notJoined), "orphaned-channel");
  const { certificate: _, ...ignored } = IGNORED;
  const notActed = { ...ignored, certificate: null, unseen };
  const turning = { beats: 5, lastBeatMs: 50, maxGapMs: 90 };
  assertEquals(classOf(starved({ sigint: notActed, loop: turning })), "unknown");
  assert(names(starved({ sigint: notActed, loop: turning }), unseen));
  // A heart that has stopped is a witness of its own.
  assertEquals(classOf(starved({ sigint: notActed })), "loop-starved");
});

Deno.test("classify says that nothing stands still by looks that are one moment", () => {
  const close = [5, 15].map((atMs) => ({ atMs, frames: [frame("wait", 7)] }));
  const facts = withDump(stuckChild(), { isolates: [IDLE_MAIN, isolate({ samples: close })] });
  assertEquals(classOf(facts), "unknown");
  assert(names(facts, "--sample-gap"));
});

Deno.test("classify names no class while a child is still being ended", () => {
  const bounds = { softKillMs: 5_000, hardKillMs: 5_000 };
  const rung = { actor: CHILD, rung: "soft-kill", ackedMs: null } as const;
  const asked = { ...rung, askedMs: 1_000, effect: null, effectMs: null };
  const answered = { ...rung, askedMs: 1_000, effect: "no-answer", effectMs: 6_000 };
  for (const facts of [orphaned(), stuckChild()]) {
    for (const step of [asked, answered]) {
      const early = { ...facts, bounds, ladder: [step] };
      assertEquals(classOf(early), "unknown");
      assert(names(early, "the deadline is too short for this teardown"));
    }
    const over = { ...answered, effectMs: 4_500 };
    assertEquals(classOf({ ...facts, bounds, ladder: [over] }), classOf(facts));
    // Long overdue: who should have gone on with it is stuck.
    const overdue = { softKillMs: 500, hardKillMs: 500 };
    assertEquals(classOf({ ...facts, bounds: overdue, ladder: [asked] }), classOf(facts));
  }
});

Deno.test("classify calls a leak late when the process went by itself after the deadline", () => {
  const clocks = { nurseryJoinedMs: 700, threadsGoneMs: 5_030, processExitedMs: 5_040 };
  const diagnosis = classify(leaked({ clocks }));
  assertEquals([diagnosis.class, diagnosis.owner], ["late", null]);
});

Deno.test("outcomeOfReports lets an action answer nothing that was not watched for long enough", () => {
  const report: ActionReport = {
    action: { kind: "remedy", remedy: "channel-abort" },
    atMs: 3_000,
    effect: { kind: "applied", did: ["broke the channel"] },
    tasksLeft: [],
    clocks: { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null },
    unwedged: false,
    watchedMs: 300,
  };
  assertEquals(outcomeOfReports([report]).kind, "applied");
  const unseen = "the grace period of 300 ms is too short";
  assertEquals(outcomeOfReports([{ ...report, unseen }]), { kind: "void", why: unseen });
});

Deno.test("classify blames nothing for a process that was not given the time to go", () => {
  assertEquals(classOf(leaked({ graceMs: 2_000 })), "exit-leak");
  const short = leaked({ graceMs: 100 });
  assertEquals(classOf(short), "unknown");
  assert(names(short, "the grace period of 100 ms is too short"));
});

Deno.test("classify does not take a beat from before main stood still for a loop that turns", () => {
  const lately = { beats: 9, lastBeatMs: 400, maxGapMs: 100 };
  const held = (main: IsolateDump) =>
    withDump(stuckChild({ sigint: null, loop: lately }), { isolates: [main, isolate()] });
  assertEquals(classOf(held(IDLE_MAIN)), "stuck-child");
  assertEquals(classOf(held(STARVED_MAIN)), "unknown");
});
