import { assertEquals, assertThrows } from "@std/assert";
import { openSocket } from "./open_socket.ts";

/** Opens a socket in a process whose environment names a proxy that nobody answers at, and returns what came of it. */
async function behindProxy(url: string): Promise<string> {
  const module = new URL("./open_socket.ts", import.meta.url).href;
  const program = `import { openSocket } from ${JSON.stringify(module)};
    const socket = openSocket(${JSON.stringify(url)});
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => (console.log(data), socket.close());
    socket.onerror = () => console.log("failed");`;
  const proxy = "http://127.0.0.1:1";
  const names = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
  ];
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    env: { ...Object.fromEntries(names.map((name) => [name, proxy])), NO_PROXY: "", no_proxy: "" },
    stdin: "null",
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

for (const [hostname, host] of [["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "localhost"]] as const) {
  Deno.test(`openSocket goes to ${host} itself, whatever proxy the environment names`, {
    timeout: 30_000,
  }, async () => {
    await using server = Deno.serve({ hostname, port: 0, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(`${data} back`);
      return response;
    });
    assertEquals(await behindProxy(`ws://${host}:${server.addr.port}/x`), "hello back");
  });
}

Deno.test("openSocket leaves nothing open after a connection that fails", {
  timeout: 30_000,
}, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const socket = openSocket(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve) => socket.onclose = resolve);
  assertEquals(socket.readyState, WebSocket.CLOSED);
});

Deno.test("openSocket throws for what is no URL", () => {
  assertThrows(() => openSocket("no url"), TypeError);
});
