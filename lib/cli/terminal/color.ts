/**
 * Whether a stream gets colour. The flag wins, then FORCE_COLOR, then NO_COLOR (both count only when they are set and
 * not empty), then whether the stream is a terminal that can.
 *
 * @module
 */

/** What the person said about colour. */
export type ColorChoice = "auto" | "always" | "never";

/**
 * Decides for one stream.
 *
 * @param choice the flag, null when it was not given
 * @param isTerminal whether the stream ends at a terminal
 * @param env reads an environment variable
 */
export function wantsColor(
  choice: ColorChoice | null,
  isTerminal: boolean,
  env: (name: string) => string | undefined = readEnv,
): boolean {
  if (choice === "always") return true;
  if (choice === "never") return false;
  const forced = env("FORCE_COLOR");
  if (forced) return forced !== "0" && forced !== "false";
  if (env("NO_COLOR")) return false;
  return isTerminal && env("TERM") !== "dumb";
}

function readEnv(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
