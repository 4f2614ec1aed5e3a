import { assertEquals, assertMatch } from "@std/assert";
import { plainEnvironment } from "../../tests/support/environment.ts";
import { inTemporaryDirectory } from "../../tests/support/unwedge.ts";

Deno.test(
  "a program of one's own finds the library of a checkout, as docs/sentinel.md says",
  { timeout: 120_000 },
  async () => {
    await inTemporaryDirectory(async (root) => {
      const checkout = decodeURIComponent(new URL("../../", import.meta.url).pathname);
      const page = await Deno.readTextFile(`${checkout}docs/sentinel.md`);
      const config = /```json\n([^`]*)```/.exec(page)?.[1] ?? "";
      await Deno.writeTextFile(`${root}/deno.json`, config.replace("/path/to/checkout", checkout));
      const program =
        'import { startSentinel } from "@unwedge/unwedge"; console.log(typeof startSentinel);';
      await Deno.writeTextFile(`${root}/program.ts`, program);
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-lock", "program.ts"],
        cwd: root,
        env: plainEnvironment(),
        stdin: "null",
      }).output();
      const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assertEquals(said, "function\n", complained);
    });
  },
);

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
