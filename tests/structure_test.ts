/** That the tree keeps the shape which docs/architecture.md draws. */

import { assertEquals } from "@std/assert";
import { codeTokens, isProperty } from "../lib/diagnose/proof/code_tokens.ts";

const ROOT = new URL("../", import.meta.url);
const IMPORT = /^\s*(?:import|export)\s(?:[^;"']*?\sfrom\s+)?"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

/** The folders of lib from the top of the house to its foundations: what imports stands above what is imported. */
const FLOORS = [
  ["cli"],
  ["doctor"],
  ["run"],
  ["subject", "intervene", "diagnose", "report"],
  ["dump", "heap"],
  ["cdp", "actor"],
  ["os"],
  ["model"],
  ["protocol"],
] as const;

function sources(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sources(`${folder}${name}/`);
    return name.endsWith(".ts") && !name.endsWith("_test.ts") ? [folder + name] : [];
  });
}

const FILES = ["lib/", "scenarios/"].flatMap(sources).concat("mod.ts", "main.ts");
const TEXTS = new Map(FILES.map((file) => [file, Deno.readTextFileSync(new URL(file, ROOT))]));

/** What a file imports, types too; what it loads later counts only where `later` is set. */
function importsOf(file: string, later = false): string[] {
  return [...(TEXTS.get(file) ?? "").matchAll(IMPORT)].flatMap(([, now, then]) => {
    const target = now ?? (later ? then : undefined);
    if (target === undefined) return [];
    return [new URL(target, new URL(file, ROOT)).href.slice(ROOT.href.length)];
  });
}

/** Every import circle, once, as the files on it. */
function circles(): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) found.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const next of importsOf(file)) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  return found;
}

Deno.test("no file of lib imports itself by way of others, types included", () => {
  assertEquals(circles(), []);
});

Deno.test("no folder of lib imports from a floor above it", () => {
  const floorOf = (file: string) => {
    const folder = /^lib\/(\w+)\//.exec(file)?.[1];
    return FLOORS.findIndex((floor) => floor.some((each) => each === folder));
  };
  const wrong = FILES.flatMap((file) =>
    importsOf(file, true).filter((target) => {
      const [from, to] = [floorOf(file), floorOf(target)];
      return from >= 0 && to >= 0 && to < from;
    }).map((target) => `${file} -> ${target}`)
  );
  assertEquals(wrong, []);
});

/** Tables, which are read row by row. */
const TABLES: readonly string[] = ["lib/cli/flags.ts"];

Deno.test("no file of lib has more than 300 lines, but for tables", () => {
  const long = FILES.filter((file) => (TEXTS.get(file) ?? "").split("\n").length > 301);
  assertEquals(long.filter((file) => !TABLES.includes(file)), []);
});

Deno.test("what runs in the subject takes clocks and timers from platform.ts only", () => {
  const timers = /^(?:set|clear)(?:Timeout|Interval)$|^setImmediate$|^Worker$|^MessageChannel$/;
  const clock = /^(?:performance|crypto)$/;
  const inside = FILES.filter((file) => /^lib\/(?:actor|protocol|subject\/inside)\//.test(file));
  const wrong = inside.filter((file) => file !== "lib/protocol/platform.ts").flatMap((file) => {
    const { tokens } = codeTokens(TEXTS.get(file) ?? "");
    const end = tokens.findLastIndex(({ value }) => value.endsWith("/platform.ts"));
    const start = tokens.findLastIndex(({ value }, at) => at < end && value === "{");
    const imported = new Set(tokens.slice(Math.max(0, start), end + 1).map(({ value }) => value));
    return tokens.filter(({ kind, value }, at) =>
      kind === "word" && !isProperty(tokens, at) &&
      (clock.test(value) || (timers.test(value) && !imported.has(value)) ||
        (value === "Date" && tokens[at + 2]?.value === "now"))
    ).map(({ value }) => `${file} uses the global ${value}`);
  });
  assertEquals(wrong, []);
});
