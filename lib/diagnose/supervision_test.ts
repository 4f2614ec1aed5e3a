import { assert, assertEquals } from "@std/assert";
import type { DumpedTask } from "../model/dump.ts";
import type { LadderRung } from "../model/result.ts";
import { classify, RULES } from "./classify.ts";
import type { Facts, StartedActor } from "./facts.ts";
import {
  ACTED,
  CHILD,
  IDLE_MAIN,
  isolate,
  kinds,
  orphaned,
  task,
  withDump,
} from "../../tests/support/facts.ts";

const IN_VAIN = { ...ACTED, unwedged: false, joinedMs: null };

function waiting(
  kind: string,
  peerState: "alive" | "dead" | "abandoned",
  change: Partial<DumpedTask> = {},
): DumpedTask {
  const parkedOn = { kind, resource: `${kind} of ${CHILD}`, peer: CHILD, peerState };
  return task({ id: `root#${kind}`, name: `waits in ${kind}`, parkedOn, ...change });
}

/** The loop of the child's channel waits too, in every hang of these. */
function loop(peerState: "alive" | "dead" | "abandoned" = "dead"): DumpedTask {
  return waiting("recv", peerState);
}

/** The child closed its isolate before it was ready. */
function stillborn(change: Partial<Facts> = {}, wait = waiting("handshake", "dead")): Facts {
  return withDump(orphaned({ ladder: [], deadActors: [CHILD] }), {
    isolates: [IDLE_MAIN],
    tasks: [wait, loop()],
    channels: [{
      id: `root<->${CHILD}`,
      actor: "root",
      peer: CHILD,
      state: "opening",
      peerState: "dead",
      why: "made",
    }],
  }, change);
}

/** A cleanup under a shield asks a dead child for an answer. */
function trapped(change: Partial<Facts> = {}, wait: Partial<DumpedTask> = {}): Facts {
  const cleanup = waiting("rpc", "dead", { shielded: true, ...wait });
  return withDump(orphaned({ sigint: IN_VAIN, deadActors: [CHILD] }), {
    isolates: [IDLE_MAIN],
    tasks: [cleanup, loop()],
  }, change);
}

function softKill(actor: string, change: Partial<LadderRung> = {}): LadderRung {
  return {
    actor,
    rung: "soft-kill",
    askedMs: 1,
    ackedMs: 3,
    effect: "no-answer",
    effectMs: 500,
    ...change,
  };
}

function started(path: string, change: Partial<StartedActor> = {}): StartedActor {
  return { path, spawnedMs: -900, deadMs: null, ...change };
}

const OTHER = softKill("root/other", { effect: "ended" });

/** The child took the cancel, and its own child never heard of it. */
function stalled(change: Partial<Facts> = {}): Facts {
  return withDump(
    orphaned({
      ladder: [softKill(CHILD), OTHER],
      deadActors: [CHILD],
      actors: [started(CHILD, { deadMs: 510 }), started(`${CHILD}/leaf`), started("root/other")],
    }),
    { isolates: [IDLE_MAIN], tasks: [loop()] },
    change,
  );
}

Deno.test("classify names boot-death, the supervisor's, with the wait and the proof of death", () => {
  const diagnosis = classify(stillborn());
  assertEquals([diagnosis.class, diagnosis.owner, diagnosis.missing], [
    "boot-death",
    "supervisor",
    [],
  ]);
  const { parked, child } = kinds(stillborn());
  assertEquals(parked, [
    `/p/parent.ts:5:3: task "waits in handshake" of root has been parked in handshake on ` +
    `handshake of ${CHILD} for 3.00 s; its peer ${CHILD} is dead`,
  ]);
  assertEquals(child, [
    `peer dead: the isolate of ${CHILD} has really ended, before it was ready`,
  ]);
});

Deno.test("classify turns from boot-death to orphaned-channel once nobody waits for the handshake", () => {
  assertEquals(classify(stillborn({}, waiting("event", "dead"))).class, "orphaned-channel");
});

Deno.test("classify does not call it boot-death while the actor lives", () => {
  const slow = withDump(stillborn({ deadActors: [] }), {
    tasks: [waiting("handshake", "alive"), loop("alive")],
  });
  assertEquals(classify(slow).class, "unknown");
});

Deno.test("classify takes an actor that was given up while it booted for boot-death too", () => {
  assertEquals(classify(stillborn({}, waiting("handshake", "abandoned"))).class, "boot-death");
});

Deno.test("classify prefers neither when one actor died at boot and another one later", () => {
  const other = {
    kind: "recv",
    resource: "stream",
    peer: "root/other",
    peerState: "dead" as const,
  };
  const channel = orphaned().dump?.channels[0];
  assert(channel !== undefined);
  const both = withDump(stillborn(), {
    tasks: [waiting("handshake", "dead"), task({ parkedOn: other })],
    channels: [{ ...channel, peer: "root/other", peerState: "dead" }],
  });
  assertEquals(classify(both).class, "unknown");
  assertEquals(
    classify(both).missing[0],
    "the evidence fits orphaned-channel and boot-death alike",
  );
});

Deno.test("classify names shield-trapped, the supervisor's, with the wait and the cancel that is held back", () => {
  const cancelled = {
    source: "explicit",
    reason: "the session is over",
    byActor: "root",
    agoMs: 3_300,
    heldByShield: true,
  };
  const diagnosis = classify(trapped({}, { cancelled }));
  assertEquals(diagnosis.class, "shield-trapped");
  assertEquals([diagnosis.owner, diagnosis.missing], ["supervisor", []]);
  const { parked, shield, sigint } = kinds(trapped({}, { cancelled }));
  assertEquals(parked, [
    `/p/parent.ts:5:3: task "waits in rpc" of root has been parked in rpc on rpc of ${CHILD} for ` +
    `3.00 s, under a shield; its peer ${CHILD} is dead`,
  ]);
  assertEquals(shield, [
    'task "waits in rpc" was cancelled 3.30 s ago by root (the session is over); a shield keeps ' +
    "that from it",
  ]);
  assert(
    sigint?.includes("SIGINT was acted on, and the nursery did not join within the grace period"),
  );
});

Deno.test("classify turns from shield-trapped to orphaned-channel when SIGINT unwedges it", () => {
  assertEquals(classify(trapped({ sigint: ACTED })).class, "orphaned-channel");
});

Deno.test("classify names no shield-trapped without the shield, or with a peer that lives", () => {
  assertEquals(classify(trapped({}, { shielded: false })).class, "unknown");
  const alive = { kind: "rpc", resource: "answer", peer: CHILD, peerState: "alive" as const };
  assertEquals(classify(trapped({}, { parkedOn: alive })).class, "unknown");
});

Deno.test("classify names neither shield-trapped nor orphaned-channel as long as SIGINT was not tried", () => {
  const { class: name, missing } = classify(trapped({ sigint: null }));
  assertEquals(name, "unknown");
  assert(missing.some((line) => line.startsWith("SIGINT was not tried")));
  assert(
    missing.some((line) =>
      line.startsWith("orphaned-channel: it would have to be otherwise that /p/parent.ts")
    ),
  );
});

Deno.test("classify does not mind the shield of the root task, which takes interrupts", () => {
  const joiner = { parent: null, shielded: true };
  assertEquals(classify(trapped({ sigint: null }, joiner)).class, "orphaned-channel");
});

Deno.test("classify names cascade-stalled, the supervisor's, with the actor at which the cancel stopped", () => {
  const diagnosis = classify(stalled());
  assertEquals(diagnosis.class, "cascade-stalled");
  assertEquals([diagnosis.owner, diagnosis.missing], ["supervisor", []]);
  assertEquals(kinds(stalled()).cascade, [
    `the cancel stopped at ${CHILD}: it acknowledged it after 2.0 ms, did not end, and never asked ` +
    `${CHILD}/leaf to end`,
    "the cancel reached root/other, and there it was heeded",
  ]);
});

Deno.test("classify turns from cascade-stalled to orphaned-channel by one fact about the cancel", () => {
  const told = [softKill(CHILD), softKill(`${CHILD}/leaf`), OTHER];
  const leaf = (
    change: Partial<StartedActor>,
  ) => [started(CHILD), started(`${CHILD}/leaf`, change)];
  const ways: Partial<Facts>[] = [
    { ladder: told },
    { ladder: [softKill(CHILD, { ackedMs: null }), OTHER] },
    { ladder: [softKill(CHILD, { effect: "ended" }), OTHER] },
    { actors: [started(CHILD)] },
    { actors: leaf({ deadMs: -100 }) },
    { actors: leaf({ spawnedMs: 10 }) },
    { actors: [started(CHILD), started(`${CHILD}/leaf/deeper`), started(`${CHILD}2/leaf`)] },
  ];
  for (const way of ways) {
    assertEquals(classify(stalled(way)).class, "orphaned-channel", JSON.stringify(way));
  }
});

Deno.test("classify does not say that an actor dropped the cancel which stands still in its own code", () => {
  const facts = withDump(stalled({ deadActors: [] }), {
    isolates: [IDLE_MAIN, isolate()],
    tasks: [loop("abandoned")],
  });
  assertEquals(classify(facts).class, "orphaned-channel");
});

Deno.test("classify names no cascade-stalled when nobody waits for the actor, or SIGINT is in vain", () => {
  assertEquals(classify(withDump(stalled(), { tasks: [] })).class, "unknown");
  assertEquals(classify(stalled({ sigint: IN_VAIN })).class, "unknown");
});

Deno.test("classify tells a sender without a reader from a receiver without a sender", () => {
  const variant = (kind: string) =>
    kinds(withDump(orphaned(), { tasks: [waiting(kind, "dead")] })).class;
  assertEquals(variant("send"), ["orphaned-channel: nobody told the sender"]);
  assertEquals(variant("recv"), ["orphaned-channel: nobody told the receiver"]);
});

Deno.test("classify calls each of them late, and nothing else, when the nursery joined by itself", () => {
  for (const facts of [stillborn(), trapped(), stalled()]) {
    assertEquals(classify({ ...facts, sigint: null, joinedByItselfMs: 5_300 }).class, "late");
  }
});

Deno.test("classify decides between the classes of supervision without the order of the table", () => {
  for (const facts of [stillborn(), trapped(), stalled(), orphaned()]) {
    assertEquals(classify(facts, [...RULES].reverse()).class, classify(facts).class);
  }
});
