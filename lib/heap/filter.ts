/** The branches of a dump that name a text, whole; the others are left out. @module */

import type { AwaitNode, ProcessDump } from "../model/process_dump.ts";

/** The same dump with those branches alone that name `text`, in a function, a file or a path. */
export function filtered(dump: ProcessDump, text: string): ProcessDump {
  const names = (node: AwaitNode): boolean => {
    const { name, position, settlers = [], awaits } = node;
    const texts = [name, position?.file, ...settlers.flatMap(({ path, file }) => [path, file])];
    return texts.some((each) => each?.includes(text)) || awaits.some(names);
  };
  const isolates = dump.isolates.map((isolate) => ({
    ...isolate,
    awaits: isolate.awaits.filter(names),
  }));
  return { ...dump, isolates };
}
