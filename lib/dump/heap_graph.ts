/**
 * The part of a V8 heap snapshot that tells which async function awaits which other one.
 *
 * How V8 keeps it (with `exposeInternals`): a suspended function is an object with an edge `parameters_and_registers`,
 * and a hidden edge to the promise that it will settle. A pending promise leads by `reactions_or_result` to its chain of
 * reactions; the context of a reaction's handler has the awaiting function as its `extension`.
 *
 * @module
 */

interface SnapshotText {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

interface Edge {
  /** Its name, empty for one that has a number. */
  readonly name: string;
  readonly type: string;
  readonly to: number;
}

/** A function that is suspended, or has been. */
export interface HeapCall {
  /** Its index among the nodes. */
  readonly node: number;
  /** The id under which the inspector knows it. */
  readonly id: number;
  /** Its name; empty when it has none. */
  readonly fn: string;
  /** URL of its script; empty when that is not known. */
  readonly file: string;
}

/** A snapshot. Nodes are named by their index. */
export class HeapGraph {
  readonly #text: SnapshotText;
  readonly #first: readonly number[];
  readonly #nodeFields: Readonly<Record<string, number>>;
  readonly #edgeFields: Readonly<Record<string, number>>;
  readonly #width: number;
  /** Suspended functions by the promise that they will settle. */
  readonly #settlers = new Map<number, number>();
  readonly #awaited = new Map<number, number[]>();
  readonly #calls = new Map<number, HeapCall>();

  private constructor(text: SnapshotText) {
    this.#text = text;
    const { node_fields, edge_fields } = text.snapshot.meta;
    this.#nodeFields = places(node_fields);
    this.#edgeFields = places(edge_fields);
    this.#width = node_fields.length;
    this.#first = this.#edgeStarts();
    const suspended: number[] = [];
    const promises: number[] = [];
    for (let node = 0; node < text.nodes.length / this.#width; node++) {
      if (this.#typeOf(node) !== "object") continue;
      if (this.#nameOf(node) === "Promise") promises.push(node);
      else if (this.#edge(node, "parameters_and_registers") !== null) suspended.push(node);
    }
    for (const node of suspended) {
      this.#calls.set(node, this.#callOf(node));
      const promise = this.#edges(node).find(({ type, to }) =>
        type === "hidden" && this.#nameOf(to) === "Promise"
      );
      if (promise !== undefined) this.#settlers.set(promise.to, node);
    }
    for (const promise of promises) this.#readReactions(promise);
  }

  /** Null where the text is no snapshot that can be read. */
  static parse(text: string): HeapGraph | null {
    try {
      return new HeapGraph(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /** Every one. */
  get calls(): readonly HeapCall[] {
    return [...this.#calls.values()];
  }

  /** Those whose results a suspended function awaits. */
  awaitedBy({ node }: HeapCall): readonly HeapCall[] {
    return (this.#awaited.get(node) ?? []).flatMap((other) => this.#calls.get(other) ?? []);
  }

  #callOf(node: number): HeapCall {
    const closure = this.#edge(node, "function");
    const shared = closure === null ? null : this.#edge(closure, "shared");
    const script = shared === null ? null : this.#edge(shared, "script");
    return {
      node,
      id: this.#field(node, "id"),
      fn: closure === null ? "" : this.#nameOf(closure),
      file: script === null ? "" : this.#nameOf(script).replace(SCRIPT, ""),
    };
  }

  #readReactions(promise: number): void {
    const settler = this.#settlers.get(promise);
    if (settler === undefined) return;
    const seen = new Set<number>();
    let reaction = this.#edge(promise, "reactions_or_result");
    while (reaction !== null && this.#nameOf(reaction) === REACTION && !seen.has(reaction)) {
      seen.add(reaction);
      let next: number | null = null;
      for (const { to } of this.#edges(reaction)) {
        if (this.#nameOf(to) === REACTION) next = to;
        const context = this.#typeOf(to) === "closure" ? this.#edge(to, "context") : null;
        const awaiting = context === null ? null : this.#edge(context, "extension");
        if (awaiting === null) continue;
        this.#awaited.set(awaiting, [...this.#awaited.get(awaiting) ?? [], settler]);
      }
      reaction = next;
    }
  }

  #edgeStarts(): number[] {
    const { nodes } = this.#text;
    const starts = [0];
    for (let node = 0; node < nodes.length / this.#width; node++) {
      starts.push((starts[node] ?? 0) + this.#field(node, "edge_count"));
    }
    return starts;
  }

  #edges(node: number): Edge[] {
    const { edges, strings, snapshot: { meta } } = this.#text;
    const width = meta.edge_fields.length;
    const { type = 0, name_or_index = 0, to_node = 0 } = this.#edgeFields;
    const found: Edge[] = [];
    for (let edge = this.#first[node] ?? 0; edge < (this.#first[node + 1] ?? 0); edge++) {
      const at = edge * width;
      const typeName = meta.edge_types[0][edges[at + type] ?? 0] ?? "";
      const isNumbered = typeName === "element" || typeName === "hidden";
      found.push({
        name: isNumbered ? "" : strings[edges[at + name_or_index] ?? 0] ?? "",
        type: typeName,
        to: (edges[at + to_node] ?? 0) / this.#width,
      });
    }
    return found;
  }

  #edge(node: number, name: string): number | null {
    return this.#edges(node).find((edge) => edge.name === name)?.to ?? null;
  }

  #typeOf(node: number): string {
    return this.#text.snapshot.meta.node_types[0][this.#field(node, "type")] ?? "";
  }

  #nameOf(node: number): string {
    return this.#text.strings[this.#field(node, "name")] ?? "";
  }

  #field(node: number, name: string): number {
    return this.#text.nodes[node * this.#width + (this.#nodeFields[name] ?? 0)] ?? 0;
  }
}

const REACTION = "system / PromiseReaction";
const SCRIPT = /^system \/ Script( \/ )?/;

function places(fields: readonly string[]): Record<string, number> {
  return Object.fromEntries(fields.map((field, place) => [field, place]));
}
