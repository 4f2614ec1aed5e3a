/**
 * `explain CLASS|SCENARIO`: what a class of hangs looks like, what decides it, why it is not another class and how to
 * fix it; or the story of a scenario, its parameters and what it declares.
 *
 * @module
 */

import { CLASSES } from "../../diagnose/classes/registry.ts";
import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import { makeStyle } from "../../report/text/style.ts";
import { describeOne, findScenario, looksLikePath, shippedScenarios } from "../catalog.ts";
import { wantsColor } from "../terminal/color.ts";
import { classPage, scenarioPage } from "./explain_pages.ts";
import type { Invocation } from "../invocation.ts";
import { CommandLineError } from "../command_line_error.ts";

/**
 * Prints the page of a class or of a scenario.
 *
 * @throws {CommandLineError} when there is neither by that name
 * @throws {CannotRunError} when the scenario's file is broken
 */
export async function explain({ words, settings, streams }: Invocation): Promise<number> {
  const [name, ...more] = words;
  const scenarios = shippedScenarios().map((each) => each.name);
  const classes = CLASSES.map((each) => each.name);
  if (name === undefined || more.length > 0) {
    throw new CommandLineError(
      "explain needs one class or scenario",
      everyName(classes, scenarios),
    );
  }
  const color = settings.choice("color", ["auto", "always", "never"]);
  const style = makeStyle(wantsColor(color, streams.outIsTerminal));
  const found = CLASSES.find((each) => each.name === name);
  if (found !== undefined) {
    streams.out(classPage(found, style));
    return 0;
  }
  if (!scenarios.includes(name) && !looksLikePath(name)) {
    const { didYouMean } = await import("../../protocol/suggest.ts");
    const hint = didYouMean(name, [...classes, ...scenarios]);
    throw new CommandLineError(
      `there is no class and no scenario ${JSON.stringify(name)}${hint}`,
      everyName(classes, scenarios),
    );
  }
  const facts: ScenarioFacts = await describeOne(await findScenario(name));
  streams.out(scenarioPage(facts, looksLikePath(name) ? name : facts.name, style));
  return 0;
}

function everyName(classes: readonly string[], scenarios: readonly string[]): string {
  return `classes: ${classes.join(", ")}\n  scenarios: ${scenarios.join(", ")}`;
}
