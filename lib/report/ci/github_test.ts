import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { again, BROKEN, scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import type { ResultDocument } from "../../model/result.ts";
import { githubLines } from "./github.ts";

const TOKEN = "an-unguessable-word";

function linesOf(document: ResultDocument, root = "/project"): string[] {
  return githubLines(document, { again, root, token: TOKEN }).trimEnd().split("\n");
}

/** What the service obeys: nothing between the two lines that suspend commands. */
function commandsOf(lines: readonly string[]): string[] {
  const obeyed: string[] = [];
  let suspended = false;
  for (const line of lines) {
    if (suspended && line === `::${TOKEN}::`) suspended = false;
    else if (!suspended && line === `::stop-commands::${TOKEN}`) suspended = true;
    else if (!suspended && (line.trimStart().startsWith("::") || line.includes("##["))) {
      obeyed.push(line);
    }
  }
  assertFalse(suspended);
  return obeyed;
}

Deno.test("githubLines makes a group for each scenario, closed before the next", () => {
  const commands = commandsOf(linesOf(suiteDocument())).filter((line) => /group/.test(line));
  assertEquals(commands, [
    "::group::good: as declared",
    "::endgroup::",
    "::group::bad: 2 of 2 runs not as declared",
    "::endgroup::",
    "::group::broken: 1 of 1 run not as declared",
    "::endgroup::",
    "::group::late: as declared",
    "::endgroup::",
  ]);
});

Deno.test("githubLines annotates the first mapped frame of the user's, or the scenario", () => {
  const errors = linesOf(suiteDocument()).filter((line) => line.startsWith("::error"));
  assertEquals(errors.map((line) => line.split("::")[1]), [
    "error file=scenarios/bad.ts,line=1,title=unwedge%3A bad [no remedy]",
    "error file=fixtures/children/non_checkpointing.ts,line=12,title=unwedge%3A bad [channel-abort + reap]",
    "error file=scenarios/broken.ts,line=7,title=unwedge%3A broken [no remedy]",
  ]);
});

Deno.test("githubLines names no file that the checkout does not have", () => {
  const errors = linesOf(suiteDocument(), "/elsewhere").filter((line) =>
    line.startsWith("::error")
  );
  assertEquals(errors.length, 3);
  for (const line of errors) assert(line.startsWith("::error title="), line);
});

Deno.test("githubLines gives at most nine annotations, the last of which counts the rest", () => {
  for (const [mismatches, expected] of [[8, 8], [9, 9], [40, 9]] as const) {
    const scenarios = Array.from({ length: mismatches }, (_, i) => scenarioOf(`s${i}`, [FINISHED]));
    const errors = linesOf(suiteDocument(scenarios, [])).filter((line) =>
      line.startsWith("::error")
    );
    assertEquals(errors.length, expected);
    const last = errors.at(-1) ?? "";
    if (mismatches > 8) assertStringIncludes(last, `::and ${mismatches - 8} more`);
    else assertFalse(last.includes("more"));
  }
});

Deno.test("githubLines lets no output of the subject become a command", () => {
  const said =
    "::error::gotcha\n  ::add-mask::x\n##[error]gotcha\n::stop-commands::mine\n::mine::\n\u202e\u200b";
  const attempt = {
    ...HUNG,
    class: "::error::class",
    evidence: [{ kind: "x", detail: `fine\n${said}`, ref: null }],
    outputTail: { stdout: said, stderr: said },
  };
  const fault = { ...BROKEN, message: `no\n${said}` };
  const lines = linesOf(suiteDocument([scenarioOf("x", [attempt])], [fault]));
  assertFalse(/[\u202e\u200b]/.test(lines.join("\n")));
  const commands = commandsOf(lines);
  assertEquals(commands.filter((line) => !/^::(group|endgroup|error (file|title))/.test(line)), []);
  assertEquals(commands.filter((line) => line.startsWith("::error")).length, 2);
});

Deno.test("githubLines escapes what would end a message or a property", () => {
  const fault = { ...BROKEN, scenario: "a,b:c%", message: "100%\nnext", file: null, line: null };
  const [error = ""] = linesOf(suiteDocument([], [fault])).filter((line) =>
    line.startsWith("::error")
  );
  assertStringIncludes(error, "title=unwedge%3A a%2Cb%3Ac%25 [no remedy]::");
  assertStringIncludes(error, "100%25 next");
});
