/**
 * The door of the command line: parse, dispatch, exit code. Nothing else happens here.
 *
 * @module
 */

import { runCommandLine } from "./lib/cli/run_command_line.ts";

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args));
