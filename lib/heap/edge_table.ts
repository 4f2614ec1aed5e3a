/**
 * The references of one heap, nine bytes each, by the node that they begin at; and, of those that something can be got
 * at by, four bytes more for the way back.
 *
 * @module
 */

/** What decides which references are kept. */
export interface EdgeRules {
  /** References that nobody asks for, once names are known. */
  readonly useless: (edge: number) => boolean;
  /** References that lead nowhere when they are walked backwards: from a function to its code. */
  readonly oneWay: (edge: number) => boolean;
}

/** References. Filled while the snapshot is read, then packed. */
export class EdgeTable {
  /** Of the first edge of each node, and of the one after the last. Before its edges are read: how many a node has. */
  readonly first: Uint32Array;
  type: Uint8Array<ArrayBuffer>;
  name: Uint32Array<ArrayBuffer>;
  to: Uint32Array<ArrayBuffer>;
  /** The node whose edges are read. */
  node = -1;
  #left = 0;
  #kept = 0;
  #misfit = false;
  /** Edges by their target; the first of each target. */
  #incoming = new Uint32Array(0);
  #firstIncoming = new Uint32Array(0);

  /** @throws {RangeError} when there is no room for that many */
  constructor(nodeCount: number, edgeCount: number) {
    this.first = new Uint32Array(nodeCount + 1);
    this.type = new Uint8Array(edgeCount);
    this.name = new Uint32Array(edgeCount);
    this.to = new Uint32Array(edgeCount);
  }

  /** Where the next edge is written. */
  get next(): number {
    return this.#kept;
  }

  /** Counts the edge that has just been written, and keeps it or leaves its place to the next one. */
  count(keeps: (edge: number) => boolean): void {
    const nodeCount = this.first.length - 1;
    while (this.#left === 0 && this.node < nodeCount) this.#nextNode();
    this.#left--;
    const edge = this.#kept;
    const fits = edge < this.to.length && this.node < nodeCount &&
      (this.to[edge] ?? 0) < nodeCount;
    if (!fits) this.#misfit = true;
    else if (keeps(edge)) this.#kept++;
  }

  /** Goes to the end; false when edges and nodes do not fit together. */
  end(): boolean {
    const nodeCount = this.first.length - 1;
    while (this.#left === 0 && this.node < nodeCount) this.#nextNode();
    return this.node === nodeCount && !this.#misfit;
  }

  /** Goes on to the edges of the next node: where its number of edges stood, its first edge stands from now on. */
  #nextNode(): void {
    this.node++;
    this.#left = this.first[this.node] ?? 0;
    this.first[this.node] = this.#kept;
  }

  /** Drops what is useless, gives its memory back, and finds the way back of the others. */
  pack({ useless, oneWay }: EdgeRules): void {
    this.#drop(useless);
    // One after the other, so that no two are held twice.
    this.type = new Uint8Array(this.type.buffer.transfer(this.#kept));
    this.name = new Uint32Array(this.name.buffer.transfer(4 * this.#kept));
    this.to = new Uint32Array(this.to.buffer.transfer(4 * this.#kept));
    const nodeCount = this.first.length - 1;
    const first = new Uint32Array(nodeCount + 1);
    let both = 0;
    for (let e = 0; e < this.#kept; e++) {
      if (oneWay(e)) continue;
      const after = (this.to[e] ?? 0) + 1;
      first[after] = (first[after] ?? 0) + 1;
      both++;
    }
    for (let n = 0; n < nodeCount; n++) first[n + 1] = (first[n + 1] ?? 0) + (first[n] ?? 0);
    const incoming = new Uint32Array(both);
    // Each target's edges are filled in from the front; its place is moved on, and in the end back again.
    for (let e = 0; e < this.#kept; e++) {
      if (oneWay(e)) continue;
      const to = this.to[e] ?? 0;
      const at = first[to] ?? 0;
      incoming[at] = e;
      first[to] = at + 1;
    }
    first.copyWithin(1, 0, nodeCount);
    first[0] = 0;
    [this.#incoming, this.#firstIncoming] = [incoming, first];
  }

  #drop(useless: EdgeRules["useless"]): void {
    const nodeCount = this.first.length - 1;
    let kept = 0;
    for (let node = 0; node < nodeCount; node++) {
      const [from, to] = [this.first[node] ?? 0, this.first[node + 1] ?? 0];
      // Its own edges have been moved to before `from`, if at all, and those of the next node stand where they were.
      this.first[node] = kept;
      for (let e = from; e < to; e++) {
        if (useless(e)) continue;
        this.type[kept] = this.type[e] ?? 0;
        this.name[kept] = this.name[e] ?? 0;
        this.to[kept] = this.to[e] ?? 0;
        kept++;
      }
    }
    this.first[nodeCount] = kept;
    this.#kept = kept;
  }

  /** The node that an edge begins at. */
  source(edge: number): number {
    let [low, high] = [0, this.first.length - 1];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((this.first[middle] ?? 0) <= edge) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The edges that lead to a node. */
  incoming(node: number): Uint32Array {
    const [from, to] = [this.#firstIncoming[node] ?? 0, this.#firstIncoming[node + 1] ?? 0];
    return this.#incoming.subarray(from, to);
  }
}
