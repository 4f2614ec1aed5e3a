/**
 * The proof that a teardown never ends, as a path that can be followed, or why there is none.
 *
 * @module
 */

import type { ProofReport, ProofStep } from "../../model/proof.ts";
import type { Attempt, Phase } from "../../model/result.ts";
import { time } from "../../protocol/duration.ts";
import { type PageStyle, paragraph, point, section } from "./section.ts";
import { waiterOf, waitWords } from "./wait_words.ts";
import { AFTER_START } from "./words.ts";

/** The section; empty for a run that does not hang. */
export function proofSection({ proof, phase }: Attempt, page: PageStyle): string[] {
  if (proof === null || proof === undefined) return [];
  return section(
    "proof",
    proof.kind === "proven" ? proven(proof, phase, page) : unproven(proof, page),
    page,
  );
}

function proven(
  { proof, quietMs, provenMs }: ProofReport & { kind: "proven" },
  phase: Phase,
  page: PageStyle,
): string[] {
  const said = `Nothing has moved in any isolate since ${time(quietMs)} ${AFTER_START[phase]}, ` +
    "no message is on its way and no timer is set: nothing but the operator can ever end this. " +
    `Proven after ${time(provenMs)}.`;
  const steps = proof.path.map((step, index) => stepLine(step, index, proof));
  const end = proof.kind === "cycle"
    ? `for step ${proof.entry + 1}, which closes the cycle`
    : proof.because;
  return [...paragraph(said, "  ", page), "", ...steps, `      ${page.style.bold(end)}`];
}

function stepLine(step: ProofStep, index: number, proof: { kind: string; entry?: number }): string {
  const number = `${index + 1}.`.padStart(4);
  const mark = proof.kind === "cycle" && index === proof.entry ? " ◀" : "";
  const shield = step.shielded ? ", shielded from cancels" : "";
  return `${number}  ${waiterOf(step)} ${waitWords(step)}${shield}${mark}`;
}

function unproven(
  { reasons }: ProofReport & { kind: "not-provable" },
  page: PageStyle,
): string[] {
  return [
    ...paragraph("Not provable: something could still move.", "  ", page),
    ...reasons.slice(0, 5).flatMap((reason) => point(reason, page)),
    ...(reasons.length > 5 ? [`    - and ${reasons.length - 5} more`] : []),
  ];
}
