import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Trial } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import type { Dump, DumpedTask } from "../../model/dump.ts";
import { HOSTAGE_LOCK, orphaned, STARVED_MAIN, task } from "../../../tests/support/facts.ts";
import { conclude } from "./conclude.ts";
import { attemptOf } from "../../../tests/support/attempts.ts";
import { trial } from "../../../tests/support/trials.ts";

const GONE = { peer: "root/stuck", peerState: "abandoned" } as const;

function join(id: string, name: string, parent: string | null, nursery: string): DumpedTask {
  const parkedOn = {
    kind: "join",
    resource: `nursery "${nursery}" (1 running)`,
    peer: null,
    peerState: null,
  };
  return task({ id, name, parent, parkedOn });
}

const TASKS: readonly DumpedTask[] = [
  join("root#1", "root", null, "program"),
  join("root#2", "main", "root#1", "actors"),
  task({
    id: "root#3",
    name: "supervisor of stuck",
    parent: "root#2",
    parkedOn: { kind: "event", resource: 'event "loop of root<->root/stuck ended"', ...GONE },
  }),
  task({
    id: "root#4",
    name: "loop of root<->root/stuck",
    parent: "root#1",
    parkedOn: { kind: "recv", resource: "channel root<->root/stuck (open)", ...GONE },
  }),
];

function attempt(change: Partial<Attempt> = {}): Attempt {
  const { dump } = orphaned();
  if (dump === null) throw new Error("the fixture has a dump");
  return attemptOf({ ...dump, tasks: TASKS }, change);
}

const COST = { replicas: 5, wallMs: 9_000 };

const SEED: readonly Trial[] = [
  trial("Ctrl-C", "joined"),
  trial("channel-abort", "joined"),
  trial("channel-abort + reap", "freed"),
  trial("cancel-peer-tasks", "joined"),
  trial("cancel-peer-tasks + reap", "freed"),
  trial("bounded-join", "nothing-to-do"),
  trial("boot-race", "nothing-to-do"),
  trial("death-watch", "nothing-to-do"),
  trial("reap", "in-vain"),
];

Deno.test("conclude tells the seed's cause in one sentence, from the nursery to what ended it", () => {
  const { cause } = conclude(attempt(), SEED, COST);
  assertEquals(
    cause,
    'the nursery "actors" was waiting for task "supervisor of stuck", which was waiting for the message loop of ' +
      "root<->root/stuck, which was waiting on channel root<->root/stuck, whose peer root/stuck had been " +
      "abandoned and stood in wait (child.ts:7); aborting that channel let it finish in 4.0 ms; " +
      "the process went only with reap too, in 6.0 ms.",
  );
});

Deno.test("conclude calls the narrowest smallest, not the one that was tried first", () => {
  const { smallest } = conclude(attempt(), SEED, COST);
  assertEquals(smallest, { nursery: "channel-abort", process: "channel-abort + reap" });
  const without = SEED.filter(({ name }) => !name.startsWith("channel-abort"));
  assertEquals(conclude(attempt(), without, COST).smallest, {
    nursery: "cancel-peer-tasks",
    process: "cancel-peer-tasks + reap",
  });
});

Deno.test("conclude says what the others mask, and not what the smallest does", () => {
  const { masks } = conclude(attempt(), SEED, COST);
  assertEquals(masks.length, 2);
  assertStringIncludes(masks.join(" "), "it masks that the channel was never told");
  assertStringIncludes(masks.join(" "), "cancel-peer-tasks frees the nursery by cancelling");
  assert(!masks.some((mask) => mask.startsWith("channel-abort")), masks.join(" "));
});

Deno.test("conclude says that nothing weaker did where something weaker was done, and that alone", () => {
  const tried = (weaker: "in-vain" | "nothing-to-do") =>
    conclude(attempt(), [trial("death-watch", weaker), trial("channel-abort", "freed")], COST)
      .cause;
  assert(tried("in-vain")?.includes("nothing weaker did"), tried("in-vain") ?? "");
  assert(!tried("nothing-to-do")?.includes("nothing weaker"), tried("nothing-to-do") ?? "");
  const alone = conclude(attempt(), [trial("channel-abort", "freed")], COST).cause;
  assert(alone !== null && !alone.includes("nothing weaker"), alone ?? "");
  const helped = conclude(attempt(), [
    trial("death-watch", "freed"),
    trial("channel-abort", "freed"),
  ], COST);
  assertEquals(helped.smallest.nursery, "death-watch");
  assert(!helped.cause?.includes("nothing weaker"), helped.cause ?? "");
});

Deno.test("conclude says that the process is lost, and why, when the child is in a native call", () => {
  const { dump } = attempt();
  const isolates = (dump?.isolates ?? []).map((each) =>
    each.kind === "worker" ? { ...each, state: "native-blocked" as const, samples: [] } : each
  );
  const native = attempt({
    class: "stuck-child",
    dump: dump === null ? null : { ...dump, isolates },
  });
  const trials = [trial("channel-abort", "joined"), trial("reap", "in-vain")];
  const { lost, cause, confirmation } = conclude(native, trials, COST);
  assertStringIncludes(lost ?? "", "root/stuck is in a native call");
  assertStringIncludes(cause ?? "", "the process stayed, whatever was tried");
  assertEquals(confirmation.kind, "confirmed");
  assertEquals(conclude(attempt(), SEED, COST).lost, null);
});

Deno.test("conclude tells a leak by who is left, and what let the process go", () => {
  const leaked = attempt({
    verdict: "leaked",
    class: "exit-leak",
    owner: "platform",
    sigint: null,
    leftovers: ["thread worker-1 (tid 7) of actor root/stuck, busy"],
  });
  const { cause, smallest, chain } = conclude(leaked, [trial("reap", "ended")], COST);
  assertEquals(smallest, { nursery: null, process: "reap" });
  assertEquals(chain, []);
  assertEquals(
    cause,
    "the nursery had joined, and the process was kept by thread worker-1 (tid 7) of actor root/stuck, busy and " +
      "stood in wait (child.ts:7); really ending the thread (reap) let the process exit in 6.0 ms.",
  );
});

Deno.test("conclude confirms a leak of a handle by nothing that is done to actors", () => {
  const { dump } = orphaned();
  const [main] = dump?.isolates ?? [];
  assert(dump !== null && main !== undefined);
  const leaked = attempt({
    verdict: "leaked",
    class: "exit-leak",
    owner: "program",
    sigint: null,
    leftovers: ["a timer in main: setInterval"],
    dump: { ...dump, isolates: [main] },
  });
  const { cause, confirmation } = conclude(leaked, [trial("reap", "nothing-to-do")], COST);
  assertStringIncludes(cause ?? "", "the process was kept by a timer in main: setInterval; ");
  assertEquals(confirmation.kind, "confirmed");
});

Deno.test("conclude prints a cycle as a cycle", () => {
  const step = (actor: string, name: string, resource: string) => ({
    actor,
    task: name,
    kind: "rpc",
    resource,
    ...{ peer: null, shielded: false, at: null, spawnedAt: null },
  });
  const steps = [
    step("root", "#1 root", 'nursery "program"'),
    step("root", "#5 transfer", "answer on root<->root/a"),
    step("root/a", "#4 audit", "answer on root/a<->root"),
  ];
  const cyclic = attempt({
    class: "wait-cycle",
    path: { kind: "cycle", entry: 1, because: "", steps },
  });
  const { cause } = conclude(cyclic, [trial("Ctrl-C", "freed")], COST);
  assertStringIncludes(
    cause ?? "",
    'task "transfer", which was waiting for the answer on root<->root/a, which was up to task "audit" of root/a, ' +
      'which was waiting for the answer on root/a<->root, which was up to task "transfer" again; Ctrl-C',
  );
});

Deno.test("conclude without a dump has no sentence, and still a table and a confirmation", () => {
  const blind = conclude(attempt({ dump: null }), SEED, COST);
  assertEquals([blind.cause, blind.chain.length], [null, 0]);
  assertEquals(blind.smallest.nursery, "channel-abort");
  assertEquals(blind.confirmation.kind, "confirmed");
});

Deno.test("conclude does not call anything smallest that did nothing", () => {
  const { smallest, cause } = conclude(attempt(), [trial("channel-abort", "in-vain")], COST);
  assertEquals(smallest, { nursery: null, process: null });
  assertStringIncludes(cause ?? "", "nothing that was tried let it finish");
});

/** The same hang with another end of its chain. */
function ending(last: DumpedTask, change: Partial<Dump> = {}): Attempt {
  const { dump } = attempt();
  if (dump === null) throw new Error("the fixture has a dump");
  return attempt({ dump: { ...dump, tasks: [...TASKS.slice(0, 2), last], ...change } });
}

Deno.test("conclude says of a thread, or a child that boots, that it is waited for itself", () => {
  const waits = (kind: string, resource: string) =>
    conclude(
      ending(task({ parent: "root#2", parkedOn: { kind, resource, ...GONE } })),
      [trial("reap", "freed")],
      COST,
    ).cause ?? "";
  assertStringIncludes(
    waits("thread", "end of the thread of root/stuck"),
    "waiting for the end of the thread of root/stuck, which had been abandoned and stood in wait",
  );
  assertStringIncludes(
    waits("handshake", "handshake of root/stuck"),
    "waiting for the handshake of root/stuck, which had been abandoned",
  );
});

Deno.test("conclude tells what main blocks on, or is busy with", () => {
  const runs = task({ parent: "root#2", name: "merge", state: "native", parkedOn: null });
  const blocked = conclude(ending(runs, { sharedLocks: [HOSTAGE_LOCK] }), [], COST).cause ?? "";
  assertStringIncludes(
    blocked,
    'task "merge", which was blocked on the lock "journal", whose holder root/stuck had been abandoned',
  );
  const isolates = [STARVED_MAIN];
  assertStringIncludes(
    conclude(ending(runs, { isolates }), [], COST).cause ?? "",
    'task "merge", which ran and never gave way and stood in wait (child.ts:7)',
  );
  const resting = [{ ...STARVED_MAIN, state: "parked" as const, samples: [] }];
  assertStringIncludes(
    conclude(ending(runs, { isolates: resting }), [], COST).cause ?? "",
    'task "merge", which was awaiting a promise without a label; nothing',
  );
  assertStringIncludes(
    conclude(ending(TASKS[3] ?? runs, { isolates }), [], COST).cause ?? "",
    "while main never turned its loop, busy in wait (child.ts:7); nothing that was tried",
  );
});

Deno.test("conclude says whatever was tried only where the end of the thread was tried", () => {
  const told = (...trials: Trial[]) => conclude(attempt(), trials, COST).cause ?? "";
  assertMatch(told(trial("channel-abort", "joined")), /in 4\.0 ms; the process stayed\.$/);
  assertMatch(
    told(trial("channel-abort", "joined"), trial("reap", "in-vain")),
    /the process stayed, whatever was tried\.$/,
  );
});

Deno.test("conclude names the task that was cancelled where it is not the last one that waits", () => {
  const told = (task: number) => {
    const cancelled = { ...trial("cancel-task", "freed"), name: `cancel #${task} of root` };
    const actions = [{ kind: "cancel-task", actor: "root", task } as const];
    return conclude(attempt(), [{ ...cancelled, actions }], COST).cause ?? "";
  };
  assertStringIncludes(told(4), "; cancelling the one task let it finish");
  assertStringIncludes(told(2), '; cancelling task "main" let it finish');
});

Deno.test("conclude takes one channel that a person broke for less than the end of everything", () => {
  const channel = "root<->root/stuck";
  const broken: Trial = {
    ...trial("channel-abort", "joined"),
    name: `abort ${channel}`,
    actions: [{ kind: "abort-channel", actor: "root", channel }],
  };
  const { smallest, cause } = conclude(attempt(), [trial("Ctrl-C", "joined"), broken], COST);
  assertEquals(smallest.nursery, `abort ${channel}`);
  assertStringIncludes(cause ?? "", "; breaking the one end of a channel let it finish");
});
