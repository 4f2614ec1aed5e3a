import { assertEquals, assertStringIncludes } from "@std/assert";
import { readJson } from "../../../tests/support/stand_in.ts";
import { testInDirectory, unwedgeCommand } from "../../../tests/support/unwedge.ts";
import { assertValid } from "../../../tests/support/stand_in.ts";

function isAlive(pid: number): boolean {
  try {
    return !/\nState:\s+Z/.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** The subjects that have been started so far, by their directories. */
function subjects(out: string): number[] {
  const dirs = [out];
  try {
    for (const { name } of Deno.readDirSync(`${out}/replicas`)) {
      dirs.push(`${out}/replicas/${name}`);
    }
  } catch {
    // There is no copy yet.
  }
  return dirs.flatMap((dir) => {
    try {
      return [Number(readJson(`${dir}/subject.json`).pid)];
    } catch {
      return [];
    }
  });
}

testInDirectory(
  "diagnose stops in order while copies hang, and leaves none of them",
  async (cwd) => {
    // The copies of this one hang until their deadline: there is no proof beside a thread that lives on.
    const args = ["diagnose", "non-checkpointing", "--deadline", "1500ms", "-o", "out"];
    const child = unwedgeCommand(args, { cwd }).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let stderr = "";
    const stdout = new Response(child.stdout).text();
    while (!stderr.includes("on copies of the hang")) {
      const { value, done } = await lines.read();
      if (done) throw new Error(`the stream ended: ${stderr}`);
      stderr += value;
    }
    // One copy has its subject before the signal comes.
    while (subjects(`${cwd}/out`).length < 2) await new Promise((wake) => setTimeout(wake, 10));
    child.kill("SIGINT");
    for (let last = await lines.read(); !last.done; last = await lines.read()) {
      stderr += last.value;
    }
    const { code } = await child.status;
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "unwedge: SIGINT: dumping what is there");
    await stdout;
    assertEquals(subjects(`${cwd}/out`).filter(isAlive), []);
    const document = readJson(`${cwd}/out/result.json`);
    assertValid("result", document);
    assertEquals([document.run.partial, document.run.interruptedBy], [true, "SIGINT"]);
    const { trials = [] } = document.scenarios[0].attempts[0].diagnosis ?? {};
    for (const { outcome } of trials) {
      if (outcome.kind === "void") {
        throw new Error(`a copy that was stopped is no copy of another hang: ${outcome.why}`);
      }
    }
  },
);
