import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { assertValid, readJson } from "../../../tests/support/stand_in.ts";
import { testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";
import type { StreamEvent } from "../../model/event.ts";

testInDirectory(
  "diagnose names the cause of a lost wake-up, and exits as repro does",
  async (cwd) => {
    const { code, stdout, stderr } = await unwedge(["diagnose", "lost-wakeup"], { cwd });
    assertEquals(code, 124, stderr);
    assertMatch(stdout, /^HUNG lost-wakeup: .*\(exit code 124\)$/m);
    assertStringIncludes(stdout, "The remedies confirm the class: lost-wakeup.");
    const whole = Deno.readTextFileSync(`${cwd}/.unwedge/latest/report.txt`);
    assertMatch(whole, /channel-abort +nothing to do: /);
    const cause = stdout.replaceAll(/\s+/g, " ");
    assertMatch(
      cause,
      /The nursery "nursery" was waiting for task "report", which was waiting for notification "batch done"; cancelling the one task let it finish in [\d.]+ m?s\./,
    );
    assertStringIncludes(stderr, "unwedge: reap: nothing to do");
    // Shown again, it is the same.
    const again = await unwedge(["report", "latest"], { cwd });
    assertEquals([again.code, again.stdout], [0, stdout], again.stderr);
    const asTyped = /── again ─+\n {2}deno run -A \S*main\.ts diagnose lost-wakeup --seed \d+\n/;
    assertMatch(whole, asTyped);
    const markdown = await unwedge(["report", "latest", "--format", "markdown"], { cwd });
    assertStringIncludes(markdown.stdout, "lost-wakeup, confirmed by what unwedged it");
  },
);

testInDirectory(
  "diagnose writes what it tried as a document and as events, valid both",
  async (cwd) => {
    const { code, stdout } = await unwedge(["diagnose", "quiet-death", "--json", "-o", "out"], {
      cwd,
    });
    assertEquals(code, 124);
    const document = JSON.parse(stdout);
    assertValid("result", document);
    assertEquals(readJson(`${cwd}/out/result.json`), document);
    assertEquals(document.run.verb, "diagnose");
    const { diagnosis } = document.scenarios[0].attempts[0];
    assertEquals(diagnosis.confirmation.kind, "confirmed");
    assertEquals(diagnosis.smallest.nursery, "death-watch");
    const lines = Deno.readTextFileSync(`${cwd}/out/events.ndjson`).trimEnd().split("\n");
    const events: StreamEvent[] = lines.map((line) => JSON.parse(line));
    for (const event of events) assertValid("event", event);
    const of = (type: string) => events.filter((event) => event.type === type);
    assertEquals(of("replica-started").length, diagnosis.replicas);
    // Ctrl-C was tried by the first run itself.
    assertEquals(of("trial").length, diagnosis.trials.length - 1);
    assertEquals(of("diagnosed").length, 1);
    const dirs = [...Deno.readDirSync(`${cwd}/out/replicas`)].map(({ name }) => name);
    assertEquals(dirs.length, diagnosis.replicas);
    for (const dir of dirs) {
      assert(Deno.statSync(`${cwd}/out/replicas/${dir}/journal.msgpack`).size > 0);
    }
  },
);

testInDirectory(
  "diagnose into the directory of an earlier diagnosis leaves nothing of that one",
  async (cwd) => {
    Deno.mkdirSync(`${cwd}/out/replicas/stale`, { recursive: true });
    // Without a run in it the directory would be the user's, and stay as it is.
    Deno.writeTextFileSync(`${cwd}/out/events.ndjson`, "");
    const { code } = await unwedge(["diagnose", "happy", "-q", "-o", "out"], { cwd });
    assertEquals(code, 0);
    assertThrows(() => Deno.statSync(`${cwd}/out/replicas`), Deno.errors.NotFound);
  },
);

testInDirectory("diagnose of a run that finishes says so, and tries nothing", async (cwd) => {
  const { code, stdout } = await unwedge(["diagnose", "happy", "--json"], { cwd });
  assertEquals(code, 0);
  const document = JSON.parse(stdout);
  assertValid("result", document);
  assertFalse("diagnosis" in document.scenarios[0].attempts[0]);
});

testInDirectory("diagnose -q prints the verdict alone", async (cwd) => {
  const { stdout, stderr } = await unwedge(["diagnose", "boot-death", "-q"], { cwd });
  assertEquals([stdout.trimEnd().split("\n").length, stderr], [1, ""]);
  assertStringIncludes(stdout, "boot-death, the supervisor's, confirmed by ");
});

testInDirectory("diagnose refuses what repro refuses", async (cwd) => {
  const cases: [string[], string][] = [
    [["diagnose"], "diagnose needs the name of a scenario, or a file"],
    [["diagnose", "happy", "rpc-cycle"], "diagnose runs one scenario"],
    [["diagnose", "hapy"], "did you mean happy?"],
    [["diagnose", "happy", "--repeat", "3"], "--repeat"],
    [["diagnose", "happy", "--set", "nope=1"], "nope"],
  ];
  for (const [args, text] of cases) {
    const { code, stdout, stderr } = await unwedge(args, { cwd });
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, text);
  }
});

testInDirectory("smoke --diagnose says of each hang what unwedged it", async (cwd) => {
  const names = ["lost-wakeup", "quiet-death", "happy"];
  const { code, stdout } = await unwedge(["smoke", ...names, "--diagnose", "--json"], { cwd });
  assertEquals(code, 0);
  const document = JSON.parse(stdout);
  assertValid("result", document);
  const kinds = document.scenarios.map(({ name, attempts }: Scenario) => [
    name,
    ...attempts.map(({ diagnosis }) => diagnosis?.confirmation.kind ?? null),
  ]);
  assertEquals(kinds.toSorted(), [
    ["happy", null],
    ["lost-wakeup", "confirmed"],
    ["quiet-death", "confirmed", null],
  ]);
});

interface Scenario {
  readonly name: string;
  readonly attempts: readonly {
    readonly diagnosis?: { readonly confirmation: { kind: string } };
  }[];
}
