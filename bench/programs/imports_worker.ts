/**
 * What starting an actor cannot do without: the two libraries that the runtime is built on. It uses nothing of them.
 *
 * @module
 */

/// <reference lib="deno.worker" />
import "node:async_hooks";

self.postMessage("ready");
