import { assertEquals } from "@std/assert";
import type { StackFrame } from "../../model/dump.ts";
import { isolate, THREAD } from "../../../tests/support/dump.ts";
import { movementOf, spins } from "./dump_stacks.ts";

function frame(fn: string, line: number): StackFrame {
  return { fn, file: "file:///app/a.ts", line, column: 1, internal: false };
}

Deno.test("movementOf tells stuck from moving, and a stack that was seen once from both", () => {
  const moved = (...looks: StackFrame[][]) =>
    movementOf(looks.map((frames, i) => ({ atMs: 10 + i * 100, frames })));
  const f = [frame("f", 1)];
  assertEquals(moved(f), { kind: "one-look" });
  assertEquals(moved(f, f), { kind: "same", looks: 2, apartMs: 100 });
  assertEquals(moved(f, [frame("f", 2)]), { kind: "loops", looks: 2, apartMs: 100 });
  assertEquals(moved(f, [frame("g", 9)]), { kind: "moved", from: "f", apartMs: 100 });
  assertEquals(moved(f, []), { kind: "intermittent", running: 1, looks: 2 });
});

Deno.test("spins tells a thread that burns a processor from one that sleeps or was only met awake", () => {
  const stuck = { kind: "same", looks: 2, apartMs: 226 } as const;
  const running = { ...THREAD, state: "R", wchan: null };
  assertEquals(spins(isolate({ thread: { ...running, cpuTicks: 22 } }), stuck), true);
  assertEquals(spins(isolate({ thread: { ...running, cpuTicks: 1 } }), stuck), false);
  assertEquals(spins(isolate({ thread: THREAD }), stuck), false);
  assertEquals(spins(isolate({ thread: null }), stuck), false);
});
