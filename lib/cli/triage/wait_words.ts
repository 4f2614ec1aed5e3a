/** What a task waits for, in few words. @module */

import type { DumpedTask } from "../../report/result.ts";
import type { Piece } from "./page.ts";

/** `recv from root/stuck, abandoned`: what is waited for, and what is wrong with the one who should bring it. */
export function waitPieces({ parkedOn, state, cancelled, shielded }: DumpedTask): Piece[] {
  if (parkedOn === null) return [["yellow", UNPARKED[state]]];
  const { kind, peer, peerState, resource } = parkedOn;
  const pieces: Piece[] = [`${kind} ${resource}`];
  if (peer !== null) {
    const word = peerState === null ? "" : ` ${peerState}`;
    const text = `, peer ${peer}${word}`;
    pieces.push(peerState === "dead" || peerState === "abandoned" ? ["red", text] : text);
  }
  if (shielded) pieces.push(["yellow", ", shielded"]);
  if (cancelled !== null) {
    pieces.push(["yellow", cancelled.heldByShield ? ", cancel held off" : ", cancelled"]);
  }
  return pieces;
}

const UNPARKED: Readonly<Record<DumpedTask["state"], string>> = {
  starting: "has not begun",
  running: "running",
  parked: "parked",
  native: "running, or awaiting a promise that is not ours",
};

/** The same without marks, for a sentence or a comparison. */
export function waitText(task: DumpedTask): string {
  return waitPieces(task).map((piece) => typeof piece === "string" ? piece : piece[1]).join("");
}
