/** What the machine does to a subject, and the harness must not blame the subject for. Needs root; skipped without. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { joinsWhenTold, runFixture } from "../../tests/support/run.ts";

const CGROUPS = "/sys/fs/cgroup";

/** Whether a control group of that kind can be made here (version 1). */
function has(controller: string): boolean {
  try {
    Deno.mkdirSync(`${CGROUPS}/${controller}/unwedge-${Deno.pid}-try`);
    Deno.removeSync(`${CGROUPS}/${controller}/unwedge-${Deno.pid}-try`);
    return true;
  } catch {
    return false;
  }
}

function run(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** A file system of 64 KiB that is gone when the test is over. */
class SmallDisk implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "unwedge-disk-" });
  readonly mounted: boolean = run("mount", "-t", "tmpfs", "-o", "size=64k", "none", this.path);

  /** Has a run directory lie on it. */
  readonly prepare = (runDir: string): void => {
    Deno.removeSync(runDir);
    Deno.symlinkSync(this.path, runDir);
  };

  [Symbol.dispose](): void {
    if (this.mounted) run("umount", this.path);
    Deno.removeSync(this.path);
  }
}

function mayMount(): boolean {
  using disk = new SmallDisk();
  return disk.mounted;
}

const MAY_MOUNT = mayMount();

Deno.test(
  "runScenario judges a hang in a directory that is full, and says that output may be missing",
  { ignore: !MAY_MOUNT, timeout: 60_000 },
  async () => {
    using disk = new SmallDisk();
    const { outcome } = await runFixture("ticking", { prepare: disk.prepare });
    assert(outcome.kind === "judged", JSON.stringify(outcome));
    assertEquals(outcome.attempt.verdict, "hung");
    assertStringIncludes(selfCheckOf(outcome.attempt), "the run directory takes no more");
  },
);

Deno.test("runScenario does not judge what it could not be told of, because the disk is full", {
  ignore: !MAY_MOUNT,
  timeout: 60_000,
}, async () => {
  using disk = new SmallDisk();
  const { outcome } = await runFixture("flood", { prepare: disk.prepare });
  assert(outcome.kind === "cannot-judge", JSON.stringify(outcome));
  assertStringIncludes(outcome.message, "the run directory takes nothing more");
});

Deno.test("runScenario judges no hang of a subject whose cgroup was frozen", {
  ignore: !has("freezer"),
  timeout: 60_000,
}, async () => {
  using group = new Group("freezer");
  const told = joinsWhenTold();
  const { outcome } = await runFixture("until-file", {
    ...told,
    onEvent(event) {
      if (event.type === "subject-started") group.take(event.pid);
      if (event.type === "teardown-requested") {
        group.set("freezer.state", "FROZEN");
        // It would join now.
        told.join();
      }
      // What is frozen does not die before it is thawed.
      if (event.type === "ending") group.set("freezer.state", "THAWED");
    },
  });
  assert(outcome.kind === "cannot-judge", JSON.stringify(outcome));
  assertStringIncludes(outcome.message, "is frozen by another process");
});

Deno.test("runScenario tells of a subject that hardly got a processor", {
  ignore: !has("cpu") || !run("taskset", "--version") || !run("renice", "--version"),
  timeout: 60_000,
}, async () => {
  using group = new Group("cpu");
  using hogs = new DisposableStack();
  let pid = -1;
  const { outcome } = await runFixture("spinning", {
    onEvent(event) {
      if (event.type === "subject-started") pid = event.pid;
      if (event.type === "teardown-requested") {
        // One processor, of which another process gets 17 times as much. The kernel counts a wait when it ends, so the
        // turns must not be too far apart.
        group.set("cpu.shares", "60");
        group.take(pid);
        run("taskset", "-a", "-p", "1", String(pid));
        const args = ["1", "sh", "-c", "while :; do :; done"];
        const hog = new Deno.Command("taskset", { args, stdin: "null" }).spawn();
        hogs.defer(() => hog.kill("SIGKILL"));
        // The tests may run with a lower priority, and must not hand it on.
        run("renice", "-n", "0", "-p", String(hog.pid));
      }
      if (event.type === "deadline-passed") hogs.dispose();
    },
    request: { deadlineMs: 3_000 },
  });
  assert(outcome.kind === "judged", JSON.stringify(outcome));
  assertStringIncludes(
    selfCheckOf(outcome.attempt),
    "this machine is overloaded: thread ",
  );
});

/** A control group that is gone when the test is over. */
class Group implements Disposable {
  readonly #path: string;

  constructor(controller: string) {
    this.#path = `${CGROUPS}/${controller}/unwedge-${Deno.pid}`;
    Deno.mkdirSync(this.#path);
  }

  set(file: string, value: string): void {
    Deno.writeTextFileSync(`${this.#path}/${file}`, value);
  }

  take(pid: number): void {
    this.set("cgroup.procs", String(pid));
  }

  [Symbol.dispose](): void {
    // Its last member has been waited for, but may still be a member for a moment.
    while (!run("rmdir", this.#path));
  }
}

function selfCheckOf(
  { evidence }: {
    readonly evidence: readonly { readonly kind: string; readonly detail: string }[];
  },
): string {
  return evidence.filter(({ kind }) => kind === "self-check").map(({ detail }) => detail).join();
}
