/**
 * What an isolate has open that is an object of the program's: workers, channels, ports, sockets, servers, child
 * processes, each with a name and the functions that listen to it. These are the questions that the isolate is asked.
 *
 * Invariant: a question reads own properties and what V8 and the runtime have on their prototypes, and calls no function
 * of the program's. What one version of a runtime does not have, is missing and fails nothing.
 *
 * @module
 */

/** More than these are not told. */
const MOST = 32;
const MOST_LISTENERS = 4;

/** All of Deno's, and of Node's channels and ports, have it in their chain. */
export const OBJECT_PROTOTYPE = "globalThis.EventTarget?.prototype";

/** Of the list of all event targets, and of what Node has open besides, those that are wanted. */
export const OPEN_OBJECTS = `function () {
  const is = (object, name) => {
    const prototype = globalThis[name]?.prototype;
    return prototype != null && Object.prototype.isPrototypeOf.call(prototype, object);
  };
  const own = (object, name) => {
    const key = Object.getOwnPropertySymbols(object).find((key) => key.description === name);
    return key === undefined ? undefined : Object.getOwnPropertyDescriptor(object, key)?.value;
  };
  const inherits = (object) => Object.getPrototypeOf(object) !== null &&
    !Object.prototype.hasOwnProperty.call(object, "constructor");
  const isOpen = (object) =>
    is(object, "Worker") ||
    is(object, "BroadcastChannel") &&
      (own(object, "[[closed]]") === false || own(object, "kHandle") != null) ||
    is(object, "MessagePort") && (own(object, "enabled") ?? true) && own(object, "refed") === true ||
    is(object, "WebSocket") && object.readyState < 3;
  const found = this.filter((object) => inherits(object) && isOpen(object));
  let handles = [];
  try {
    // Deno has a process, too, whose handles are empty.
    if (typeof Deno === "undefined") handles = process._getActiveHandles();
  } catch {}
  // A channel of Node's has a port inside.
  const inside = new Set(found.map((object) => own(object, "kHandle")));
  const all = [...new Set([...handles, ...found])].filter((object) => !inside.has(object));
  return all.slice(0, ${MOST});
}`;

/** Of each: class, name, state. */
export const OBJECT_DETAILS = `function () {
  const own = (object, name) => {
    const key = Object.getOwnPropertySymbols(object).find((key) => key.description === name);
    return key === undefined ? undefined : Object.getOwnPropertyDescriptor(object, key)?.value;
  };
  const text = (value) => typeof value === "string" && value !== "" ? value.slice(0, 200) : null;
  const attempt = (read) => {
    try {
      return read() ?? null;
    } catch {
      return null;
    }
  };
  // Without what may be a secret.
  const url = (object) => {
    const { protocol, host, pathname } = new URL(object.url);
    return protocol + "//" + host + pathname;
  };
  const address = (object) => {
    const at = object.address();
    return typeof at === "string" ? at : at.address + ":" + at.port;
  };
  const names = {
    BroadcastChannel: (object) => object.name,
    WebSocket: url,
    Server: address,
    Socket: (object) => object.remoteAddress
      ? object.remoteAddress + ":" + object.remotePort
      : attempt(() => "fd " + object._handle.fd),
    ChildProcess: (object) => object.spawnfile + " (pid " + object.pid + ")",
  };
  const states = {
    WebSocket: (object) => ["connecting", "open", "closing", "closed"][object.readyState],
    Server: (object) => object._connections > 0
      ? object._connections + " open connection" + (object._connections === 1 ? "" : "s")
      : null,
  };
  return this.map((object) => {
    const type = attempt(() => Object.getPrototypeOf(object).constructor.name) ?? "";
    return [
      text(type),
      text(attempt(() => names[type]?.(object))),
      text(attempt(() => states[type]?.(object))),
    ];
  });
}`;

/** The functions that listen, as a flat list: for each the place of its object in the list, the event, the function. */
export const OBJECT_LISTENERS = `function () {
  const own = (object, name) => {
    const key = Object.getOwnPropertySymbols(object).find((key) => key.description === name);
    return key === undefined ? undefined : Object.getOwnPropertyDescriptor(object, key)?.value;
  };
  const all = [];
  this.forEach((object, n) => {
    const found = [];
    const add = (event, listener) => {
      const handler = Object.getOwnPropertyDescriptor(Object(listener), "handler")?.value ??
        Object.getOwnPropertyDescriptor(Object(listener), "listener")?.value ?? listener;
      if (typeof handler === "function") found.push([n, String(event), handler]);
    };
    try {
      const deno = own(object, "")?.listeners ?? own(object, undefined)?.listeners ?? {};
      for (const [event, entries] of Object.entries(deno)) {
        for (const { callback } of entries) add(event, callback);
      }
      for (const [event, entry] of Object.entries(object._events ?? {})) {
        for (const listener of [entry].flat()) add(event, listener);
      }
      for (const [event, root] of own(object, "kEvents") ?? []) {
        for (let at = root.next; at !== undefined; at = at.next) {
          add(event, at.callback ?? at.listener);
        }
      }
    } catch {}
    all.push(...found.slice(0, ${MOST_LISTENERS}));
  });
  return all;
}`;

/** Of a flat list of listeners: what can be told by value, and the functions. */
export const LISTENER_DETAILS = `function () {
  return this.map(([n, event, { name }]) => [n, event.slice(0, 60), String(name)]);
}`;
export const LISTENER_FUNCTIONS = "function () { return this.map((entry) => entry[2]); }";

/** Of process.on, in the form of the listeners of a list of objects. */
export const SIGNAL_LISTENERS = `(() => {
  try {
    return process.eventNames().filter((name) => /^SIG[A-Z0-9]+$/.test(String(name)))
      .flatMap((name) => process.listeners(name).map((listener) => [0, name, listener]));
  } catch {
    return [];
  }
})()`;

/** Names of Node's own that the objects above stand for, in Node. */
export const OBJECTS_OF_NODE: readonly string[] = [
  "TCPServerWrap",
  "TCPSocketWrap",
  "PipeServerWrap",
  "PipeWrap",
  "ProcessWrap",
  "MessagePort",
  "FSEventWrap",
  "TTYWrap",
  "UDPWrap",
];

/** Names of Deno's resources that the objects above stand for. */
export const OBJECTS_OF_DENO: ReadonlySet<string> = new Set([
  "messagePort",
  "deno_web::broadcast_channel::InMemoryBroadcastChannelResource",
]);
