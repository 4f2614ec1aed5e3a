import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { processStartTime } from "../os/proc.ts";
import { createRunDir, KEPT_RUNS, RunDirError, writeAtomic } from "./run_dir.ts";

async function inTempDir(run: (dir: string) => void | Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-run-dir-" });
  try {
    await run(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function names(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
}

/** Makes a run look finished, so that it may be pruned. */
function finish(runDir: string): void {
  Deno.writeTextFileSync(`${runDir}/result.json`, "{}");
}

Deno.test("createRunDir makes a directory with an empty journal, and latest points at it", () =>
  inTempDir((baseDir) => {
    const path = createRunDir({ kind: "fresh", baseDir });
    assertMatch(path, /\/runs\/\d{8}T\d{6}-\d{6}-[0-9a-z]{4}$/);
    assertEquals(names(path), ["journal.msgpack"]);
    assertEquals(Deno.realPathSync(`${baseDir}/latest`), Deno.realPathSync(path));
    const second = createRunDir({ kind: "fresh", baseDir });
    assertEquals(Deno.realPathSync(`${baseDir}/latest`), Deno.realPathSync(second));
    assertEquals(names(baseDir), ["latest", "runs"]);
  }));

Deno.test("createRunDir keeps the last 20 runs", () =>
  inTempDir((baseDir) => {
    const made: string[] = [];
    for (let n = 0; n < KEPT_RUNS + 3; n++) {
      const path = createRunDir({ kind: "fresh", baseDir });
      finish(path);
      made.push(path.slice(path.lastIndexOf("/") + 1));
    }
    assertEquals(made, made.toSorted());
    assertEquals(names(`${baseDir}/runs`), made.slice(-KEPT_RUNS));
  }));

Deno.test("createRunDir prunes no run that is going on, and none whose subject lives", () =>
  inTempDir((baseDir) => {
    const going = createRunDir({ kind: "fresh", baseDir });
    const orphan = createRunDir({ kind: "fresh", baseDir });
    finish(orphan);
    const identity = { pid: Deno.pid, startTime: processStartTime(Deno.pid) };
    Deno.writeTextFileSync(`${orphan}/subject.json`, JSON.stringify(identity));
    const dead = createRunDir({ kind: "fresh", baseDir });
    finish(dead);
    Deno.writeTextFileSync(`${dead}/subject.json`, JSON.stringify({ ...identity, startTime: 1 }));
    for (let n = 0; n < KEPT_RUNS + 3; n++) finish(createRunDir({ kind: "fresh", baseDir }));
    assert(Deno.statSync(going).isDirectory);
    assert(Deno.statSync(orphan).isDirectory);
    assertThrows(() => Deno.statSync(dead), Deno.errors.NotFound);
  }));

Deno.test("createRunDir replaces an earlier run's files in a named directory, and no others", () =>
  inTempDir((dir) => {
    const path = createRunDir({ kind: "at", path: `${dir}/a/b` });
    Deno.writeTextFileSync(`${path}/mine.txt`, "mine");
    Deno.writeTextFileSync(`${path}/journal.msgpack`, "old");
    finish(path);
    assertEquals(createRunDir({ kind: "at", path: `${dir}/a/b` }), path);
    assertEquals(names(path), ["journal.msgpack", "mine.txt"]);
    assertEquals(Deno.readTextFileSync(`${path}/journal.msgpack`), "");
  }));

Deno.test("createRunDir refuses a directory whose subject still runs", () =>
  inTempDir((dir) => {
    const identity = { pid: Deno.pid, startTime: processStartTime(Deno.pid) };
    Deno.writeTextFileSync(`${dir}/subject.json`, JSON.stringify(identity));
    const error = assertThrows(() => createRunDir({ kind: "at", path: dir }), RunDirError);
    assertStringIncludes(error.message, `process ${Deno.pid}, is still running`);
  }));

Deno.test("createRunDir says in one sentence why a directory cannot be used", () =>
  inTempDir((dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    const error = assertThrows(
      () => createRunDir({ kind: "at", path: `${dir}/file/run` }),
      RunDirError,
    );
    assertStringIncludes(error.message, `cannot write the run directory ${dir}/file/run: `);
    assert(!error.message.includes("\n"));
    assert(error.cause instanceof Error);
  }));

Deno.test("writeAtomic replaces a file and leaves nothing else behind", () =>
  inTempDir(async (dir) => {
    await writeAtomic(`${dir}/a.txt`, "one");
    await writeAtomic(`${dir}/a.txt`, new TextEncoder().encode("two"));
    assertEquals(Deno.readTextFileSync(`${dir}/a.txt`), "two");
    assertEquals(names(dir), ["a.txt"]);
  }));

Deno.test("writeAtomic leaves the old file, and no temporary one, when it cannot write", () =>
  inTempDir(async (dir) => {
    Deno.mkdirSync(`${dir}/a.txt`);
    const error = await assertRejects(() => writeAtomic(`${dir}/a.txt`, "new"), RunDirError);
    assertStringIncludes(error.message, `cannot write ${dir}/a.txt: `);
    assertEquals(names(dir), ["a.txt"]);
  }));
