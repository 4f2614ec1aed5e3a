import { assertEquals, assertMatch } from "@std/assert";
import { readJson } from "../../../tests/support/stand_in.ts";
import { modesOf, onTerminal } from "../../../tests/support/terminal_run.ts";
import { isAlive, shellLine, unwedgeArgs } from "../../../tests/support/unwedge.ts";

const WAITS = "const { promise } = Promise.withResolvers(); setInterval(() => {}, 1e6);\n" +
  "async function waitsForIt() {\n  await promise;\n}\nconsole.log(`up ${Deno.pid}`);\nawait waitsForIt();\n";

onTerminal(
  "watch opens the menu on Ctrl-C, and passes one on to the command",
  async (pane, cwd) => {
    Deno.writeTextFileSync(`${cwd}/waits.js`, WAITS);
    const before = await modesOf(pane);
    const command = ["--", Deno.execPath(), "run", "-A", "--no-config", "waits.js"];
    const args = unwedgeArgs(["watch", "-o", "out", ...command]);
    await pane.type(shellLine([Deno.execPath(), ...args]));
    const [, pid] = /up (\d+)/.exec(await pane.until(/up \d+/)) ?? [];
    await pane.press("C-c");
    assertMatch(await pane.until("triage>"), /waits\.js:3:\d+ waitsForIt awaits/);
    await pane.press("d");
    await pane.until(/Nothing moved: the same 1 process[\s\S]*triage>$/);
    await pane.press("w");
    await pane.until("written: out/report.txt");
    assertEquals(readJson(`${cwd}/out/result.json`).run.partial, true);
    await pane.press("c");
    await pane.until(/process {2}exited [\s\S]*triage>$/);
    assertEquals(isAlive(Number(pid)), false);
    await pane.press("q");
    await pane.until(/full report: .+\n\$ *$/);
    await pane.type("echo over=$? $(stty -g)");
    assertMatch(await pane.until(/over=\d+ \S+\n/), new RegExp(`over=130 ${before}\\n`));
  },
);
