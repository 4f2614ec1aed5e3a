/**
 * A hand-made diagnosis of the seed's hang, for the tests of what is rendered from it. Every kind of outcome is there.
 *
 * @module
 */

import type { DiagnosisReport, Trial } from "../../lib/model/diagnosis.ts";
import type { Attempt } from "../../lib/model/result.ts";
import { HUNG } from "./attempts.ts";

function applied(
  name: string,
  remedies: readonly string[],
  ms: readonly [number | null, number | null, number | null],
  did: readonly string[] = ["root: broke the channel to root/stuck"],
): Trial {
  const [nurseryJoinedMs, threadsGoneMs, processExitedMs] = ms;
  return {
    name,
    actions: remedies.map((remedy) =>
      remedy === "sigint" ? { kind: "sigint" } : { kind: "remedy", remedy }
    ),
    where: remedies[0] === "sigint" ? "." : `replicas/${remedies[0]}`,
    outcome: {
      kind: "applied",
      did,
      clocks: { nurseryJoinedMs, threadsGoneMs, processExitedMs },
      tasksLeft: ["root#4 loop of root<->root/stuck"],
      watchedMs: 503.2,
    },
  };
}

function other(
  remedy: string,
  kind: "nothing-to-do" | "failed" | "void" | "not-tried",
  why: string,
): Trial {
  return {
    name: remedy,
    actions: [{ kind: "remedy", remedy }],
    where: "replicas/channel-abort",
    outcome: { kind, why },
  };
}

/** The diagnosis. */
export const DIAGNOSIS: DiagnosisReport = {
  chain: [
    {
      actor: "root",
      task: "#1 root",
      kind: "join",
      resource: 'nursery "actors"',
      peer: null,
      peerState: null,
      shielded: false,
    },
    {
      actor: "root",
      task: "#4 loop of root<->root/stuck",
      kind: "recv",
      resource: "channel root<->root/stuck",
      peer: "root/stuck",
      peerState: "abandoned",
      shielded: false,
    },
  ],
  trials: [
    applied("Ctrl-C", ["sigint"], [2.9, null, null], ["sent a real SIGINT"]),
    applied("channel-abort", ["channel-abort"], [3.2, null, null]),
    applied("channel-abort + reap", ["channel-abort", "reap"], [3.2, 35, 85]),
    other(
      "bounded-join",
      "not-tried",
      "smaller ones had helped, and the time of three runs was up",
    ),
    other("boot-race", "nothing-to-do", "nobody here waits for a handshake that cannot come"),
    other("death-watch", "void", "it came to another hang: stuck-child, not orphaned-channel"),
    applied("reap", ["reap"], [null, 92, null], ["ended the thread of root/stuck (worker-1)"]),
    other("sentinel", "failed", "the inspector did not answer"),
  ],
  smallest: { nursery: "channel-abort", process: "channel-abort + reap" },
  cause:
    'the nursery "actors" was waiting for the message loop of root<->root/stuck, which was waiting on channel ' +
    "root<->root/stuck, whose peer root/stuck had been abandoned; aborting that channel let it finish in 3.2 ms; " +
    "nothing weaker did; the process went only with reap too, in 85 ms.",
  masks: [
    "Ctrl-C frees the nursery by cancelling everything; it masks that the channel was never told.",
  ],
  lost: null,
  confirmation: {
    kind: "confirmed",
    class: "orphaned-channel",
    because: ["channel-abort freed the nursery: who waited on the channel had only to be told"],
  },
  replicas: 2,
  wallMs: 10_020,
};

/** The seed's hang with it. */
export const DIAGNOSED: Attempt = { ...HUNG, diagnosis: DIAGNOSIS };

/** The same where the remedies contradict the class, and nothing ends the process. */
export const CONTRADICTED: Attempt = {
  ...HUNG,
  diagnosis: {
    ...DIAGNOSIS,
    trials: DIAGNOSIS.trials.slice(3),
    smallest: { nursery: null, process: null },
    cause: null,
    masks: [],
    lost: "nothing that was tried let the process go: what keeps it was touched by none of it",
    confirmation: {
      kind: "conflict",
      class: "orphaned-channel",
      because: [
        "Ctrl-C was not acted on: main's loop does not turn, so a silent channel is not what holds it",
      ],
    },
  },
};
