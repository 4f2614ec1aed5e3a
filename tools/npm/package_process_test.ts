/** The npm package as `npm pack` makes it, in an empty folder, on a PATH where Node is and Deno is not. */

import { assertEquals, assertMatch } from "@std/assert";
import { plainEnvironment } from "../../tests/support/environment.ts";
import { installed, inTemporaryDirectory, isAlive } from "../../tests/support/unwedge.ts";
import { VERSION } from "../../lib/version.ts";

const CHECKOUT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const PROGRAMS = ["node", "npm", "npx", "sh", "readlink"];
const HANGS = "setInterval(() => {}, 1e6); console.log(process.pid)";

function command(program: string, args: readonly string[], cwd: string, path?: string) {
  return new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { ...plainEnvironment(), ...path === undefined ? {} : { PATH: path } },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** What it printed; a test that fails shows what it complained of. */
async function call(expected: number, command: Deno.Command): Promise<string> {
  const { code, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, expected, said);
  return said;
}

function links(folder: string): string {
  Deno.mkdirSync(folder);
  for (const name of PROGRAMS) {
    const at = Deno.env.get("PATH")?.split(":").map((each) => `${each}/${name}`).find(isFile);
    if (at !== undefined) Deno.symlinkSync(at, `${folder}/${name}`);
  }
  return folder;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts a command that prints a process id, sends a signal to what was started, and waits until all of it has gone. */
async function signalled(started: Deno.Command, signal: Deno.Signal): Promise<number> {
  const child = started.spawn();
  const stderr = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  child.kill(signal);
  // Whatever is left of it holds the pipe.
  while (!(await reader.read()).done);
  const [{ code }] = await Promise.all([child.status, stderr]);
  assertEquals(isAlive(pid), false);
  return code;
}

Deno.test({
  name:
    "npx unwedge dumps and watches where there is no Deno, and neither codes nor signals get lost",
  ignore: !installed("npm"),
  timeout: 300_000,
  fn: () =>
    inTemporaryDirectory(async (root) => {
      await call(0, command("npm", ["pack", "--pack-destination", root], CHECKOUT));
      Deno.writeTextFileSync(`${root}/package.json`, "{}");
      // That of the program around, which must not be heeded.
      Deno.writeTextFileSync(`${root}/deno.json`, '{"imports": {"zod": "./none.ts"}}');
      const path = links(`${root}/bin`);
      const here = (program: string, ...args: readonly string[]) =>
        command(program, args, root, path);
      const npx = (...args: readonly string[]) => here("npx", "unwedge", ...args);
      await call(0, here("npm", "install", `${root}/unwedge-${VERSION}.tgz`));

      const program = here("node", "--inspect=127.0.0.1:0", "-e", HANGS).spawn();
      const reader = program.stdout.getReader();
      await reader.read();
      assertMatch(await call(0, npx("dump", String(program.pid))), /complete, 1 isolate/);
      program.kill("SIGKILL");
      await Promise.all([program.status, reader.cancel(), program.stderr.cancel()]);

      const watch = ["watch", "--deadline", "1s", "--", "node", "-e"];
      assertMatch(await call(124, npx(...watch, HANGS)), /npx unwedge (watch|explain)/);
      await call(7, npx(...watch, "process.exit(7)"));

      const watched = ["watch", "--", "node", "-e", HANGS];
      assertEquals(await signalled(npx(...watched), "SIGTERM"), 143);
      const direct = here("node_modules/.bin/unwedge", ...watched);
      assertEquals(await signalled(direct, "SIGINT"), 130);
    }),
});
