/**
 * Random JavaScript that is hard to read: regular expressions, strings, comments and templates that hold what begins or
 * ends the others, divisions that look like them. Somewhere in it `setTimeout(…)` may be called, and everywhere the
 * word stands where it means nothing. Whether it is called shows when the text is run, which is what a reading of it is
 * held against.
 *
 * @module
 */

import type { Random } from "../../../tests/support/random.ts";

const QUOTES = [`"`, "'", "`", "//", "/*", "*/", "${", "}", "\\"] as const;

/** Statements, one after the other. `call` is put where a statement, or a value, can be. */
export function randomText(random: Random, call: string | null): string {
  const many = 2 + random.below(8);
  const at = call === null ? -1 : random.below(many);
  const lines = Array.from({ length: many }, (_, n) => statement(random, n === at ? call : null));
  return lines.join(random.pick(["\n", "; ", ";\n", ";\r", ";\u2028"]));
}

function statement(random: Random, call: string | null): string {
  const what = () => value(random, call ?? "0");
  const noise = () => value(random, "0");
  return random.pick<() => string>([
    () => `void ${what()}`,
    () => `void (${noise()}, ${what()}, ${noise()})`,
    () => `{ ${comment(random)} void ${what()} }`,
    () => `if (${noise()} !== ${what()}) void ${noise()}`,
    () => `void \`${templateText(random)}\${${what()}}${templateText(random)}\``,
    () => `void \`\${\`${templateText(random)}\${${what()}}\`}\``,
    () => `void [${noise()}, ${what()}][0]`,
    () => `void { a: ${noise()}, b: ${what()} }`,
    () => `(() => { return ${what()} })()`,
    () => `void (4 / 2 / ${what()})`,
    () => `void ((4) / ${what()} / (2))`,
    () => `void ([4][0] / 2 / ${what()})`,
    () => `let n = 4; n++ / 2; void ${what()}`,
    () => `{} ${regex(random)}.test(${what()})`,
    () => `if (true) ${regex(random)}.test(${what()})`,
    () => `void typeof ${regex(random)} ${comment(random)}, ${what()}`,
    () => `${comment(random)} void ${what()} ${comment(random)}`,
    () => `// ${dangerous(random).replaceAll("\n", "")}${lineEnd(random)}void ${what()}`,
  ])();
}

function lineEnd(random: Random): string {
  return random.pick(["\n", "\r", "\r\n", "\u2028", "\u2029"]);
}

function value(random: Random, call: string): string {
  return random.pick<() => string>([
    () => call,
    () => `(${text(random)}, ${call})`,
    () => `(${regex(random)}, ${call})`,
    () => `(${regex(random)}.test(${text(random)}), ${call})`,
    () => `(${comment(random)} ${call})`,
    () => `(8 / 2 / 1, ${call})`,
  ])();
}

/** Something that begins or ends something else, and the word that must not be taken for code. */
function dangerous(random: Random): string {
  const parts = Array.from({ length: random.below(4) }, () => random.pick(QUOTES));
  return parts.join(random.pick(["", " setTimeout(f) ", "a"]));
}

function text(random: Random): string {
  const quote = random.pick([`"`, "'"]);
  const inner = dangerous(random).replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
  return `${quote}${inner}${random.pick(["", "\\\n", "\\\r\n"])}${quote}`;
}

function regex(random: Random): string {
  const inner = dangerous(random).replace(/[\\/`${}*()]/g, "\\$&");
  const inClass = dangerous(random).replace(/[\\\]]/g, "\\$&");
  return random.pick([`/x${inner}/`, `/[x${inClass}]/`, `/[x/${inClass}]${inner}/gi`]);
}

function comment(random: Random): string {
  return `/* ${dangerous(random).replaceAll("*/", "* /")} */`;
}

function templateText(random: Random): string {
  return dangerous(random).replace(/[\\`$]/g, "\\$&");
}
