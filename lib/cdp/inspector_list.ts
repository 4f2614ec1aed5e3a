/**
 * What an inspector says of itself over HTTP: the URL of main's session, and which runtime it belongs to. Its thread
 * answers also while main is blocked.
 *
 * @module
 */

import { directClient } from "./open_socket.ts";

/** What was found at an address. */
export type InspectorAt =
  | {
    readonly kind: "inspector";
    readonly wsUrl: string;
    /** `deno 2.9.6`, `node 22.23.3`; null when it does not say. */
    readonly runtime: string | null;
    /** The process that it says it belongs to, on its own machine; null when it does not say. */
    readonly pid: number | null;
  }
  | { readonly kind: "none"; readonly why: string };

const ANSWER_MS = 2_000;
/** Characters: an inspector lists one target, of a few hundred. */
const LONGEST_ANSWER = 64 * 1024;

/**
 * Asks.
 *
 * @param host `HOST:PORT`
 */
export async function inspectorAt(host: string): Promise<InspectorAt> {
  const list = await get(`http://${host}/json/list`);
  if (list.kind === "failed") return { kind: "none", why: list.why };
  const entries: readonly unknown[] = Array.isArray(list.value) ? list.value : [];
  const [main] = entries.filter((entry) => socketUrlOf(entry, host) !== null);
  // The address that was asked, whatever host is named there: nobody may send us to another one.
  const wsUrl = socketUrlOf(main, host);
  if (wsUrl === null) return { kind: "none", why: noInspector(host) };
  // Deno: `deno - main [pid: 12]`; Node: `/usr/bin/node[12]`.
  const [, pid] = /\[(?:pid: )?(\d+)\]$/.exec(textIn(main, "title") ?? "") ?? [];
  const runtime = await runtimeAt(host);
  return { kind: "inspector", wsUrl, runtime, pid: pid === undefined ? null : Number(pid) };
}

async function runtimeAt(host: string): Promise<string | null> {
  const version = await get(`http://${host}/json/version`);
  const browser = version.kind === "ok" ? textIn(version.value, "Browser") : null;
  const [, name, number] = /^(deno|node)(?:\.js)?\/v?([\w.+-]+)$/i.exec(browser ?? "") ?? [];
  return name === undefined ? null : `${name.toLowerCase()} ${number}`;
}

type Got =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "failed"; readonly why: string };

async function get(url: string): Promise<Got> {
  let client: Deno.HttpClient | null = null;
  try {
    client = directClient(url);
    const response = await fetch(url, {
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: "error",
      ...(client === null ? {} : { client }),
    });
    return { kind: "ok", value: await bounded(response) };
  } catch (error) {
    const { host } = URL.parse(url) ?? { host: url };
    if (error instanceof SyntaxError) {
      return { kind: "failed", why: noInspector(host) };
    }
    const late = error instanceof DOMException && error.name === "TimeoutError";
    const what = late ? `does not answer within ${ANSWER_MS / 1_000} s` : "refuses the connection";
    return { kind: "failed", why: `${host} ${what}` };
  } finally {
    client?.close();
  }
}

function noInspector(host: string): string {
  return `what listens at ${host} is no inspector, or does not tell its URL over HTTP: ` +
    "give the ws:// URL that it printed";
}

function socketUrlOf(entry: unknown, host: string): string | null {
  const url = URL.parse(textIn(entry, "webSocketDebuggerUrl") ?? "");
  return url?.protocol === "ws:" ? `ws://${host}${url.pathname}` : null;
}

/** @throws {SyntaxError} when it is too long for what an inspector says, or no JSON */
async function bounded(response: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) throw new SyntaxError("too long");
  }
  return JSON.parse(text);
}

function textIn(value: unknown, key: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  const text: unknown = Reflect.get(value, key);
  return typeof text === "string" ? text : null;
}
