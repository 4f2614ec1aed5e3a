import { assertEquals, assertMatch } from "@std/assert";
import { plainEnvironment } from "../../fixtures/environment.ts";
import { inTemporaryDirectory } from "../../fixtures/unwedge.ts";

Deno.test(
  "deno install makes a program of main.ts that works in any directory, as docs/installing.md says",
  {
    timeout: 120_000,
  },
  async () => {
    await inTemporaryDirectory(async (root) => {
      const checkout = decodeURIComponent(new URL("../../", import.meta.url).pathname);
      const install = ["install", "-q", "-g", "-A", "-n", "unwedge", "--config", "deno.json"];
      const installed = await new Deno.Command(Deno.execPath(), {
        args: [...install, "main.ts"],
        cwd: checkout,
        env: { DENO_INSTALL_ROOT: root },
        stdin: "null",
      }).output();
      assertEquals(installed.code, 0, new TextDecoder().decode(installed.stderr));
      const call = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await new Deno.Command(`${root}/bin/unwedge`, {
          args,
          cwd: root,
          env: plainEnvironment(),
          stdin: "null",
        }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
        return new TextDecoder().decode(stdout);
      };
      assertMatch(await call("--version"), /^unwedge /);
      assertMatch(await call("list", "happy"), /^happy /);
      assertMatch(await call("__complete", "repro", "happ"), /^words\nhappy\t/);
      // Needs a package, so the import map has come along.
      assertMatch(await call("schema", "doctor"), /unwedge\/doctor@1/);
    });
  },
);
