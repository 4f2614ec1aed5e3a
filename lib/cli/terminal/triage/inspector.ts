/** How to look into the subject with DevTools. @module */

import { line, type Screen, sentences } from "./screen.ts";

/** The lines; the address stands alone on a line, to be copied whole. */
export function inspectorLines(url: string | null, page: Screen): string[] {
  if (url === null) return [line(["The subject's inspector never came up."], page)];
  const address = url.replace(/^ws:\/\//, "");
  return [
    ...sentences(
      "Open this in Chrome or Edge (type it, the address bar refuses links to it):",
      page,
    ),
    // Never cut: an address that is not whole is none.
    `  devtools://devtools/bundled/js_app.html?ws=${address}&experiments=true&v8only=true`,
    ...sentences(`Other clients connect to ${url}`, page),
    ...sentences(
      "Only one client can look at a time: while yours is connected, looking again and remedies " +
        "reach main at most, no worker, and the subject cannot exit. Resume what you paused, disconnect, and come back.",
      page,
      "",
      "yellow",
    ),
  ];
}
