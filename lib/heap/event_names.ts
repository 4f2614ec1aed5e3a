/**
 * Names of events. They are the only strings of a program that are read as values: a handler is kept under the name of
 * its event, and tells more with it.
 *
 * @module
 */

/** Events of Deno, Node and the web. */
export const EVENT_NAMES: ReadonlySet<string> = new Set([
  "abort",
  "beforeExit",
  "beforeunload",
  "cancel",
  "change",
  "close",
  "connect",
  "connection",
  "data",
  "disconnect",
  "done",
  "drain",
  "end",
  "error",
  "exit",
  "finish",
  "listening",
  "load",
  "message",
  "messageerror",
  "online",
  "open",
  "pause",
  "pipe",
  "progress",
  "readable",
  "ready",
  "request",
  "response",
  "resume",
  "spawn",
  "timeout",
  "unhandledrejection",
  "unload",
  "upgrade",
]);
