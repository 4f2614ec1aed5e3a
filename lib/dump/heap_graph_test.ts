import { assertEquals } from "@std/assert";
import { HeapGraph } from "./heap_graph.ts";

const NODE_TYPES = ["hidden", "object", "closure"];
const EDGE_TYPES = ["context", "element", "property", "internal", "hidden"];

type Node = readonly [
  type: string,
  name: string,
  ...edges: (readonly [type: string, name: string, to: number])[],
];

/** A snapshot as V8 writes it, in which a node's id is ten times its place. */
function snapshot(nodes: readonly Node[]): string {
  const strings: string[] = [];
  const text = (value: string) =>
    strings.includes(value) ? strings.indexOf(value) : strings.push(value) - 1;
  const width = 4;
  return JSON.stringify({
    snapshot: {
      meta: {
        node_fields: ["type", "name", "id", "edge_count"],
        node_types: [NODE_TYPES, "string", "number", "number"],
        edge_fields: ["type", "name_or_index", "to_node"],
        edge_types: [EDGE_TYPES, "string_or_number", "node"],
      },
    },
    nodes: nodes.flatMap(([type, name, ...edges], place) => [
      ...[NODE_TYPES.indexOf(type), text(name), place * 10, edges.length],
    ]),
    edges: nodes.flatMap(([, , ...edges]) =>
      edges.flatMap(([type, name, to]) => [
        ...[EDGE_TYPES.indexOf(type), type === "hidden" ? Number(name) : text(name), to * width],
      ])
    ),
    strings,
  });
}

/** `outer` awaits the result of `inner`, which awaits something else. */
const AWAITING: readonly Node[] = [
  ["object", "Generator", ["internal", "parameters_and_registers", 12], [
    "internal",
    "function",
    2,
  ], ["hidden", "1", 9]],
  ["object", "Generator", ["internal", "parameters_and_registers", 12], [
    "internal",
    "function",
    3,
  ], ["hidden", "1", 6]],
  ["closure", "outer", ["internal", "shared", 4]],
  ["closure", "inner", ["internal", "shared", 4]],
  ["hidden", "outer", ["internal", "script", 5]],
  ["hidden", "system / Script / file:///p/a.ts"],
  ["object", "Promise", ["internal", "reactions_or_result", 7]],
  ["hidden", "system / PromiseReaction", ["hidden", "2", 8]],
  ["closure", "", ["internal", "context", 10]],
  ["object", "Promise", ["internal", "reactions_or_result", 11]],
  ["hidden", "system / Context", ["internal", "extension", 0]],
  ["hidden", "smi number"],
  ["hidden", "registers"],
];

Deno.test("HeapGraph names the suspended functions with their scripts, and which awaits which", () => {
  const graph = HeapGraph.parse(snapshot(AWAITING));
  const calls = graph?.calls ?? [];
  assertEquals(calls.map(({ fn, file, id }) => [fn, file, id]), [
    ["outer", "file:///p/a.ts", 0],
    ["inner", "file:///p/a.ts", 10],
  ]);
  assertEquals(calls.map((call) => graph?.awaitedBy(call).map(({ fn }) => fn)), [["inner"], []]);
});

Deno.test("HeapGraph follows no reactions in a circle, and reads no text that is no snapshot", () => {
  const round = AWAITING.map((node, place): Node =>
    place === 7 ? ["hidden", "system / PromiseReaction", ["hidden", "1", 7]] : node
  );
  const graph = HeapGraph.parse(snapshot(round));
  assertEquals(graph?.calls.flatMap((call) => graph.awaitedBy(call)), []);
  for (const text of ["", "{", "[]", '{"snapshot":{}}']) assertEquals(HeapGraph.parse(text), null);
});
