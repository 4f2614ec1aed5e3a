import { assertEquals, assertStringIncludes } from "@std/assert";
import { HUNG } from "../../../tests/support/attempts.ts";
import type { ActionReport } from "../../model/action.ts";
import { actionText, effectText, replyText } from "./action_text.ts";
import { makeStyle } from "./style.ts";
import { clocksSection } from "./clocks.ts";
import { sigintSection } from "./sigint.ts";
import { triedSection } from "./tried.ts";

const PLAIN = { style: makeStyle(false), here: "/project" };

const IN_VAIN: ActionReport = {
  action: { kind: "sigint" },
  atMs: 5_000,
  effect: { kind: "applied", did: ["sent SIGINT to the subject", "the runtime did not act on it"] },
  tasksLeft: [],
  clocks: { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null },
  unwedged: false,
  watchedMs: 2_000,
};

const HELPED: ActionReport = {
  action: { kind: "remedy", remedy: "channel-abort" },
  atMs: 7_250,
  effect: { kind: "applied", did: ["broke the channel to root/stuck"] },
  tasksLeft: ["root#1 root", "root#4 loop of root<->root/stuck"],
  clocks: { nurseryJoinedMs: 4.2, threadsGoneMs: null, processExitedMs: null },
  unwedged: true,
  watchedMs: 2_000,
};

const NOTHING: ActionReport = {
  ...IN_VAIN,
  action: { kind: "remedy", remedy: "death-watch" },
  effect: { kind: "nothing-to-do", why: "no peer is dead" },
  watchedMs: 0,
};

function textOf(actions: readonly ActionReport[] | undefined): string {
  return triedSection({ ...HUNG, actions }, PLAIN).join("\n");
}

Deno.test("triedSection shows for each action, in order, what it did, which clocks it stopped and which tasks moved", () => {
  const text = textOf([IN_VAIN, HELPED, NOTHING]);
  const parts = [
    "what was tried",
    "5.00 s  SIGINT: no effect",
    "the runtime did not act on it",
    "no clock stopped in 2.00 s",
    "7.25 s  remedy channel-abort: unwedged it",
    "the nursery joined after 4.2 ms",
    "2 tasks moved: root#1 root, root#4 loop of root<->root/stuck",
    "remedy death-watch: no effect",
    "nothing to do: no peer is dead",
  ].map((part) => text.indexOf(part));
  assertEquals(parts.includes(-1), false, text);
  assertEquals(parts, parts.toSorted((a, b) => a - b));
});

Deno.test("triedSection and clocksSection say so when a slow subject may have joined by itself", () => {
  const unsure = "the child was in a sleep";
  const doubtful = { ...HELPED, unwedged: false, unsure };
  const text = textOf([doubtful]);
  assertStringIncludes(text, "remedy channel-abort: it joined, perhaps by itself");
  assertStringIncludes(text, `before it, ${unsure}`);
  const attempt = { ...HUNG, sigint: null, actions: [doubtful] };
  const clocks = clocksSection(attempt, PLAIN).join("\n");
  assertStringIncludes(clocks, "late, after remedy channel-abort, and perhaps without it");
});

Deno.test("triedSection counts the tasks that it does not name", () => {
  const tasksLeft = Array.from({ length: 9 }, (_, n) => `root#${n} t`);
  assertStringIncludes(textOf([{ ...HELPED, tasksLeft }]), "root#5 t, and 3 more");
});

Deno.test("triedSection is left out when nothing was tried", () => {
  assertEquals([textOf(undefined), textOf([])], ["", ""]);
});

Deno.test("clocksSection names the action that made the nursery join", () => {
  const clocks = { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null };
  const helped = clocksSection(
    { ...HUNG, clocks, sigint: null, actions: [IN_VAIN, HELPED] },
    PLAIN,
  ).join("\n");
  assertStringIncludes(helped, "never by itself; only remedy channel-abort did it, see below");
  const not = clocksSection({ ...HUNG, clocks, sigint: null, actions: [IN_VAIN] }, PLAIN).join(
    "\n",
  );
  assertStringIncludes(not, "never, while the run was watched");
});

Deno.test("clocksSection names the action that ended threads and process, and does not say never", () => {
  const clocks = { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null };
  const reaped: ActionReport = {
    ...HELPED,
    action: { kind: "remedy", remedy: "reap" },
    clocks: { nurseryJoinedMs: null, threadsGoneMs: 47, processExitedMs: 103 },
    unwedged: false,
  };
  const hung = { ...HUNG, clocks, leftovers: [], subjectExit: "exit code 0" };
  const told = clocksSection({ ...hung, sigint: null, actions: [HELPED, reaped] }, PLAIN).join(
    "\n",
  );
  assertStringIncludes(told, "threads gone    never by themselves; they went after remedy reap");
  assertStringIncludes(told, "process exited  never by itself; it went after remedy reap");
  const sigint = { sentMs: 1, actedMs: 1, unwedged: true, joinedMs: 2, certificate: null };
  const freed = clocksSection({ ...hung, sigint }, PLAIN).join("\n");
  assertStringIncludes(freed, "process exited  never by itself; it went after Ctrl-C, see below");
  const stayed = clocksSection({ ...hung, subjectExit: null, sigint }, PLAIN).join("\n");
  assertStringIncludes(stayed, "process exited  never, while the run was watched");
});

Deno.test("sigintSection names three of the threads that stayed, and counts the others", () => {
  const leftovers = Array.from({ length: 25 }, (_, n) => `thread worker-${n + 1}`);
  const sigint = { sentMs: 1, actedMs: 1, unwedged: true, joinedMs: 2, certificate: null };
  const text = sigintSection({ ...HUNG, sigint, leftovers }, PLAIN).join("").replaceAll(
    /\s+/g,
    " ",
  );
  assertStringIncludes(text, "thread worker-1; thread worker-2; thread worker-3; and 22 more.");
});

Deno.test("actionText, replyText and effectText put an action into one line", () => {
  assertEquals(
    actionText({ kind: "cancel-task", actor: "root/a", task: 3 }),
    "cancel task root/a#3",
  );
  assertEquals(replyText({ kind: "failed", why: "x" }), "failed: x");
  assertEquals(
    effectText(HELPED),
    "broke the channel to root/stuck: unwedged, the nursery joined after 4.2 ms",
  );
  assertEquals(
    effectText(IN_VAIN),
    "sent SIGINT to the subject; the runtime did not act on it: no task moved in 2.00 s",
  );
});
