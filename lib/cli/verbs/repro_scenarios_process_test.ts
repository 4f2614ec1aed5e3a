import { assertEquals, assertStringIncludes } from "@std/assert";
import { testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";

testInDirectory("repro happy exits 0, with nothing to look into", async (cwd) => {
  const { code, stdout } = await unwedge(["repro", "happy", "--json"], { cwd });
  const document = JSON.parse(stdout);
  const [{ attempts: [attempt] }] = document.scenarios;
  assertEquals([code, attempt.verdict, attempt.dump], [0, "finished", null]);
  assertEquals([document.totals.matched, document.totals.mismatched], [1, 0]);
});

testInDirectory("repro non-checkpointing shows the seed's hang, whole with -v", async (cwd) => {
  const { code, stdout } = await unwedge(["repro", "non-checkpointing", "-v"], { cwd });
  assertEquals(code, 124);
  const sections = [
    "── inside the subject",
    "── timeline",
    "── evidence",
    "── cause",
    "── what unwedges it",
    "── the three clocks",
    "── Ctrl-C",
    "── again",
    "HUNG non-checkpointing: teardown did not finish",
  ].map((start) => `\n${stdout}`.indexOf(`\n${start}`));
  assertEquals(sections.includes(-1), false, stdout);
  assertEquals(sections, sections.toSorted((a, b) => a - b));
  for (
    const part of [
      "orphaned-channel",
      "Whose bug: the supervisor",
      "fixtures/children/",
      "in recv: channel",
      "main loop",
      "it unwedged the nursery",
      "The process did not exit all the same",
      "--remedy channel-abort,reap --seed ",
      "(exit code 124)",
    ]
  ) assertStringIncludes(stdout, part);
});

testInDirectory(
  "repro non-checkpointing with its remedies: leaked with one, finished with both",
  async (cwd) => {
    const words = ["repro", "non-checkpointing", "--json", "--remedy"];
    const one = await unwedge([...words, "channel-abort"], { cwd });
    assertEquals([one.code, JSON.parse(one.stdout).totals.leaked], [3, 1]);
    const both = await unwedge([...words, "reap,channel-abort"], { cwd });
    assertEquals([both.code, JSON.parse(both.stdout).totals.matched], [0, 1]);
  },
);

testInDirectory(
  "repro looks inside, and its remedies reap and free, behind a proxy that cannot reach this machine",
  async (cwd) => {
    const env = {
      HTTP_PROXY: "http://127.0.0.1:1",
      ALL_PROXY: "http://127.0.0.1:1",
      NO_PROXY: "",
    };
    const attempt = async (...words: string[]) => {
      const { stdout } = await unwedge(["repro", ...words, "--json"], { cwd, env });
      return JSON.parse(stdout).scenarios[0].attempts[0];
    };
    const { dump } = await attempt("rpc-cycle");
    assertEquals([dump.complete, dump.missing], [true, []]);
    const reaped = await attempt("non-checkpointing", "--remedy", "channel-abort,reap");
    const freed = await attempt("microtask-storm", "--remedy", "sentinel");
    assertEquals([reaped.verdict, freed.verdict], ["finished", "finished"]);
  },
);
