import { assertEquals } from "@std/assert";
import { childProcesses, type Descendant, tcpSockets } from "./outside.ts";

const TIMEOUT = { timeout: 30_000 };

/** Looks until a child process of this one, or of one of those, stands in a read or a write. */
async function seen(name: string): Promise<Descendant> {
  for (;;) {
    const found = childProcesses(Deno.pid).find(({ command, descriptor }) =>
      command.split(" ")[0]?.split("/").at(-1) === name && descriptor !== null
    );
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test(
  "childProcesses() tells what a child reads from, and that the far end is ours",
  TIMEOUT,
  async () => {
    const child = new Deno.Command("cat", { stdin: "piped", stdout: "null", stderr: "null" })
      .spawn();
    const { pid, parent, state, wchan, descriptor, pipes, catches } = await seen("cat");
    const ends = pipes.map(({ fd, does, ours }) => [fd, does, ours === descriptor?.ours]);
    assertEquals([ends, catches], [[[0, "reads", true]], []]);
    assertEquals([pid, parent, state], [child.pid, Deno.pid, "S"]);
    assertEquals([wchan?.includes("read"), descriptor?.fd], [true, 0]);
    const ours = Deno.readLinkSync(`/proc/self/fd/${descriptor?.ours}`);
    assertEquals(ours, descriptor?.target);
    await child.stdin.close();
    await child.status;
  },
);

Deno.test(
  "childProcesses() finds a grandchild, and calls no far end ours that another process has",
  TIMEOUT,
  async () => {
    const script = "head -c 200000 /dev/zero | { read -r line < /dev/fd/3; cat > /dev/null; }";
    const child = new Deno.Command("sh", {
      args: ["-c", `exec 3<&0; ${script}`],
      stdin: "piped",
      stdout: "null",
    }).spawn();
    const { parent, wchan, descriptor } = await seen("head");
    assertEquals([parent, wchan?.includes("write")], [child.pid, true]);
    assertEquals([descriptor?.fd, descriptor?.ours], [1, null]);
    await child.stdin.close();
    await child.status;
  },
);

Deno.test("tcpSockets() tells who listens and who is connected, and leaves the excepted port out", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  using _client = await Deno.connect({ hostname: "127.0.0.1", port });
  using _served = await listener.accept();
  const ends = (except: number | null) =>
    tcpSockets(Deno.pid, except).filter(({ address }) => address.startsWith("127.0.0.1:")).map((
      { localPort, remotePort, toItself },
    ) => [
      localPort === port ? "server" : "client",
      remotePort === null ? "listens" : toItself ? "itself" : "elsewhere",
    ]).toSorted();
  assertEquals(ends(null), [["client", "itself"], ["server", "itself"], ["server", "listens"]]);
  assertEquals(ends(port), [["client", "elsewhere"]]);
});
