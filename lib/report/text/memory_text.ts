/** Waits in shared memory, in words. @module */

import type { MemoryWait } from "../../model/shared.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import { visible } from "./style.ts";

/** Which word an isolate waits for, and which it has taken. */
export function memoryWaitText(wait: MemoryWait): string {
  const { isolate, array, type, index, byteOffset, buffer, bufferBytes, holds = [] } = wait;
  const element = `${array === "" ? `an ${type}` : `${array} (${type})`}`;
  const place = index === null ? element : `element ${index} of ${element}`;
  const memory = `${wordText({ byteOffset, buffer })} (${bufferBytes} bytes)`;
  const taken = holds.map(({ fn, at, ...word }) => {
    const where = at === null ? "" : ` (${visible(pathOfFile(at.file))}:${at.line}:${at.column})`;
    const who = fn === "" ? "a function without a name" : fn;
    return `; it has taken ${wordText(word)} in ${who}${where}, as far as its source tells`;
  });
  return `${isolate} is in Atomics.wait on ${place}: ${memory}${taken.join("")}`;
}

function wordText({ byteOffset, buffer }: Pick<MemoryWait, "byteOffset" | "buffer">): string {
  return `${byteOffset === null ? "" : `byte ${byteOffset} of `}shared memory ${buffer}`;
}
