import { assert, assertEquals, assertThrows } from "@std/assert";
import { CannotKeepError, SnapshotPlace } from "./keep_snapshots.ts";

function inDirectory(act: (dir: string) => void): void {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-keep-" });
  try {
    act(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const mode = (path: string) => (Deno.lstatSync(path).mode ?? 0) & 0o777;

Deno.test("SnapshotPlace keeps one file for each isolate, which the user alone can read", () => {
  inDirectory((dir) => {
    const place = new SnapshotPlace(`${dir}/made/here`);
    for (const isolate of ["main", "worker-1"]) {
      const file = place.open(isolate);
      file.write('{"text":');
      file.write('"é"}');
      assertEquals(file.end(true), null);
      assertEquals(file.path, `${dir}/made/here/${isolate}.heapsnapshot`);
      assertEquals([Deno.readTextFileSync(file.path), mode(file.path)], ['{"text":"é"}', 0o600]);
    }
    assertEquals(mode(`${dir}/made/here`), 0o700);
    const named = new SnapshotPlace(`${dir}/heap.heapsnapshot`);
    const paths = ["main", "worker-2"].map((isolate) => named.open(isolate).path);
    assertEquals(paths, [`${dir}/heap.heapsnapshot`, `${dir}/heap.worker-2.heapsnapshot`]);
  });
});

Deno.test("SnapshotPlace writes over nothing, and through no link", () => {
  inDirectory((dir) => {
    const [own, linked] = [`${dir}/own.heapsnapshot`, `${dir}/linked.heapsnapshot`];
    Deno.writeTextFileSync(own, "mine");
    Deno.symlinkSync(`${dir}/elsewhere`, linked);
    for (const path of [own, linked, `${own}/below`, `${dir}/no/such.heapsnapshot`]) {
      assertThrows(() => new SnapshotPlace(path), CannotKeepError);
    }
    Deno.symlinkSync(`${dir}/elsewhere`, `${dir}/worker-1.heapsnapshot`);
    const file = new SnapshotPlace(dir).open("worker-1");
    file.write("secret");
    assert(file.end(true) !== null);
    assertEquals(Deno.readTextFileSync(own), "mine");
    assertThrows(() => Deno.lstatSync(`${dir}/elsewhere`), Deno.errors.NotFound);
  });
});

Deno.test("SnapshotPlace leaves no file of a snapshot that is not whole", () => {
  inDirectory((dir) => {
    const file = new SnapshotPlace(dir).open("main");
    file.write("half");
    assertEquals(file.end(false), null);
    assertEquals([...Deno.readDirSync(dir)], []);
  });
});
