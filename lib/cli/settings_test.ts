import { assertEquals, assertThrows } from "@std/assert";
import { configKeyOf, type Flag, FLAGS, variableOf } from "./flags.ts";
import { type RawValue, Settings } from "./settings.ts";
import { CommandLineError } from "./command_line_error.ts";

function settings(
  flags: Record<string, RawValue>,
  env: Record<string, string> = {},
  config: Record<string, unknown> = {},
): Settings {
  return new Settings({ flags: new Map(Object.entries(flags)), env: (name) => env[name], config });
}

Deno.test("Settings: flag wins over environment wins over deno.json wins over nothing", () => {
  const env = { UNWEDGE_SOFT_KILL: "2s" };
  const config = { softKill: "3s" };
  assertEquals(settings({ "soft-kill": "1s" }, env, config).duration("soft-kill"), 1_000);
  assertEquals(settings({}, env, config).duration("soft-kill"), 2_000);
  assertEquals(settings({}, {}, config).duration("soft-kill"), 3_000);
  assertEquals(settings({}).duration("soft-kill"), null);
});

Deno.test("Settings name the place that a bad value came from", () => {
  const wrong: [Settings, string][] = [
    [settings({ deadline: "5" }), "--deadline 5:"],
    [settings({}, { UNWEDGE_DEADLINE: "5" }), "UNWEDGE_DEADLINE 5:"],
    [settings({}, {}, { deadline: 5 }), 'deno.json "unwedge.deadline" 5:'],
    [settings({}, {}, { deadline: { ms: 5 } }), 'deno.json "unwedge.deadline":'],
  ];
  for (const [each, start] of wrong) {
    const error = assertThrows(() => each.duration("deadline"), CommandLineError);
    assertEquals(error.message.slice(0, start.length), start);
  }
});

Deno.test("Settings: an empty variable counts as not set", () => {
  assertEquals(settings({}, { UNWEDGE_DEADLINE: "" }).duration("deadline"), null);
});

Deno.test("Settings: what is of this call alone does not come from the environment", () => {
  assertEquals(settings({}, { UNWEDGE_JSON: "1", UNWEDGE_HELP: "1" }).switch("json"), null);
});

Deno.test("Settings.switch reads words from the environment and refuses others", () => {
  const env = (value: string) => settings({}, { UNWEDGE_SIGINT_PROBE: value });
  assertEquals(env("off").switch("sigint-probe"), false);
  assertEquals(env("1").switch("sigint-probe"), true);
  assertThrows(() => env("maybe").switch("sigint-probe"), CommandLineError, "UNWEDGE_SIGINT_PROBE");
});

Deno.test("Settings.count takes whole numbers from the least on", () => {
  assertEquals(settings({ samples: "3" }).count("samples", 2), 3);
  for (const text of ["1", "-3", "2.5", "two", "1e3", "99999999999999999999"]) {
    assertThrows(
      () => settings({ samples: text }).count("samples", 2),
      CommandLineError,
      "2 or more",
    );
  }
});

Deno.test("Settings.choice lists the choices when it refuses", () => {
  const choices = ["full", "none"] as const;
  assertEquals(settings({ stacks: "none" }).choice("stacks", choices), "none");
  const wrong = settings({ stacks: "some" });
  assertThrows(() => wrong.choice("stacks", choices), CommandLineError, "full, none");
});

Deno.test("Settings.names takes commas and, from deno.json, a list", () => {
  assertEquals(settings({ remedy: "reap, channel-abort," }).names("remedy"), [
    "reap",
    "channel-abort",
  ]);
  assertEquals(settings({}, {}, { remedy: ["reap"] }).names("remedy"), ["reap"]);
});

Deno.test("Settings.pairs cuts at the first equals sign; the last of two wins", () => {
  const given = settings({ set: ["a=1", "b=x=y", "a=2", "c="] });
  assertEquals(given.pairs("set"), { a: "2", b: "x=y", c: "" });
  assertEquals(settings({ set: ["__proto__=1"] }).pairs("set"), { ["__proto__"]: "1" });
  for (const text of ["a", "=1"]) {
    assertThrows(() => settings({ set: [text] }).pairs("set"), CommandLineError, "KEY=VALUE");
  }
});

/** A value of a flag's kind, and what it must be read as. */
function sampleOf({ kind, choices }: Flag): { readonly text: string; readonly value: unknown } {
  switch (kind) {
    case "switch":
      return { text: "true", value: true };
    case "duration":
      return { text: "7s", value: 7_000 };
    case "count":
      return { text: "7", value: 7 };
    case "names":
      return { text: "reap", value: ["reap"] };
    case "choice":
      return { text: choices[0] ?? "", value: choices[0] };
    case "text":
    case "pairs":
      return { text: "x", value: "x" };
  }
}

function read(from: Settings, { name, kind, choices }: Flag): unknown {
  switch (kind) {
    case "switch":
      return from.switch(name);
    case "duration":
      return from.duration(name);
    case "count":
      return from.count(name, 1);
    case "names":
      return from.names(name);
    case "choice":
      return from.choice(name, choices);
    case "text":
    case "pairs":
      return from.text(name);
  }
}

Deno.test("Settings: every settable flag of the table comes from its variable and from its key", () => {
  const settable = FLAGS.filter((flag) => flag.settable);
  for (const flag of settable) {
    const { text, value } = sampleOf(flag);
    const fromEnv = settings({}, { [variableOf(flag.name)]: text });
    assertEquals(read(fromEnv, flag), value, variableOf(flag.name));
    const fromConfig = settings({}, {}, { [configKeyOf(flag.name)]: text });
    assertEquals(read(fromConfig, flag), value, configKeyOf(flag.name));
  }
});

Deno.test("Settings: the flags that are of one call alone are these, each for a reason", () => {
  const reasons: Readonly<Record<string, string>> = {
    set: "a parameter belongs to one scenario, and would be refused by all others",
    "until-hang": "it never ends by itself",
    filter: "it belongs to one look at one program",
    "keep-snapshot": "whoever wants secrets written down says so each time",
    values: "as keep-snapshot",
    json: "it changes what a script reads, so the script must ask for it",
    events: "as json",
    format: "as json",
    quiet: "it excludes verbose, and a variable must not make a typed flag an error",
    verbose: "as quiet",
    sweep: "it ends processes",
    "dry-run": "it goes with sweep",
    help: "it is no run",
    version: "it is no run",
  };
  const alone = FLAGS.filter((flag) => !flag.settable).map(({ name }) => name);
  assertEquals(alone.filter((name) => !(name in reasons)), []);
});
