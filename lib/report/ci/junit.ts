/**
 * The result as JUnit XML, the one dialect that CI services share: one suite level, unique names, a mismatch is a
 * `<failure>` and a fault of unwedge an `<error>`. The one-line message stands again in the body, because some readers
 * drop the attribute.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import type { ResultDocument } from "../../model/result.ts";
import { type Case, casesOf } from "./cases.ts";
import { detailLines, outputLines, type StacksShown, troubleLine } from "./detail.ts";
import { attributeText, bodyText } from "./xml.ts";

/** Some services refuse a file with a longer text, or show none of it. */
const BODY_LIMIT = 64 * 1_024;

/**
 * The document as JUnit XML, with an end of line.
 *
 * @param again the command that runs a case again
 * @param shown how stacks are shown
 */
export function renderJUnit(
  document: ResultDocument,
  again: (each: Case) => string | null,
  shown?: StacksShown,
): string {
  const cases = casesOf(document);
  const { run } = document;
  const count = (kind: Case["outcome"]["kind"]) =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const counts = attributes({
    tests: `${cases.length}`,
    failures: `${count("mismatch")}`,
    errors: `${count("fault")}`,
    skipped: `${count("skipped")}`,
    time: seconds(run.durationMs),
  });
  const shard = run.shard === null ? "" : ` ${run.shard}`;
  const suite = attributes({ name: `unwedge ${run.verb}${shard}`, timestamp: run.startedAt });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="unwedge"${counts}>`,
    `  <testsuite${suite}${counts}>`,
    ...cases.map((each) => testcase(each, document, again(each), shown)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testcase(
  each: Case,
  { run }: ResultDocument,
  again: string | null,
  shown: StacksShown | undefined,
): string {
  const open = `    <testcase${
    attributes({
      name: each.name,
      classname: `unwedge.${run.verb}`,
      time: seconds(each.run?.durationMs ?? 0),
      file: pathOfFile(each.file),
    })
  }`;
  const content = contentOf(each, again, shown);
  return content === "" ? `${open}/>` : `${open}>${content}</testcase>`;
}

function contentOf(
  each: Case,
  again: string | null,
  shown: StacksShown | undefined,
): string {
  const { outcome } = each;
  if (outcome.kind === "skipped") {
    return `<skipped${attributes({ message: outcome.message })}/>`;
  }
  const message = troubleLine(each);
  if (message === null) return "";
  const [tag, type] = outcome.kind === "fault" ? ["error", "fault"] : ["failure", "mismatch"];
  const output = outputLines(each);
  const lines = [
    message,
    ...detailLines(each, again, shown),
    ...(output.length > 0 ? ["", ...output] : []),
  ];
  const body = bodyText(lines.join("\n"), BODY_LIMIT, "\n[cut here: see the run directory]\n");
  return `<${tag}${attributes({ message, type })}>${body}</${tag}>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, text]) => ` ${name}="${attributeText(text)}"`).join("");
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
