/** A process that has nothing to do with us. @module */

/** Starts it, in a session of its own, so that it leads a group. */
export function stranger(): Deno.ChildProcess {
  return new Deno.Command("sleep", {
    args: ["600"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
}
