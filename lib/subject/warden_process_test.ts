import { assert, assertEquals } from "@std/assert";
import { processAlive, processStartTime } from "../os/proc.ts";
import { stranger } from "../../tests/support/stranger.ts";
import { startWarden } from "./warden.ts";

Deno.test(
  "Warden.dismiss leaves the subject alone and no warden behind",
  { timeout: 10_000 },
  async () => {
    const subject = stranger();
    const startTime = processStartTime(subject.pid);
    const warden = startWarden(subject.pid);
    assert(warden !== null && startTime !== null);
    const wardenStart = processStartTime(warden.pid);
    assert(wardenStart !== null);
    await warden.dismiss();
    assertEquals(processAlive(warden.pid, wardenStart), false);
    assertEquals(processAlive(subject.pid, startTime), true);
    subject.kill("SIGKILL");
    await subject.status;
  },
);

Deno.test("startWarden sets none beside a process that has gone", { timeout: 10_000 }, async () => {
  const subject = stranger();
  subject.kill("SIGKILL");
  await subject.status;
  assertEquals(startWarden(subject.pid), null);
});
