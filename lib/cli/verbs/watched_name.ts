/** What a watched command is called in a document, and which file it is about. @module */

import { redactedCommand } from "../../protocol/redact.ts";
import { oneLine } from "../../protocol/text.ts";
import { resolve, toFileUrl } from "../paths.ts";

const LONGEST_NAME = 80;

/** The command line in a readable length. */
export function commandName(command: readonly string[]): string {
  const line = oneLine(redactedCommand(command)).replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_NAME ? line : `${line.slice(0, LONGEST_NAME - 1)}…`;
}

/** File URL of the first word of the command that is a file; of the working directory when none is. */
export function commandFile(command: readonly string[]): string {
  const path = command.slice(1).find(isFile);
  return toFileUrl(path === undefined ? Deno.cwd() : resolve(path)).href;
}

/** The flags that were typed before the command. */
export function watchFlags(argv: readonly string[]): string[] {
  return argv.slice(0, argv.indexOf("--")).filter((word) => word !== "watch");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
