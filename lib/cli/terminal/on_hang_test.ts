import { assertEquals, assertThrows } from "@std/assert";
import { onHangOf, type Surroundings } from "./on_hang.ts";
import type { ReproOptions } from "../verbs/repro_options.ts";
import { type RawValue, Settings } from "../settings.ts";
import { CommandLineError } from "../command_line_error.ts";

const OPTIONS = {
  format: "text",
  junit: null,
  amount: "normal",
  repeat: 1,
  untilHang: false,
  jobs: 1,
} as const;

interface Case {
  readonly flags?: Readonly<Record<string, RawValue>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<Pick<ReproOptions, keyof typeof OPTIONS>>;
  readonly terminals?: string;
  readonly around?: Partial<Surroundings>;
}

/** `terminals` names the streams that are one: `io` and `e`. */
function choice({ flags = {}, env = {}, options = {}, terminals = "ioe", around = {} }: Case) {
  const settings = new Settings({
    flags: new Map(Object.entries(flags)),
    env: (name) => env[name],
    config: {},
  });
  const streams = {
    out: () => {},
    err: () => {},
    lost: new AbortController().signal,
    outIsTerminal: terminals.includes("o"),
    errIsTerminal: terminals.includes("e"),
  };
  const inIsTerminal = terminals.includes("i");
  const { mode, keys } = onHangOf(
    { settings, streams },
    // Only these six are read.
    { ...OPTIONS, ...options } as ReproOptions,
    { inIsTerminal, ci: false, ...around },
  );
  return `${mode}${keys ? " with keys" : ""}`;
}

Deno.test("onHangOf offers triage where all three streams are a terminal, and nowhere else", () => {
  assertEquals(choice({}), "triage with keys");
  for (const terminals of ["io", "oe", "ie", ""]) assertEquals(choice({ terminals }), "report");
});

Deno.test("onHangOf offers none where something says that nobody sits there", () => {
  const cases: Case[] = [
    { around: { ci: true } },
    { flags: { "no-input": true } },
    { options: { format: "json" } },
    { options: { format: "events" } },
    { options: { amount: "quiet" } },
    { options: { repeat: 5 } },
    { options: { jobs: 2 } },
    { flags: { "on-hang": "report" } },
  ];
  for (const each of cases) assertEquals(choice(each), "report", JSON.stringify(each));
  assertEquals(choice({ options: { repeat: Infinity, untilHang: true } }), "triage with keys");
});

Deno.test("onHangOf takes the flag's word where a key can be pressed, and refuses it elsewhere", () => {
  const flags = { "on-hang": "triage" };
  assertEquals(choice({ flags, terminals: "ie", around: { ci: true } }), "triage with keys");
  assertThrows(
    () => choice({ flags, terminals: "oe" }),
    CommandLineError,
    "--on-hang triage needs",
  );
  assertThrows(() => choice({ flags: { ...flags, "no-input": true } }), CommandLineError);
});

Deno.test("onHangOf takes a setting for a wish, for where there is a terminal", () => {
  const env = { UNWEDGE_ON_HANG: "triage" };
  assertEquals(choice({ env }), "triage with keys");
  assertEquals(choice({ env, terminals: "" }), "report");
});

Deno.test("onHangOf waits for an inspector with and without a terminal", () => {
  const flags = { "on-hang": "inspect" };
  assertEquals(choice({ flags }), "inspect with keys");
  assertEquals(choice({ flags, terminals: "" }), "inspect");
});
