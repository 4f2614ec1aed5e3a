import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { IsolateDump } from "../model/dump.ts";
import { classify, RULES } from "./classify.ts";
import { CLASSES } from "./classes/registry.ts";
import type { Facts } from "./facts.ts";
import {
  ACTED,
  CHILD,
  frame,
  IDLE_MAIN,
  IGNORED,
  isolate,
  kinds,
  leaked,
  orphaned,
  starved,
  STARVED_MAIN,
  stuckChild,
  task,
  variantOf,
  withDump,
} from "../../tests/support/facts.ts";

Deno.test("classify names orphaned-channel, supervisor, with the parked task and its line", () => {
  const diagnosis = classify(orphaned());
  assertEquals(diagnosis.class, "orphaned-channel");
  assertEquals(diagnosis.owner, "supervisor");
  assertEquals(diagnosis.missing, []);
  const { parked, child, ladder, sigint } = kinds(orphaned());
  assertEquals(parked, [
    `/p/parent.ts:5:3: task "reader" of root has been parked in recv on channel root->${CHILD} ` +
    `for 3.00 s; its peer ${CHILD} is abandoned`,
  ]);
  assertEquals(child, [
    `child blocked: ${CHILD} (worker-1) was in wait at /p/child.ts:7:1 in all 2 samples`,
  ]);
  assertEquals(ladder, [`hard-kill of ${CHILD}: no-answer after 500 ms`]);
  assertEquals(sigint, [
    "SIGINT was acted on after 2.0 ms",
    "the nursery joined 4.0 ms after SIGINT",
  ]);
});

Deno.test("classify tells of a task of unwedge's own by the line of the program that had it made", () => {
  const site = { file: import.meta.resolve("../actor/lock.ts"), line: 84, column: 1 };
  const own = (createdAt: typeof site | null) =>
    kinds(withDump(orphaned(), { tasks: [task({ site, createdAt })] }))["parked"]?.[0];
  const started = { file: "file:///p/parent.ts", line: 24, column: 7 };
  assertStringIncludes(
    own(started) ?? "",
    '/p/parent.ts:24:7: task "reader" of root, which was started here, has been parked in recv',
  );
  assertEquals(own(null)?.startsWith('task "reader" of root has been parked in recv'), true);
});

Deno.test("classify points with every ref at something that is in the document", () => {
  for (const facts of [orphaned(), starved(), stuckChild(), leaked()]) {
    for (const { ref } of classify(facts).evidence) {
      if (ref === null) continue;
      const found = ref.split(/[.[\]]+/).filter((part) => part !== "").reduce<unknown>(
        (value, key) => (value as Record<string, unknown>)[key],
        facts,
      );
      assert(found !== undefined && found !== null, ref);
    }
  }
});

Deno.test("classify tells the children of an orphaned channel apart by one fact", () => {
  const child = (change: Partial<IsolateDump>, deadActors: string[] = []) =>
    kinds(withDump(orphaned({ deadActors }), { isolates: [IDLE_MAIN, isolate(change)] })).child;
  const thread = { tid: 2, name: "worker-1", state: "R", wchan: null, cpuTicks: 15 };
  assert(child({ thread })?.[0]?.startsWith("child spinning:"));
  assert(child({})?.[0]?.startsWith("child blocked:"));
  assert(child({ state: "parked", samples: [] })?.[0]?.startsWith("child idle:"));
  assert(child({ state: "native-blocked", samples: [] })?.[0]?.startsWith("child in a native"));
  assert(child({ state: "gone", samples: [] }, [CHILD])?.[0]?.startsWith("peer dead:"));
  assertEquals(child({ state: "gone", samples: [] }), undefined);
});

Deno.test("classify takes a full channel with a dead reader for an orphaned one too", () => {
  const wait = { kind: "send", resource: "channel", peer: CHILD, peerState: "dead" as const };
  const facts = withDump(orphaned(), { tasks: [task({ parkedOn: wait })] });
  assertEquals(classify(facts).class, "orphaned-channel");
});

Deno.test("classify names no orphaned channel while the peer lives", () => {
  const wait = { kind: "recv", resource: "channel", peer: CHILD, peerState: "alive" as const };
  const facts = withDump(orphaned(), {
    isolates: [IDLE_MAIN, isolate({ state: "parked", samples: [] })],
    tasks: [task({ parkedOn: wait })],
  });
  const diagnosis = classify(facts);
  assertEquals(diagnosis.class, "unknown");
  assert(
    diagnosis.missing.some((line) =>
      line.startsWith("orphaned-channel: it would have to be seen that a task")
    ),
  );
});

Deno.test("classify names no orphaned channel when the receiver has been told", () => {
  const [channel] = orphaned().dump?.channels ?? [];
  assert(channel !== undefined);
  const facts = withDump(orphaned(), { channels: [{ ...channel, state: "broken" }] });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify does not call it an orphaned channel when a shield held against SIGINT", () => {
  const facts = withDump(
    orphaned({ sigint: { ...ACTED, unwedged: false, joinedMs: null } }),
    { tasks: [task({ shielded: true })] },
  );
  assertEquals(classify(facts).class, "shield-trapped");
});

Deno.test("classify does not mind a shield that the interrupt got through", () => {
  const facts = withDump(orphaned(), { tasks: [task({ shielded: true })] });
  assertEquals(classify(facts).class, "orphaned-channel");
});

Deno.test("classify does not call it an orphaned channel when SIGINT did not unwedge it", () => {
  const facts = orphaned({ sigint: { ...ACTED, unwedged: false, joinedMs: null } });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify turns from orphaned-channel to unknown when SIGINT alone is ignored", () => {
  const diagnosis = classify(orphaned({ sigint: IGNORED }));
  assertEquals(diagnosis.class, "unknown");
  assert(
    diagnosis.missing.some((line) => line.startsWith("loop-starved: it would have to be seen")),
  );
});

Deno.test("classify goes by the heartbeat when there was no SIGINT probe", () => {
  assertEquals(classify(orphaned({ sigint: null })).class, "orphaned-channel");
  const stopped = { beats: 3, lastBeatMs: 4_000, maxGapMs: 0 };
  assertEquals(classify(orphaned({ sigint: null, loop: stopped })).class, "unknown");
  assertEquals(classify(starved({ sigint: null })).class, "loop-starved");
  const turning = { beats: 3, lastBeatMs: 50, maxGapMs: 0 };
  assertEquals(classify(starved({ sigint: null, loop: turning })).class, "unknown");
});

Deno.test("classify names loop-starved, the program's, with lock, holder and certificate", () => {
  const diagnosis = classify(starved());
  assertEquals(diagnosis.class, "loop-starved");
  assertEquals(diagnosis.owner, "program");
  const { lock, main, certificate } = kinds(starved());
  assertEquals(lock, [
    `main has been blocked for 4.00 s on shared lock "registry", held by ${CHILD}, which is ` +
    "abandoned",
  ]);
  assertEquals(main, ["main was in wait at /p/child.ts:7:1 in all 2 samples, blocked"]);
  assertEquals(certificate?.length, 4);
});

Deno.test("classify names the program when the holder of main's lock lives", () => {
  const [lock] = starved().dump?.sharedLocks ?? [];
  assert(lock !== undefined);
  const facts = withDump(starved(), { sharedLocks: [{ ...lock, holderState: "alive" }] });
  assertEquals(classify(facts).owner, "program");
  assertEquals(variantOf(facts), "loop-starved: waits for a living lock holder");
});

Deno.test("classify tells a spinning main, a blocked one and a native call apart", () => {
  const main = (change: Partial<IsolateDump>) =>
    variantOf(withDump(starved(), {
      isolates: [{ ...STARVED_MAIN, ...change }],
      sharedLocks: [],
    }));
  const thread = { tid: 1, name: "deno", state: "R", wchan: null, cpuTicks: 20 };
  assertEquals(main({ thread }), "loop-starved: main spins");
  assertEquals(main({}), "loop-starved: main blocks in JavaScript");
  assertEquals(
    main({ state: "native-blocked", samples: [] }),
    "loop-starved: main is in a native call",
  );
});

Deno.test("classify does not call main starved when it moves between two looks", () => {
  const samples = [
    { atMs: 0, frames: [frame("first", 1)] },
    { atMs: 150, frames: [frame("second", 2)] },
  ];
  const facts = withDump(starved(), { isolates: [{ ...STARVED_MAIN, samples }], sharedLocks: [] });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify calls nothing stuck after a single look", () => {
  const samples = STARVED_MAIN.samples.slice(0, 1);
  const facts = withDump(starved(), { isolates: [{ ...STARVED_MAIN, samples }] });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify names stuck-child, the program's, with the child's line", () => {
  const diagnosis = classify(stuckChild());
  assertEquals(diagnosis.class, "stuck-child");
  assertEquals(diagnosis.owner, "program");
  assertEquals(kinds(stuckChild()).child, [
    `child blocked: ${CHILD} (worker-1) was in wait at /p/child.ts:7:1 in all 2 samples`,
  ]);
});

Deno.test("classify does not call a child stuck that goes on, or that would answer", () => {
  const moving = isolate({
    samples: [{ atMs: 0, frames: [frame("a", 1)] }, { atMs: 150, frames: [frame("b", 2)] }],
  });
  const idle = isolate({ state: "parked", samples: [] });
  for (const child of [moving, idle]) {
    const facts = withDump(stuckChild(), { isolates: [IDLE_MAIN, child] });
    assertEquals(classify(facts).class, "unknown");
  }
});

Deno.test("classify prefers neither of two classes that fit alike", () => {
  const [orphanRule, stuckRule] = [
    RULES.findLast((rule) => rule.class === "orphaned-channel" && rule.unrecorded !== true),
    RULES.find((rule) => rule.class === "stuck-child"),
  ];
  assert(orphanRule !== undefined && stuckRule !== undefined);
  const greedy = { ...stuckRule, requires: orphanRule.requires, ruledOutBy: [] };
  const diagnosis = classify(orphaned(), [orphanRule, greedy]);
  assertEquals(diagnosis.class, "unknown");
  assertEquals(diagnosis.missing[0], "the evidence fits orphaned-channel and stuck-child alike");
});

Deno.test("classify says late, nobody's, when the nursery joined by itself after the deadline", () => {
  const diagnosis = classify(orphaned({ joinedByItselfMs: 5_300, sigint: null }));
  assertEquals(diagnosis.class, "late");
  assertEquals(diagnosis.owner, null);
});

Deno.test("classify names exit-leak, the platform's, when a thread survives terminate()", () => {
  const diagnosis = classify(leaked());
  assertEquals([diagnosis.class, diagnosis.owner], ["exit-leak", "platform"]);
  assertEquals(variantOf(leaked()), "exit-leak: terminate() did not terminate");
});

Deno.test("classify tells the leftovers of a leak apart by one fact", () => {
  assertEquals(variantOf(leaked({ ladder: [] })), "exit-leak: an actor was forgotten");
  const foreign = withDump(leaked(), { isolates: [IDLE_MAIN, isolate({ actor: null })] });
  assertEquals(variantOf(foreign), "exit-leak: a worker of the program's own");
  const alone = withDump(leaked(), { isolates: [IDLE_MAIN] });
  assertEquals(variantOf(alone), "exit-leak: a handle in main");
  assertEquals(
    variantOf({ ...alone, heldByDebugger: true }),
    "exit-leak: a client of the inspector stays connected",
  );
  assertEquals(classify(withDump(alone, { complete: false })).class, "unknown");
  const busy = withDump(leaked(), { isolates: [STARVED_MAIN] });
  assertEquals(classify(busy).class, "unknown");
});

Deno.test("classify names among the evidence what is open in main, and says when it has no name", () => {
  const alone = withDump(leaked(), { isolates: [IDLE_MAIN] });
  const details = (handles: readonly string[]) =>
    classify({ ...alone, handles }).evidence.filter(({ kind }) => kind === "leftover")
      .map(({ detail }) => detail.split("does not exit: ")[1]);
  assertEquals(details(["a timer", "a listener"]), ["a timer", "a listener"]);
  assertEquals(details([]), ["something that has no name from outside keeps it"]);
});

Deno.test("classify does not take a thread that ended for a leftover", () => {
  const gone = isolate({ state: "gone", thread: null, samples: [] });
  assertEquals(
    variantOf(withDump(leaked(), { isolates: [IDLE_MAIN, gone] })),
    "exit-leak: a handle in main",
  );
});

Deno.test("classify says without a dump what is missing, and names no class", () => {
  const diagnosis = classify(orphaned({ dump: null, dumpFailure: "connection refused" }));
  assertEquals(diagnosis.class, "unknown");
  assertEquals(diagnosis.missing[0], "there is no dump: connection refused");
});

Deno.test("classify says which isolates did not answer when it does not know", () => {
  const facts = withDump(orphaned(), {
    tasks: [],
    complete: false,
    missing: [{ isolate: "worker-1", why: "native-blocked" }],
  });
  assert(classify(facts).missing.includes("worker-1: native-blocked"));
});

Deno.test("classify gives a run that neither hung nor leaked no class", () => {
  for (const verdict of ["finished", "failed", "crashed", "interrupted"] as const) {
    const diagnosis = classify(orphaned({ verdict }));
    assertEquals(diagnosis, { class: null, owner: null, evidence: [], missing: [] });
  }
});

Deno.test("classify says for each class it names what rules the others out", () => {
  const lines = kinds(orphaned())["ruled-out"] ?? [];
  assertEquals(lines.map((line) => line.split(":")[0]), [
    "boot-death",
    "boot-stuck",
    "shield-trapped",
    "wait-cycle",
    "cascade-stalled",
    "loop-starved",
    "stuck-child",
    "cancel-swallowed",
    "eof-spin",
    "lost-wakeup",
    "never-settled",
    "waits-outside",
    "cancel-ignored",
    "late",
  ]);
});

Deno.test("classify counts what it does not show of 25 abandoned children", () => {
  const tasks = Array.from(
    { length: 25 },
    (_, n) => task({ id: `root#${n}`, name: `reader-${n}` }),
  );
  const { parked } = kinds(withDump(orphaned(), { tasks }));
  assertEquals(parked?.length, 6);
  assertEquals(parked?.at(-1), "and 20 more of this kind");
});

Deno.test("classify decides by no rule's place", () => {
  for (const facts of [orphaned(), starved(), stuckChild(), leaked()]) {
    assertEquals(classify(facts, RULES.toReversed()).class, classify(facts).class);
  }
});

Deno.test("CLASSES: every class but unknown can be named, and no name stands twice", () => {
  assertEquals(CLASSES.filter(({ rules }) => rules.length === 0).map(({ name }) => name), [
    "unknown",
  ]);
  assertEquals(new Set(CLASSES.map(({ name }) => name)).size, CLASSES.length);
});

/** One run for each way in which main can be starved. */
const STARVED_WAYS: Readonly<Record<string, () => Facts>> = {
  "hostage of a dead lock holder": () => starved(),
  "waits for a living lock holder": () => {
    const locks = starved().dump?.sharedLocks ?? [];
    const sharedLocks = locks.map((lock) => ({ ...lock, holderState: "alive" as const }));
    return withDump(starved(), { sharedLocks });
  },
  "waits for a lock whose holder is not known": () => {
    const locks = starved().dump?.sharedLocks ?? [];
    const sharedLocks = locks.map((lock) => ({ ...lock, holder: null, holderState: null }));
    return withDump(starved(), { sharedLocks });
  },
  "main spins": () => {
    const thread = { tid: 1, name: "deno", state: "R", wchan: null, cpuTicks: 20 };
    return withDump(starved(), { isolates: [{ ...STARVED_MAIN, thread }], sharedLocks: [] });
  },
  "microtasks keep main from turning": () => {
    const thread = { tid: 1, name: "deno", state: "R", wchan: null, cpuTicks: 20 };
    const main = { ...STARVED_MAIN, thread, microtasks: "run" as const };
    return withDump(starved(), { isolates: [main], sharedLocks: [] });
  },
  "main blocks in JavaScript": () => withDump(starved(), { sharedLocks: [] }),
  "main is in a native call": () => {
    const main = { ...STARVED_MAIN, state: "native-blocked" as const, samples: [] };
    return withDump(starved(), { isolates: [main], sharedLocks: [] });
  },
};

Deno.test("classify tells every way of starving main by its own row", () => {
  for (const [variant, facts] of Object.entries(STARVED_WAYS)) {
    assertEquals(variantOf(facts()), `loop-starved: ${variant}`);
  }
});

Deno.test("classify shows where main stands for every way of starving it", () => {
  for (const facts of Object.values(STARVED_WAYS)) assertEquals(kinds(facts()).main?.length, 1);
});

Deno.test("classify turns from a storm of microtasks to a long run by whether one has run", () => {
  const storm = STARVED_WAYS["microtasks keep main from turning"]?.() ?? starved();
  const [main] = storm.dump?.isolates ?? [];
  assert(main !== undefined);
  const stands = withDump(storm, { isolates: [{ ...main, microtasks: "stand" }] });
  assertEquals(variantOf(stands), "loop-starved: main spins");
});

Deno.test("classify shows what main's thread does when no lock explains it", () => {
  assertEquals(kinds(STARVED_WAYS["main spins"]?.() ?? starved()).thread, [
    "main's thread was in state R and burnt 20 clock ticks during the dump",
  ]);
  assertEquals(kinds(STARVED_WAYS["main blocks in JavaScript"]?.() ?? starved()).thread, [
    "main's thread was in state S in futex_do_wait and burnt 0 clock ticks during the dump",
  ]);
});

Deno.test("classify calls main starved in no way once SIGINT was acted on", () => {
  const sigint = { ...ACTED, unwedged: false, joinedMs: null };
  for (const facts of Object.values(STARVED_WAYS)) {
    assertEquals(classify({ ...facts(), sigint }).class, "unknown");
  }
});

Deno.test("classify calls main starved in no way while its heart beats", () => {
  const loop = { beats: 50, lastBeatMs: 40, maxGapMs: 20 };
  for (const facts of Object.values(STARVED_WAYS)) {
    assertEquals(classify({ ...facts(), sigint: null, loop }).class, "unknown");
  }
});

Deno.test("classify calls a hang late, and nothing else, when the nursery joined by itself", () => {
  const runs = [orphaned({ sigint: null }), stuckChild({ sigint: null })];
  for (const facts of [...runs, ...Object.values(STARVED_WAYS).map((facts) => facts())]) {
    const diagnosis = classify({ ...facts, joinedByItselfMs: 5_300 });
    assertEquals(diagnosis.class, "late");
  }
});

Deno.test("classify does not call a child stuck when main's loop is not known to turn", () => {
  const loop = { beats: 0, lastBeatMs: null, maxGapMs: 0 };
  assertEquals(classify(stuckChild({ sigint: null, loop })).class, "unknown");
  assertEquals(classify(stuckChild({ sigint: IGNORED })).class, "unknown");
});

Deno.test("classify blames no child that is waited for when another one was orphaned", () => {
  const wait = { kind: "thread", resource: "end of worker-1", peer: CHILD, peerState: "alive" };
  const held = task({ id: "root#4", parkedOn: { ...wait, peerState: "alive" } });
  assertEquals(classify(withDump(orphaned(), { tasks: [task(), held] })).class, "orphaned-channel");
  const trapped = withDump(
    orphaned({ sigint: { ...ACTED, unwedged: false, joinedMs: null } }),
    { tasks: [task({ shielded: true }), held] },
  );
  assertEquals(classify(trapped).class, "shield-trapped");
});
