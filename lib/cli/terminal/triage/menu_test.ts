import { assert, assertEquals } from "@std/assert";
import { REMEDIES } from "../../../protocol/remedies.ts";
import { ENTRIES, entryOf, helpLines, menuLines } from "./menu.ts";
import { screen } from "../../../../tests/support/triage.ts";

const LIVES = { lives: true, isCommand: false };

Deno.test("menu has one entry for each key, and a digit for each remedy in their order", () => {
  const keys = ENTRIES.map(({ key }) => key);
  assertEquals(new Set(keys).size, keys.length);
  for (const [index, { name }] of REMEDIES.entries()) {
    assertEquals(entryOf(`${index + 1}`, LIVES)?.command, {
      do: "act",
      action: { kind: "remedy", remedy: name },
    });
  }
});

Deno.test("menuLines offer every key, at any width", () => {
  for (const columns of [40, 80, 100, 132]) {
    const words = menuLines(LIVES, screen(columns)).join("\n");
    for (const { key, label } of ENTRIES) assert(words.includes(`${key} ${label}`), label);
    for (const line of words.split("\n")) assert(line.length < columns, line);
  }
});

Deno.test("helpLines explain every key, and the mark in the tree", () => {
  const words = helpLines(screen(), false).join("\n");
  for (const { key, label } of ENTRIES) assert(words.includes(` ${key} ${label}`), label);
  assert(words.includes("▶ marks"), words);
});

Deno.test("docs/triage.md explains every key", () => {
  const docs = Deno.readTextFileSync(new URL("../../../../docs/triage.md", import.meta.url));
  for (const { key, command } of ENTRIES) {
    const isRemedy = command.do === "act" && command.action.kind === "remedy";
    assert(docs.includes(isRemedy ? `\n- \`1\` … \`${REMEDIES.length}\`` : `\n- \`${key}\``), key);
  }
});

Deno.test("entryOf knows only what makes sense without a subject once that has gone", () => {
  assertEquals(
    ENTRIES.filter(({ key }) => entryOf(key, { lives: false, isCommand: false }) !== null).map((
      { key },
    ) => key).join(""),
    "wq?",
  );
});

Deno.test("entryOf offers with a command what needs nothing of its code", () => {
  const keys = (lives: boolean) =>
    ENTRIES.filter(({ key }) => entryOf(key, { lives, isCommand: true }) !== null)
      .map(({ key }) => key).join("");
  assertEquals([keys(true), keys(false)], ["dcgwikq?", "wq?"]);
});
