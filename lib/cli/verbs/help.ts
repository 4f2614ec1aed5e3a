/**
 * The help pages, written from the tables of verbs and flags.
 *
 * @module
 */

import { type Flag, FLAGS, goesWith, variableOf } from "../flags.ts";
import { wrap } from "../../report/text/wrap.ts";
import type { Invocation } from "../invocation.ts";
import { CommandLineError } from "../command_line_error.ts";
import { type Verb, VERBS } from "../verbs.ts";

const WIDTH = 96;

/** `help [VERB]`. @throws {CommandLineError} when there is no such verb */
export async function help({ words, streams }: Invocation): Promise<number> {
  const [name, ...more] = words;
  if (more.length > 0) throw new CommandLineError("help takes one verb at most");
  if (name !== undefined && !VERBS.some((verb) => verb.name === name)) {
    const { didYouMean } = await import("../../protocol/suggest.ts");
    const names = VERBS.map((verb) => verb.name);
    throw new CommandLineError(
      `there is no verb ${JSON.stringify(name)}${didYouMean(name, names)}`,
    );
  }
  streams.out(helpPage(name ?? null));
  return 0;
}

/** The page of one verb, or the overview for null. */
export function helpPage(name: string | null): string {
  const verb = VERBS.find((each) => each.name === name);
  return verb === undefined ? overview() : verbPage(verb);
}

function overview(): string {
  // One long synopsis must not push the texts of all others to the edge: it gets a line of its own.
  const widest = Math.min(40, Math.max(...VERBS.map(({ synopsis }) => synopsis.length)));
  const verbs = VERBS.flatMap(({ synopsis, about }) => entry(`  ${synopsis}`, about, widest + 4));
  return `${
    [
      "unwedge finds out why a supervisor's teardown hangs: which task is parked on what, since when,",
      "at which line, whose bug it is, and what unwedges it.",
      "",
      "Usage: unwedge VERB [flags]        (from a checkout: deno run -A main.ts VERB [flags])",
      "",
      ...verbs,
      "",
      ...entry("  -h, --help", "help, anywhere", widest + 4),
      ...entry(
        "  -V, --version",
        "versions of unwedge, Deno, V8 and the result schema",
        widest + 4,
      ),
      "",
      "Begin with:  unwedge repro non-checkpointing",
    ].join("\n")
  }\n`;
}

function verbPage(verb: Verb): string {
  const lines = [`unwedge ${verb.synopsis}`, "", ...wrap(sentence(verb.about), WIDTH)];
  const mine = FLAGS.filter((flag) => goesWith(flag, verb.name));
  for (const group of new Set(mine.map((flag) => flag.group))) {
    lines.push("", `${group}:`);
    for (const flag of mine.filter((each) => each.group === group)) {
      lines.push(...entry(`  ${title(flag)}`, flag.help, 32));
    }
  }
  if (verb.notes !== undefined) lines.push("", ...verb.notes);
  return `${[...lines, ...(NOTED.includes(verb.name) ? runNotes(verb.name) : [])].join("\n")}\n`;
}

/** Verbs whose exit code says what was observed. */
const NOTED = ["repro", "diagnose"];

function runNotes(verb: string): string[] {
  const rows: [string, string][] = [
    ["0", "teardown finished inside the deadline, threads gone, process exited"],
    ["1", "the subject failed by itself, or crashed"],
    ["2", "usage"],
    ["3", "the nursery joined in time, but a thread or the process stayed (leak)"],
    ["124", "wedged: teardown did not finish inside the deadline"],
    ["125", "unwedge itself failed, or could not judge"],
    ["130, 143, 129", "interrupted by INT, TERM or HUP; the partial report is written"],
  ];
  return [
    "",
    ...wrap(
      "A duration needs its unit: 500ms, 3s, 2m. A flag wins over the environment " +
        `(${variableOf("deadline")}, ${variableOf("soft-kill")}, ...), that over the "unwedge" ` +
        'block of deno.json ({"deadline": "5s"}), that over the scenario\'s own default.',
      WIDTH,
    ),
    "",
    "Exit code: what was observed.",
    ...rows.flatMap(([code, meaning]) => entry(`  ${code}`, meaning, 18)),
    ...(verb === "repro" ? ["With --repeat, the worst of them: 124, then 1, 3, 125, 0."] : []),
  ];
}

function title({ short, name, value, negatable }: Flag): string {
  const long = negatable ? `--[no-]${name}` : `--${name}`;
  return `${short === null ? "    " : `-${short}, `}${long}${value === null ? "" : ` ${value}`}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** A term and its text in two columns, the text wrapped. */
function entry(term: string, text: string, column: number): string[] {
  const [first = "", ...rest] = wrap(text, WIDTH - column);
  const start = term.length < column ? [term.padEnd(column) + first] : [term, pad(column) + first];
  return [...start, ...rest.map((line) => pad(column) + line)];
}

function pad(width: number): string {
  return " ".repeat(width);
}
