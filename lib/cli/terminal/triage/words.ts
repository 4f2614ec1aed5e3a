/** How waits, actors, actions and silent isolates are named and ordered on the screens of a triage. @module */

import type { Dump, DumpedTask } from "../../../model/dump.ts";
import { line, type Piece, type Screen, sentences } from "./screen.ts";
import type { Action } from "../../../model/action.ts";

/** Root first, since it is where teardown waits; then those below it. */
export function byDepth(a: string, b: string): number {
  return depth(a) - depth(b) || a.localeCompare(b, "en", { numeric: true });
}

/** Tasks by their labels, `root/stuck#4 name`: by actor, then by number. */
export function byTask(a: string, b: string): number {
  const [actorA = a, restA = ""] = a.split("#");
  const [actorB = b, restB = ""] = b.split("#");
  return byDepth(actorA, actorB) || restA.localeCompare(restB, "en", { numeric: true });
}

function depth(actor: string): number {
  return actor.split("/").length;
}

/** `root/stuck abandoned: recv channel root<->root/stuck (open)`. */
export function waitPieces({ parkedOn, state, cancelled, shielded }: DumpedTask): Piece[] {
  if (parkedOn === null) return [["yellow", UNPARKED[state]]];
  const { kind, peer, peerState, resource } = parkedOn;
  const pieces: Piece[] = [];
  if (peer !== null && isLost(peerState)) pieces.push(["red", `${peer} ${peerState}`], ": ");
  if (shielded) pieces.push(["yellow", "shielded "]);
  if (cancelled?.heldByShield === true) pieces.push(["yellow", "from a cancel "]);
  // An event or a lock says itself what it is.
  pieces.push(resource.startsWith(`${kind} `) ? resource : `${kind} ${resource}`);
  if (peer !== null && !isLost(peerState) && !resource.includes(peer)) {
    pieces.push(`, peer ${peer}`);
  }
  if (cancelled?.heldByShield === false) pieces.push(["yellow", ", cancelled"]);
  return pieces;
}

/** Nobody is left at the other end. */
export function isLost(peerState: "alive" | "dead" | "abandoned" | null | undefined): boolean {
  return peerState === "dead" || peerState === "abandoned";
}

const UNPARKED: Readonly<Record<DumpedTask["state"], string>> = {
  starting: "has not begun",
  running: "running",
  parked: "parked",
  native: "at work, or awaiting an unlabelled promise",
};

/** The same without marks, for a sentence or a comparison. */
export function waitText(task: DumpedTask): string {
  return waitPieces(task).map((piece) => typeof piece === "string" ? piece : piece[1]).join("");
}

/** Those that did not answer, together where the reason is the same; what the kernel saw of each is left out. */
export function missingLines({ missing }: Pick<Dump, "missing">, page: Screen): string[] {
  const groups = Map.groupBy(missing, ({ why }) => shortly(why));
  return [...groups].flatMap(([why, [first, ...more]]) => {
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return sentences(`${first?.isolate}${others} did not answer: ${why}`, page, "", "yellow");
  });
}

function shortly(why: string): string {
  return why.replace(/^did not answer: /, "").split(/ \((?=thread |answered |told |its )|;/)[0] ??
    why;
}

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

/** Names an action, so that it can be followed by a colon and what came of it. */
export function actionWords(action: Action): string {
  switch (action.kind) {
    case "sigint":
      return "Ctrl-C";
    case "remedy":
      return action.remedy;
    case "cancel-root":
      return "cancel of the root scope";
    case "cancel-task":
      return `cancel of task ${action.actor}#${action.task}`;
    case "abort-channel":
      return `abort of channel ${action.channel} in ${action.actor}`;
    case "reap":
      return `reap of ${action.actor}`;
  }
}
