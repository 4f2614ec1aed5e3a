/**
 * The SIGINT probe in words, with the certificate of starvation where the signal was not acted on.
 *
 * @module
 */

import type { Attempt, Phase, SigintProbe, StarvationCertificate } from "../../model/result.ts";
import { AFTER_START, shortFile } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { item, type PageStyle, paragraph, section } from "./section.ts";

/** What a Ctrl-C did to the hung subject; nothing when none was sent. */
export function sigintSection(
  { sigint: probe, leftovers, phase }: Attempt,
  page: PageStyle,
): string[] {
  if (probe === null) return [];
  const lines = paragraph(summary(probe, phase), "  ", page);
  if (probe.joinedMs !== null && leftovers.length > 0) {
    lines.push(
      ...paragraph(
        `The process did not exit all the same; what stayed: ${named(leftovers)}.`,
        "  ",
        page,
      ),
    );
  }
  if (probe.certificate !== null) lines.push(...certificate(probe.certificate, page));
  return section("Ctrl-C", lines, page);
}

/** The clocks above name them all. */
const MOST_LEFTOVERS = 3;

function named(leftovers: readonly string[]): string {
  const more = leftovers.length - MOST_LEFTOVERS;
  return leftovers.slice(0, MOST_LEFTOVERS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function summary(
  { sentMs, actedMs, by, unwedged, joinedMs, unsure, unseen }: SigintProbe,
  phase: Phase,
): string {
  const sent = `A real SIGINT was sent ${time(sentMs)} ${AFTER_START[phase]}.`;
  if (actedMs === null) {
    if (unseen !== undefined) return `${sent} What it does is not known: ${unseen}.`;
    return `${sent} The runtime never acted on it: the process took the signal, and no handler ran.`;
  }
  if (by === "sentinel") {
    return `${sent} Main did not take it, and after ${
      time(actedMs)
    } the sentinel ended the process ` +
      "with it: Ctrl-C works, and the nursery never joined.";
  }
  if (by === "kernel") {
    return `${sent} No handler was installed for it, and the process died of it ${
      time(actedMs)
    } later: that ` +
      "says nothing about main's loop, and the nursery never joined.";
  }
  const acted = `The runtime acted on it ${time(actedMs)} later, so the main loop turns`;
  if (unsure !== undefined && joinedMs !== null) {
    return `${sent} ${acted}. The nursery joined ${
      time(joinedMs)
    } after the signal, perhaps by itself: ${unsure}.`;
  }
  if (unseen !== undefined) return `${sent} ${acted}. Whether it helps is not known: ${unseen}.`;
  if (!unwedged) return `${sent} ${acted}; the nursery did not join all the same.`;
  const joined = joinedMs === null ? "" : `, which joined ${time(joinedMs)} after the signal`;
  return `${sent} ${acted}; it unwedged the nursery${joined}.`;
}

function certificate(facts: StarvationCertificate, page: PageStyle): string[] {
  const { caught, nothingPending, blockingFrame, handledAfterFreeMs, freedBy } = facts;
  const frame = blockingFrame === null
    ? null
    : `${blockingFrame.fn || "(anonymous)"} at ${
      shortFile(blockingFrame.file, page.here)
    }:${blockingFrame.line}`;
  const unread = "cannot be seen here: /proc is closed";
  const rows: [boolean | null, string][] = [
    [
      caught,
      caught === null
        ? `whether a handler for SIGINT is installed ${unread}`
        : caught
        ? "a handler for SIGINT is installed"
        : "no handler for SIGINT is installed",
    ],
    [
      nothingPending,
      nothingPending === null
        ? `whether the kernel has delivered it ${unread}`
        : nothingPending
        ? "the kernel has delivered it: nothing is pending"
        : "still pending",
    ],
    [
      frame !== null,
      frame === null ? "the frame that blocks main was not seen" : `main is kept by ${frame}`,
    ],
    [
      handledAfterFreeMs !== null,
      handledAfterFreeMs === null
        ? `the queued handler was not seen to run${
          freedBy === null ? ": main could not be freed" : ` (${freedBy})`
        }`
        : `the queued handler ran ${time(handledAfterFreeMs)} after main was freed${
          freedBy === null ? "" : ` (${freedBy})`
        }`,
    ],
  ];
  const complete = rows.every(([holds]) => holds === true);
  const lines = rows.flatMap(([holds, text]) =>
    item(
      `    ${holds === null ? "?  " : holds ? page.style.green("yes") : page.style.red("no ")} `,
      text,
      page,
    )
  );
  const title = complete
    ? "Certificate of starvation:"
    : "Certificate of starvation, not complete:";
  return [`  ${title}`, ...lines];
}
