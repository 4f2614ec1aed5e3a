import { assertEquals } from "@std/assert";
import { osSources } from "./os_sources.ts";

/** What this very process shows. */
function seen(workers = 0): string[] {
  return osSources(Deno.pid, { workers, sockets: 0 });
}

/** A place that this process listens at: the first is taken for the inspector's. */
function listen(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

Deno.test("osSources() sees nothing in a process that only waits, the inspector's port included", () => {
  assertEquals(seen(), []);
  using _ = listen();
  assertEquals(seen(), []);
});

Deno.test("osSources() sees a child process", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  assertEquals(seen(), ["it has a child process"]);
  await child.stdin.close();
  await child.status;
});

Deno.test("osSources() sees a worker thread that is nobody's", { timeout: 30_000 }, async () => {
  const code = "self.onmessage = () => self.close(); self.postMessage(0);";
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const up = Promise.withResolvers<void>();
  worker.onmessage = () => up.resolve();
  await up.promise;
  assertEquals(seen(), ["it has a worker thread that is no actor's"]);
  assertEquals(seen(1), []);
  worker.terminate();
  URL.revokeObjectURL(url);
});

Deno.test("osSources() takes the threads that a worker starts for the worker's", {
  timeout: 30_000,
}, async () => {
  // The platform starts one thread for signals, once, and it is called as the thread that asked for it.
  const worker = `Deno.addSignalListener("SIGUSR2", () => {}); self.postMessage(0);`;
  const main = `const url = URL.createObjectURL(new Blob([${JSON.stringify(worker)}]));
    new Worker(url, { type: "module" }).onmessage = () => console.log("up");
    await new Promise(() => {});`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `data:text/javascript,${encodeURIComponent(main)}`],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  try {
    for await (const _ of child.stdout) break;
    const names = [...Deno.readDirSync(`/proc/${child.pid}/task`)].map(({ name }) =>
      Deno.readTextFileSync(`/proc/${child.pid}/task/${name}/comm`).trim()
    );
    assertEquals(names.filter((name) => name === "worker-1").length, 2);
    assertEquals(osSources(child.pid, { workers: 1, sockets: 1_000 }), []);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
});

Deno.test("osSources() sees a second port, a connection at it, and one elsewhere", async () => {
  using _ = listen();
  using other = listen();
  assertEquals(seen(), ["it listens for connections"]);
  const accepted = other.accept();
  using _client = await Deno.connect({ port: other.addr.port, hostname: "127.0.0.1" });
  using _server = await accepted;
  assertEquals(seen(), ["it listens for connections", "it has a connection"]);
});

Deno.test("osSources() takes a connection at the inspector's port for an operator's", async () => {
  // The other end has to be in another process: here it would count as one of this process's own.
  using inspector = listen();
  const accepted = inspector.accept();
  const { port } = inspector.addr;
  const child = new Deno.Command("/bin/bash", {
    args: ["-c", `exec 3<>/dev/tcp/127.0.0.1/${port}; read -r line <&3`],
  }).spawn();
  const server = await accepted;
  assertEquals(seen(), ["it has a child process"]);
  server.close();
  await child.status;
});

Deno.test("osSources() says nothing of a process that it cannot look at", () => {
  assertEquals(osSources(2 ** 30, { workers: 0, sockets: 0 }), []);
});

Deno.test("osSources() asks what sockets are for only when there are more than known", async () => {
  using _ = listen();
  using other = listen();
  const accepted = other.accept();
  using _client = await Deno.connect({ port: other.addr.port, hostname: "127.0.0.1" });
  using _server = await accepted;
  assertEquals(osSources(Deno.pid, { workers: 0, sockets: 1_000 }), []);
});

// The last one: the platform closes what it watches with some time after it was told to.
Deno.test("osSources() sees watched files", async () => {
  const directory = await Deno.makeTempDir();
  try {
    {
      using _ = Deno.watchFs(directory);
      assertEquals(seen(), ["it watches files"]);
    }
  } finally {
    await Deno.remove(directory);
  }
});
