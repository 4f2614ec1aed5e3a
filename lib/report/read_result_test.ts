import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { HUNG } from "../../tests/support/attempts.ts";
import { again, FIXED, scenarioOf, suiteDocument } from "../../tests/support/suite_document.ts";
import type { ResultDocument } from "../model/result.ts";
import { renderJUnit } from "./ci/junit.ts";
import { renderMarkdown } from "./ci/markdown.ts";
import { NoResultError, readResult } from "./read_result.ts";

function reading(document: unknown): ResultDocument {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-result-" });
  try {
    Deno.writeTextFileSync(`${dir}/result.json`, JSON.stringify(document));
    return readResult(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("readResult returns what was written", () => {
  const document = suiteDocument([scenarioOf("good", [FIXED])]);
  assertEquals(reading(document), document);
});

Deno.test("readResult refuses a file or a directory that leads elsewhere, and names the place", () => {
  const scenario = scenarioOf("bad", [HUNG]);
  for (const file of ["/etc/passwd", "", "http://[", "file://host/x", "file:///a\nb"]) {
    const document = suiteDocument([{ ...scenario, file }]);
    const error = assertThrows(() => reading(document), NoResultError);
    assertStringIncludes(error.message, "scenarios.0.file: must be the URL of a file");
  }
  for (const dir of ["..", "../../etc", "attempts/../../x"]) {
    const runs = [{ dir, durationMs: 1 }];
    const error = assertThrows(
      () => reading(suiteDocument([{ ...scenario, runs }])),
      NoResultError,
    );
    assertStringIncludes(error.message, "scenarios.0.runs.0.dir: must not lead out of the run");
  }
});

Deno.test("readResult lets no text through that does something to a terminal", () => {
  const evidence = [{ kind: "verdict", detail: "a\u001b[2J\rFINISHED\u202e\tb\n", ref: null }];
  const { scenarios } = reading(suiteDocument([scenarioOf("bad", [{ ...HUNG, evidence }])]));
  assertEquals(scenarios[0]?.attempts[0]?.evidence[0]?.detail, "a\ufffd[2J\nFINISHED\ufffd\tb\n");
});

Deno.test("a result with more of everything than a call takes arguments is read and shown", () => {
  const many = <T>(item: T): T[] => new Array<T>(150_000).fill(item);
  const evidence = many({ kind: "verdict", detail: "late", ref: null });
  const attempt = { ...HUNG, class: "other", evidence, missing: many("a witness") };
  const document = reading(suiteDocument([scenarioOf("bad", [attempt])]));
  assertStringIncludes(renderJUnit(document, again), "[cut here");
  const text = renderMarkdown(document, { again, maxBytes: Infinity });
  assertEquals(text.split("- late (verdict)").length, 150_001);
  const damaged = suiteDocument([{ ...scenarioOf("bad", [attempt]), fixedBy: [] }]);
  assertThrows(() => reading({ ...damaged, scenarios: many(7) }), NoResultError, "damaged");
});
