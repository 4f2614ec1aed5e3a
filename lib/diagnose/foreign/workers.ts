/**
 * Workers of a program without records that main waits for: those whose module has not come to its end, and those whose
 * thread stands in their own code.
 *
 * Invariant: which worker a message is awaited of is not known, so all of them must be so.
 *
 * @module
 */

import type { IsolateDump } from "../../model/dump.ts";
import { isPackageFile } from "../../protocol/own_code.ts";
import { memoryWaitText } from "../../report/text/memory_text.ts";
import { atMostFew } from "../clues/clue.ts";
import { at, standstill } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { type Branch, branchesOf, lastCall, mainBranches } from "./branches.ts";
import { awaited, awaitSteps, deadEnd, type Finding, step } from "./finding.ts";

const MESSAGE = /^"message" of (?:Worker|MessagePort)\b/;

/** Main waits for the message of a worker whose module awaits an import. */
export function stuckInModule(facts: Facts): Finding | null {
  const [main] = forMessage(facts);
  const workers = living(facts);
  // An import may come over the network.
  const loads = (facts.dump?.outside?.sockets ?? []).some(({ remotePort, toItself }) =>
    remotePort !== null && !toItself
  );
  if (main === undefined || loads) return null;
  const standing = workers.flatMap((worker) => moduleOf(facts, worker) ?? []);
  const [first] = standing;
  if (first === undefined || standing.length < workers.length) return null;
  const evidence = atMostFew(standing.map((branch) => {
    const { at: where } = lastCall(branch);
    const detail = `${at(where)}: the module of ${branch.isolate} has not come to its end: it ` +
      `awaits ${awaited(branch)}`;
    return { kind: "worker", detail, ref: "dump.awaits" };
  }));
  const because = `the module of ${first.isolate} has not come to its end`;
  return {
    evidence: [messageLine(main), ...evidence],
    path: deadEnd(main, because, awaitSteps(first)),
  };
}

/** The module of a worker at rest that awaits what native code brings, which is what `import()` does; else null. */
function moduleOf({ dump }: Facts, { id, state }: IsolateDump): Branch | null {
  const [branch, ...others] = branchesOf(dump, id) ?? [];
  if (branch === undefined || others.length > 0 || state !== "parked") return null;
  const { calls: [{ node }, ...further], settlers } = branch;
  const isImport = settlers.length > 0 && settlers.every(({ by }) => by === "native");
  return node.what === "module" && further.length === 0 && isImport ? branch : null;
}

/** Main waits for the message of a worker whose thread is blocked in code of the program. */
export function blocked(facts: Facts): Finding | null {
  const [main] = forMessage(facts);
  const workers = living(facts);
  if (main === undefined) return null;
  const standing = workers.flatMap((worker) => {
    const still = standstill(worker);
    const isOwn = still?.how === "blocked" && !still.frame.internal &&
      !isPackageFile(still.frame.file);
    return still !== null && isOwn ? [{ worker, still }] : [];
  });
  const [first] = standing;
  if (first === undefined || standing.length < workers.length) return null;
  const evidence = atMostFew(standing.map(({ worker: { id, thread }, still }) => {
    const where = thread === null || thread.wchan === null ? "" : `, its thread in ${thread.wchan}`;
    const detail = `${at(still.frame)}: ${id} was in ${still.frame.fn} in all ${still.looks} ` +
      `looks${where}`;
    const wait = facts.dump?.memoryWaits?.find(({ isolate }) => isolate === id);
    const word = wait === undefined ? "" : `; ${memoryWaitText(wait)}`;
    return { kind: "worker", detail: `${detail}${word}`, ref: "dump.isolates" };
  }));
  const further = standing.map(({ worker: { id }, still: { frame } }) => {
    const { fn, file, line, column } = frame;
    return step({ actor: id, kind: "code", resource: `${fn}()`, at: { file, line, column } });
  });
  const which = standing.map(({ worker }) => worker.id).join(", ");
  const because = `${which}: blocked in code of the program, where no message reaches it`;
  return {
    evidence: [messageLine(main), ...evidence],
    path: deadEnd(main, because, further.slice(0, 1)),
  };
}

/** The branches of main, if all of them wait for a message of a worker. */
export function forMessage(facts: Facts): readonly Branch[] {
  const branches = mainBranches(facts);
  return branches.every(isForMessage) ? branches : [];
}

function isForMessage({ settlers }: Branch): boolean {
  return settlers.some(({ by, path }) => by === "listener" && MESSAGE.test(path));
}

/** Workers that have not gone. */
export function living({ dump }: Facts): readonly IsolateDump[] {
  return (dump?.isolates ?? []).filter(({ kind, state }) => kind === "worker" && state !== "gone");
}

function messageLine(branch: Branch) {
  const { at: where, name } = lastCall(branch);
  const detail = `${at(where)}: ${name} awaits ${awaited(branch)}`;
  return { kind: "await", detail, ref: "dump.awaits" };
}
