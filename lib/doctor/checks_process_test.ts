import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inTemporaryDirectory } from "../../tests/support/unwedge.ts";
import type { CheckOutcome } from "./check.ts";
import { judgePermissions, judgeSystem, judgeVersion, MEASURED_DENO } from "./checks/deno.ts";
import { judgeRoom, tryDirectory } from "./checks/files.ts";
import { judgeSubject } from "./checks/subject.ts";
import type { Probe, ProbeStep, StepOutcome } from "./probe/steps.ts";

/** `[what was judged, how it must come out]`. */
function kinds(cases: readonly (readonly [CheckOutcome, CheckOutcome["kind"]])[]): void {
  for (const [finding, kind] of cases) {
    assertEquals(finding.kind, kind, finding.seen);
    // Whatever falls short comes with something that a person can do.
    if (kind !== "ok") assert((finding.advice ?? "") !== "", finding.seen);
  }
}

Deno.test("judgeVersion takes the measured version, warns of newer ones, refuses older ones", () => {
  kinds([
    [judgeVersion(MEASURED_DENO), "ok"],
    [judgeVersion("2.9.7"), "limited"],
    [judgeVersion("2.10.0"), "limited"],
    [judgeVersion("3.0.0"), "limited"],
    [judgeVersion("2.8.9"), "missing"],
    [judgeVersion("1.46.3"), "missing"],
  ]);
});

Deno.test("judgePermissions needs read, write, run and the loopback, and names what is missing", () => {
  const all = (...without: string[]) => judgePermissions((name) => !without.includes(name));
  kinds([
    [all(), "ok"],
    [all("env"), "limited"],
    [all("run"), "missing"],
    [all("net"), "missing"],
    [all("read", "write"), "missing"],
  ]);
  assertStringIncludes(all("read", "write").seen, "read, write");
});

Deno.test("judgeSystem takes Linux, warns of macOS and refuses Windows", () => {
  kinds([
    [judgeSystem("linux", "x86_64"), "ok"],
    [judgeSystem("darwin", "aarch64"), "limited"],
    [judgeSystem("windows", "x86_64"), "missing"],
  ]);
});

Deno.test("judgeSubject names the failed step that kept another from being reached", () => {
  const ok: StepOutcome = { kind: "ok", seen: "there" };
  const probe: Probe = new Map<ProbeStep, StepOutcome>([
    ["start", ok],
    ["inspector", { kind: "failed", why: "refused" }],
    ["reap", { kind: "skipped", because: "death-proof" }],
  ]);
  assertEquals(judgeSubject(probe, "start", "x"), { kind: "ok", seen: "there" });
  assertEquals(judgeSubject(probe, "inspector", "x"), {
    kind: "missing",
    seen: "refused",
    advice: "x",
  });
  assertStringIncludes(judgeSubject(probe, "pause", "x").seen, "since inspector failed");
  assertStringIncludes(judgeSubject(probe, "reap", "x").seen, "since death-proof failed");
  assertEquals(judgeSubject(new Map(), "pause", "x").kind, "unknown");
});

Deno.test("tryDirectory writes where the directory will be, and leaves nothing", async () => {
  await inTemporaryDirectory((dir) => {
    for (const base of [`${dir}/.unwedge`, `${dir}/a/b/.unwedge`, dir]) {
      assertEquals(tryDirectory(base).kind, "ok");
    }
    assertEquals([...Deno.readDirSync(dir)], []);
    Deno.writeTextFileSync(`${dir}/file`, "");
    assertEquals(tryDirectory(`${dir}/file`).kind, "missing");
    return Promise.resolve();
  });
  // Not even root can make a directory there.
  assertEquals(tryDirectory("/proc/none/.unwedge").kind, "missing");
});

Deno.test("judgeRoom wants room for the runs that are kept", () => {
  kinds([[judgeRoom(50e9), "ok"], [judgeRoom(100e6), "limited"], [judgeRoom(1e6), "missing"]]);
});
