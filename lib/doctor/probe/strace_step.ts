/**
 * Whether strace is installed, and may attach to a process that is not its child.
 *
 * @module
 */

import { followLines } from "./lines.ts";
import type { Note } from "./steps.ts";
import { errorMessage } from "../../protocol/error_message.ts";

const BOUND_MS = 5_000;

/** Attaches strace to the probe and detaches it again. */
export async function attachStrace(pid: number, note: Note): Promise<void> {
  let strace: Deno.ChildProcess;
  try {
    strace = new Deno.Command("strace", {
      args: ["-f", "-e", "trace=none", "-o", "/dev/null", "-p", String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    const why = errorMessage(error);
    return note("strace", { kind: "failed", why: missing ? "not installed" : why });
  }
  const lines = followLines(strace.stderr);
  const said = await lines.first(/attached|attach:|rror|ermit/, BOUND_MS);
  try {
    // On SIGINT strace detaches from every thread by itself; after a SIGKILL the kernel has to.
    strace.kill("SIGINT");
  } catch {
    // It has ended already.
  }
  const bound = setTimeout(() => strace.kill("SIGKILL"), BOUND_MS);
  await strace.status;
  clearTimeout(bound);
  await lines.ended;
  note(
    "strace",
    said !== null && /attached/.test(said)
      ? { kind: "ok", seen: "attached to a running subject and detached again" }
      : { kind: "failed", why: said ?? "it did not attach" },
  );
}
