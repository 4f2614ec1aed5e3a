/**
 * The head of a V8 heap snapshot: how many nodes and edges follow, and in which order the numbers of each stand. Nothing
 * here is assumed of a version of V8: fields are looked up by name (Node 20 has four numbers a location, V8 15 five).
 *
 * @module
 */

/** A text that is no heap snapshot, or ends too early. */
export class NotASnapshotError extends Error {
  override name = "NotASnapshotError";
}

/** Nodes or edges: more than any heap that V8 can have. */
const MOST = 2 ** 30;

/** Where the fields of one record stand, and how long a record is. */
export interface SnapshotFormat {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly node: { size: number; type: number; name: number; id: number; edgeCount: number };
  readonly edge: { size: number; type: number; name: number; to: number };
  readonly location: { size: number; object: number; script: number; line: number; column: number };
}

/**
 * Reads the head.
 *
 * @param json the text before `,"nodes":[`, closed with a brace
 * @throws {NotASnapshotError}
 */
export function readFormat(json: string): SnapshotFormat {
  const { snapshot } = parse(json);
  const meta = record(snapshot, "meta");
  const nodeFields = strings(meta, "node_fields");
  const edgeFields = strings(meta, "edge_fields");
  const locationFields = meta["location_fields"] === undefined
    ? []
    : strings(meta, "location_fields");
  return {
    nodeCount: count(snapshot, "node_count"),
    edgeCount: count(snapshot, "edge_count"),
    nodeTypes: firstOf(meta, "node_types"),
    edgeTypes: firstOf(meta, "edge_types"),
    node: {
      size: nodeFields.length,
      type: place(nodeFields, "type"),
      name: place(nodeFields, "name"),
      id: place(nodeFields, "id"),
      edgeCount: place(nodeFields, "edge_count"),
    },
    edge: {
      size: edgeFields.length,
      type: place(edgeFields, "type"),
      name: place(edgeFields, "name_or_index"),
      to: place(edgeFields, "to_node"),
    },
    location: {
      size: locationFields.length,
      object: locationFields.indexOf("object_index"),
      script: locationFields.indexOf("script_id"),
      line: locationFields.indexOf("line"),
      column: locationFields.indexOf("column"),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(json: string): { snapshot: Fields } {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch {
    throw new NotASnapshotError("its head is not JSON");
  }
  if (!isRecord(head)) throw new NotASnapshotError("its head is no object");
  return { snapshot: record(head, "snapshot") };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(of: Fields, key: string): Fields {
  const value = of[key];
  if (!isRecord(value)) throw new NotASnapshotError(`its head has no ${key}`);
  return value;
}

function count(of: Fields, key: string): number {
  const value = of[key];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
    if (value <= MOST) return value;
    throw new NotASnapshotError(`it says that it has a ${key} of ${value}: too many`);
  }
  throw new NotASnapshotError(`its head has no ${key}`);
}

function strings(of: Fields, key: string): readonly string[] {
  const value = of[key];
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new NotASnapshotError(`its head has no ${key}`);
}

function firstOf(of: Fields, key: string): readonly string[] {
  const value = of[key];
  return strings({ [key]: Array.isArray(value) ? value[0] : value }, key);
}

function place(fields: readonly string[], name: string): number {
  const at = fields.indexOf(name);
  if (at < 0) throw new NotASnapshotError(`its head has no field ${name}`);
  return at;
}
