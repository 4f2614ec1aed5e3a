import { assertEquals } from "@std/assert";
import { takeDump } from "../../dump/take_dump.ts";
import { PLAIN } from "../../../tests/support/dump.ts";
import { renderDumpText } from "./dump_text.ts";
import { testSubject } from "../../../tests/support/subject.ts";

testSubject(
  "renderDumpText renders the dump of a real process (golden; times and pids normalised)",
  "blocked wait wait idle",
  async (subject) => {
    const dump = await takeDump({ pid: subject.pid, wsUrl: subject.wsUrl, sampleGapMs: 20 });
    const root = decodeURIComponent(new URL("../../..", import.meta.url).pathname);
    const baseDir = root.replace(/\/$/, "");
    assertEquals(normalise(renderDumpText(dump, { ...PLAIN, baseDir })), REAL);
  },
);

/** Times, pids and CPU ticks, and nothing else; a table's padding goes with the pids. */
function normalise(text: string): string {
  return text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, "<time>")
    .replace(/^( +(?:main|worker-\d) +)\d+( +\S+ +S +\S+ +)\d+$/gm, "$1<pid>$2<ticks>")
    .replace(/and \d+ threads/, "and <n> threads")
    .replace(/(?<=\S) {3,}/g, "  ");
}

const REAL = `\
4/4 isolates answered; 1 identical stack folded  (taken in <time>)

stacks
  2 × worker-1 root/wait-1 and worker-2 root/wait-2  busy; stuck: same stack in 2 samples over <time>
      blockedInWait  fixtures/programs/dump_states.ts:33:11
      wait  fixtures/programs/dump_worker.ts:30:22
      self.onmessage  fixtures/programs/dump_worker.ts:58:14
      … 7 internal frames

  main  root  busy; stuck: same stack in 2 samples over <time>; thread S in futex_do_wait
      blockedInWait  fixtures/programs/dump_states.ts:33:11
      (anonymous)  fixtures/programs/dump_subject.ts:31:29

  worker-3  root/idle-3  parked: no JavaScript runs, its longest wait <time>

tasks
  root  1 task, in main (busy)
    main  parked <time> in recv: channel root->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/wait-1  1 task, in worker-1 (busy)
    main  parked <time> in recv: channel root/wait-1->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/wait-2  1 task, in worker-2 (busy)
    main  parked <time> in recv: channel root/wait-2->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/idle-3  1 task, in worker-3 (parked)
    main  parked <time> in recv: channel root/idle-3->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3

OS threads
  isolate  tid  thread  state  waits in  CPU ticks
  main  <pid>  deno  S  futex_do_wait  <ticks>
  worker-1  <pid>  worker-1  S  futex_do_wait  <ticks>
  worker-2  <pid>  worker-2  S  futex_do_wait  <ticks>
  worker-3  <pid>  worker-3  S  do_epoll_wait  <ticks>
  and <n> threads without an isolate
`;
