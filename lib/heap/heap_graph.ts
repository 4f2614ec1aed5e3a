/**
 * The objects of one isolate and what refers to what, in typed arrays. A node is a number from 0 up, and so is an edge;
 * the edges of a node follow one another.
 *
 * @module
 */

import { EdgeTable } from "./edge_table.ts";
import { type HeapLocation, LocationTable } from "./location_table.ts";
import { NameTable, NONE } from "./name_table.ts";
import { NotASnapshotError, type SnapshotFormat } from "./snapshot_format.ts";

export type { HeapLocation } from "./location_table.ts";
export { NONE } from "./name_table.ts";

const DROPPED = /^(?:object shape|number|bigint)$/;
/** What V8 keeps of an object for itself: no way leads through it to anything of the program. */
const FOR_V8_ALONE: ReadonlyMap<string, RegExp> = new Map([
  ["map", /^system \/ Map\b/],
  ["scope_info", /^system \/ ScopeInfo\b/],
  ["feedback_cell", /^system \/ FeedbackCell\b/],
]);
/** References of a function of which nobody asks what has them. */
const ONE_WAY = ["code", "shared", "feedback_cell"];

/** The graph. Filled by `SnapshotReader`, and then read. */
export class HeapGraph {
  readonly #format: SnapshotFormat;
  readonly #nodeType: Uint8Array;
  readonly #nodeName: Uint32Array;
  readonly #nodeId: Uint32Array;
  readonly #edges: EdgeTable;
  readonly #locations: LocationTable;
  #names = new NameTable(0);
  readonly #numbered: readonly boolean[];
  /** Types of nodes to which no edge is kept: shapes and numbers tell nothing, and a third of all edges lead there. */
  readonly #droppedTypes: readonly boolean[];
  readonly #stringTypes: readonly boolean[];
  readonly #holdsValues: readonly boolean[];
  readonly #weak: number;
  readonly #synthetic: number;
  readonly #object: number;
  /** What comes next: which node and which field of it, which field of an edge. */
  #node = 0;
  #nodeField = 0;
  #edgeField = 0;
  readonly #keeps = (edge: number): boolean => this.#isKept(edge);

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
      this.#edges = new EdgeTable(nodeCount, edgeCount);
      this.#locations = new LocationTable(format);
    } catch (cause) {
      throw new NotASnapshotError(`${nodeCount} nodes, ${edgeCount} edges: too many`, { cause });
    }
  }

  /** How many nodes there are. */
  get nodeCount(): number {
    return this.#nodeType.length;
  }

  /** Takes the next number of a section, while the snapshot is read. */
  take(section: "nodes" | "edges" | "locations", value: number): void {
    if (section === "nodes") this.#takeNode(value);
    else if (section === "edges") this.#takeEdge(value);
    else this.#locations.take(value);
  }

  /** Finds out which strings, that come next, are names, and how many must come. @throws {NotASnapshotError} */
  expectNames(): number {
    if (this.#node !== this.nodeCount) throw new NotASnapshotError("it has not the nodes it says");
    const { name: edgeName, next } = this.#edges;
    let most = 0;
    for (let n = 0; n < this.nodeCount; n++) most = Math.max(most, this.#nodeName[n] ?? 0);
    for (let e = 0; e < next; e++) {
      const name = edgeName[e] ?? 0;
      if (name > most && !this.#isNumbered(e)) most = name;
    }
    this.#names = new NameTable(most + 1);
    for (let n = 0; n < this.nodeCount; n++) {
      const type = this.#nodeType[n] ?? 0;
      if (!this.#stringTypes[type]) this.#names.want(this.#nodeName[n] ?? 0);
    }
    for (let e = 0; e < next; e++) if (!this.#isNumbered(e)) this.#names.want(edgeName[e] ?? 0);
    return most + 1;
  }

  /** Whether a string is a name. */
  isName(index: number): boolean {
    return this.#names.wants(index);
  }

  /** Keeps a name that is a whole number below 2^31. */
  takeNumber(index: number, number: number): void {
    this.#names.addNumber(index, number);
  }

  /** Keeps any other name. */
  takeString(index: number, text: string): void {
    this.#names.add(index, text);
  }

  /** Makes the graph ready to be read. @throws {NotASnapshotError} when its edges and nodes do not fit together */
  index(): void {
    if (!this.#edges.end()) throw new NotASnapshotError("its edges do not fit its nodes");
    const forV8 = new Map([...FOR_V8_ALONE].map(([name, of]) => [this.indexOf(name), of]));
    const oneWay = new Set(ONE_WAY.map((name) => this.indexOf(name)));
    // Where nothing is called so: an edge that is named by a number is not meant.
    forV8.delete(NONE);
    oneWay.delete(NONE);
    const prototype = this.indexOf("__proto__");
    const cell = this.indexOf("feedback_cell");
    const builtIn = this.#heldByRealm();
    this.#edges.pack({
      useless: (edge) => {
        const name = this.edgeNameIndex(edge);
        const target = this.target(edge);
        if (name === prototype) return name !== NONE && builtIn.has(target);
        if (name === cell && this.#hasEdges(target)) return false;
        return forV8.get(name)?.test(this.name(target)) ?? false;
      },
      oneWay: (edge) => oneWay.has(this.edgeNameIndex(edge)),
    });
  }

  /**
   * What a realm that is in use keeps, its built-in prototypes among it: that an object has one of these tells nothing,
   * and it is there without the object.
   */
  #heldByRealm(): ReadonlySet<number> {
    const held = new Set<number>();
    for (const root of this.#targets((node) => this.#nodeType[node] === this.#synthetic)) {
      if (!this.name(root).startsWith("system / NativeContext")) continue;
      const [from, to] = this.edges(root);
      for (let edge = from; edge < to; edge++) held.add(this.target(edge));
    }
    return held;
  }

  /** What the strong edges of some nodes lead to. */
  #targets(of: (node: number) => boolean): ReadonlySet<number> {
    const found = new Set<number>();
    for (let node = 0; node < this.nodeCount; node++) {
      if (!of(node)) continue;
      const [from, to] = this.edges(node);
      for (let edge = from; edge < to; edge++) {
        if (this.#edges.type[edge] !== this.#weak) found.add(this.target(edge));
      }
    }
    return found;
  }

  #hasEdges(node: number): boolean {
    return (this.#edges.first[node] ?? 0) < (this.#edges.first[node + 1] ?? 0);
  }

  #isNumbered(edge: number): boolean {
    return this.#numbered[this.#edges.type[edge] ?? 0] ?? false;
  }

  /** `object`, `closure`, `code`, … */
  type(node: number): string {
    return this.#format.nodeTypes[this.#nodeType[node] ?? 0] ?? "";
  }

  /** What V8 calls it: the class of an object, the name of a function. Empty for a string of the program. */
  name(node: number): string {
    return this.#names.text(this.#nodeName[node] ?? 0);
  }

  /** By which the inspector finds it: `HeapProfiler.getObjectByHeapObjectId`. */
  id(node: number): number {
    return this.#nodeId[node] ?? 0;
  }

  /** Where the function of a closure, or the class of an object, begins; null when the snapshot does not tell. */
  location(node: number): HeapLocation | null {
    return this.#locations.of(node);
  }

  /** The first edge of a node, and the first that is no longer its own. */
  edges(node: number): readonly [from: number, to: number] {
    return [this.#edges.first[node] ?? 0, this.#edges.first[node + 1] ?? 0];
  }

  /** `context` (a variable), `property`, `element`, `internal`, `hidden`, `shortcut` or `weak`. */
  edgeType(edge: number): string {
    return this.#format.edgeTypes[this.#edges.type[edge] ?? 0] ?? "";
  }

  /** Name or number of an edge, as text. */
  edgeName(edge: number): string {
    const name = this.#edges.name[edge] ?? 0;
    return this.#isNumbered(edge) ? String(name) : this.#names.text(name);
  }

  /** The node that an edge leads to. */
  target(edge: number): number {
    return this.#edges.to[edge] ?? 0;
  }

  /** The node that an edge begins at. */
  source(edge: number): number {
    return this.#edges.source(edge);
  }

  /** The edges that lead to a node, but for those of a function to its code. */
  incoming(node: number): Uint32Array {
    return this.#edges.incoming(node);
  }

  /** Where the edge of that name leads, {@linkcode NONE} when there is none. */
  child(node: number, name: string): number {
    const index = this.indexOf(name);
    if (index === NONE) return NONE;
    const { first, name: names, to: targets } = this.#edges;
    const to = first[node + 1] ?? 0;
    for (let e = first[node] ?? 0; e < to; e++) {
      if (names[e] === index && !this.#isNumbered(e)) return targets[e] ?? NONE;
    }
    return NONE;
  }

  /** The number of a name, by which names are compared quickly; {@linkcode NONE} where nothing is called so. */
  indexOf(name: string): number {
    return this.#names.indexOf(name);
  }

  /** The number of a node's name. */
  nameIndex(node: number): number {
    return this.#nodeName[node] ?? NONE;
  }

  /** The number of an edge's name; {@linkcode NONE} of one that is named by a number. */
  edgeNameIndex(edge: number): number {
    return this.#isNumbered(edge) ? NONE : this.#edges.name[edge] ?? NONE;
  }

  #takeNode(value: number): void {
    const { size, type, name, id, edgeCount } = this.#format.node;
    const [field, node] = [this.#nodeField, this.#node];
    if (field === type) this.#nodeType[node] = value;
    else if (field === name) this.#nodeName[node] = value;
    else if (field === id) this.#nodeId[node] = value;
    else if (field === edgeCount) this.#edges.first[node] = value;
    if (++this.#nodeField < size) return;
    [this.#nodeField, this.#node] = [0, node + 1];
  }

  #takeEdge(value: number): void {
    const { size, type, name, to } = this.#format.edge;
    const [field, edges] = [this.#edgeField, this.#edges];
    if (field === type) edges.type[edges.next] = value;
    else if (field === name) edges.name[edges.next] = value;
    else if (field === to) edges.to[edges.next] = value / this.#format.node.size;
    if (++this.#edgeField < size) return;
    this.#edgeField = 0;
    edges.count(this.#keeps);
  }

  #isKept(edge: number): boolean {
    const target = this.target(edge);
    return !this.#isWeak(edge) && !this.#isDropped(target) && !this.#isValue(target);
  }

  /** Whether a string that is a value: those that are names are kept by tables, and by V8's own objects. */
  #isValue(target: number): boolean {
    const type = this.#nodeType[target] ?? 0;
    return this.#stringTypes[type] === true &&
      this.#holdsValues[this.#nodeType[this.#edges.node] ?? 0] === true;
  }

  /**
   * Whether a weak edge by which nothing is got at: native code that holds something has only these, from a root, and a
   * WeakRef, which may be of any class, gives its target to the program.
   */
  #isWeak(edge: number): boolean {
    const holder = this.#nodeType[this.#edges.node];
    return this.#edges.type[edge] === this.#weak && holder !== this.#synthetic &&
      holder !== this.#object;
  }

  #isDropped(node: number): boolean {
    return this.#droppedTypes[this.#nodeType[node] ?? 0] ?? false;
  }
}
