/**
 * The sentinel's connection to main's inspector, open only while something is wrong: a connected client holds up the
 * start of workers and keeps a process from ending. `Runtime.evaluate` is answered by a main that blocks in
 * Atomics.wait, spins or goes from microtask to microtask, and runs on top of the very frames that keep it.
 *
 * @module
 */

/** The parts of inspector messages that are read here. */
interface Answer {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

const CONNECT_MS = 1_000;

/** An open connection. */
export class MainSession {
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, (value: unknown) => void> = new Map();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onerror = () => {};
  }

  /** Connects; null when that is not possible, or not allowed. */
  static async open(url: string): Promise<MainSession | null> {
    const socket = await connect(url);
    return socket === null ? null : new MainSession(socket);
  }

  /** The value of an expression in main; undefined when none comes within `boundMs`: main is in a native call. */
  evaluate(expression: string, boundMs: number): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const done = (value: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(value);
      };
      const timer = setTimeout(() => done(undefined), boundMs);
      this.#waiting.set(id, done);
      const params = { expression, returnByValue: true, silent: true, disableBreaks: true };
      this.#send({ id, method: "Runtime.evaluate", params });
    });
  }

  /** Calls the function under `Symbol.for(key)` in main. */
  call(key: string, boundMs: number): Promise<unknown> {
    const expression = `globalThis[Symbol.for(${JSON.stringify(key)})]?.()`;
    return this.evaluate(expression, boundMs);
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return closed(this.#socket);
  }

  #take(message: Answer): void {
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message.result?.result?.value);
    // The server leaves Nagle's algorithm on: without something that carries our acknowledgement of this answer, the
    // next one comes 40 ms late.
    if (this.#waiting.size === 0) this.#send({ id: 0, method: "Runtime.runIfWaitingForDebugger" });
  }

  #send(message: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

/** Connects to an inspector; null when that is not possible, or not allowed. */
export async function connect(url: string): Promise<WebSocket | null> {
  const permission = { name: "net", host: new URL(url).host } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return null;
  const socket = new WebSocket(url);
  const open = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_MS);
    const settle = (open: boolean) => {
      clearTimeout(timer);
      resolve(open);
    };
    socket.onopen = () => settle(true);
    socket.onerror = () => settle(false);
  });
  if (open) return socket;
  socket.close();
  return null;
}

/** Closes a connection, and waits until it is: what was said before has arrived then. */
export async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const end = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve());
  });
  socket.close();
  await end;
}
