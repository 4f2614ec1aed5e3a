/**
 * The objects of one isolate and what refers to what, in typed arrays. A node is a number from 0 up, and so is an edge;
 * the edges of a node follow one another.
 *
 * @module
 */

import { NotASnapshotError, type SnapshotFormat } from "./snapshot_format.ts";

/** Where a function begins, in the script as V8 runs it; line and column are 0-based. */
export interface HeapLocation {
  readonly scriptId: number;
  readonly line: number;
  readonly column: number;
}

/** No such node. */
export const NONE = -1;

/** The graph. Filled by `SnapshotReader`, and then read. */
export class HeapGraph {
  readonly #format: SnapshotFormat;
  readonly #nodeType: Uint8Array;
  readonly #nodeName: Uint32Array;
  readonly #nodeId: Uint32Array;
  /** Of the first edge of each node, and of the one after the last. While nodes are read: how many each has. */
  readonly #firstEdge: Uint32Array;
  readonly #edgeType: Uint8Array;
  readonly #edgeName: Uint32Array;
  readonly #edgeTo: Uint32Array;
  readonly #strings: string[] = [];
  readonly #locations = new Map<number, HeapLocation>();
  #location: number[] = [];
  /** Edges by their target; the first of each target. */
  #incoming = new Uint32Array(0);
  #firstIncoming = new Uint32Array(0);

  /** @throws {NotASnapshotError} when there is no room for that many */
  constructor(format: SnapshotFormat) {
    const { nodeCount, edgeCount } = format;
    this.#format = format;
    try {
      this.#nodeType = new Uint8Array(nodeCount);
      this.#nodeName = new Uint32Array(nodeCount);
      this.#nodeId = new Uint32Array(nodeCount);
      this.#firstEdge = new Uint32Array(nodeCount + 1);
      this.#edgeType = new Uint8Array(edgeCount);
      this.#edgeName = new Uint32Array(edgeCount);
      this.#edgeTo = new Uint32Array(edgeCount);
    } catch (cause) {
      const what = `it says that it has ${nodeCount} nodes and ${edgeCount} edges`;
      throw new NotASnapshotError(`${what}: too many`, { cause });
    }
  }

  /** How many nodes there are. */
  get nodeCount(): number {
    return this.#nodeType.length;
  }

  /** Takes the next number of a section, while the snapshot is read. */
  take(section: "nodes" | "edges" | "locations", index: number, value: number): void {
    if (section === "nodes") this.#takeNode(index, value);
    else if (section === "edges") this.#takeEdge(index, value);
    else this.#takeLocation(value);
  }

  /** Keeps a string that is a name. */
  takeString(index: number, text: string): void {
    this.#strings[index] = text;
  }

  /** Marks the strings that name a node that is no string, or an edge. */
  namesInUse(): Uint8Array {
    const { nodeTypes, edgeTypes } = this.#format;
    const values = nodeTypes.map((type) => /string$/.test(type));
    const numbered = edgeTypes.map((type) => type === "element" || type === "hidden");
    let most = 0;
    for (const name of this.#nodeName) if (name > most) most = name;
    for (let e = 0; e < this.#edgeName.length; e++) {
      const name = this.#edgeName[e] ?? 0;
      if (name > most && numbered[this.#edgeType[e] ?? 0] === false) most = name;
    }
    const wanted = new Uint8Array(most + 1);
    for (let n = 0; n < this.nodeCount; n++) {
      if (values[this.#nodeType[n] ?? 0] === false) wanted[this.#nodeName[n] ?? 0] = 1;
    }
    for (let e = 0; e < this.#edgeName.length; e++) {
      if (numbered[this.#edgeType[e] ?? 0] === false) wanted[this.#edgeName[e] ?? 0] = 1;
    }
    return wanted;
  }

  /** Makes the graph ready to be read. @throws {NotASnapshotError} when its edges and nodes do not fit together */
  index(): void {
    let sum = 0;
    for (let n = 0; n < this.nodeCount; n++) {
      const count = this.#firstEdge[n] ?? 0;
      this.#firstEdge[n] = sum;
      sum += count;
    }
    this.#firstEdge[this.nodeCount] = sum;
    if (sum !== this.#edgeTo.length) throw new NotASnapshotError("its edges do not fit its nodes");
    const first = new Uint32Array(this.nodeCount + 1);
    for (const to of this.#edgeTo) {
      if (to >= this.nodeCount) throw new NotASnapshotError("an edge of it leads nowhere");
      first[to + 1] = (first[to + 1] ?? 0) + 1;
    }
    for (let n = 0; n < this.nodeCount; n++) first[n + 1] = (first[n + 1] ?? 0) + (first[n] ?? 0);
    const incoming = new Uint32Array(this.#edgeTo.length);
    const next = first.slice();
    for (let e = 0; e < this.#edgeTo.length; e++) {
      const to = this.#edgeTo[e] ?? 0;
      const at = next[to] ?? 0;
      incoming[at] = e;
      next[to] = at + 1;
    }
    [this.#incoming, this.#firstIncoming] = [incoming, first];
  }

  /** `object`, `closure`, `code`, … */
  type(node: number): string {
    return this.#format.nodeTypes[this.#nodeType[node] ?? 0] ?? "";
  }

  /** What V8 calls it: the class of an object, the name of a function. Empty for a string of the program. */
  name(node: number): string {
    return this.#strings[this.#nodeName[node] ?? 0] ?? "";
  }

  /** By which the inspector finds it: `HeapProfiler.getObjectByHeapObjectId`. */
  id(node: number): number {
    return this.#nodeId[node] ?? 0;
  }

  /** Where the function of a closure, or the class of an object, begins; null when the snapshot does not tell. */
  location(node: number): HeapLocation | null {
    return this.#locations.get(node) ?? null;
  }

  /** The first edge of a node, and the first that is no longer its own. */
  edges(node: number): readonly [from: number, to: number] {
    return [this.#firstEdge[node] ?? 0, this.#firstEdge[node + 1] ?? 0];
  }

  /** `context` (a variable), `property`, `element`, `internal`, `hidden`, `shortcut` or `weak`. */
  edgeType(edge: number): string {
    return this.#format.edgeTypes[this.#edgeType[edge] ?? 0] ?? "";
  }

  /** Name or number of an edge, as text. */
  edgeName(edge: number): string {
    const name = this.#edgeName[edge] ?? 0;
    const type = this.edgeType(edge);
    return type === "element" || type === "hidden" ? String(name) : this.#strings[name] ?? "";
  }

  /** The node that an edge leads to. */
  target(edge: number): number {
    return this.#edgeTo[edge] ?? 0;
  }

  /** The node that an edge begins at. */
  source(edge: number): number {
    let [low, high] = [0, this.nodeCount];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((this.#firstEdge[middle] ?? 0) <= edge) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The edges that lead to a node. */
  incoming(node: number): Uint32Array {
    const [from, to] = [this.#firstIncoming[node] ?? 0, this.#firstIncoming[node + 1] ?? 0];
    return this.#incoming.subarray(from, to);
  }

  /** Where the edge of that name leads, {@linkcode NONE} when there is none. */
  child(node: number, name: string): number {
    const [from, to] = this.edges(node);
    for (let e = from; e < to; e++) if (this.edgeName(e) === name) return this.target(e);
    return NONE;
  }

  #takeNode(index: number, value: number): void {
    const { size, type, name, id, edgeCount } = this.#format.node;
    const field = index % size;
    const node = (index - field) / size;
    if (field === type) this.#nodeType[node] = value;
    else if (field === name) this.#nodeName[node] = value;
    else if (field === id) this.#nodeId[node] = value;
    else if (field === edgeCount) this.#firstEdge[node] = value;
  }

  #takeEdge(index: number, value: number): void {
    const { size, type, name, to } = this.#format.edge;
    const field = index % size;
    const edge = (index - field) / size;
    if (field === type) this.#edgeType[edge] = value;
    else if (field === name) this.#edgeName[edge] = value;
    else if (field === to) this.#edgeTo[edge] = value / this.#format.node.size;
  }

  #takeLocation(value: number): void {
    const { size, object, script, line, column } = this.#format.location;
    if (this.#location.push(value) < size) return;
    const at = (field: number): number => this.#location[field] ?? 0;
    const location = { scriptId: at(script), line: at(line), column: at(column) };
    this.#locations.set(at(object) / this.#format.node.size, location);
    this.#location = [];
  }
}
