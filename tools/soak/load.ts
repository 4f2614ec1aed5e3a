/** Keeps the cores busy from outside, so that a soak sees what a loaded CI machine sees. @module */

/** Busy processes, one for each core. */
export interface Load {
  /** Ends them, and waits until they are gone. */
  stop(): Promise<void>;
}

/** Starts one busy process for each core of the machine. */
export function startLoad(cores: number = navigator.hardwareConcurrency): Load {
  const busy = Array.from(
    { length: cores },
    () =>
      new Deno.Command("/bin/sh", {
        args: ["-c", "while :; do :; done"],
        stdin: "null",
        stdout: "null",
      }).spawn(),
  );
  return {
    async stop() {
      for (const process of busy) process.kill("SIGKILL");
      await Promise.all(busy.map(({ status }) => status));
    },
  };
}
