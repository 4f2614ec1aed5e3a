/**
 * A WebSocket to an inspector. Deno sends every WebSocket through the proxy that the environment names (HTTP_PROXY,
 * ALL_PROXY), one to this machine too (2.9.6); a proxy cannot reach the loopback of its clients, and the inspector
 * would be out of reach wherever CI sits behind one. So a connection to this machine is always a direct one.
 *
 * What makes it direct sends the whole URL in the request, as to a proxy. Deno's inspector takes that, Node's refuses it
 * (400), so it is done only where the environment may name a proxy.
 *
 * Considered and rejected: NO_PROXY, which takes a permission and goes to every process that is started.
 *
 * @module
 */

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((
  name,
) => [name, name.toLowerCase()]);

/** Whether a host, as it stands in a URL, is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * Begins a connection.
 *
 * @param url `ws://HOST:PORT/…`
 * @throws {Error} when the URL is none, or the permission for the network is missing
 */
export function openSocket(url: string): WebSocket {
  const client = directClient(url);
  if (client === null) return new WebSocket(url);
  try {
    const socket = new WebSocket(url, { client });
    // Once: one that is closed while its other end goes away may say twice that it is closed (2.9.6).
    socket.addEventListener("close", () => client.close(), { once: true });
    return socket;
  } catch (error) {
    client.close();
    throw error;
  }
}

/**
 * A client that goes to an address of this machine without a proxy; null for any other address.
 *
 * @throws {Error} when the URL is none
 */
export function directClient(url: string): Deno.HttpClient | null {
  const { hostname, port } = new URL(url);
  if (!isLoopback(hostname) || !mayBeProxied()) return null;
  // What Deno calls a proxy here is where to connect, and nothing more.
  return Deno.createHttpClient({
    proxy: {
      transport: "tcp",
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || "80"),
    },
  });
}

/** Whether the environment names a proxy, or cannot be asked. */
function mayBeProxied(): boolean {
  return PROXIES.some((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted" ||
    Deno.env.get(variable) !== undefined
  );
}
