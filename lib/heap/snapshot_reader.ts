/**
 * Reads a V8 heap snapshot as its text arrives, chunk by chunk, in one pass.
 *
 * Invariant: the text is never held as a whole (a string of V8 ends at 512 MB), and what is kept is smaller than it:
 * 17 bytes for a node and 13 for an edge, of which the text has some 25 and 15. Strings of the program are dropped as
 * they pass: only names of objects, properties, variables and files are kept (a name is what some node or edge that is
 * no string is called).
 *
 * @module
 */

import { EVENT_NAMES } from "./event_names.ts";
import { HeapGraph } from "./heap_graph.ts";
import { NotASnapshotError, readFormat, type SnapshotFormat } from "./snapshot_format.ts";

const HEAD_END = ',"nodes":[';
/** The head of every V8 so far is under 2 KB. */
const LONGEST_HEAD = 64 * 1024;
/** Of a string that goes on in the next chunk: one that is longer is no name. */
const LONGEST_REST = 64 * 1024;
/** Of the name of a part, with what stands around it. */
const LONGEST_KEY = 200;
/** What a script may be called: a URL, or the path of a CommonJS module. Values that look so are kept, and not shown. */
const SCRIPT_NAME =
  /^(?:\/|[A-Z]:\\|(?:file|https?|ext|node|npm|jsr|data|blob|internal|evalmachine)[:.])/;
const LONGEST_SCRIPT_NAME = 1_024;
/** The longest name that is kept: what is longer is no name. */
const LONGEST_NAME = 400;

const [QUOTE, COMMA, OPEN, CLOSE, MINUS, BACKSLASH] = [34, 44, 91, 93, 45, 92];

/** What the reader is within. */
type Section = "head" | "key" | "nodes" | "edges" | "locations" | "strings" | "skipped" | "end";

/** Takes the chunks of one snapshot. */
export class SnapshotReader {
  #section: Section = "head";
  /** Text that was not used up yet: the head, the name of a section, a string that goes on in the next chunk. */
  #rest = "";
  #graph: HeapGraph | null = null;
  #format: SnapshotFormat | null = null;
  #number = 0;
  #negative = false;
  #digits = false;
  #depth = 0;
  /** How many strings have been read, and how many there must be. */
  #index = 0;
  #named = 0;
  readonly #seen = new Set<Section>();
  #length = 0;

  /** Characters so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Takes the next piece of the text.
   *
   * @throws {NotASnapshotError} when it is none
   */
  push(chunk: string): void {
    this.#length += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      switch (this.#section) {
        case "head":
          at = this.#readHead(chunk);
          break;
        case "key":
          at = this.#readKey(chunk, at);
          break;
        case "strings":
          at = this.#readStrings(chunk, at);
          break;
        case "skipped":
          at = this.#skip(chunk, at);
          break;
        case "end":
          return;
        default:
          at = this.#readNumbers(chunk, at, this.#section);
      }
    }
  }

  /**
   * The graph, when all has been pushed.
   *
   * @throws {NotASnapshotError} when the text ended too early
   */
  finish(): HeapGraph {
    const graph = this.#graph;
    if (graph === null) throw new NotASnapshotError("it has no head of a V8 heap snapshot");
    if (this.#section !== "end") {
      throw new NotASnapshotError(`it ends in the middle, after ${this.#length} characters`);
    }
    const missing = (["edges", "strings"] as const).find((part) => !this.#seen.has(part));
    if (missing !== undefined) throw new NotASnapshotError(`it has no ${missing}`);
    graph.index();
    return graph;
  }

  #readHead(chunk: string): number {
    const before = this.#rest.length;
    this.#rest += chunk;
    // Newlines stand between the parts, and nowhere within the head.
    const text = this.#rest.slice(0, LONGEST_HEAD);
    const [found] = /,\s*"nodes"\s*:\s*\[/.exec(text) ?? [];
    if (found === undefined) {
      const begins = /^\s*\{\s*"snapshot"/.test(text) || text.length < 20;
      if (!begins || this.#rest.length > LONGEST_HEAD) {
        throw new NotASnapshotError(`it does not begin like one (no ${HEAD_END})`);
      }
      return chunk.length;
    }
    const end = text.indexOf(found);
    this.#format = readFormat(`${text.slice(0, end)}}`);
    this.#graph = new HeapGraph(this.#format);
    this.#rest = "";
    this.#enter("nodes");
    return end + found.length - before;
  }

  #enter(section: Section): void {
    this.#section = section;
    this.#index = 0;
    this.#depth = 1;
    if (section !== "skipped" && this.#seen.has(section)) {
      throw new NotASnapshotError(`it has ${section} twice`);
    }
    this.#seen.add(section);
    if (section === "strings") this.#named = this.#graph?.expectNames() ?? 0;
  }

  /** `,"edges":[` or the closing brace of the snapshot. */
  #readKey(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (code === OPEN) {
        const name = /"(\w+)"/.exec(this.#rest)?.[1];
        this.#rest = "";
        const known = (["nodes", "edges", "locations", "strings"] as const).find((s) => s === name);
        this.#enter(known ?? "skipped");
        return at + 1;
      }
      if (code === 125) {
        this.#section = "end";
        return chunk.length;
      }
      if (this.#rest.length > LONGEST_KEY) throw new NotASnapshotError("its parts have no names");
      this.#rest += chunk[at];
    }
    return chunk.length;
  }

  #readNumbers(chunk: string, from: number, section: "nodes" | "edges" | "locations"): number {
    const graph = this.#graph;
    if (graph === null) return chunk.length;
    let [number, digits] = [this.#number, this.#digits];
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (code >= 48 && code <= 57) {
        number = number * 10 + (code - 48);
        digits = true;
      } else if (code === COMMA || code === CLOSE) {
        if (digits) graph.take(section, this.#negative ? -number : number);
        number = 0;
        digits = false;
        this.#negative = false;
        if (code === CLOSE) {
          [this.#number, this.#digits] = [0, false];
          this.#section = "key";
          return at + 1;
        }
      } else if (code === MINUS) {
        this.#negative = true;
      } else if (code > 32) {
        throw new NotASnapshotError(`its ${section} hold something that is no number`);
      }
    }
    [this.#number, this.#digits] = [number, digits];
    return chunk.length;
  }

  #skip(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (code === OPEN) this.#depth++;
      if (code === CLOSE && --this.#depth === 0) {
        this.#section = "key";
        return at + 1;
      }
    }
    return chunk.length;
  }

  #readStrings(chunk: string, from: number): number {
    let at = from;
    if (this.#rest === "") {
      // Between two strings.
      while (at < chunk.length) {
        const code = chunk.charCodeAt(at++);
        if (code === QUOTE) break;
        if (code !== CLOSE) continue;
        if (this.#index < this.#named) throw new NotASnapshotError("it has not all of its names");
        this.#section = "key";
        return at;
      }
      if (chunk.charCodeAt(at - 1) !== QUOTE) return chunk.length;
      this.#rest = '"';
    }
    const end = this.#endOfString(chunk, at);
    if (end < 0) {
      this.#rest += chunk.slice(at);
      // One that is too long for a name is not kept until its end, but for what may escape its last quote.
      if (this.#rest.length > LONGEST_REST) {
        const slashes = trailingBackslashes(this.#rest) % 2;
        this.#rest = `"${"x".repeat(LONGEST_SCRIPT_NAME + 1)}${"\\".repeat(slashes)}`;
      }
      return chunk.length;
    }
    // The mark of an open string costs an addition only where the string began in an earlier chunk.
    if (this.#rest.length > 1) {
      const text = this.#rest.slice(1) + chunk.slice(at, end);
      this.#takeString(text, 0, text.length);
    } else this.#takeString(chunk, at, end);
    this.#rest = "";
    return end + 1;
  }

  /** Where the quote is that ends the string, or -1. A quote behind an odd number of backslashes is part of it. */
  #endOfString(chunk: string, from: number): number {
    for (let end = chunk.indexOf('"', from); end >= 0; end = chunk.indexOf('"', end + 1)) {
      let slashes = 0;
      let at = end - 1;
      while (at >= from && chunk.charCodeAt(at) === BACKSLASH) {
        slashes++;
        at--;
      }
      if (at < from) slashes += trailingBackslashes(this.#rest);
      if (slashes % 2 === 0) return end;
    }
    return -1;
  }

  /** A string that stands in a text. Most are no names and are not cut out of it: that alone would take memory. */
  #takeString(text: string, from: number, to: number): void {
    const index = this.#index++;
    const graph = this.#graph;
    if (graph === null) return;
    const named = graph.isName(index) && to - from <= LONGEST_NAME;
    const number = named ? wholeNumber(text, from, to) : null;
    if (number !== null) return graph.takeNumber(index, number);
    if (!named && to - from > LONGEST_SCRIPT_NAME) return;
    const raw = text.slice(from, to);
    if (!named && !EVENT_NAMES.has(raw) && !SCRIPT_NAME.test(raw)) return;
    // Parsed even where nothing is escaped: a slice would keep the whole chunk alive.
    graph.takeString(index, unescaped(raw));
  }
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch (cause) {
    throw new NotASnapshotError("its strings are not JSON", { cause });
  }
}

/** A number as V8 writes them, of at most nine digits; null for any other text. */
function wholeNumber(text: string, from: number, to: number): number | null {
  if (from === to || to - from > 9 || text.charCodeAt(from) === 48 && to - from > 1) return null;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return number;
}

function trailingBackslashes(text: string): number {
  let slashes = 0;
  while (text.charCodeAt(text.length - 1 - slashes) === BACKSLASH) slashes++;
  return slashes;
}
