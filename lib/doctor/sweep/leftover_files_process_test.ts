import { assertEquals } from "@std/assert";
import { inTemporaryDirectory } from "../../../tests/support/unwedge.ts";
import { leftoverFiles } from "./leftover_files.ts";
import { type ProcessTable, readProcessTable } from "../../os/process_table.ts";

function realTable(): ProcessTable {
  const outcome = readProcessTable();
  if (outcome.kind !== "ok") throw new Error(outcome.why);
  return outcome.table;
}

/** No process can have this pid: it is above the kernel's limit. */
const NO_PROCESS = 2 ** 22 + 1;

Deno.test("leftoverFiles finds files whose writer is gone, and nothing else", async () => {
  await inTemporaryDirectory((dir) => {
    const kept = [
      "result.json",
      "room.tmp",
      `result.json.${Deno.pid}.tmp`,
      "notes.tmp",
      "mine.12x.tmp",
    ];
    for (const name of [...kept, `result.json.${NO_PROCESS}.tmp`]) {
      Deno.writeTextFileSync(`${dir}/${name}`, "");
    }
    Deno.symlinkSync("runs/a", `${dir}/.latest-${NO_PROCESS}-20261122T141627-304-ps64`);
    Deno.mkdirSync(`${dir}/dump.json.${NO_PROCESS}.tmp`);
    assertEquals(leftoverFiles([dir, dir], realTable()), [
      `${dir}/.latest-${NO_PROCESS}-20261122T141627-304-ps64`,
      `${dir}/result.json.${NO_PROCESS}.tmp`,
    ]);
    return Promise.resolve();
  });
});

Deno.test("leftoverFiles takes a file that is older than the process of its writer's pid", async () => {
  await inTemporaryDirectory((dir) => {
    const path = `${dir}/result.json.${Deno.pid}.tmp`;
    Deno.writeTextFileSync(path, "");
    Deno.utimeSync(path, new Date(0), new Date(0));
    assertEquals(leftoverFiles([dir], realTable()), [path]);
    return Promise.resolve();
  });
});

Deno.test("leftoverFiles takes a file that lives for microseconds when it is a minute old", async () => {
  await inTemporaryDirectory((dir) => {
    Deno.writeTextFileSync(`${dir}/room.tmp`, "");
    Deno.utimeSync(`${dir}/room.tmp`, Date.now() / 1_000, Date.now() / 1_000 - 61);
    assertEquals(leftoverFiles([dir], realTable()), [`${dir}/room.tmp`]);
    return Promise.resolve();
  });
});

Deno.test("leftoverFiles takes `latest` only when it points nowhere", async () => {
  await inTemporaryDirectory((dir) => {
    Deno.symlinkSync("runs/a", `${dir}/latest`);
    assertEquals(leftoverFiles([dir], realTable()), [`${dir}/latest`]);
    Deno.mkdirSync(`${dir}/runs/a`, { recursive: true });
    assertEquals(leftoverFiles([dir, `${dir}/not-there`], realTable()), []);
    return Promise.resolve();
  });
});
