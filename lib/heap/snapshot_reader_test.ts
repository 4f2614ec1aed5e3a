import { assertEquals, assertThrows } from "@std/assert";
import { HeapSketch } from "../../tests/support/heap_sketch.ts";
import type { HeapGraph } from "./heap_graph.ts";
import { NotASnapshotError } from "./snapshot_format.ts";
import { SnapshotReader } from "./snapshot_reader.ts";

const AWKWARD = 'a "name" \\ with \\" ends\\\\ and \u2028 é';

function sketch(): HeapSketch {
  const heap = new HeapSketch();
  const object = heap.node("object", AWKWARD);
  const text = heap.node("string", "a secret of the program");
  heap.edge(0, "element", 3, object);
  heap.edge(object, "property", "key\\", heap.node("array", ""));
  heap.edge(heap.node("code", "a script"), "internal", "name", text);
  heap.edge(object, "internal", "map", heap.closure("named", "file:///app/main.ts", 12));
  return heap;
}

/** All that can be asked of a graph. */
function contents(graph: HeapGraph): unknown {
  return Array.from({ length: graph.nodeCount }, (_, node) => {
    const [from, to] = graph.edges(node);
    const edges = Array.from({ length: to - from }, (_, n) => {
      const edge = from + n;
      return [graph.edgeType(edge), graph.edgeName(edge), graph.target(edge), graph.source(edge)];
    });
    return [
      graph.type(node),
      graph.name(node),
      graph.id(node),
      edges,
      [...graph.incoming(node)],
      graph.location(node),
    ];
  });
}

Deno.test("push reads the same graph, wherever the text is cut", () => {
  const text = sketch().text();
  const whole = contents(sketch().graph());
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const reader = new SnapshotReader();
    for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
    assertEquals(contents(reader.finish()), whole, `pieces of ${size}`);
    assertEquals(reader.length, text.length);
  }
});

Deno.test("push keeps names and drops strings of the program", () => {
  const graph = sketch().graph();
  const names = Array.from({ length: graph.nodeCount }, (_, node) => graph.name(node));
  assertEquals(names.includes(AWKWARD), true);
  assertEquals(names.includes("a secret of the program"), false);
  assertEquals(graph.target(graph.incoming(1)[0] ?? -1), 1);
});

Deno.test("push keeps names that are numbers, and those that only begin like one, as they are", () => {
  const heap = new HeapSketch();
  const names = ["0", "7", "007", "-1", "1e3", "999999999", "1000000000", "", "3 of 4", "12\u0663"];
  for (const name of names) heap.edge(0, "internal", name, heap.node("object", name));
  const text = heap.text();
  for (const size of [1, 5, 10_000]) {
    const reader = new SnapshotReader();
    for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
    const graph = reader.finish();
    assertEquals(
      names.map((_, n) => [graph.edgeName(n), graph.name(n + 1)]),
      names.map((n) => [n, n]),
    );
  }
});

Deno.test("finish drops what only V8 needs, and no way to anything of the program", () => {
  const heap = new HeapSketch();
  const realm = heap.node("native", "system / NativeContext / file:///app/main.ts");
  const [builtIn, own] = [heap.node("object", "Object"), heap.node("object", "Pool")];
  heap.edge(0, "element", 1, realm);
  heap.edge(realm, "internal", "object_function_prototype", builtIn);
  const object = heap.node("object", "Pool");
  const cells = [
    heap.node("code", "system / FeedbackCell"),
    heap.node("code", "system / FeedbackCell"),
  ];
  heap.edge(cells[1] ?? -1, "internal", "value", object);
  const others: [name: string, to: number][] = [
    ["map", heap.node("native", "system / Map (SeqOneByteString)")],
    ["scope_info", heap.node("code", "system / ScopeInfo")],
    ["code", heap.node("code", "system / Code / Stub")],
    ["map", builtIn],
  ];
  for (const to of [builtIn, own]) heap.edge(object, "property", "__proto__", to);
  for (const to of cells) heap.edge(object, "internal", "feedback_cell", to);
  for (const [name, to] of others) heap.edge(object, "internal", name, to);
  const graph = heap.graph();
  const [from, to] = graph.edges(object);
  const kept = Array.from({ length: to - from }, (_, n) => [
    graph.edgeName(from + n),
    graph.target(from + n),
  ]);
  const code = others[2]?.[1] ?? -1;
  assertEquals(kept, [
    ["__proto__", own],
    ["feedback_cell", cells[1]],
    ["code", code],
    ["map", builtIn],
  ]);
  assertEquals([graph.incoming(own).length, graph.incoming(code).length], [1, 0]);
});

Deno.test("push refuses what is no snapshot, and says so before it has read much", () => {
  for (
    const text of [
      "not json at all, but long enough",
      '{"nodes":[1,2,3,4,5,6,7]}',
      `{"snapshot":{}`.repeat(9e3),
    ]
  ) {
    assertThrows(() => new SnapshotReader().push(text), NotASnapshotError, "does not begin");
  }
  const odd = sketch().text().replace('"nodes":[', '"nodes":["x",');
  assertThrows(() => new SnapshotReader().push(odd), NotASnapshotError, "no number");
  const huge = sketch().text().replace(/"node_count":\d+/, '"node_count":999999999999');
  assertThrows(() => new SnapshotReader().push(huge), NotASnapshotError, "too many");
});

Deno.test("finish refuses a snapshot that was cut off, and one whose parts do not fit", () => {
  const text = sketch().text();
  for (let length = 0; length < text.length; length += 61) {
    const reader = new SnapshotReader();
    reader.push(text.slice(0, length));
    assertThrows(() => reader.finish(), NotASnapshotError);
  }
  const reader = new SnapshotReader();
  reader.push(text.replace(/"edge_count":\d+/, '"edge_count":3'));
  assertThrows(() => reader.finish(), NotASnapshotError, "do not fit");
});

/** A snapshot of one object, with parts of its text replaced. */
function tampered(...changes: readonly (readonly [string | RegExp, string])[]): string {
  const heap = new HeapSketch();
  heap.edge(0, "element", 1, heap.node("object", "Pool"));
  return changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    assertEquals(changed === text, false, `${from} is not in ${text}`);
    return changed;
  }, heap.text());
}

Deno.test("push refuses a file that lies, at once and without the room that it asks for", () => {
  const lies: readonly string[] = [
    tampered([/"node_count":\s*\d+/, '"node_count":5000000000']),
    tampered([/"node_count":\s*\d+/, '"node_count":200000000']),
    tampered([/"edge_count":\s*\d+/, '"edge_count":9000000000']),
    tampered(["Pool", "\\x"]),
    tampered(["Pool", "a\u0001"]),
    tampered([/"edges"/, `${"x".repeat(1_000)}"edges"`]),
    tampered([/"edges":/, '"nodes":[3,0,9,16,0,0],"edges":']),
    tampered([/"edges":/, '"other":'], [/"edge_count":\d+/, '"edge_count":0'], [
      /16,1,0/,
      "16,0,0",
    ]),
    tampered([/"strings":/, '"other":']),
    tampered([',"Pool"', ""]),
  ];
  for (const text of lies) {
    assertThrows(() => {
      const reader = new SnapshotReader();
      reader.push(text);
      reader.finish();
    }, NotASnapshotError);
  }
});

Deno.test("push does not hold a string that is too long for a name, wherever it is cut", () => {
  for (const end of ["", "\\\\", '\\"']) {
    const text = tampered(["Pool", "y".repeat(300_000) + end]);
    for (const size of [65_536, 70_001]) {
      const reader = new SnapshotReader();
      for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
      assertEquals(reader.finish().nodeCount, 2);
    }
  }
});
