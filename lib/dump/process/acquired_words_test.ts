import { assert, assertEquals } from "@std/assert";
import { Source } from "./acquired_words.ts";

const LOCK = `
function acquire(words, index) {
  while (Atomics.compareExchange(words, index, 0, 1) !== 0) Atomics.wait(words, index, 1);
}
class Lock {
  #words; #at;
  lock() {
    while (Atomics.exchange(this.#words, this.#at, 2) !== 0) Atomics.wait(this.#words, this.#at, 2);
  }
}
`;

/** The words that a function has taken where it stands, at `HERE`. */
function taken(body: string, of: "acquire" | "lock" = "acquire") {
  const text =
    `${LOCK}self.onmessage = function transfer({ words, first, second, a, b }) {${body}};`;
  const source = Source.of(text);
  assert(source !== null);
  const word = of === "acquire"
    ? { array: "words", index: "index" }
    : { array: "this.#words", index: "this.#at" };
  const taker = source.takerAt(text.indexOf(`Atomics.wait(${word.array}`), word);
  assert(taker !== null);
  const offset = text.indexOf("/*HERE*/") + "/*HERE*/".length;
  return source.takenBefore(offset, taker).map(({ array, index }) => `${array} ${index}`);
}

Deno.test("takenBefore tells the words that a function has taken on every way to where it stands", () => {
  const then = "/*HERE*/acquire(words, second);";
  const one = ["(words) (first)"];
  assertEquals(taken(`acquire(words, first); ${then} release(words, first);`), one);
  assertEquals(taken(`acquire(words, first); work(\`of \${words}\`); for (;;) { ${then} }`), one);
  assertEquals(
    taken(`try { acquire(words, first); ${then} } finally { release(words, first); }`),
    one,
  );
  assertEquals(taken(`a.lock(); if (b) { /*HERE*/b.lock(); }`, "lock"), ["(a).#words (a).#at"]);
  assertEquals(taken(`this.all.a.lock(); /*HERE*/fn(); this.all.a.unlock();`, "lock"), [
    "(this.all.a).#words (this.all.a).#at",
  ]);
});

Deno.test("takenBefore tells nothing of a word that may have been given back, or was not taken on every way", () => {
  const then = "/*HERE*/acquire(words, second);";
  assertEquals(taken(`acquire(words, first); release(words, first); ${then}`), []);
  assertEquals(taken(`if (first) acquire(words, first); ${then}`), []);
  assertEquals(taken(`if (first) { acquire(words, first); } ${then}`), []);
  assertEquals(taken(`const later = () => { acquire(words, first); }; ${then}`), []);
  assertEquals(taken(`acquire(words, first); first = 3; ${then}`), []);
  assertEquals(taken(`acquire(words, first); for (;;) { ${then} release(words, first); }`), []);
  assertEquals(taken(`${then} acquire(words, first);`), []);
  assertEquals(taken(`acquire(...words); ${then}`), []);
  assertEquals(taken(`other(words, first); ${then}`), []);
  assertEquals(taken(`async () => { acquire(await words, first); ${then} }`), []);
  assertEquals(taken(`a.lock(); a.unlock(); /*HERE*/b.lock();`, "lock"), []);
  assertEquals(taken(`a.lock(); finish(a); /*HERE*/b.lock();`, "lock"), []);
});

Deno.test("takerAt knows no function that only waits, or for a word that cannot be told further out", () => {
  const told = (text: string, index = "index") => {
    const offset = text.indexOf("Atomics.wait");
    return Source.of(text)?.takerAt(offset, { array: "words", index }) ?? null;
  };
  assertEquals(told("function reply(words, index) { Atomics.wait(words, index, 0); }"), null);
  const takes = (index: string) =>
    `Atomics.compareExchange(words, ${index}, 0, 1); Atomics.wait(words, ${index}, 1);`;
  const name = (text: string, index?: string) => told(text, index)?.name ?? null;
  assertEquals(name(`function take(words, index) { ${takes("index")} }`), "take");
  assertEquals(name(`const take = (words, index) => { ${takes("index")} };`), "take");
  const bounded = takes("index").replace(/1\);$/, "1, 500);");
  assertEquals(name(`function take(words, index) { ${bounded} }`), null);
  assertEquals(name(`function take(words, index) { index++; ${takes("index")} }`), null);
  assertEquals(
    name(`function take(words, name) { const at = of(name); ${takes("at")} }`, "at"),
    null,
  );
  assertEquals(name(`function take({ words, index }) { ${takes("index")} }`), null);
  assertEquals(name(`(() => { ${takes("index")} })()`), null);
  assertEquals(Source.of("function ("), null);
  const awaits = `async function take(words) { ${takes("await words.at")} }`;
  assertEquals(name(awaits, "await words.at"), null);
  assertEquals(name(`function take(words) { ${takes("0")} }`, "/* , */"), null);
});
