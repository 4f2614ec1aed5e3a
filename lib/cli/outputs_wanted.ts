/**
 * Whether a result goes beside stdout as well: into a JUnit file, and to GitHub Actions; and how its stacks are shown.
 *
 * @module
 */

import type { StacksShown } from "../report/ci/detail.ts";
import type { Settings } from "./settings.ts";
import { CommandLineError } from "./command_line_error.ts";

/**
 * Where the JUnit file goes, `-` for stdout; null when none was asked for.
 *
 * @param format what stdout is wanted for otherwise
 * @throws {CommandLineError} when both want stdout
 */
export function junitWanted(settings: Settings, format: "text" | "json" | "events"): string | null {
  const junit = settings.text("junit");
  if (junit === "-" && format !== "text") {
    throw new CommandLineError(`--junit - and --${format} both want stdout`);
  }
  return junit;
}

/** Whether the output is read by GitHub Actions. */
export function githubWanted(settings: Settings): boolean {
  const choice = settings.choice("github", ["auto", "on", "off"]) ?? "auto";
  if (choice !== "auto") return choice === "on";
  return variable("GITHUB_ACTIONS") === "true";
}

/** How stacks are shown wherever they are. */
export function stacksWanted(settings: Settings): StacksShown {
  return {
    stacks: settings.choice("stacks", ["full", "folded", "top", "none"]) ?? "folded",
    internalFrames: settings.switch("internal-frames") ?? false,
  };
}

/** How stacks are shown on a page that has none unless they are asked for; null when they are not. */
export function pageStacksWanted(settings: Settings): StacksShown | null {
  const wanted = stacksWanted(settings);
  const asked = settings.where("stacks") !== null || wanted.internalFrames;
  return asked && wanted.stacks !== "none" ? wanted : null;
}

/** Without the permission for a variable it counts as not set. */
export function variable(name: string): string | null {
  try {
    return Deno.env.get(name) || null;
  } catch {
    return null;
  }
}
