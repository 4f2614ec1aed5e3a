import { assertEquals } from "@std/assert";
import type { Action, ActionReport } from "../model/action.ts";
import { Interventions } from "./interventions.ts";

function reportOf(action: Action, nurseryJoinedMs: number | null = null): ActionReport {
  return {
    action,
    atMs: 100,
    effect: { kind: "applied", did: ["it"] },
    tasksLeft: [],
    clocks: { nurseryJoinedMs, threadsGoneMs: null, processExitedMs: null },
    unwedged: nurseryJoinedMs !== null,
    watchedMs: 5,
  };
}

const REMEDY: Action = { kind: "remedy", remedy: "reap" };

Deno.test("Interventions counts from the first thing that had an effect", () => {
  const help = new Interventions();
  help.add({ report: reportOf(REMEDY), tookEffectAt: null, sigintActedMs: null });
  assertEquals([help.sinceMs, help.actions.length], [null, 1]);
  help.add({ report: reportOf(REMEDY), tookEffectAt: 70, sigintActedMs: null });
  help.add({ report: reportOf(REMEDY), tookEffectAt: 90, sigintActedMs: null });
  assertEquals([help.sinceMs, help.operatedMs, help.actions.length], [70, 70, 3]);
});

Deno.test("Interventions takes a SIGINT for a probe only when nothing had an effect before it", () => {
  const help = new Interventions();
  help.add({ report: reportOf(REMEDY), tookEffectAt: null, sigintActedMs: null });
  help.add({ report: reportOf({ kind: "sigint" }, 4), tookEffectAt: 70, sigintActedMs: 1 });
  const probe = { sentMs: 100, actedMs: 1, unwedged: true, joinedMs: 4, certificate: null };
  assertEquals(help.sigint, probe);
  // A signal is a question to the subject, and its answer evidence.
  assertEquals([help.sinceMs, help.operatedMs], [70, null]);
  help.add({ report: reportOf({ kind: "sigint" }), tookEffectAt: 80, sigintActedMs: 2 });
  assertEquals(help.sigint, probe);

  const later = new Interventions();
  later.add({ report: reportOf(REMEDY), tookEffectAt: 60, sigintActedMs: null });
  later.add({ report: reportOf({ kind: "sigint" }, 4), tookEffectAt: 70, sigintActedMs: 1 });
  assertEquals(later.sigint, null);
});

Deno.test("Interventions says of a SIGINT that nobody acted on that nobody did", () => {
  const help = new Interventions();
  help.add({ report: reportOf({ kind: "sigint" }), tookEffectAt: 70, sigintActedMs: null });
  assertEquals([help.sigint?.actedMs, help.sigint?.unwedged], [null, false]);
});
