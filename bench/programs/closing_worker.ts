/** A worker that closes itself when it is told to. @module */

/// <reference lib="deno.worker" />

self.onmessage = () => self.close();
self.postMessage("ready");
