import { hasScript } from "../../../tests/support/terminal_run.ts";
import { assert, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { plainEnvironment } from "../../../tests/support/environment.ts";
import { STAND_IN_FINISH, writeScenario } from "../../../tests/support/scenario_files.ts";
import {
  inTemporaryDirectory,
  shellLine,
  STAND_IN,
  unwedgeArgs,
} from "../../../tests/support/unwedge.ts";

const ERASE = "\r\x1b[2K";

Deno.test(
  "smoke on a terminal draws one line that fits, keeps mismatches, and is gone at the end",
  { ignore: !hasScript, timeout: 60_000 },
  () =>
    inTemporaryDirectory(async (cwd) => {
      const options = { expected: STAND_IN_FINISH, fixedBy: [] };
      const names = ["a.finish", "b.hang"].map((name) => writeScenario(cwd, name, options));
      const words = unwedgeArgs(["smoke", ...names], { main: STAND_IN });
      const line = shellLine([Deno.execPath(), ...words]);
      const { stdout } = await new Deno.Command("script", {
        args: ["-qec", `stty cols 40; ${line}`, "/dev/null"],
        cwd,
        env: { ...plainEnvironment(), TERM: "xterm", NO_COLOR: "1" },
        stdin: "null",
      }).output();
      const screen = new TextDecoder().decode(stdout);
      const draws = screen.split(ERASE);
      assert(draws.length > 5, screen);
      assertMatch(screen, /smoke [01]\/2 {3}.*b\.hang/);
      // Whole lines come between the draws; what is redrawn has no end of line and fits.
      for (const draw of draws.slice(1, -1)) {
        if (!draw.includes("\r\n")) assert(draw.length < 40, draw);
      }
      assertMatch(screen, /unwedge: \[[12]\/2\] MISMATCH b\.hang \(no remedy\): hung/);
      assertFalse(screen.includes("ok a.finish"), "what is well is counted, and not told");
      const page = draws.at(-1) ?? "";
      assertMatch(page, /^b\.hang \[no remedy\]: verdict hung, not\r\n {2}finished/);
      assertMatch(page, /\r\na\.finish\r\n {2}ok {8}no remedy: finished in [\d.]+\s+m?s\r\n/);
      for (const line of page.trimEnd().split("\r\n").slice(0, -1)) {
        // What is to be copied is left to the terminal, which joins again what it has broken.
        if (!/deno run |\.unwedge/.test(line)) assert(line.length < 40, line);
      }
      assertStringIncludes(page, "NOT OK smoke: 2 scenarios, 2 runs: 1 as declared, 1 not");
    }),
);
