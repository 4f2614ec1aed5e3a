import { assert, assertEquals } from "@std/assert";
import type { Attempt } from "../model/result.ts";
import { Census } from "../diagnose/proof/census.ts";
import { BEGUN, quiet } from "../../tests/support/census.ts";
import { journalDoubt, Prover } from "./prover.ts";
import { runScenario } from "./run_scenario.ts";
import { runTest } from "../../tests/support/run.ts";

/** Runs a scenario of the catalog. */
async function attemptOf(
  name: string,
  options: {
    readonly awaitDeadline?: boolean;
    readonly deadlineMs?: number;
    readonly set?: Readonly<Record<string, string>>;
    readonly remedies?: readonly string[];
  } = {},
): Promise<Attempt> {
  const runDir = await Deno.makeTempDir({ prefix: "unwedge-prover-" });
  try {
    const outcome = await runScenario({
      scenarioUrl: import.meta.resolve(`../../scenarios/${name.replaceAll("-", "_")}.ts`),
      name,
      runDir,
      remedies: options.remedies ?? [],
      set: options.set ?? {},
      deadlineMs: options.deadlineMs ?? null,
      settleMs: null,
      softKillMs: 400,
      hardKillMs: 400,
      graceMs: 500,
      sigintProbe: true,
      awaitDeadline: options.awaitDeadline ?? false,
      samples: 2,
      sampleGapMs: 50,
      seed: 1,
      slowMs: 60_000,
    });
    if (outcome.kind !== "judged") throw new Error(`not judged: ${JSON.stringify(outcome)}`);
    return outcome.attempt;
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}

/** Of everything that a run shows, what a proof must not change. */
function verdictOf({ verdict, proven, class: name, owner, proof }: Attempt) {
  const shape = proof?.kind === "proven" ? proof.proof.kind : proof?.kind;
  return { verdict, proven, class: name, owner, shape };
}

/** A deadline that a test never gets to, unless it waits for it. */
const FAR_MS = 50_000;

runTest("runScenario stops at the proof of a cycle, and names the cycle", async () => {
  const attempt = await attemptOf("rpc-cycle", { deadlineMs: FAR_MS });
  assertEquals(verdictOf(attempt), {
    verdict: "hung",
    proven: true,
    class: "wait-cycle",
    owner: "program",
    shape: "cycle",
  });
  const { proof } = attempt;
  assert(proof?.kind === "proven" && proof.proof.kind === "cycle");
  const cycle = proof.proof.path.slice(proof.proof.entry);
  assertEquals(
    cycle.map(({ actor, task, kind }) => `${actor} ${task.replace(/#\d+ /, "")} ${kind}`),
    [
      "root transfer rpc",
      "root/auditor audit rpc",
      "root balance lock",
    ],
  );
  assertEquals(attempt.sigint?.unwedged, true);
});

runTest(
  "runScenario proves a hang beside a sentinel, which is a thread of no actor and of its own",
  async () => {
    const attempt = await attemptOf("rpc-cycle", { deadlineMs: FAR_MS, remedies: ["sentinel"] });
    assertEquals([attempt.verdict, attempt.proven, attempt.class], ["hung", true, "wait-cycle"]);
  },
);

runTest("runScenario gives the same verdict when it waits for the deadline", async () => {
  const early = await attemptOf("quiet-death", { deadlineMs: FAR_MS });
  const late = await attemptOf("quiet-death", { deadlineMs: 1_500, awaitDeadline: true });
  assertEquals(verdictOf(early), verdictOf(late));
  assertEquals(verdictOf(early).shape, "dead-end");
  assert((late.sigint?.sentMs ?? 0) >= 1_500, "it did not wait");
});

Deno.test("runScenario proves a hang behind each wait on an actor that is really dead", {
  timeout: 120_000,
}, async () => {
  for (
    const name of [
      "boot-death",
      "silent-channel",
      "backpressure",
      "shielded-join",
      "shielded-cleanup",
    ]
  ) {
    const attempt = await attemptOf(name, { deadlineMs: FAR_MS });
    assertEquals([name, attempt.proven], [name, true]);
    assert(attempt.proof?.kind === "proven" && attempt.proof.proof.kind === "dead-end", name);
    assertEquals(/ is dead, /.test(attempt.proof.proof.because), true, attempt.proof.proof.because);
  }
});

runTest("runScenario does not prove a hang beside an actor whose thread lives", async () => {
  const attempt = await attemptOf("non-checkpointing", { deadlineMs: 2_500 });
  assertEquals(verdictOf(attempt), {
    verdict: "hung",
    proven: false,
    class: "orphaned-channel",
    owner: "supervisor",
    shape: "not-provable",
  });
});

runTest("runScenario proves nothing of a starved main, which says nothing", async () => {
  const attempt = await attemptOf("sigint-starved", { deadlineMs: 2_500 });
  assertEquals([attempt.verdict, attempt.proven], ["hung", false]);
});

/** A run that stands still. */
function standstill(): Census {
  const census = new Census();
  census.add(BEGUN);
  census.add(quiet("root"));
  return census;
}

const PLAIN = {
  module: import.meta.resolve("../../scenarios/rpc_cycle.ts"),
  entry: new URL("../subject/inside/main.ts", import.meta.url),
};

Deno.test("Prover.look() takes a proof back when something has moved since", async () => {
  const census = standstill();
  const prover = new Prover(census, PLAIN, () => null);
  assertEquals((await prover.finding()).kind, "proven");
  assert(prover.look() !== null);
  census.add({ t: 2_000, actor: "root", kind: "stirs" });
  assertEquals(prover.look(), null);
});

Deno.test("Prover.finding() proves nothing from a journal that may lack a record", async () => {
  const prover = new Prover(standstill(), PLAIN, () => "a record is missing");
  assertEquals(await prover.finding(), {
    kind: "not-provable",
    reasons: ["a record is missing"],
  });
  assertEquals(prover.look(), null);
});

Deno.test("Prover.finding() drops a proof when the journal has become doubtful since", async () => {
  let doubt: string | null = null;
  const prover = new Prover(standstill(), PLAIN, () => doubt);
  assertEquals((await prover.finding()).kind, "proven");
  doubt = "the journal is damaged";
  assertEquals((await prover.finding()).kind, "not-provable");
  assertEquals(prover.proven, null);
});

runTest(
  "Prover.look() asks again when a doubt has passed although nothing was written",
  async () => {
    let doubt: string | null = "a thread is still there";
    const prover = new Prover(standstill(), PLAIN, () => doubt);
    assertEquals((await prover.finding()).kind, "not-provable");
    assertEquals(prover.look(), null);
    doubt = null;
    while (prover.look() === null) await new Promise((resolve) => setTimeout(resolve, 1));
  },
);

Deno.test("journalDoubt() doubts a subject that the kernel knows more of than its journal", async () => {
  const runDir = await Deno.makeTempDir();
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  try {
    Deno.writeTextFileSync(`${runDir}/subject.json`, `{"pid":${Deno.pid},"startTime":1}`);
    assertEquals(
      journalDoubt({ damage: null }, runDir)(standstill()),
      "the subject has what its own records do not show: it has a child process",
    );
  } finally {
    await child.stdin.close();
    await child.status;
    await Deno.remove(runDir, { recursive: true });
  }
});

Deno.test("journalDoubt() doubts a damaged journal, and one that has no room to grow", async () => {
  const runDir = await Deno.makeTempDir();
  try {
    assertEquals(journalDoubt({ damage: null }, runDir)(standstill()), null);
    assertEquals([...Deno.readDirSync(runDir)], []);
    const damaged = journalDoubt({ damage: "cut" }, runDir)(standstill());
    assertEquals(damaged, "the journal cannot be read to its end: cut");
    assert(
      journalDoubt({ damage: null }, `${runDir}/gone`)(standstill())?.startsWith(
        "there may be no room",
      ),
    );
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
});

runTest("runScenario finds nothing in rpc-cycle once the lock is let go of", async () => {
  const attempt = await attemptOf("rpc-cycle", {
    deadlineMs: FAR_MS,
    set: { lockWhileAsking: "0" },
  });
  assertEquals([attempt.verdict, attempt.proven, attempt.proof], ["finished", false, null]);
});
