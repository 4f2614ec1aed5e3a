/** What a task waits for, in few words; what is wrong with it comes first, for the end of a line may be cut. @module */

import type { DumpedTask } from "../../../model/dump.ts";
import type { Piece } from "./screen.ts";

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
