import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLASSES } from "../../diagnose/classes/registry.ts";
import { confirmationTexts } from "../../diagnose/confirmation.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { makeStyle } from "../../report/text/style.ts";
import { summaryOfClass } from "./class_summary.ts";
import { classPage, scenarioPage } from "./explain_pages.ts";

const PLAIN = makeStyle(false);

const FACTS: ScenarioFacts = {
  name: "example",
  file: "file:///x/example.ts",
  summary: "a child that says nothing",
  story: "A real program did this.",
  params: { failAfter: { value: "", default: "", about: "puts an inner bound around it" } },
  expected: { verdict: "hung", class: "orphaned-channel", owner: "supervisor", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  settleMs: 200,
  softKillMs: 1_000,
  hardKillMs: 1_000,
  deadlineMs: 5_000,
};

Deno.test("classPage has a full page for every class", () => {
  for (const text of CLASSES) {
    const page = classPage(text, PLAIN);
    assert(page.startsWith(`${text.name}\n`));
    for (const fix of text.fixes) {
      assertStringIncludes(page.replace(/\s+/g, " "), fix.replace(/\s+/g, " "));
    }
    assert(page.split("\n").every((line) => line.length <= 100), text.name);
  }
});

Deno.test("classPage says for what each way to mend it is, where a class has several causes", () => {
  const causes = {
    "loop-starved": /^(a lock|a loop|microtasks|a flood): /,
    "exit-leak": /^(a handle|a thread|either): /,
  };
  for (const [name, cause] of Object.entries(causes)) {
    const fixes = CLASSES.find((each) => each.name === name)?.fixes ?? [];
    assertEquals([fixes.length > 0, fixes.filter((fix) => !cause.test(fix))], [true, []], name);
  }
});

Deno.test("classPage tells how diagnose confirms each class, and what would contradict it", () => {
  for (const { name } of CLASSES) {
    const text = CLASSES.find((each) => each.name === name);
    assert(text !== undefined);
    const page = classPage(text, PLAIN).replace(/\s+/g, " ");
    const rows = confirmationTexts(name);
    for (const { variant, confirms, refutes } of rows) {
      for (const each of [...confirms, ...refutes]) {
        const point = variant === null ? each : `${variant}: ${each}`;
        assertStringIncludes(page, `- ${point}`.replace(/\s+/g, " "), name);
      }
    }
    assertEquals(page.includes("What diagnose must see"), name !== "unknown", name);
    assertEquals(page.includes("- nothing that can be tried"), name === "late", name);
  }
});

Deno.test("scenarioPage tells the story, what is declared, and how to see it", () => {
  const page = scenarioPage(FACTS, "./my example.ts", PLAIN);
  for (
    const part of [
      "A child that says nothing.",
      "verdict hung, class orphaned-channel, the supervisor's",
      "Ctrl-C frees the nursery",
      "settle 200 ms, soft kill 1 s, hard kill 1 s, deadline 5 s",
      "failAfter: puts an inner bound around it (default none)",
      "main.ts repro './my example.ts' --remedy channel-abort,reap\n",
    ]
  ) assertStringIncludes(page, part);
});

Deno.test("scenarioPage of one that needs nothing says so", () => {
  const page = scenarioPage({ ...FACTS, fixedBy: [], params: {} }, "example", PLAIN);
  assertStringIncludes(page, "nothing is needed");
  assertEquals(page.includes("--remedy"), false);
  assertEquals(page.includes("Parameters"), false);
});

Deno.test("summaryOfClass knows every class, and no other", () => {
  for (const { name } of CLASSES) assert(summaryOfClass(name) !== null);
  assertEquals(summaryOfClass("nonsense"), null);
});
