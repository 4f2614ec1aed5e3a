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

const DROPPED = /^(?:object shape|number|bigint|regexp)$/;

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
  #edgeType: Uint8Array;
  #edgeName: Uint32Array;
  #edgeTo: Uint32Array;
  readonly #strings: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #numbered: readonly boolean[];
  /** Types of nodes to which no edge is kept: shapes and numbers tell nothing, and a third of all edges lead there. */
  readonly #droppedTypes: readonly boolean[];
  readonly #stringTypes: readonly boolean[];
  readonly #holdsValues: readonly boolean[];
  readonly #weak: number;
  readonly #synthetic: number;
  readonly #object: number;
  /** While edges are read: the node whose edges they are, how many it has left, and how many edges have been kept. */
  #node = -1;
  #left = 0;
  #kept = 0;
  #misfit = false;
  /** Four numbers of each location: node, script, line, column. */
  readonly #locations: number[] = [];
  readonly #locationOf = new Map<number, number>();
  #location: number[] = [];
  /** Edges by their target; the first of each target. */
  #incoming = new Uint32Array(0);
  #firstIncoming = new Uint32Array(0);

  /** @throws {NotASnapshotError} when there is no room for that many */
  constructor(format: SnapshotFormat) {
    const { nodeCount, edgeCount } = format;
    this.#format = format;
    this.#numbered = format.edgeTypes.map((type) => type === "element" || type === "hidden");
    this.#droppedTypes = format.nodeTypes.map((type) => DROPPED.test(type));
    this.#stringTypes = format.nodeTypes.map((type) => /string$/.test(type));
    this.#holdsValues = format.nodeTypes.map((type) => type === "object" || type === "closure");
    this.#weak = format.edgeTypes.indexOf("weak");
    this.#synthetic = format.nodeTypes.indexOf("synthetic");
    this.#object = format.nodeTypes.indexOf("object");
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
    this.#indexes.set(text, index);
  }

  /** Marks the strings that name a node that is no string, or an edge. */
  namesInUse(): Uint8Array {
    let most = 0;
    for (const name of this.#nodeName) if (name > most) most = name;
    for (let e = 0; e < this.#kept; e++) {
      const name = this.#edgeName[e] ?? 0;
      if (name > most && !this.#isNumbered(e)) most = name;
    }
    const wanted = new Uint8Array(most + 1);
    for (let n = 0; n < this.nodeCount; n++) {
      if (!this.#stringTypes[this.#nodeType[n] ?? 0]) wanted[this.#nodeName[n] ?? 0] = 1;
    }
    for (let e = 0; e < this.#kept; e++) {
      if (!this.#isNumbered(e)) wanted[this.#edgeName[e] ?? 0] = 1;
    }
    return wanted;
  }

  /** Makes the graph ready to be read. @throws {NotASnapshotError} when its edges and nodes do not fit together */
  index(): void {
    while (this.#left === 0 && this.#node < this.nodeCount) this.#nextNode();
    if (this.#node !== this.nodeCount || this.#misfit) {
      throw new NotASnapshotError("its edges do not fit its nodes");
    }
    this.#edgeType = this.#edgeType.subarray(0, this.#kept);
    this.#edgeName = this.#edgeName.subarray(0, this.#kept);
    this.#edgeTo = this.#edgeTo.subarray(0, this.#kept);
    const first = new Uint32Array(this.nodeCount + 1);
    for (const to of this.#edgeTo) first[to + 1] = (first[to + 1] ?? 0) + 1;
    for (let n = 0; n < this.nodeCount; n++) first[n + 1] = (first[n + 1] ?? 0) + (first[n] ?? 0);
    const incoming = new Uint32Array(this.#edgeTo.length);
    // Each target's edges are filled in from the front; its place is moved on, and in the end back again.
    for (let e = 0; e < this.#edgeTo.length; e++) {
      const to = this.#edgeTo[e] ?? 0;
      const at = first[to] ?? 0;
      incoming[at] = e;
      first[to] = at + 1;
    }
    first.copyWithin(1, 0, this.nodeCount);
    first[0] = 0;
    [this.#incoming, this.#firstIncoming] = [incoming, first];
    for (let at = 0; at < this.#locations.length; at += 4) {
      this.#locationOf.set(this.#locations[at] ?? 0, at);
    }
  }

  #isNumbered(edge: number): boolean {
    return this.#numbered[this.#edgeType[edge] ?? 0] ?? false;
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
    const at = this.#locationOf.get(node);
    if (at === undefined) return null;
    const [, scriptId = 0, line = 0, column = 0] = this.#locations.slice(at, at + 4);
    return { scriptId, line, column };
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
    return this.#isNumbered(edge) ? String(name) : this.#strings[name] ?? "";
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
    const index = this.indexOf(name);
    if (index === NONE) return NONE;
    const to = this.#firstEdge[node + 1] ?? 0;
    for (let e = this.#firstEdge[node] ?? 0; e < to; e++) {
      if (this.#edgeName[e] === index && !this.#isNumbered(e)) return this.#edgeTo[e] ?? NONE;
    }
    return NONE;
  }

  /** The number of a name, by which names are compared quickly; {@linkcode NONE} where nothing is called so. */
  indexOf(name: string): number {
    return this.#indexes.get(name) ?? NONE;
  }

  /** The number of a node's name. */
  nameIndex(node: number): number {
    return this.#nodeName[node] ?? NONE;
  }

  /** The number of an edge's name; {@linkcode NONE} of one that is named by a number. */
  edgeNameIndex(edge: number): number {
    return this.#isNumbered(edge) ? NONE : this.#edgeName[edge] ?? NONE;
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
    const edge = this.#kept;
    if (field === type) this.#edgeType[edge] = value;
    else if (field === name) this.#edgeName[edge] = value;
    else if (field === to) this.#edgeTo[edge] = value / this.#format.node.size;
    if (field !== size - 1) return;
    while (this.#left === 0 && this.#node < this.nodeCount) this.#nextNode();
    this.#left--;
    const target = this.#edgeTo[edge] ?? 0;
    const fits = edge < this.#edgeTo.length && this.#node < this.nodeCount;
    if (target >= this.nodeCount || !fits) this.#misfit = true;
    else if (!this.#isWeak(edge) && !this.#isDropped(target) && !this.#isValue(target)) {
      this.#kept++;
    }
  }

  /** Whether a string that is a value: those that are names are kept by tables, and by V8's own objects. */
  #isValue(target: number): boolean {
    const type = this.#nodeType[target] ?? 0;
    return this.#stringTypes[type] === true &&
      this.#holdsValues[this.#nodeType[this.#node] ?? 0] === true;
  }

  /**
   * Whether a weak edge by which nothing is got at: native code that holds something has only these, from a root, and a
   * WeakRef, which may be of any class, gives its target to the program.
   */
  #isWeak(edge: number): boolean {
    const holder = this.#nodeType[this.#node];
    return this.#edgeType[edge] === this.#weak && holder !== this.#synthetic &&
      holder !== this.#object;
  }

  #isDropped(node: number): boolean {
    return this.#droppedTypes[this.#nodeType[node] ?? 0] ?? false;
  }

  /** Goes on to the edges of the next node: where its number of edges stood, its first edge stands from now on. */
  #nextNode(): void {
    this.#node++;
    this.#left = this.#firstEdge[this.#node] ?? 0;
    this.#firstEdge[this.#node] = this.#kept;
  }

  #takeLocation(value: number): void {
    const { size, object, script, line, column } = this.#format.location;
    if (this.#location.push(value) < size) return;
    const at = (field: number): number => this.#location[field] ?? 0;
    const node = at(object) / this.#format.node.size;
    this.#locations.push(node, at(script), at(line), at(column));
    this.#location = [];
  }
}
