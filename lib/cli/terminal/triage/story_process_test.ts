/**
 * The stories that docs/triage.md tells, by key presses in a real pseudo-terminal, on the real scenarios. Times,
 * process ids, seeds and addresses are normalised, nothing else.
 */

import { assert, assertEquals } from "@std/assert";
import { assertGolden } from "../../../../tests/support/golden.ts";
import { hasTmux, Pane } from "../../../../tests/support/tmux.ts";
import { OVER } from "../../../../tests/support/terminal_run.ts";
import { inTemporaryDirectory, shellLine, unwedgeArgs } from "../../../../tests/support/unwedge.ts";

const COLUMNS = 100;
/** Whatever the answer is, so that one that is not as told is seen as what it is. */
const PROMPT = /triage> *$/;
const DOCS = new URL("../../../../docs/triage.md", import.meta.url);

interface Story {
  readonly name: string;
  readonly flags?: string;
  /** What must be seen before the first key. */
  readonly when?: RegExp;
  /** What the person presses; nothing, to begin with, where the menu comes by itself. Each is answered by the menu. */
  readonly keys: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    name: "non-checkpointing",
    flags: "--deadline 5s",
    when: /tearing down (1\.[3-9]|[2-4]\.)/,
    keys: ["C-c", "d", "g", "1", "6"],
  },
  { name: "sigint-starved", keys: ["", "c", "1", "r", "a"] },
  { name: "rpc-cycle", keys: ["", "1", "t", "Escape", "c"] },
];

for (const story of STORIES) {
  Deno.test({
    name: `triage tells the story of ${story.name} from the hang to its cause`,
    ignore: !hasTmux,
    timeout: 60_000,
    fn: () =>
      inTemporaryDirectory(async (out) => {
        const told = await tell(story, out);
        assertGolden(`triage_${fileName(story.name)}.txt`, told);
      }),
  });
}

Deno.test("docs/triage.md shows every screen as it is", () => {
  const shown = new Set<string>();
  const docs = Deno.readTextFileSync(DOCS);
  const asItIs = docs.replace(SCREEN, (_block, mark: string, name: string, number: string) => {
    shown.add(`${name} ${number}`);
    return `${mark}\n\n\`\`\`text\n${screensOf(name)[Number(number) - 1]}\n\`\`\`\n`;
  });
  if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(DOCS, asItIs);
  assertEquals(Deno.readTextFileSync(DOCS).split("\n"), asItIs.split("\n"));
  for (const { name } of STORIES) {
    for (const index of screensOf(fileName(name)).keys()) {
      assert(
        shown.has(`${fileName(name)} ${index + 1}`),
        `${name} ${index + 1} is not in the docs`,
      );
    }
  }
});

/** A mark in the docs, and the screen that stands below it. */
const SCREEN = /(<!-- screen (\w+) (\d+) -->)\n(?:\n```text\n[\s\S]*?\n```\n)?/g;

function fileName(name: string): string {
  return name.replaceAll("-", "_");
}

function screensOf(name: string): string[] {
  const file = new URL(`../../../../tests/golden/triage_${name}.txt`, import.meta.url);
  return Deno.readTextFileSync(file).trimEnd().split(RULE);
}

/** Between two screens of a golden file. */
const RULE = `\n${"=".repeat(COLUMNS)}\n`;

/** Plays a story, and returns what each key brought, one screen after the other. */
async function tell({ name, flags = "", when, keys }: Story, out: string): Promise<string> {
  // The person types a name; what it stands for is this checkout's command line, without the type check.
  const unwedge = `() { ${shellLine([Deno.execPath(), ...unwedgeArgs([])])} "$@"; }`;
  const env = { "BASH_FUNC_unwedge%%": unwedge };
  await using pane = await Pane.open({ columns: COLUMNS, rows: 40, env });
  await pane.until("$");
  const screens: string[] = [];
  let seen = "";
  await pane.type(`unwedge repro ${name} ${flags} -o ${out}`.replace(/ +/g, " "));
  if (when !== undefined) await pane.until(when);
  for (const key of [...keys, "q"]) {
    const answered = key === "q" ? OVER : PROMPT;
    if (key !== "") await pane.press(key);
    const shown = await pane.until((all) => all.startsWith(seen) && answered.test(rest(all, seen)));
    screens.push(normal(rest(shown, seen), out));
    seen = shown;
  }
  const last = screens.pop() ?? "";
  // The page is another test's; here its answer is enough.
  screens.push(last.slice(last.indexOf("\nHUNG ") + 1).replace(/\n\$$/, ""));
  return `${screens.join(RULE)}\n`;
}

function rest(all: string, seen: string): string {
  return all.slice(seen.length);
}

/** Without what differs from run to run; a paragraph that holds such things is broken anew. */
function normal(text: string, out: string): string {
  return text.replaceAll(out, "/tmp/run")
    .replace(/\b\d+(\.\d+)? (ms|s)\b(?! has passed)/g, "N $2")
    .replace(/\bN m?s\b/g, "N ms")
    .replace(/--seed \d+/g, "--seed N")
    .replace(/^──.*$/gm, (line) => line.replace(/─*$/, "").padEnd(COLUMNS - 1, "─"))
    .replace(/(?:Confirmed|Shown): [\s\S]*?\.(?=\n(This |\n))/g, broken)
    .split("\n").map((line) => line.trimEnd()).join("\n").trim();
}

function broken(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length < COLUMNS) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.join("\n");
}

Deno.test("broken keeps every word", () => {
  assertEquals(broken("a b\nc").split(/\s/), ["a", "b", "c"]);
});
