/** How to attach a debugger to a hung subject. @module */

import { line, type Screen, sentences } from "../../../report/text/screen.ts";

/** How to attach a debugger. The address stands alone on a line, to be copied whole. */
export function inspectorLines(url: string | null, screen: Screen): string[] {
  if (url === null) return [line(["No inspector came up, or its address is not known."], screen)];
  const address = url.replace(/^ws:\/\//, "");
  const open = "Open this in Chrome or Edge (type it, the address bar refuses links to it):";
  const alone =
    "Only one client can look at a time: while yours is connected, looking again and remedies " +
    "reach main at most, no worker, and the subject cannot exit. Resume what you paused, " +
    "disconnect, and come back.";
  return [
    ...sentences(open, screen),
    // Not cut to the width: half an address is of no use.
    `  devtools://devtools/bundled/js_app.html?ws=${address}&experiments=true&v8only=true`,
    ...sentences(`Other clients connect to ${url}`, screen),
    ...sentences(alone, screen, "", "yellow"),
  ];
}
