/**
 * Splits TypeScript into tokens, far enough to know which words of a file are code and which stand in a string, a
 * comment, a regular expression or the text of a template.
 *
 * Invariant: no code is taken for something that cannot run. Where the language needs a parser to tell (a slash that
 * begins a regular expression or divides), both readings are kept, and where that is not possible the file has a doubt.
 * So what this yields may be more than the code of a file, and is never less, unless it says so.
 *
 * Considered and rejected: patterns over the whole text, which a quote in a regular expression leads astray; and a real
 * parser, the smallest of which for TypeScript takes longer to load than a proof may take.
 *
 * @module
 */

/** A piece of code. */
export interface Token {
  /**
   * `text`: a string literal or a template without holes, without its quotes. `other`: punctuation, a number, the place
   * of a template or regex.
   */
  readonly kind: "word" | "text" | "other";
  readonly value: string;
}

/** What a file comes to. */
export interface Tokens {
  readonly tokens: readonly Token[];
  /** Why the tokens may not be all there is, with the line; null when they are. */
  readonly doubt: string | null;
}

const SPACE = /[\s\uFEFF]+/y;
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*/uy;
const NUMBER =
  /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)n?/y;
/** The longest first; of the others one character is enough. */
const PUNCTUATION = /\.\.\.|\?\.(?!\d)|=>|\+\+|--|[^\\]/y;
const LINE_END = /[\n\r\u2028\u2029]/g;
/** To the end of its line; with a class, in which a slash does not end it. */
const REGEX = /\/(?:[^\n\r\u2028\u2029/\\[]|\\.|\[(?:[^\n\r\u2028\u2029\]\\]|\\.)*\])+\/[\w$]*/y;
/** What both readings of a line agree about: nothing in it opens or closes anything, or is more than its words. */
const OPENS_NOTHING = /^(?!.*(?:\/\*|\bimport\b))[^"'`\\{}]*$/;

const BEFORE_REGEX: ReadonlySet<string> = new Set([..."(,=:[&|?{;+-*%<^~", "=>"]);
const BEFORE_REGEX_WORDS: ReadonlySet<string> = new Set(
  "return typeof case in delete void throw new else do instanceof await extends default".split(" "),
);
/** Names in some places, and in others what a regular expression can follow. */
const UNSURE_WORDS: readonly string[] = ["of", "yield"];

/** Splits a file. */
export function codeTokens(text: string): Tokens {
  return new Splitter(text).split();
}

class Splitter {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  /** For each template that is open around here, how many braces are open in its hole. */
  readonly #holes: number[] = [];
  #at = 0;
  /** Whether the last token stands in a line before this one. */
  #newLine = true;

  constructor(text: string) {
    this.#text = text;
  }

  split(): Tokens {
    // The first line can be for the shell.
    if (this.#text.startsWith("#!")) this.#at = this.#lineEnd();
    while (this.#at < this.#text.length) {
      const doubt = this.#next();
      if (doubt === null) continue;
      const line = this.#text.slice(0, this.#at).split("\n").length;
      return { tokens: this.#tokens, doubt: `line ${line} has ${doubt}` };
    }
    return {
      tokens: this.#tokens,
      doubt: this.#holes.length === 0 ? null : "a template does not end",
    };
  }

  /** Takes what stands here. Returns why that cannot be done. */
  #next(): string | null {
    const space = this.#take(SPACE);
    if (space !== null) return this.#passed(space);
    const here = this.#text[this.#at];
    if (here === "/") return this.#slash();
    if (here === '"' || here === "'") return this.#string(here);
    if (here === "`") return this.#template("begins");
    if (here === "}" && this.#holes.at(-1) === 0) {
      this.#holes.pop();
      return this.#template("goes on");
    }
    const word = this.#take(WORD);
    if (word !== null) return this.#add("word", word);
    const other = this.#take(NUMBER) ?? this.#take(PUNCTUATION);
    // A backslash outside of everything writes a letter of a name.
    if (other === null) return "a name with an escape in it";
    const depth = this.#holes.length - 1;
    if (depth >= 0 && other === "{") this.#holes[depth] = (this.#holes[depth] ?? 0) + 1;
    if (depth >= 0 && other === "}") this.#holes[depth] = (this.#holes[depth] ?? 0) - 1;
    return this.#add("other", other);
  }

  #slash(): string | null {
    const second = this.#text[this.#at + 1];
    if (second === "/") {
      this.#at = this.#lineEnd();
      return null;
    }
    if (second === "*") {
      const end = this.#text.indexOf("*/", this.#at + 2);
      if (end < 0) return "a comment that does not end";
      const comment = this.#text.slice(this.#at, end + 2);
      this.#at = end + 2;
      return this.#passed(comment);
    }
    switch (this.#slashMeans()) {
      case "regex":
        return this.#take(REGEX) === null
          ? "a regular expression that does not end"
          : this.#add("other", "/");
      case "division":
        this.#at++;
        return this.#add("other", "/");
      case "either": {
        const end = this.#lineEnd();
        const rest = this.#text.slice(this.#at + 1, end);
        if (!OPENS_NOTHING.test(rest)) {
          return "a slash that may divide or begin a regular expression";
        }
        // Every word counts, also those of a comment at the end of the line.
        for (const [word] of rest.matchAll(new RegExp(WORD, "gu"))) this.#add("word", word);
        this.#at = end;
        return this.#add("other", "/");
      }
    }
  }

  #slashMeans(): "regex" | "division" | "either" {
    // Nothing but a regular expression needs a second slash, and it needs it in the same line.
    const alone = !this.#text.slice(this.#at + 1, this.#lineEnd()).includes("/");
    const before = this.#tokens.at(-1);
    if (before === undefined) return "regex";
    if (before.kind === "other" && BEFORE_REGEX.has(before.value)) return "regex";
    if (alone) return "division";
    // A line can end a type without a semicolon.
    if (this.#newLine) return "either";
    if (before.kind === "text") return "division";
    if (before.kind === "word") {
      if (isProperty(this.#tokens, this.#tokens.length - 1)) return "division";
      if (BEFORE_REGEX_WORDS.has(before.value)) return "regex";
      return UNSURE_WORDS.includes(before.value) ? "either" : "division";
    }
    return /^(?:\.?\d.*|\]|`)$/.test(before.value) ? "division" : "either";
  }

  #string(quote: string): string | null {
    const { length } = this.#text;
    for (let end = this.#at + 1; end < length; end++) {
      const char = this.#text[end] ?? "";
      if (char === "\\") end += this.#text.startsWith("\r\n", end + 1) ? 2 : 1;
      else if (char === "\n" || char === "\r") break;
      else if (char === quote) {
        const value = this.#text.slice(this.#at + 1, end);
        this.#at = end + 1;
        return this.#add("text", value);
      }
    }
    return "a string that does not end";
  }

  /** Goes through the text of a template, after the character that opens it, to its end or to its next hole. */
  #template(part: "begins" | "goes on"): string | null {
    const start = this.#at + 1;
    for (let end = start; end < this.#text.length; end++) {
      const char = this.#text[end];
      if (char === "\\") end++;
      else if (char === "`") {
        this.#at = end + 1;
        if (part === "goes on") return this.#add("other", "`");
        return this.#add("text", this.#text.slice(start, end));
      } else if (char === "$" && this.#text[end + 1] === "{") {
        this.#at = end + 2;
        this.#holes.push(0);
        return this.#add("other", "{");
      }
    }
    return "a template that does not end";
  }

  #add(kind: Token["kind"], value: string): null {
    this.#tokens.push({ kind, value });
    this.#newLine = false;
    return null;
  }

  #passed(space: string): null {
    if (space.search(LINE_END) >= 0) this.#newLine = true;
    return null;
  }

  #lineEnd(): number {
    LINE_END.lastIndex = this.#at;
    return LINE_END.exec(this.#text)?.index ?? this.#text.length;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const [found = null] = pattern.exec(this.#text) ?? [];
    if (found !== null) this.#at += found.length;
    return found;
  }
}

/** Whether the word at `index` is the name of a property behind its object, and no name of a variable. */
export function isProperty(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return before?.kind === "other" && [".", "?.", "#"].includes(before.value);
}
