import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { CONTRADICTED, DIAGNOSED } from "../../../tests/support/diagnosed.ts";
import { again, BROKEN, scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { renderMarkdown } from "./markdown.ts";

const MIB = 1_024 * 1_024;

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

Deno.test("renderMarkdown writes one row for each scenario and direction", () => {
  const text = renderMarkdown(suiteDocument(), { again, maxBytes: MIB });
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| |"));
  assertEquals(rows.map((row) => row.split(" | ").slice(0, 3)), [
    ["| ✅", "good", "no remedy"],
    ["| ✅", "good", "channel-abort + reap"],
    ["| ❌", "bad", "no remedy"],
    ["| ❌", "bad", "channel-abort + reap"],
    ["| ⚠️", "broken", "no remedy"],
    ["| ⏭️", "late", "no remedy"],
  ]);
  assertStringIncludes(text, "## unwedge smoke: 3 not as declared");
  assertStringIncludes(text, "again: repro bad");
});

Deno.test("renderMarkdown counts repetitions in one row", () => {
  const text = renderMarkdown(suiteDocument([scenarioOf("x", [HUNG, HUNG, FINISHED])], []), {
    again,
    maxBytes: MIB,
  });
  assertStringIncludes(
    text,
    "| ❌ | x | no remedy | finished in 43 ms: verdict finished, not hung",
  );
  assertStringIncludes(text, ", 1 of 3 |");
});

Deno.test("renderMarkdown stays below its limit by leaving out details, then rows, and says so", () => {
  const scenarios = Array.from(
    { length: 3_000 },
    (_, i) => scenarioOf(`s${i}`, [{ ...HUNG, class: "unknown" }]),
  );
  const document = suiteDocument(scenarios, []);
  const large = renderMarkdown(document, { again, maxBytes: MIB });
  assert(bytes(large) < MIB, `${bytes(large)}`);
  assert(bytes(large) > MIB / 2);
  assertStringIncludes(large, "more details: see result.json");
  const small = renderMarkdown(document, { again, maxBytes: 10_000 });
  assert(bytes(small) < 10_000, `${bytes(small)}`);
  assertStringIncludes(small, "more rows: see result.json");
});

Deno.test("renderMarkdown escapes all text, so that none becomes markup", () => {
  const message = "a|b <script> `x`\n\n| new | row |\n```\n</details> \x1b[31m\u202e\u200b";
  const text = renderMarkdown(suiteDocument([], [{ ...BROKEN, message }]), {
    again,
    maxBytes: MIB,
  });
  assertFalse(text.includes("<script>"));
  for (const char of "\x1b\u202e\u200b") assertFalse(text.includes(char));
  assertEquals(text.split("\n").filter((line) => line.startsWith("| new")), []);
  assertStringIncludes(text, "a\\|b &lt;script&gt; \\`x\\`");
});

Deno.test("renderMarkdown fences details with more backticks than they contain", () => {
  const evidence = [{ kind: "x", detail: "before\n````\nafter", ref: null }];
  const document = suiteDocument([scenarioOf("x", [{ ...HUNG, class: "unknown", evidence }])], []);
  const lines = renderMarkdown(document, { again, maxBytes: MIB }).split("\n");
  assertEquals(lines.filter((line) => /^`{5,}/.test(line)), ["`````text", "`````"]);
});

Deno.test("renderMarkdown shows the trials of a diagnosed hang, and whether they confirm its class", () => {
  const text = renderMarkdown(
    suiteDocument([scenarioOf("x", [DIAGNOSED]), scenarioOf("y", [CONTRADICTED])], []),
    { again, maxBytes: MIB },
  );
  assertStringIncludes(
    text,
    "### x \\[no remedy\\]: orphaned-channel, confirmed by what unwedged it",
  );
  assertStringIncludes(text, "| **channel-abort + reap** | 3.2 ms | 35 ms | 85 ms |  |");
  assertStringIncludes(text, "| boot-race |  |  |  | nothing to do: nobody here");
  assertStringIncludes(text, "### y \\[no remedy\\]: orphaned-channel, contradicted by");
  assertStringIncludes(text, "- The process is lost: ");
  assertStringIncludes(text, "1 not as declared");
  assertStringIncludes(text, "tried on copies of it:\n- bounded-join: not tried: smaller ones");
});
