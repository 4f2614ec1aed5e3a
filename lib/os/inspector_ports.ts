/**
 * The address of an inspector that its process has been told to open, and has told us nothing of: asked for over HTTP
 * at the ports on which that process listens, as every inspector answers by default.
 *
 * Only where the process's own command line or environment speaks of an inspector; no other server is asked anything.
 *
 * @module
 */

import { tcpSockets } from "./outside.ts";
import { textOf } from "./proc_files.ts";

/** An inspector answers within milliseconds, from a thread of its own. */
const ANSWER_MS = 500;
const LARGEST_ANSWER = 64 * 1024;
/** A server of the program's is not asked for long: an inspector is opened before the program begins. */
const MOST_PORTS = 3;

/** The inspector's address; null when there is none to be had. */
export async function publishedInspector(pid: number): Promise<string | null> {
  if (!speaksOfInspector(pid)) return null;
  const listening = tcpSockets(pid, null).filter(({ remotePort }) => remotePort === null)
    .sort((a, b) => a.fd - b.fd);
  for (const { localPort } of listening.slice(0, MOST_PORTS)) {
    const url = await ask(localPort);
    if (url !== null) return url;
  }
  return null;
}

function speaksOfInspector(pid: number): boolean {
  const words = textOf(`/proc/${pid}/cmdline`).split("\0");
  const options = textOf(`/proc/${pid}/environ`).split("\0")
    .find((variable) => variable.startsWith("NODE_OPTIONS=")) ?? "";
  return words.some((word) => word.startsWith("--inspect")) || options.includes("--inspect");
}

async function ask(port: number): Promise<string | null> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const late = setTimeout(() => connection.close(), ANSWER_MS);
    try {
      const request =
        `GET /json/list HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      return await readAddress(connection, port);
    } finally {
      clearTimeout(late);
    }
  } catch {
    return null;
  }
}

/** Reads as much of the answer as has the address in it. */
async function readAddress(connection: Deno.Conn, port: number): Promise<string | null> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  while (text.length < LARGEST_ANSWER) {
    const length = await connection.read(buffer);
    if (length === null) return null;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
    const address = addressIn(text, port);
    if (address !== null) return address;
  }
  return null;
}

function addressIn(answer: string, port: number): string | null {
  const [, path] = /"webSocketDebuggerUrl":\s*"ws:\/\/[^/"]+(\/[\w/-]+)"/.exec(answer) ?? [];
  return path === undefined ? null : `ws://127.0.0.1:${port}${path}`;
}
