import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli";

Deno.test("parseArgs makes flags, values and operands of words, undeclared", () => {
  assertEquals(parseArgs(["--foo", "--bar=baz", "./quux.txt"]), {
    foo: true,
    bar: "baz",
    _: ["./quux.txt"],
  });
  assertEquals(parseArgs(["--bar", "baz", "-n", "x"]), { bar: "baz", n: "x", _: [] });
  assertEquals(parseArgs([]), { _: [] });
});

Deno.test("parseArgs makes numbers of what looks like one", () => {
  assertEquals(parseArgs(["--a=1", "--b", "1.5", "--c=0x10", "--d=1e3", "7", "1x"]), {
    a: 1,
    b: 1.5,
    c: 16,
    d: 1000,
    _: [7, "1x"],
  });
  assertEquals(parseArgs(["--a=", "--b= "]), { a: "", b: " ", _: [] });
});

Deno.test("parseArgs leaves strings alone where they are declared", () => {
  const args = parseArgs(["--deadline", "5", "--seed=007", "42"], {
    string: ["deadline", "seed", "_"],
  });
  assertEquals<unknown>(args, { deadline: "5", seed: "007", _: ["42"] });
  const deadline: string | undefined = args.deadline;
  assertStrictEquals(deadline, "5");
});

Deno.test("parseArgs gives a string without a value as empty, and takes no option for a value", () => {
  assertEquals(parseArgs(["--a"], { string: "a" }), { a: "", _: [] });
  assertEquals(parseArgs(["--a", "--b"], { string: ["a", "b"] }), { a: "", b: "", _: [] });
  assertEquals(parseArgs(["--a", "-x"], { string: ["a"] }), { a: "", x: true, _: [] });
  assertEquals(parseArgs(["--a", "-"], { string: ["a"] }), { a: "", _: ["-"] });
});

Deno.test("parseArgs takes no value for a boolean except true and false", () => {
  const options = { boolean: ["json", "quiet"] } as const;
  const args = parseArgs(["--json", "name"], options);
  assertEquals(args, { json: true, quiet: false, _: ["name"] });
  const json: boolean = args.json;
  assertStrictEquals(json, true);
  assertEquals(parseArgs(["--json=false"], options).json, false);
  assertEquals(parseArgs(["--json", "false", "x"], options), {
    json: false,
    quiet: false,
    _: ["x"],
  });
});

Deno.test("parseArgs makes flags of all long options under boolean: true", () => {
  assertEquals(parseArgs(["--a", "x", "--b=c", "-d", "y"], { boolean: true }), {
    a: true,
    b: "c",
    d: "y",
    _: ["x"],
  });
});

Deno.test("parseArgs lets the last of several values win, unless they are collected", () => {
  assertEquals(parseArgs(["--a=1", "--a=2"]), { a: 2, _: [] });
  const args = parseArgs(["--set", "k=v", "--set=l=w"], {
    string: ["set", "remedy"],
    collect: ["set", "remedy"],
  });
  assertEquals(args, { set: ["k=v", "l=w"], remedy: [], _: [] });
  const set: string[] = args.set;
  assertEquals(set.length, 2);
  assertEquals(parseArgs([], { boolean: ["v"], collect: ["v"] }), { v: [], _: [] });
  assertEquals<unknown>(parseArgs(["--a.b=1", "--a=2"], { collect: ["a"] }), {
    a: [{ b: 1 }, 2],
    _: [],
  });
});

Deno.test("parseArgs understands --no-name for the negatable only", () => {
  const options = { boolean: ["probe", "plain"], negatable: ["probe"] } as const;
  assertEquals(parseArgs(["--no-probe"], options), { probe: false, plain: false, _: [] });
  assertEquals(parseArgs(["--probe"], options).probe, true);
  assertEquals(parseArgs(["--no-plain"], options), {
    "no-plain": true,
    probe: false,
    plain: false,
    _: [],
  });
  assertEquals(parseArgs(["--no-color"], { string: ["color"], negatable: ["color"] }), {
    color: false,
    _: [],
  });
});

Deno.test("parseArgs sets a name and all its aliases, and shares their declaration", () => {
  const args = parseArgs(["-q", "-o", "dir"], {
    boolean: ["quiet", "help"],
    string: ["out-dir"],
    alias: { quiet: "q", help: ["h", "?"], "out-dir": "o" },
  });
  assertEquals(args, {
    quiet: true,
    q: true,
    help: false,
    h: false,
    "?": false,
    "out-dir": "dir",
    o: "dir",
    _: [],
  });
});

Deno.test("parseArgs refuses an alias that is undefined", () => {
  const alias: Record<string, string> = { a: "b" };
  Reflect.set(alias, "a", undefined);
  assertThrows(() => parseArgs([], { alias }), TypeError, "Alias");
});

Deno.test("parseArgs fills in defaults, also under the aliases", () => {
  const args = parseArgs(["--b=2"], {
    string: ["a", "b"],
    alias: { a: "x" },
    default: { a: "1", b: "1" },
  });
  assertEquals(args, { a: "1", x: "1", b: "2", _: [] });
  const a: string = args.a;
  assertStrictEquals(a, "1");
});

Deno.test("parseArgs does not parse what comes after --", () => {
  const words = ["--a", "--", "--b", "-c", "--", "5"];
  assertEquals(parseArgs(words), { a: true, _: ["--b", "-c", "--", "5"] });
  const args = parseArgs(words, { "--": true });
  assertEquals(args, { a: true, _: [], "--": ["--b", "-c", "--", "5"] });
});

Deno.test("parseArgs stops at the first operand under stopEarly", () => {
  assertEquals(parseArgs(["--a=1", "deno", "run", "--b"], { stopEarly: true }), {
    a: 1,
    _: ["deno", "run", "--b"],
  });
});

Deno.test("parseArgs hands each undeclared word to unknown, which may drop it", () => {
  const calls: unknown[][] = [];
  const args = parseArgs(["--known", "--typo=1", "-x", "--flag", "operand"], {
    boolean: ["known", "flag"],
    unknown: (...call) => {
      calls.push(call);
      return call.length === 1;
    },
  });
  assertEquals(calls, [["--typo=1", "typo", "1"], ["-x", "x", true], ["operand"]]);
  assertEquals(args, { known: true, flag: true, _: ["operand"] });
});

Deno.test("parseArgs reads groups of short options and values written against them", () => {
  assertEquals(parseArgs(["-abc"]), { a: true, b: true, c: true, _: [] });
  assertEquals(parseArgs(["-abc", "v"]), { a: true, b: true, c: "v", _: [] });
  assertEquals(parseArgs(["-n5"]), { n: 5, _: [] });
  assertEquals(parseArgs(["-n-5", "x"]), { n: -5, _: ["x"] });
  assertEquals(parseArgs(["-n=5"]), { n: 5, _: [] });
  assertEquals(parseArgs(["-o=dir"], { string: "o" }), { o: "dir", _: [] });
  assertEquals(parseArgs(["-f/tmp"]), { f: "/tmp", _: [] });
  assertEquals(parseArgs(["-a=", "x"]), { a: "", _: ["x"] });
  assertEquals(parseArgs(["-ab=", "x"]), { a: true, b: "", _: ["x"] });
  assertEquals(parseArgs(["-a-", "x"]), { a: "-", _: ["x"] });
  assertEquals(parseArgs(["-"]), { _: ["-"] });
});

Deno.test("parseArgs takes at least one character for a name", () => {
  assertEquals(parseArgs(["--=x"]), { "=x": true, _: [] });
});

Deno.test("parseArgs makes levels of dotted names, and touches no prototype", () => {
  assertEquals(parseArgs(["--a.b=1", "--a.c=2"]), { a: { b: 1, c: 2 }, _: [] });
  const words = ["--__proto__.bad=1", "--a.__proto__.bad=1", "--constructor.prototype.bad=1"];
  assertEquals<unknown>(parseArgs(words), { a: {}, _: [] });
  assertStrictEquals(Reflect.get({}, "bad"), undefined);
});

Deno.test("parseArgs leaves the words it is given as they are", () => {
  const words = Object.freeze(["--a", "b", "--", "c"]);
  assertEquals(parseArgs(words), { a: "b", _: ["c"] });
});
