/**
 * `completions bash|zsh|fish`: prints a script that completes verbs, flags, and the names that exist at that moment.
 * The scripts hold none of them: they ask `unwedge __complete`, so they stay right when unwedge changes.
 *
 * @module
 */

import type { Invocation } from "../invocation.ts";
import { fromFileUrl } from "../paths.ts";
import { OWN_FLAGS } from "../../protocol/own_code.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
const MAIN = new URL("../../../main.ts", import.meta.url);

/** Prints the script of one shell. @throws {CommandLineError} when there is none for it */
export async function completions({ words, streams }: Invocation): Promise<number> {
  const { oneOf } = await import("../suggest.ts");
  const shell = oneOf(words, SHELLS, "completions", "shell");
  streams.out(await scriptFor(shell, fallbackCommand()));
  return 0;
}

async function scriptFor(shell: typeof SHELLS[number], fallback: string): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("../complete/scripts.ts")).bashScript(fallback);
    case "zsh":
      return (await import("../complete/scripts.ts")).zshScript(fallback);
    case "fish":
      return (await import("../complete/scripts.ts")).fishScript(fallback);
  }
}

/** How this very unwedge is called, for shells where `unwedge` is an alias that a script cannot use. */
function fallbackCommand(): string {
  const main = MAIN.protocol === "file:" ? fromFileUrl(MAIN) : MAIN.href;
  return [quoted(Deno.execPath()), "run -A", ...OWN_FLAGS.map(quoted), quoted(main)].join(" ");
}

/** One word for any of the three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
