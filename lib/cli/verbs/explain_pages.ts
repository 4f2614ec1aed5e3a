/**
 * The pages of `explain`, as text.
 *
 * @module
 */

import { neighboursOf, ownersOf } from "../../diagnose/classes/registry.ts";
import type { HangClass } from "../../diagnose/hang_class.ts";
import { type ConfirmationText, confirmationTexts } from "../../diagnose/confirmation.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import { paragraph } from "../../report/text/section.ts";
import type { Style } from "../../report/text/style.ts";
import { bound } from "../../protocol/duration.ts";
import { listed, sentenceOf } from "../../report/text/words.ts";
import { ourCommand, replayLine } from "../replay.ts";

const OWNERS = {
  supervisor: "the supervisor's (the code that tears children down)",
  program: "the program's",
  platform: "the platform's",
} as const;

/** Everything that is known about a class. */
export function classPage(text: HangClass, style: Style): string {
  const lines = [
    ...titled(text.name, sentenceOf(text.summary), style),
    ...part("Whose bug", listed(ownersOf(text).map((owner) => OWNERS[owner])), style),
    ...part("What it looks like", text.looksLike, style),
    ...part("Why it happens", text.why, style),
    ...points("What decides that it is this class (all of a line)", decisive(text), style),
    ...points(
      "What tells it from the classes that look alike",
      neighboursOf(text).map((each) => `${each.class}: ${each.because}`),
      style,
    ),
    ...confirmation(text, style),
    ...points("How to fix it, the smallest change first", text.fixes, style),
    ...points(
      "Try it",
      text.scenarios.map((name) => `${ourCommand()} repro ${name}`),
      style,
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** What must be seen, variant by variant. */
function decisive({ rules }: HangClass): readonly string[] {
  return rules.map(({ variant, requires }) =>
    `${variant}: ${requires.map(({ says }) => says).join("; ")}`
  );
}

/** What `diagnose` has to see of the remedies, on copies of the hang, before it calls the class confirmed. */
function confirmation({ name }: HangClass, style: Style): string[] {
  const rows = confirmationTexts(name);
  const told = (pick: (row: ConfirmationText) => readonly string[]) =>
    rows.flatMap((row) =>
      pick(row).map((each) => row.variant === null ? each : `${row.variant}: ${each}`)
    );
  const none = rows.length === 0 && name !== "unknown" ? ["nothing that can be tried"] : [];
  return [
    ...points("What diagnose must see to confirm it (all of it)", [
      ...told(({ confirms }) => confirms),
      ...none,
    ], style),
    ...points("What would contradict it (any of it)", told(({ refutes }) => refutes), style),
  ];
}

/**
 * Everything that a scenario says of itself.
 *
 * @param typed how it was named: only with its path can a file of the user's own be run
 */
export function scenarioPage(facts: ScenarioFacts, typed: string, style: Style): string {
  const { expected, fixedBy } = facts;
  const run = replayLine(typed, [], []);
  const lines = [
    ...titled(facts.name, sentenceOf(facts.summary), style),
    ...part("The story", facts.story, style),
    ...points("Without a remedy", [
      `verdict ${expected.verdict}${expected.class === null ? "" : `, class ${expected.class}`}${
        expected.owner === null ? "" : `, ${OWNERS[expected.owner]}`
      }`,
      ...(expected.proven === true ? [PROVEN] : []),
      CTRL_C[expected.ctrlC],
    ], style),
    ...points(
      "Remedies that unwedge it",
      fixedBy.length === 0
        ? ["nothing is needed"]
        : REMEDIES.filter(({ name }) => fixedBy.includes(name))
          .map(({ name, does }) => `${name}: ${does}`),
      style,
    ),
    ...points("Times", [
      `settle ${bound(facts.settleMs)}, soft kill ${bound(facts.softKillMs)}, ` +
      `hard kill ${bound(facts.hardKillMs)}, deadline ${bound(facts.deadlineMs)}`,
    ], style),
    ...points(
      "Parameters (--set KEY=VALUE)",
      Object.entries(facts.params).map(([key, param]) =>
        `${key}: ${param.about} (default ${param.default === "" ? "none" : param.default})`
      ),
      style,
    ),
    ...points(
      "Try it",
      fixedBy.length === 0 ? [run] : [run, replayLine(typed, fixedBy, [])],
      style,
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const PROVEN =
  "proven, so the run stops before the deadline: nothing is left that could end the wait";
const CTRL_C = {
  unwedges: "Ctrl-C frees the nursery",
  ignored: "Ctrl-C does nothing",
  "in-vain": "Ctrl-C is acted on and does not free the nursery",
  "not-needed": "Ctrl-C is not needed",
} as const;

function titled(name: string, summary: string, style: Style): string[] {
  return [style.bold(name), ...paragraph(summary), ""];
}

function part(title: string, text: string, style: Style): string[] {
  return text.trim() === "" ? [] : [style.bold(title), ...paragraph(text), ""];
}

function points(title: string, texts: readonly string[], style: Style): string[] {
  if (texts.length === 0) return [];
  const lines = texts.flatMap((text) => {
    const [first = "", ...rest] = paragraph(text, "    ");
    return [`  - ${first.trimStart()}`, ...rest];
  });
  return [style.bold(title), ...lines, ""];
}
