import { assertEquals } from "@std/assert";
import type { Proof, ProofReport, ProofStep } from "../model/proof.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import { IDLE_MAIN, isolate, kinds, orphaned, task, withDump } from "../../tests/support/facts.ts";

function step(actor: string, name: string): ProofStep {
  return { actor, task: name, kind: "rpc", resource: "an answer", peer: null, shielded: false };
}

const PATH = [step("root", "#1 root"), step("root", "#2 asks"), step("root/b", "#4 asks back")];

function proven(proof: Proof): ProofReport {
  return { kind: "proven", proof, quietMs: 1, provenMs: 50 };
}

/** Two actors that wait for each other, both idle and alive. */
function cycle(change: Partial<Facts> = {}): Facts {
  const asks = task({
    name: "asks",
    parkedOn: { kind: "rpc", resource: "an answer", peer: "root/b", peerState: "alive" },
  });
  const idle = isolate({ actor: "root/b", state: "parked", samples: [] });
  const facts = orphaned({
    ladder: [],
    proof: proven({ kind: "cycle", path: PATH, entry: 1 }),
    ...change,
  });
  return withDump(facts, { tasks: [asks], isolates: [IDLE_MAIN, idle], channels: [] });
}

Deno.test("classify says wait-cycle of a proven cycle, and shows each wait of it", () => {
  const { class: name, owner } = classify(cycle());
  assertEquals([name, owner], ["wait-cycle", "program"]);
  assertEquals(kinds(cycle())["cycle"], [
    "root #2 asks waits for rpc an answer, which is up to root/b #4 asks back",
    "root/b #4 asks back waits for rpc an answer, which is up to root #2 asks",
  ]);
});

Deno.test("classify does not say wait-cycle of what is not proven", () => {
  const open: ProofReport = { kind: "not-provable", reasons: ["root: 1 timer"] };
  assertEquals(classify(cycle({ proof: open })).class, "unknown");
  assertEquals(classify(cycle({ proof: null })).class, "unknown");
});

Deno.test("classify does not say wait-cycle of a proven dead end", () => {
  const deadEnd = proven({ kind: "dead-end", path: PATH, because: "root/b is dead" });
  assertEquals(classify(cycle({ proof: deadEnd })).class, "unknown");
});

Deno.test("classify does not say wait-cycle beside a task that an orphaned channel keeps", () => {
  const both = withDump(cycle(), { tasks: [task()] });
  assertEquals(classify(both).class === "wait-cycle", false);
});

Deno.test("classify does not say wait-cycle where nobody acts on SIGINT", () => {
  const { sigint } = cycle();
  if (sigint === null) throw new Error("the facts have a probe");
  const ignored = { ...sigint, actedMs: null, unwedged: false, joinedMs: null };
  assertEquals(classify(cycle({ sigint: ignored })).class === "wait-cycle", false);
});
