/** Where functions begin, by node: 100,000 closures of one function share one place. @module */

import type { SnapshotFormat } from "./snapshot_format.ts";

/** Where a function begins, in the script as V8 runs it; line and column are 0-based. */
export interface HeapLocation {
  readonly scriptId: number;
  readonly line: number;
  readonly column: number;
}

/** The longest line of a script that is told from the next one. */
const MOST_COLUMNS = 2 ** 26;

/** Filled as the snapshot is read. */
export class LocationTable {
  readonly #format: SnapshotFormat["location"];
  readonly #nodeSize: number;
  /** By node: 1 and its place in the list. Pages of it that no node with a place is in take no memory. */
  readonly #placeOf: Uint32Array;
  readonly #places: HeapLocation[] = [];
  /** By script, and then by line and column. */
  readonly #known = new Map<number, Map<number, number>>();
  /** The record that is read: which field comes next, and those that have come. */
  #field = 0;
  #node = 0;
  #script = 0;
  #line = 0;
  #column = 0;

  constructor({ location, node, nodeCount }: SnapshotFormat) {
    this.#format = location;
    this.#nodeSize = node.size;
    this.#placeOf = new Uint32Array(nodeCount);
  }

  /** Takes the next number. */
  take(value: number): void {
    const { size, object, script, line, column } = this.#format;
    if (this.#field === object) this.#node = value / this.#nodeSize;
    else if (this.#field === script) this.#script = value;
    else if (this.#field === line) this.#line = value;
    else if (this.#field === column) this.#column = value;
    if (++this.#field < size) return;
    this.#field = 0;
    this.#placeOf[this.#node] = this.#place(this.#script, this.#line, this.#column);
  }

  /** Where the function of a closure, or the class of an object, begins; null when the snapshot does not tell. */
  of(node: number): HeapLocation | null {
    return this.#places[(this.#placeOf[node] ?? 0) - 1] ?? null;
  }

  #place(scriptId: number, line: number, column: number): number {
    let ofScript = this.#known.get(scriptId);
    if (ofScript === undefined) {
      ofScript = new Map();
      this.#known.set(scriptId, ofScript);
    }
    const key = line * MOST_COLUMNS + column;
    const known = ofScript.get(key);
    if (known !== undefined) return known;
    const place = this.#places.push({ scriptId, line, column });
    ofScript.set(key, place);
    return place;
  }
}
