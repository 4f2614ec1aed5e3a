/**
 * The names of one heap, by their number in the snapshot. Nine of ten in a heap with many waits are the numbers of the
 * entries of one Map: those are kept as numbers, in four bytes each.
 *
 * @module
 */

/** No such node, edge or name. */
export const NONE = -1;

const WANTED = 1;
const FIRST_TEXT = 2;
const FIRST_NUMBER = 2 ** 31;

/** Names by number, and numbers by name. */
export class NameTable {
  /** By number of a name: 0, {@linkcode WANTED}, its place in the texts, or itself where it is a number. */
  readonly #slots: Uint32Array;
  readonly #texts: string[] = [];
  readonly #indexes = new Map<string, number>();

  /** @param count how many numbers there are */
  constructor(count: number) {
    this.#slots = new Uint32Array(count);
  }

  /** Marks a number as that of a name. */
  want(index: number): void {
    this.#slots[index] = WANTED;
  }

  /** Whether a number is that of a name. */
  wants(index: number): boolean {
    return this.#slots[index] === WANTED;
  }

  /** Keeps a name that is a whole number below 2^31. */
  addNumber(index: number, number: number): void {
    this.#slots[index] = FIRST_NUMBER + number;
  }

  /** Keeps any other name. */
  add(index: number, text: string): void {
    this.#slots[index] = FIRST_TEXT + this.#texts.length;
    this.#texts.push(text);
    this.#indexes.set(text, index);
  }

  /** The name with that number; empty when it was not kept. */
  text(index: number): string {
    const slot = this.#slots[index] ?? 0;
    if (slot >= FIRST_NUMBER) return String(slot - FIRST_NUMBER);
    return this.#texts[slot - FIRST_TEXT] ?? "";
  }

  /** The number of a name that is no number itself; {@linkcode NONE} where nothing is called so. */
  indexOf(text: string): number {
    return this.#indexes.get(text) ?? NONE;
  }
}
