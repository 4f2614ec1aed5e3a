/** The echo in msgpack over a MessagePort, with nothing else around it: the wire of the runtime alone. @module */

/// <reference lib="deno.worker" />
import { Decoder, Encoder } from "@msgpack/msgpack";

const encoder = new Encoder();
const decoder = new Decoder();

self.onmessage = ({ data: port }: MessageEvent<MessagePort>) => {
  port.onmessage = ({ data }) => port.postMessage(encoder.encode(decoder.decode(data)));
  self.postMessage("connected");
};
self.postMessage("ready");
