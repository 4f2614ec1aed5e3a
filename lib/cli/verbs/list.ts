/**
 * `list [FILTER…]`: the scenarios, each with its class, its deadline, what unwedges it and what it shows.
 *
 * @module
 */

import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { makeStyle, type Style } from "../../report/text/style.ts";
import { table } from "../../report/text/table.ts";
import { bound } from "../../protocol/duration.ts";
import { describeScenarios, shippedScenarios, trouble } from "../catalog.ts";
import { wantsColor } from "../terminal/color.ts";
import { CANNOT_JUDGE } from "../../report/worst.ts";
import type { Invocation } from "../invocation.ts";

/** Exit code when no scenario is left by the filters. */
const NOTHING_SELECTED = 4;

/**
 * Prints the scenarios whose name or class contains one of the filters, or all.
 *
 * @returns 0, 4 when nothing is selected, 125 when a scenario file is broken
 * @throws {CannotRunError} when the scenarios cannot be read at all
 */
export async function list({ words, settings, streams }: Invocation): Promise<number> {
  const color = settings.choice("color", ["auto", "always", "never"]);
  const described = await describeScenarios(shippedScenarios());
  const all = described.flatMap((each) => each.ok ? [each.facts] : []);
  const broken = described.flatMap((each) => each.ok ? [] : [each]);
  const chosen = all.filter((facts) => matches(facts, words));
  if (settings.switch("json") === true) {
    streams.out(`${JSON.stringify({ schema: "unwedge/list@1", scenarios: chosen }, null, 2)}\n`);
  } else {
    const style = makeStyle(wantsColor(color, streams.outIsTerminal));
    streams.out(page(chosen, style));
  }
  for (const each of broken) streams.err(`unwedge: ${trouble(each)}\n`);
  if (broken.length > 0) return CANNOT_JUDGE;
  if (chosen.length > 0) return 0;
  const { didYouMean } = await import("../../protocol/suggest.ts");
  const hint = didYouMean(words[0] ?? "", all.map(({ name }) => name));
  streams.err(`unwedge: no scenario matches ${words.join(" ")}${hint}\n`);
  return NOTHING_SELECTED;
}

function matches({ name, expected }: ScenarioFacts, filters: readonly string[]): boolean {
  const text = `${name} ${expected.class ?? expected.verdict}`.toLowerCase();
  return filters.length === 0 || filters.some((filter) => text.includes(filter.toLowerCase()));
}

function page(scenarios: readonly ScenarioFacts[], style: Style): string {
  const rows = table(scenarios.map(({ name, expected, deadlineMs, fixedBy }) => [
    style.bold(name),
    expected.class ?? expected.verdict,
    `deadline ${bound(deadlineMs)}`,
    fixedBy.length === 0 ? "" : `unwedged by ${fixedBy.join(", ")}`,
  ]));
  return scenarios.map(({ summary }, i) => `${rows[i]}\n    ${style.dim(summary)}\n`).join("");
}
