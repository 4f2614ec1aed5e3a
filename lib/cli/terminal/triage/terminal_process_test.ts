import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { hasTmux, Pane } from "../../../../tests/support/tmux.ts";
import { installed, shellLine } from "../../../../tests/support/unwedge.ts";

const PROGRAM = new URL("../../../../fixtures/programs/hold_terminal.ts", import.meta.url).href;
const COMMAND = shellLine([Deno.execPath(), "run", "-A", "--no-check", PROGRAM]);

function onTerminal(name: string, test: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasTmux || !installed("ps"), timeout: 30_000, fn: test });
}

/**
 * Starts the program in a shell, gives its process id to `act`, and returns what the shell's terminal is like after.
 */
async function held(
  act: (pane: Pane, pid: number) => Promise<void>,
): Promise<string> {
  await using pane = await Pane.open();
  await pane.until("$");
  const before = await sane(pane);
  await pane.type(COMMAND);
  const [, pid] = /taken by (\d+)/.exec(await pane.until(/taken by \d+/)) ?? [];
  assertNotEquals(await pane.modes(), before);
  const helpers = childrenOf(Number(pid));
  assertEquals(helpers.length, 1, `the reader of keys: ${helpers}`);
  await act(pane, Number(pid));
  // Typed only now: the shell has its prompt back when it echoes this.
  await pane.type(`echo over=$?; stty -g`);
  const shown = await pane.until(/over=\d+\n[0-9a-f:]+/);
  const [, modes] = /over=\d+\n([0-9a-f:]+)/.exec(shown) ?? [];
  assertEquals(modes, before);
  for (const helper of helpers) while (alive(helper)) await tick();
  return shown;
}

/** The modes that a command finds when the shell starts it. */
async function sane(pane: Pane): Promise<string> {
  await pane.type("stty -g");
  return /\n([0-9a-f:]{20,})/.exec(await pane.until(/\n[0-9a-f:]{20,}/))?.[1] ?? "";
}

function childrenOf(pid: number): number[] {
  const args = ["-o", "pid=", "--ppid", `${pid}`];
  const { stdout } = new Deno.Command("ps", { args }).outputSync();
  const lines = new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  return lines.map((line) => Number.parseInt(line));
}

onTerminal("Terminal gives single keys, and Ctrl-C and Ctrl-\\ as signals", async () => {
  await held(async (pane) => {
    await pane.press("d", "Up", "Enter");
    await pane.until("char d\nother\nenter");
    await pane.press("C-c");
    await pane.until("SIGINT");
    await pane.press("C-\\");
    await pane.until("SIGQUIT");
    await pane.press("z");
    await pane.until("char z");
    await pane.press("q");
    await pane.until("given back");
  });
});

for (
  const [key, how, code] of [
    ["e", "Deno.exit", 3],
    ["u", "an unhandled rejection", 1],
    ["x", "an uncaught error", 1],
  ] as const
) {
  onTerminal(`Terminal is as it was after ${how}`, async () => {
    const shown = await held(async (pane) => {
      await pane.press(key);
      await pane.until(/\$ $|\$$/);
    });
    assertMatch(shown, new RegExp(`over=${code}\\n`));
  });
}

onTerminal("Terminal tells of its end when the window is closed", async () => {
  await using pane = await Pane.open();
  const log = await Deno.makeTempFile();
  try {
    await pane.type(`trap '' HUP; ${COMMAND} 2>${shellLine([log])}`);
    await pane.until("hold_terminal");
    while (!Deno.readTextFileSync(log).includes("taken by")) await tick();
    await pane.close();
    const pid = Number(/taken by (\d+)/.exec(Deno.readTextFileSync(log))?.[1]);
    while (alive(pid)) await tick();
    assertMatch(Deno.readTextFileSync(log), /end of keys\ngiven back/);
  } finally {
    await Deno.remove(log);
  }
});

/** The state of another process sends no event. */
async function tick(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}

function alive(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

onTerminal("Terminal reads on after a Ctrl-C that comes before its reader is ready", async () => {
  await using pane = await Pane.open();
  await pane.until("$");
  await pane.type(`${COMMAND} early`);
  await pane.until("SIGINT");
  // What is typed before a new reader is there waits in the terminal.
  await pane.press("z");
  await pane.until("char z");
  await pane.press("q");
  await pane.until("given back");
});
