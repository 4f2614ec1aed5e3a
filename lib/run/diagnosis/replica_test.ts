import { assertEquals } from "@std/assert";
import type { TrialCandidate } from "../../diagnose/cause/candidates.ts";
import { keyOf } from "../../diagnose/cause/actions.ts";
import type { Trial } from "../../model/diagnosis.ts";
import { type ReplicaPlan, tryOn } from "./replica.ts";
import { dumpOf, hungWith } from "../../../tests/support/hung.ts";

function candidate(remedy: string): TrialCandidate {
  return { name: remedy, action: { kind: "remedy", remedy }, likely: true };
}

function plan(change: Partial<ReplicaPlan> = {}): { plan: ReplicaPlan; told: Trial[] } {
  const told: Trial[] = [];
  return {
    told,
    plan: {
      own: candidate("channel-abort"),
      queue: [],
      differs: () => null,
      reapFollows: true,
      boundMs: 2_000,
      where: "replicas/channel-abort",
      onTrial: (trial) => told.push(trial),
      ...change,
    },
  };
}

Deno.test("tryOn uses a copy for everything that finds nothing to do before its own", async () => {
  const queue = [candidate("boot-race"), candidate("death-watch")];
  const { plan: asked, told } = plan({ queue });
  const hung = hungWith({ "channel-abort": "freed" });
  const outcome = await tryOn(hung, asked);
  assertEquals(hung.done.map(({ action }) => keyOf(action)), [
    "boot-race",
    "death-watch",
    "channel-abort",
  ]);
  assertEquals(told.map(({ name, outcome }) => [name, outcome.kind]), [
    ["boot-race", "nothing-to-do"],
    ["death-watch", "nothing-to-do"],
    ["channel-abort", "applied"],
  ]);
  assertEquals([outcome.kind, outcome.kind === "tried" && outcome.ownTried], ["tried", true]);
});

Deno.test("tryOn leaves its own to another copy when something else used this one up", async () => {
  const queue = [candidate("boot-race"), candidate("death-watch")];
  const hung = hungWith({ "boot-race": "in-vain", "channel-abort": "freed" });
  const outcome = await tryOn(hung, plan({ queue }).plan);
  assertEquals(hung.done.map(({ action }) => keyOf(action)), ["boot-race"]);
  assertEquals(queue.map(({ name }) => name), ["death-watch"]);
  assertEquals([outcome.kind, outcome.kind === "tried" && outcome.ownTried], ["tried", false]);
});

Deno.test("tryOn follows with reap what let the nursery join and left a thread, as a pair", async () => {
  const hung = hungWith({ "channel-abort": "joined", reap: "ended" });
  const { plan: asked, told } = plan();
  await tryOn(hung, asked);
  assertEquals(hung.done.map(({ action }) => keyOf(action)), ["channel-abort", "reap"]);
  const [alone, pair] = told;
  assertEquals(alone?.name, "channel-abort");
  assertEquals(pair?.name, "channel-abort + reap");
  assertEquals(pair?.outcome.kind === "applied" && pair.outcome.clocks, {
    nurseryJoinedMs: 4,
    threadsGoneMs: null,
    processExitedMs: 6,
  });
});

Deno.test("tryOn follows nothing with reap that freed everything, or nothing, or where no thread is left", async () => {
  for (const got of ["freed", "in-vain"] as const) {
    const hung = hungWith({ "channel-abort": got, reap: "ended" });
    await tryOn(hung, plan().plan);
    assertEquals(hung.done.length, 1, got);
  }
  const hung = hungWith({ "channel-abort": "joined", reap: "ended" });
  await tryOn(hung, plan({ reapFollows: false }).plan);
  assertEquals(hung.done.length, 1);
});

Deno.test("tryOn touches nothing on a copy that came to another hang", async () => {
  const hung = hungWith({ "channel-abort": "freed" });
  const outcome = await tryOn(hung, plan({ differs: () => "another" }).plan);
  assertEquals(outcome, { kind: "other-hang", why: "another" });
  assertEquals(hung.done, []);
});

Deno.test("tryOn touches nothing on a copy that could not be looked into", async () => {
  const hung = hungWith({ "channel-abort": "freed" }, null);
  assertEquals((await tryOn(hung, plan().plan)).kind, "other-hang");
  assertEquals(hung.done, []);
});

Deno.test("tryOn compares by what the copy shows, before it touches it", async () => {
  const keys: string[] = [];
  const differs = ({ key }: { readonly key: string }) => {
    keys.push(key);
    return null;
  };
  const parkedOn = { kind: "rpc", resource: "answer", peer: "root/x", peerState: "dead" } as const;
  const hung = hungWith({ "channel-abort": "freed" }, dumpOf({ parkedOn }));
  await tryOn(hung, plan({ differs }).plan);
  assertEquals(keys, ['root root: join nursery "program" <- root main: rpc answer']);
});
