import { assertEquals, assertMatch } from "@std/assert";
import { DUMP } from "../../../../tests/support/attempts.ts";
import { dumpTaken, type RunEventBody } from "../../../run/run_event.ts";
import { StatusLine } from "./status_line.ts";

const ERASE = "\r\x1b[2K";

/** A line that draws into a text; `said` are the parts of the last drawing. */
function statusLine(keys = true) {
  let text = "";
  const streams = {
    out: () => {},
    err: (more: string) => text += more,
    lost: new AbortController().signal,
    outIsTerminal: true,
    errIsTerminal: true,
  };
  const subject = { name: "x", seed: 1, remedies: [], attempts: 1 };
  const line = new StatusLine(subject, streams, false, keys);
  const event = (body: RunEventBody) => line.event(1, { atMs: 0, ...body });
  const drawn = () => {
    line.hold();
    line.release();
    return text.slice(text.lastIndexOf(ERASE) + ERASE.length);
  };
  return { line, event, drawn, all: () => text, [Symbol.dispose]: () => line.end() };
}

Deno.test("StatusLine says which keys there are, and none where there are none", () => {
  using with_ = statusLine();
  assertMatch(with_.drawn(), /t: dump {2}\^C: triage$/);
  using without = statusLine(false);
  assertMatch(without.drawn(), /\^C: stop and report$/);
});

Deno.test("StatusLine goes back to what it showed after a dump that a person asked for", () => {
  using status = statusLine();
  status.event({ type: "teardown-requested", why: "test" });
  status.event({ type: "dump-started" });
  assertMatch(status.drawn(), /^x {3}looking inside/);
  status.event(dumpTaken(DUMP));
  assertMatch(status.drawn(), /^x {3}tearing down/);
});

Deno.test("StatusLine leaves the time out for which the clocks stood", () => {
  using status = statusLine();
  status.event({ type: "teardown-requested", why: "test" });
  status.event({ type: "continued", pausedMs: -9_000 });
  assertMatch(status.drawn(), /tearing down 9\.\d s/);
  status.event({ type: "resumed", then: "continue", stoodMs: 5_000 });
  assertMatch(status.drawn(), /tearing down 4\.\d s/);
});

Deno.test("StatusLine shows what goes on beside the events, and lets its time run on", () => {
  using status = statusLine();
  status.event({ type: "sigint-sent" });
  status.line.doing("trying, 1 thing tried");
  assertMatch(status.drawn(), /^x {3}trying, 1 thing tried 0\.0 s/);
  // Nine seconds later.
  status.event({ type: "continued", pausedMs: -9_000 });
  status.line.doing("trying, 2 things tried");
  assertMatch(status.drawn(), /^x {3}trying, 2 things tried 9\.\d s/);
  status.line.doing("something else");
  assertMatch(status.drawn(), /^x {3}something else 0\.0 s/);
});

Deno.test("StatusLine counts down while the run is being stopped", () => {
  using status = statusLine();
  status.line.stopping(3_000);
  assertMatch(status.drawn(), /stopping in order, (3\.0|2\.\d) s left {3}\^C: kill now$/);
});

Deno.test("StatusLine draws nothing while it is held, and begins a notice on a line of its own", () => {
  using status = statusLine();
  status.line.hold();
  const before = status.all();
  status.line.say("careful");
  status.event({ type: "ending", why: "test" });
  assertEquals(status.all().slice(before.length), "\nunwedge: careful\n");
});
