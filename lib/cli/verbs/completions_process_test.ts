/**
 * The completion scripts in the shells they are for: the functions are called as the shell calls them, and a person's
 * keys are pressed in an interactive one. A shell that is not installed is skipped, and said to be; `.ci/run` installs
 * all three.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hasTmux, Pane } from "../../../tests/support/tmux.ts";
import {
  installed,
  inTemporaryDirectory,
  shellLine,
  unwedge,
  unwedgeArgs,
} from "../../../tests/support/unwedge.ts";
import { shippedScenarios } from "../catalog.ts";
import { VERBS } from "../verbs.ts";

const TIMEOUT = 60_000;

/** Lists what is offered for a line, as the shell itself would. */
type Offers = (line: string) => Promise<string[]>;

interface Shell {
  readonly name: "bash" | "zsh" | "fish";
  /** Starts it interactively, without anybody's settings. */
  readonly interactive: string;
  /** Loads the completions and has `unwedge` show its words instead of running. */
  readonly setUp: readonly string[];
}

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    interactive: "bash --norc --noprofile -i",
    setUp: [
      "bind 'set enable-bracketed-paste off'",
      "source <(unwedge completions bash)",
      'unwedge() { if [[ $1 == __complete ]]; then command unwedge "$@"; else echo "RAN[$*]"; fi; }',
    ],
  },
  {
    name: "zsh",
    interactive: "zsh -f -i",
    setUp: [
      "unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -D",
      "source <(unwedge completions zsh)",
      'unwedge() { if [[ $1 == __complete ]]; then command unwedge "$@"; else echo "RAN[$*]"; fi; }',
    ],
  },
  {
    name: "fish",
    interactive: "fish --no-config -i",
    setUp: [
      "unwedge completions fish | source",
      'function unwedge; if test "$argv[1]" = __complete; command unwedge $argv; else; echo "RAN[$argv]"; end; end',
    ],
  },
];

/** A directory with a program `unwedge` and a saved run; gone afterwards. */
async function withProgram(
  test: (dir: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  await inTemporaryDirectory(async (dir) => {
    const call = shellLine([Deno.execPath(), ...unwedgeArgs([])]);
    Deno.mkdirSync(`${dir}/bin`);
    Deno.writeTextFileSync(`${dir}/bin/unwedge`, `#!/bin/sh\nexec ${call} "$@"\n`);
    Deno.chmodSync(`${dir}/bin/unwedge`, 0o755);
    Deno.mkdirSync(`${dir}/.unwedge/runs/20261122T141627-304-ps64`, { recursive: true });
    Deno.mkdirSync(`${dir}/shards`);
    Deno.writeTextFileSync(`${dir}/mine.ts`, "");
    await test(dir, {
      PATH: `${dir}/bin:${Deno.env.get("PATH") ?? ""}`,
      // What the shells write for a person they shall write here. Deno's cache stays where it is.
      HISTFILE: "",
      XDG_CONFIG_HOME: dir,
      XDG_DATA_HOME: dir,
    });
  });
}

function each(
  title: string,
  test: (shell: Shell, dir: string, env: Record<string, string>) => Promise<void>,
): void {
  for (const shell of SHELLS) {
    const missing = [...installed(shell.name) ? [] : [shell.name], ...hasTmux ? [] : ["tmux"]];
    const why = missing.length === 0 ? "" : ` (skipped: ${missing.join(" and ")} not installed)`;
    Deno.test({
      name: `${shell.name} completion ${title}${why}`,
      ignore: missing.length > 0,
      timeout: TIMEOUT,
      fn: () => withProgram((dir, env) => test(shell, dir, env)),
    });
  }
}

/** A shell at its prompt, once it has done what it was set up with. */
async function typedShell(
  command: string,
  setUp: readonly string[],
  dir: string,
  env: Record<string, string>,
): Promise<Pane> {
  // tmux has a PATH of its own for what it starts.
  const words = ["env", `PATH=${env.PATH}`, ...command.split(" ")];
  const pane = await Pane.open({ columns: 200, command: words, cwd: dir, env });
  for (const [index, line] of setUp.entries()) {
    await pane.type(line);
    // What is typed is echoed, too: only the sum can come from the command.
    const sum = command.startsWith("fish") ? `(math ${index} + 100)` : `$((${index} + 100))`;
    await pane.type(`echo set up ${sum}`);
    await pane.until(`set up ${index + 100}`);
  }
  return pane;
}

each("finishes what was begun when TAB is pressed", async (shell, dir, env) => {
  await using pane = await typedShell(shell.interactive, shell.setUp, dir, env);
  const cases: readonly [keys: string, ran: string][] = [
    ["unwedge expl\t", "explain"],
    ["unwedge repro non-c\t", "repro non-checkpointing"],
    ["unwedge explain orphaned\t", "explain orphaned-channel"],
    ["unwedge repro happy --await\t", "repro happy --await-deadline"],
    ["unwedge repro happy --stacks fo\t", "repro happy --stacks folded"],
    ["unwedge repro happy --stacks=fo\t", "repro happy --stacks=folded"],
    ["unwedge repro happy --remedy reap,bou\t", "repro happy --remedy reap,bounded-join"],
    ["unwedge repro happy --remedy=reap,bou\t", "repro happy --remedy=reap,bounded-join"],
    ["unwedge report .unwedge/r\t", "report .unwedge/runs/20261122T141627-304-ps64"],
    ["unwedge repro ./min\t", "repro ./mine.ts"],
    ["unwedge merge sha\t", "merge shards"],
    ["unwedge merge shards -o sha\t", "merge shards -o shards"],
    ["unwedge help smo\t", "help smoke"],
    ["unwedge completions fi\t", "completions fish"],
  ];
  for (const [keys, ran] of cases) {
    // Return is pressed when the completion is there; a shell takes the keys in order.
    await pane.type(keys);
    await pane.until(`RAN[${ran}`);
  }
});

/** What the function of the bash script puts into COMPREPLY. */
function bashOffers(dir: string, env: Record<string, string>): Offers {
  return async (line) => {
    // Readline's own cutting of a line into words, at spaces and at = and :.
    const words: string[] = line.match(/[=:]+|[^\s=:]+/g) ?? [];
    if (/\s$/.test(line)) words.push("");
    const list = words.map((word) => `'${word}'`).join(" ");
    const text = [
      "source <(unwedge completions bash)",
      `COMP_WORDS=(${list}) COMP_CWORD=${
        words.length - 1
      } COMP_LINE='${line}' COMP_POINT=${line.length}`,
      "_unwedge unwedge '' ''",
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join("\n");
    return await linesOf("bash", ["--norc", "--noprofile", "-c", text], dir, env);
  };
}

function fishOffers(dir: string, env: Record<string, string>): Offers {
  return async (line) => {
    const text = `unwedge completions fish | source; complete -C '${line}'`;
    const lines = await linesOf("fish", ["--no-config", "-c", text], dir, env);
    return lines.map((each) => each.split("\t")[0] ?? "");
  };
}

async function linesOf(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(program, { args, cwd, env, stdin: "null" })
    .output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

for (const [name, offersOf] of [["bash", bashOffers], ["fish", fishOffers]] as const) {
  const missing = !installed(name);
  Deno.test({
    name: `${name} completion offers exactly what exists${
      missing ? " (skipped: not installed)" : ""
    }`,
    ignore: missing,
    timeout: TIMEOUT,
    fn: () =>
      withProgram(async (dir, env) => {
        const offers = offersOf(dir, env);
        const scenarios = shippedScenarios().map((each) => each.name);
        assertEquals((await offers("unwedge ")).sort(), VERBS.map((verb) => verb.name).sort());
        assertEquals((await offers("unwedge repro ")).sort(), scenarios);
        assertEquals(await offers("unwedge repro zzz"), []);
        assertEquals(await offers("unwedge schema ev"), ["event"]);
        assertEquals(await offers("unwedge repro happy --no-sig"), ["--no-sigint-probe"]);
        assertEquals(await offers("unwedge smoke happy happ"), [], "it is there already");
        assertEquals(await offers("unwedge repro happy --json --js"), [], "it is there already");
        assertEquals(await offers("unwedge repro happy --deadline "), [], "no names, no files");
        assertEquals(
          (await offers("unwedge repro non-checkpointing --set sl")).join(),
          "slice=",
        );
      }),
  });
}

/** A test of what bash itself is offered, where there is one. */
function inBash(
  title: string,
  fn: (dir: string, env: Record<string, string>) => Promise<void>,
): void {
  const name = `bash completion ${title}`;
  Deno.test({ name, ignore: !installed("bash"), timeout: TIMEOUT, fn: () => withProgram(fn) });
}

inBash("gives readline what it will replace: what follows the last = alone", async (dir, env) => {
  const offers = bashOffers(dir, env);
  assertEquals(await offers("unwedge repro happy --stacks=fu"), ["full"]);
  assertEquals(await offers("unwedge repro happy --stacks="), [
    "full",
    "folded",
    "top",
    "none",
  ]);
  assertEquals(await offers("unwedge smoke --junit=min"), ["mine.ts"]);
});

Deno.test({
  name: "zsh completion works for an alias after setopt complete_aliases",
  ignore: !installed("zsh") || !hasTmux,
  timeout: TIMEOUT,
  fn: () =>
    withProgram(async (dir, env) => {
      const { stdout } = await unwedge(["completions", "zsh"]);
      Deno.writeTextFileSync(`${dir}/completions.zsh`, stdout);
      const path = (env.PATH ?? "").replace(`${dir}/bin:`, "");
      const setUp = "autoload -Uz compinit; compinit -u -D; setopt complete_aliases; " +
        "source completions.zsh; alias unwedge='echo RAN'";
      await using pane = await typedShell("zsh -f -i", [setUp], dir, { ...env, PATH: path });
      await pane.type("unwedge repro non-c\t");
      await pane.until("RAN repro non-checkpointing");
    }),
});

inBash("works for an alias, and for a command that is not on PATH", async (dir, env) => {
  const { stdout } = await unwedge(["completions", "bash"]);
  Deno.writeTextFileSync(`${dir}/completions.bash`, stdout);
  for (const alias of ["alias unwedge=/nowhere", ":"]) {
    const text = [
      "shopt -s expand_aliases",
      `source ${shellLine([`${dir}/completions.bash`])}`,
      alias,
      "COMP_WORDS=(unwedge mat) COMP_CWORD=1 COMP_LINE='unwedge mat' COMP_POINT=11",
      "_unwedge unwedge mat unwedge",
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join("\n");
    const path = (env.PATH ?? "").replace(`${dir}/bin:`, "");
    const args = ["--norc", "--noprofile", "-c", text];
    assertEquals(await linesOf("bash", args, dir, { ...env, PATH: path }), ["matrix"]);
  }
});

Deno.test(
  "unwedge completions refuses a shell that it does not know",
  { timeout: TIMEOUT },
  async () => {
    const { code, stdout, stderr } = await unwedge(["completions", "fihs"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "did you mean fish?");
    assertEquals((await unwedge(["completions"])).code, 2);
  },
);

Deno.test(
  "unwedge __complete stays silent about what it cannot read",
  { timeout: TIMEOUT },
  async () => {
    await inTemporaryDirectory(async (cwd) => {
      const { code, stdout, stderr } = await unwedge(["__complete", "report", ""], { cwd });
      assertEquals([code, stdout, stderr], [0, "words\nlatest\n", ""]);
      const broken = await unwedge(["__complete", "repro", "./no.ts", "--set", ""], { cwd });
      assertEquals([broken.code, broken.stdout, broken.stderr], [0, "open\n", ""]);
      assert((await unwedge(["__complete"], { cwd })).stdout.startsWith("words\nrepro\t"));
    });
  },
);
