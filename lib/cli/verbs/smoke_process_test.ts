import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { STAND_IN_FINISH, suite, writeScenario } from "../../../tests/support/scenario_files.ts";
import type { Unjudged } from "../../model/result.ts";
import { SPINNERS } from "../../run/configured_waits.ts";
import { assertRefuses, assertValid, readJson } from "../../../tests/support/stand_in.ts";
import { all, parseXml } from "../../../tests/support/strict_xml.ts";
import {
  inTemporaryDirectory,
  STAND_IN,
  testInDirectory,
  unwedge,
  unwedgeCommand,
} from "../../../tests/support/unwedge.ts";
import { checkPages } from "../../../tools/hang_pages.ts";
import { inShard } from "../suite/selection.ts";

testInDirectory("smoke runs both directions and exits 0 when all is as declared", async (cwd) => {
  const hang = writeScenario(cwd, "a.hang.finish");
  const healthy = writeScenario(cwd, "b.finish", { expected: STAND_IN_FINISH, fixedBy: [] });
  const { code, stdout, stderr } = await suite(cwd, ["smoke", hang, healthy, "-o", "out"]);
  assertEquals(code, 0, stdout + stderr);
  assertMatch(
    stdout,
    /^ok +a\.hang\.finish +no remedy +hung at 500 ms: unknown; Ctrl-C unwedges$/m,
  );
  assertMatch(stdout, /^ok +a\.hang\.finish +reap +finished in /m);
  assertMatch(stdout, /^ok +b\.finish +no remedy +finished in /m);
  assertMatch(stdout, /^took .*; nothing can make it shorter than .*: \d+\.\d\d times that$/m);
  assertMatch(stdout, /\nOK smoke: 2 scenarios, 3 runs: 3 as declared \(exit code 0\)\n$/);
  assertMatch(stderr, /\[3\/3\] ok /);
  const document = readJson(`${cwd}/out/result.json`);
  assertValid("result", document);
  const { matched, mismatched, selected } = document.totals;
  assertEquals([matched, mismatched, selected], [3, 0, 2]);
  for (const { dir } of document.scenarios[0].runs) {
    assert(Deno.statSync(`${cwd}/out/${dir}/journal.msgpack`).size > 0);
  }
});

testInDirectory(
  "smoke exits 1 when an expected hang does not hang, and says how to see it",
  async (cwd) => {
    const name = writeScenario(cwd, "a.finish.finish");
    const { code } = await suite(cwd, ["smoke", name, "--seed", "7", "-o", "out"]);
    const { run, totals: { matched, mismatched } } = readJson(`${cwd}/out/result.json`);
    assertEquals([code, matched, mismatched], [1, 1, 1]);
    assertEquals(run.replayFlags.slice(-2), ["--seed", "7"]);
  },
);

testInDirectory(
  "smoke exits 1 when remedies do not help, and when Ctrl-C does what is not declared",
  async (cwd) => {
    const useless = writeScenario(cwd, "a.hang.hang");
    const shielded = writeScenario(cwd, "b.hang-shielded.finish");
    const { code } = await suite(cwd, ["smoke", useless, shielded, "-o", "out"]);
    const { totals, scenarios: [a, b] } = readJson(`${cwd}/out/result.json`);
    assertEquals([code, totals.matched, totals.mismatched], [1, 2, 2]);
    assertEquals([a.attempts[1].remedies, a.attempts[1].verdict], [["reap"], "hung"]);
    assertEquals(b.attempts[0].sigint.unwedged, false);
  },
);

testInDirectory(
  "smoke names file and line of what cannot be loaded, and runs the rest",
  async (cwd) => {
    const good = writeScenario(cwd, "a.hang.finish");
    Deno.writeTextFileSync(`${cwd}/throws.ts`, '\nthrow new Error("on load");\n');
    Deno.writeTextFileSync(`${cwd}/nothing.ts`, "export const x = 1;\n");
    Deno.writeTextFileSync(`${cwd}/imports.ts`, '\n\nimport "./gone.ts";\n');
    Deno.writeTextFileSync(`${cwd}/exits.ts`, "Deno.exit(5);\n");
    Deno.writeTextFileSync(
      `${cwd}/rejects.ts`,
      '\nPromise.reject(new TypeError("late"));\nexport default 1;\nawait null;\n',
    );
    const files = ["throws", "nothing", "imports", "exits", "rejects"]
      .map((name) => `./${name}.ts`);
    const { code, stdout, stderr } = await suite(cwd, ["smoke", good, ...files, "-o", "out"]);
    assertEquals(code, 125, stdout + stderr);
    const { unjudged, totals } = readJson(`${cwd}/out/result.json`);
    assertEquals([totals.matched, totals.faults], [2, 5]);
    const found = unjudged.map((each: Unjudged) => [
      each.scenario,
      each.file?.slice(each.file.lastIndexOf("/") + 1),
      each.line,
    ]);
    const { message } = unjudged.find(({ scenario }: Unjudged) => scenario === "throws");
    assertEquals(message, "Error: on load");
    assertEquals(found.sort(), [
      ["exits", "exits.ts", null],
      ["imports", "imports.ts", 3],
      ["nothing", "nothing.ts", 1],
      ["rejects", "rejects.ts", 2],
      ["throws", "throws.ts", 2],
    ]);
    assertFalse(/\n\s+at /.test(stdout + stderr));
    assertValid("result", readJson(`${cwd}/out/result.json`));
  },
);

testInDirectory("smoke goes on beside a file that never comes to its end", async (cwd) => {
  const good = writeScenario(cwd, "a.hang.finish");
  Deno.writeTextFileSync(`${cwd}/waits.ts`, "await new Promise(() => {});\nexport default 1;\n");
  const { code } = await suite(cwd, ["smoke", good, "./waits.ts", "-o", "out"]);
  const { totals, unjudged: [waits] } = readJson(`${cwd}/out/result.json`);
  assertEquals([code, totals.matched, totals.faults], [125, 2, 1]);
  assertEquals([waits.scenario, waits.kind], ["waits", "fault"]);
});

testInDirectory(
  "smoke takes a subject that dies for a fault, and a mismatch for worse",
  async (cwd) => {
    const dies = writeScenario(cwd, "a.die-at-start.finish");
    const { code } = await suite(cwd, ["smoke", dies, "-o", "out"]);
    const { totals, unjudged: [{ kind, remedies }] } = readJson(`${cwd}/out/result.json`);
    assertEquals([code, totals.faults, kind, remedies], [125, 1, "fault", []]);
    const wrong = writeScenario(cwd, "b.finish.finish");
    assertEquals((await suite(cwd, ["smoke", dies, wrong])).code, 1);
  },
);

testInDirectory("smoke --fail-fast starts nothing more after a mismatch", async (cwd) => {
  const names = ["a", "b", "c"].map((name) => writeScenario(cwd, `${name}.finish.finish`));
  const words = ["smoke", ...names, "--fail-fast", "--jobs", "1", "-o", "out"];
  const { code } = await suite(cwd, words);
  assertEquals(code, 1);
  const { run, totals } = readJson(`${cwd}/out/result.json`);
  assertEquals([run.partial, totals.mismatched, totals.skipped], [true, 1, 5]);
});

testInDirectory(
  "smoke --repeat runs every direction so often, each in a directory of its own",
  async (cwd) => {
    const name = writeScenario(cwd, "a.hang.finish");
    assertEquals((await suite(cwd, ["smoke", name, "--repeat", "3", "-o", "out"])).code, 0);
    const [{ attempts, runs }] = readJson(`${cwd}/out/result.json`).scenarios;
    assertEquals(attempts.length, 6);
    assertEquals(new Set(runs.map(({ dir }: { dir: string }) => dir)).size, 6);
    // A second run into the same directory leaves nothing of the first.
    await suite(cwd, ["smoke", name, "-o", "out"]);
    assertEquals([...Deno.readDirSync(`${cwd}/out/attempts/a.hang.finish`)].length, 2);
  },
);

testInDirectory(
  "smoke --shard: the parts together are the whole, and an empty part exits 4",
  async (cwd) => {
    const options = { expected: STAND_IN_FINISH, fixedBy: [] };
    const names = ["a", "b", "c", "d"].map((name) => writeScenario(cwd, `${name}.finish`, options));
    const seen: string[] = [];
    for (const shard of ["1/2", "2/2"]) {
      await suite(cwd, ["smoke", ...names, "--shard", shard, "-o", "out"]);
      const { scenarios, run } = readJson(`${cwd}/out/result.json`);
      assertEquals(run.shard, shard);
      seen.push(...scenarios.map(({ name }: { name: string }) => name));
    }
    assertEquals(seen.sort(), ["a.finish", "b.finish", "c.finish", "d.finish"]);
    const codes = [];
    for (const shard of ["1/2", "2/2"]) {
      const { code } = await suite(cwd, ["smoke", names[0] ?? "", "--shard", shard, "-o", "one"]);
      assertValid("result", readJson(`${cwd}/one/result.json`));
      codes.push(code);
    }
    assertEquals(codes.sort(), [0, 4]);
  },
);

testInDirectory(
  "smoke writes JUnit, and prints one document and nothing else where that is asked for",
  async (cwd) => {
    const name = writeScenario(cwd, "a.finish.finish");
    const toFile = await suite(cwd, ["smoke", name, "--json", "--junit", "j.xml", "-o", "out"]);
    assertEquals(toFile.stdout, Deno.readTextFileSync(`${cwd}/out/result.json`));
    assertStringIncludes(toFile.stderr, "NOT OK smoke");
    const root = parseXml(Deno.readTextFileSync(`${cwd}/j.xml`));
    assertEquals([root.attributes.tests, root.attributes.failures], ["2", "1"]);
    const toStdout = await suite(cwd, ["smoke", name, "--junit", "-", "-q"]);
    assertEquals(all(parseXml(toStdout.stdout), "testcase").length, 2);
    const both = await suite(cwd, ["smoke", name, "--junit", "-", "--json"]);
    assertEquals(both.code, 2);
  },
);

testInDirectory(
  "smoke --events prints what events.ndjson holds, in order, with the scenario of each attempt",
  async (cwd) => {
    const name = writeScenario(cwd, "a.finish.finish");
    const { code, stdout } = await suite(cwd, ["smoke", name, "--events", "-o", "out"]);
    assertEquals(stdout, Deno.readTextFileSync(`${cwd}/out/events.ndjson`));
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const event of events) assertValid("event", event);
    assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index));
    const started = events.filter(({ type }) => type === "attempt-started");
    assertEquals(started.map(({ remedies }) => remedies), [[], ["reap"]]);
    const compared = events.filter(({ type }) => type === "compared");
    assertEquals(compared.map(({ asDeclared }) => asDeclared).sort(), [false, true]);
    const last = events.at(-1);
    assertEquals([last.type, last.exitCode, last.totals.mismatched], ["run-finished", code, 1]);
  },
);

testInDirectory(
  "smoke on GitHub Actions: nine annotations at most, a group each, and a summary",
  async (cwd) => {
    const names = Array.from({ length: 10 }, (_, i) => writeScenario(cwd, `s${i}.finish.print`));
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: `${cwd}/summary.md`,
      GITHUB_WORKSPACE: cwd,
    };
    Deno.writeTextFileSync(`${cwd}/summary.md`, "# before\n");
    const words = ["smoke", ...names, "--junit", "j.xml"];
    const { stderr, stdout } = await suite(cwd, words, env);
    const root = parseXml(Deno.readTextFileSync(`${cwd}/j.xml`));
    const cases = all(root, "testcase").map(({ attributes }) => attributes.name);
    assertEquals([cases.length, new Set(cases).size, all(root, "failure").length], [20, 20, 10]);
    const lines = stderr.split("\n");
    assertEquals(lines.filter((line) => line.startsWith("::error")).length, 9, stderr);
    assertStringIncludes(stderr, "::error title=unwedge::and 2 more");
    assertStringIncludes(stderr, "::error file=s0.finish.print.ts,line=1,");
    assertEquals(lines.filter((line) => line.startsWith("::group::")).length, 10);
    assertFalse(stdout.includes("::"));
    const summary = Deno.readTextFileSync(`${cwd}/summary.md`);
    assertMatch(summary, /^# before\n## unwedge smoke: 10 not as declared\n/);
    // The service refuses a file of more than 1 MiB, whatever of it was written by the steps before.
    const before = "x".repeat(2 ** 20 - 3_000);
    Deno.writeTextFileSync(`${cwd}/summary.md`, before);
    await suite(cwd, ["smoke", ...names], env);
    const added = Deno.readTextFileSync(`${cwd}/summary.md`).slice(before.length);
    assertMatch(added, /^## unwedge smoke: 10 not as declared\n/);
    assertMatch(added, /^and \d+ more details: see result\.json$/m);
    assert(Deno.statSync(`${cwd}/summary.md`).size < 2 ** 20);
    Deno.writeTextFileSync(`${cwd}/summary.md`, summary);
    const off = await suite(cwd, ["smoke", names[0] ?? "", "--github", "off"], env);
    assertFalse(off.stderr.includes("::group"));
    assertEquals(Deno.readTextFileSync(`${cwd}/summary.md`), summary);
  },
);

testInDirectory(
  "smoke stops in order on a signal: what ran is in the report, what did not is skipped",
  async (cwd) => {
    const done = writeScenario(cwd, "a.finish", { expected: STAND_IN_FINISH, fixedBy: [] });
    const names = ["b", "c"].map((name) => writeScenario(cwd, `${name}.hang.finish`));
    const words = [
      "smoke",
      done,
      ...names,
      "--deadline",
      "60s",
      "--jobs",
      "1",
      "-v",
      "-o",
      "out",
    ];
    const child = unwedgeCommand(words, { cwd, main: STAND_IN }).spawn();
    const stdout = new Response(child.stdout).text();
    let stderr = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      const before = stderr.includes("hang.finish (no remedy): teardown requested");
      stderr += text;
      if (!before && stderr.includes("hang.finish (no remedy): teardown requested")) {
        child.kill("SIGTERM");
      }
    }
    const { code } = await child.status;
    assertEquals(code, 143, stderr);
    assertMatch(await stdout, /STOPPED smoke: by SIGTERM; .*\(exit code 143\)\n$/);
    const { run, scenarios, unjudged } = readJson(`${cwd}/out/result.json`);
    assertEquals([run.partial, run.interruptedBy, run.exitCode], [true, "SIGTERM", 143]);
    assertEquals(
      scenarios.flatMap((each: { attempts: { verdict: string }[] }) =>
        each.attempts.map(({ verdict }) => verdict)
      ),
      ["interrupted"],
    );
    assertEquals(unjudged.map((each: { kind: string }) => each.kind), Array(4).fill("skipped"));
  },
);

testInDirectory(
  "smoke gives --set to the scenarios that have the parameter, and says so in what runs them again",
  async (cwd) => {
    const has = writeScenario(cwd, "a.finish.finish", { param: "pause" });
    const other = writeScenario(cwd, "b.hang.finish");
    const words = ["smoke", has, other, "--set", "pause=20ms", "--no-sigint-probe"];
    const { code, stdout, stderr } = await suite(cwd, [...words, "--seed", "7", "-o", "out"]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "--set pause=20ms counts for 1 of 2 scenarios: a.finish.finish");
    assertMatch(stdout, /repro \.\/a\.finish\.finish\.ts --set pause=20ms .*--no-sigint-probe/);
    const given = (dir: string) => readJson(`${cwd}/out/attempts/${dir}/subject-spec.json`).set;
    assertEquals(given("a.finish.finish/none-1"), { pause: "20ms" });
    assertEquals(given("a.finish.finish/reap-1"), { pause: "20ms" });
    assertEquals(given("b.hang.finish/none-1"), {});
    const document = readJson(`${cwd}/out/result.json`);
    assertValid("result", document);
    const [a, b] = document.scenarios;
    assertEquals([a.set, b.set], [{ pause: "20ms" }, undefined]);
    const { verdict, sigint } = b.attempts[0];
    assertEquals([verdict, sigint], ["hung", null]);
    assertFalse(document.run.replayFlags.includes("--set"), "b has no such parameter");
    // In this shard nobody has it, but in another somebody does: no mistake.
    const shards = [2, 3, 4, 5].flatMap((total) =>
      Array.from({ length: total }, (_, at) => ({ index: at + 1, total }))
    );
    const mine = shards.find((each) =>
      inShard("b.hang.finish", each) && !inShard("a.finish.finish", each)
    );
    const shard = ["--shard", `${mine?.index}/${mine?.total}`];
    assertEquals((await suite(cwd, [...words, ...shard])).code, 0);
  },
);

testInDirectory("smoke lets a few run that spin at the same time, and no more", async (cwd) => {
  const names = ["a", "b", "c"].map((name) =>
    writeScenario(cwd, `${name}.hang.finish`, { load: "spins" })
  );
  const { code, stdout } = await suite(cwd, ["smoke", ...names, "--events", "--jobs", "8"]);
  assertEquals(code, 0);
  let running = 0;
  const most = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).map(({ type }) => {
    running += type === "attempt-started" ? 1 : type === "compared" ? -1 : 0;
    return running;
  });
  assertEquals(Math.max(...most), SPINNERS);
});

testInDirectory("smoke refuses what was typed wrong: exit 2, before anything runs", async (cwd) => {
  await assertRefuses(cwd, {
    "smoke non-chekpointing": "did you mean non-checkpointing?",
    "smoke ./gone.ts": "there is no file ./gone.ts",
    "smoke --shard 3/2": "write I/N",
    "smoke --remedy reap": "does not go with smoke",
    "smoke --github maybe": "auto, on, off",
    "smoke --json --events": "stdout",
    "smoke non-checkpointing --set slise=1s": 'no parameter "slise"; did you mean slice?',
    "smoke happy non-checkpointing --set constructor=1": "none of the 2 scenarios",
    "smoke happy non-checkpointing --set slice=1": "--set slice: ",
    "matrix happy --set slice=1s": 'happy has no parameter "slice"',
  });
  assertEquals([...Deno.readDirSync(cwd)].length, 0);
});

Deno.test("smoke checks real scenarios in both directions", { timeout: 120_000 }, async () => {
  await inTemporaryDirectory(async (cwd) => {
    const names = ["happy", "non-checkpointing", "sigint-starved"];
    const { code, stdout, stderr } = await unwedge(["smoke", ...names, "--json"], { cwd });
    const document = JSON.parse(stdout);
    const { totals, scenarios } = document;
    assertEquals([code, totals.selected, totals.matched], [0, 3, 5], stderr);
    assertEquals(await checkPages(document), { pages: 2, faults: [] });
    const [{ class: name, owner, sigint }] = scenarios[1].attempts;
    assertEquals([name, owner, sigint.unwedged], ["orphaned-channel", "supervisor", true]);
  });
});
