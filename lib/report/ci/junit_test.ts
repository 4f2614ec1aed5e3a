import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { DUMP, FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import { all, parseXml } from "../../../tests/support/strict_xml.ts";
import { again, BROKEN, scenarioOf, suiteDocument } from "../../../tests/support/suite_document.ts";
import { renderJUnit } from "./junit.ts";

const NASTY =
  "\x1b[31m<b>&\"'\x00\x08\x0b\x1f]]>\ud800 \udfff \ufffe\uffff\x1b]8;;x\x07 é 💥\u202e\u200b\r\n\tend";

Deno.test("renderJUnit writes one suite, a failure for a mismatch and an error for a fault", () => {
  const root = parseXml(renderJUnit(suiteDocument(), again));
  assertEquals(root.name, "testsuites");
  assertEquals(root.children.map(({ name }) => name), ["testsuite"]);
  for (const each of [root, ...root.children]) {
    const { tests, failures, errors, skipped, time } = each.attributes;
    assertEquals([tests, failures, errors, skipped, time], ["6", "2", "1", "1", "4.200"]);
  }
  const cases = all(root, "testcase").map(({ attributes, children }) => [
    attributes.name,
    children[0]?.name ?? "passed",
  ]);
  assertEquals(cases, [
    ["good [no remedy]", "passed"],
    ["good [channel-abort + reap]", "passed"],
    ["bad [no remedy]", "failure"],
    ["bad [channel-abort + reap]", "failure"],
    ["broken [no remedy]", "error"],
    ["late [no remedy]", "skipped"],
  ]);
});

Deno.test("renderJUnit repeats the one-line message in the body, with stacks and the replay line", () => {
  const root = parseXml(renderJUnit(suiteDocument(), again));
  const failures = all(root, "failure");
  for (const { attributes, text } of failures) {
    assertFalse(attributes.message?.includes("\n"));
    assertEquals(text.split("\n")[0], attributes.message);
    assertStringIncludes(text, "again: repro bad");
  }
  assertStringIncludes(failures[0]?.text ?? "", "verdict finished, not hung");
  assertStringIncludes(failures[1]?.text ?? "", "waitInSlices");
  const [error] = all(root, "error");
  assertStringIncludes(error?.text ?? "", "/project/scenarios/broken.ts:7: Error: thrown on load");
});

Deno.test("renderJUnit shows stacks as they were asked for", () => {
  const internal = { file: "ext:core/01_core.js", line: 1, column: 1, fn: "loop", internal: true };
  const isolates = DUMP.isolates.map((each) => ({
    ...each,
    samples: each.samples.map(({ atMs, frames }) => ({ atMs, frames: [internal, ...frames] })),
  }));
  const attempt = { ...HUNG, dump: { ...DUMP, isolates }, remedies: ["channel-abort", "reap"] };
  const document = suiteDocument([scenarioOf("x", [attempt])], []);
  const seen = (shown?: Parameters<typeof renderJUnit>[2]) => {
    const xml = renderJUnit(document, again, shown);
    return [xml.includes("waitInSlices"), xml.includes("01_core.js")];
  };
  assertEquals(seen(), [true, false]);
  assertEquals(seen({ stacks: "full", internalFrames: true }), [true, true]);
  assertEquals(seen({ stacks: "none", internalFrames: true }), [false, false]);
});

Deno.test("renderJUnit gives every repetition a unique name", () => {
  const attempts = [HUNG, HUNG, FINISHED, HUNG];
  const root = parseXml(
    renderJUnit(suiteDocument([scenarioOf("x", attempts)], [BROKEN, BROKEN]), again),
  );
  const names = all(root, "testcase").map(({ attributes }) => attributes.name);
  assertEquals(names.length, 6);
  assertEquals(new Set(names).size, 6);
  assert(names.includes("x [no remedy] #4"));
  assert(names.includes("broken [no remedy] #2"));
});

Deno.test("renderJUnit replaces characters that XML forbids, and those that nobody sees, in every part", () => {
  const attempt = {
    ...HUNG,
    class: NASTY,
    evidence: [{ kind: NASTY, detail: NASTY, ref: null }],
    outputTail: { stdout: NASTY, stderr: NASTY },
    dump: { ...DUMP, tasks: DUMP.tasks.map((task) => ({ ...task, name: NASTY })) },
  };
  const broken = { ...BROKEN, message: NASTY, file: NASTY };
  const xml = renderJUnit(suiteDocument([scenarioOf("x", [attempt])], [broken]), () => NASTY);
  for (const char of "\x1b\u202e\u200b") assertFalse(xml.includes(char));
  assertFalse(xml.includes("[31m"), "the rest of an escape sequence stayed");
  const root = parseXml(xml);
  assertStringIncludes(all(root, "failure")[0]?.text ?? "", "<b>&\"'\ufffd\ufffd\ufffd\ufffd]]>");
  assertStringIncludes(all(root, "failure")[0]?.text ?? "", "é 💥");
  assertStringIncludes(
    all(root, "error")[0]?.attributes.message ?? "",
    "<b>&\"'\ufffd\ufffd\ufffd\ufffd]]>",
  );
});

Deno.test("renderJUnit keeps a body below 64 KiB of the file, and the replay line in it", () => {
  const stdout = "&<💥".repeat(100_000);
  const attempt = { ...HUNG, class: "unknown", outputTail: { stdout, stderr: "" } };
  const xml = renderJUnit(suiteDocument([scenarioOf("x", [attempt])], []), again);
  const [, body = ""] = /<failure[^>]*>([^]*?)<\/failure>/.exec(xml) ?? [];
  const size = new TextEncoder().encode(body).length;
  const limit = 64 * 1_024;
  assert(size <= limit && size > limit - 100, `${size}`);
  const text = all(parseXml(xml), "failure")[0]?.text ?? "";
  assertStringIncludes(text, "again: repro x");
  assertStringIncludes(text, "[cut here");
});

Deno.test("parseXml refuses what the other tests rely on it to refuse", () => {
  for (
    const bad of ["<a>\x00</a>", "<a>&</a>", "<a b='<'/>", "<a>\ufffe</a>", "<a></b>", "<a>]]></a>"]
  ) {
    assertThrows(() => parseXml(bad), Error, "", bad);
  }
});
