import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Got, trial } from "../../tests/support/trials.ts";
import { CLASSES } from "./classes/registry.ts";
import type { Findings } from "./cause/questions.ts";
import { confirm, confirmationTexts } from "./confirmation.ts";

type Tried = Readonly<Record<string, Got>>;

/** One row of the table as a test: what confirms the class, and one fact that turns it into a conflict. */
interface Both {
  readonly class: string;
  readonly facts?: Partial<Findings>;
  readonly confirmed: Tried;
  /** Each is one fact swapped, on its own, and a piece of what is then said. */
  readonly conflicts: readonly (readonly [Tried | Partial<Findings>, string])[];
}

const NOT_ACTED = { sigintActed: false };

const ROWS: readonly Both[] = [
  {
    class: "orphaned-channel",
    confirmed: {
      "Ctrl-C": "joined",
      "channel-abort": "joined",
      "cancel-peer-tasks": "joined",
      reap: "in-vain",
      "channel-abort + reap": "freed",
    },
    conflicts: [
      [{ "channel-abort": "in-vain" }, "waits for something else"],
      [{ "boot-race": "freed" }, "handshake"],
      [{ reap: "freed" }, "it was the child"],
      [NOT_ACTED, "does not turn"],
    ],
  },
  {
    class: "boot-death",
    confirmed: { "Ctrl-C": "freed", "boot-race": "freed", "channel-abort": "freed" },
    conflicts: [[{ "boot-race": "in-vain" }, "handshake was ended"], [{ reap: "freed" }, "reap"]],
  },
  {
    class: "shield-trapped",
    confirmed: { "Ctrl-C": "in-vain", "bounded-join": "freed" },
    conflicts: [[{ "Ctrl-C": "freed" }, "no shield"]],
  },
  {
    class: "wait-cycle",
    confirmed: { "Ctrl-C": "freed", "channel-abort": "nothing-to-do", reap: "nothing-to-do" },
    conflicts: [
      [{ reap: "freed" }, "no cycle of the living"],
      [{ "channel-abort": "joined" }, "no cycle of the living"],
    ],
  },
  {
    class: "wait-cycle",
    facts: { blocking: true },
    confirmed: { "Ctrl-C": "in-vain", reap: "freed" },
    conflicts: [[{ "channel-abort": "freed" }, "it was a channel"]],
  },
  {
    class: "never-settled",
    confirmed: { "Ctrl-C": "freed", "channel-abort": "nothing-to-do", reap: "nothing-to-do" },
    conflicts: [[{ reap: "freed" }, "it was an actor"]],
  },
  {
    class: "cascade-stalled",
    confirmed: { "Ctrl-C": "freed", "cancel-peer-tasks": "freed", "channel-abort": "freed" },
    conflicts: [
      [
        { "cancel-peer-tasks": "in-vain", "channel-abort": "in-vain" },
        "nobody waits there for the actor in the middle",
      ],
      [{ "boot-race": "freed" }, "handshake"],
      [NOT_ACTED, "does not turn"],
    ],
  },
  {
    class: "loop-starved",
    facts: { hostage: true, sigintActed: false },
    confirmed: { "Ctrl-C": "in-vain", reap: "freed" },
    conflicts: [
      [{ "Ctrl-C": "freed" }, "main's loop turned"],
      [{ "channel-abort": "joined" }, "main's loop turned"],
    ],
  },
  {
    class: "loop-starved",
    facts: { sigintActed: false },
    confirmed: { "Ctrl-C": "in-vain", sentinel: "ended", reap: "nothing-to-do" },
    conflicts: [
      [{ "Ctrl-C": "freed" }, "main's loop turned"],
      [{ reap: "freed" }, "it was a child"],
    ],
  },
  {
    class: "loop-starved",
    facts: { flooded: true, sigintActed: false },
    confirmed: {
      "Ctrl-C": "in-vain",
      "channel-abort": "joined",
      reap: "in-vain",
      "channel-abort + reap": "freed",
    },
    conflicts: [
      [{ reap: "freed" }, "a child was waited for"],
      [{ "boot-race": "joined" }, "handshake"],
    ],
  },
  {
    class: "stuck-child",
    confirmed: { "Ctrl-C": "joined", reap: "freed", "channel-abort": "nothing-to-do" },
    conflicts: [
      [{ "channel-abort": "joined" }, "not the child"],
      [{ reap: "in-vain" }, "waits for something else"],
    ],
  },
  {
    class: "stuck-child",
    facts: { native: true },
    confirmed: { "Ctrl-C": "joined", "channel-abort": "joined", reap: "in-vain" },
    conflicts: [[{ "channel-abort + reap": "freed" }, "cannot be ended, and this one was"]],
  },
  {
    class: "cancel-swallowed",
    confirmed: {
      "Ctrl-C": "joined",
      "channel-abort": "joined",
      reap: "in-vain",
      "channel-abort + reap": "freed",
    },
    conflicts: [[{ "cancel-peer-tasks": "freed" }, "without being ended by force"]],
  },
  {
    class: "eof-spin",
    confirmed: { "channel-abort": "joined", "channel-abort + reap": "freed" },
    conflicts: [[{ "Ctrl-C": "freed" }, "without being ended by force"]],
  },
  {
    class: "lost-wakeup",
    confirmed: { "Ctrl-C": "freed", "cancel-task": "freed", "channel-abort": "nothing-to-do" },
    conflicts: [[{ "death-watch": "freed" }, "not a word that was lost"]],
  },
  {
    class: "exit-leak",
    facts: { leak: true, sigintActed: null },
    confirmed: { reap: "ended" },
    conflicts: [],
  },
  {
    class: "exit-leak",
    facts: { leak: true, handle: true, sigintActed: null },
    confirmed: { reap: "nothing-to-do", "channel-abort": "nothing-to-do" },
    conflicts: [[{ reap: "ended" }, "not a handle alone"]],
  },
];

function findings(row: Pick<Both, "class" | "facts">, tried: Tried): Findings {
  return {
    class: row.class,
    leak: false,
    native: false,
    handle: false,
    hostage: false,
    blocking: false,
    flooded: false,
    living: false,
    sigintActed: true,
    ...row.facts,
    trials: Object.entries(tried).map(([name, got]) => trial(name, got)),
  };
}

for (const [index, row] of ROWS.entries()) {
  Deno.test(`confirm confirms ${row.class} by what it takes (row ${index + 1})`, () => {
    const said = confirm(findings(row, row.confirmed));
    assertEquals(said.kind, "confirmed", said.because.join("; "));
  });

  Deno.test(`confirm neither confirms nor refutes ${row.class} when nothing was tried (row ${index + 1})`, () => {
    const said = confirm(findings(row, {}));
    assertEquals([said.kind, said.class], ["unconfirmed", row.class]);
    assert(said.because.length > 0);
  });

  for (const [swapped, text] of row.conflicts) {
    const what = JSON.stringify(swapped);
    Deno.test(`confirm finds a conflict with ${row.class} when one fact is swapped: ${what} (row ${index + 1})`, () => {
      const facts = "sigintActed" in swapped;
      const tried = facts ? row.confirmed : { ...row.confirmed, ...swapped as Tried };
      const said = confirm({ ...findings(row, tried), ...(facts ? swapped : {}) });
      assertEquals(said.kind, "conflict", said.because.join("; "));
      assertStringIncludes(said.because.join("; "), text);
    });
  }
}

Deno.test("confirm finds a conflict with exit-leak when the threads are gone and the process stays", () => {
  const row = { class: "exit-leak", facts: { leak: true, sigintActed: null } };
  const reaped = trial("reap", "in-vain");
  const outcome = reaped.outcome.kind === "applied"
    ? { ...reaped.outcome, clocks: { ...reaped.outcome.clocks, threadsGoneMs: 5 } }
    : reaped.outcome;
  const said = confirm({ ...findings(row, {}), trials: [{ ...reaped, outcome }] });
  assertEquals(said.kind, "conflict");
});

Deno.test("confirm takes nothing from a trial on a copy that came to another hang", () => {
  const row = { class: "orphaned-channel" };
  assertEquals(confirm(findings(row, { "channel-abort": "void" })).kind, "unconfirmed");
  assertEquals(
    confirm(findings(row, { "channel-abort": "joined", reap: "void" })).kind,
    "confirmed",
  );
});

Deno.test("confirm confirms a wait-cycle only when something was tried that is for the dead", () => {
  const said = confirm(findings({ class: "wait-cycle" }, { "Ctrl-C": "freed" }));
  assertEquals(said.kind, "unconfirmed");
  assertStringIncludes(said.because.join("; "), "not tried: ");
});

Deno.test("confirm has a row for every class that a remedy can say something about", () => {
  const without = CLASSES.filter(({ confirmations }) => confirmations.length === 0)
    .map(({ name }) => name);
  assertEquals(without, ["late", "unknown"]);
  assertEquals(confirm(findings({ class: "late" }, { "Ctrl-C": "freed" })).kind, "unconfirmed");
});

Deno.test("confirmationTexts names everything that a row asks about, in words", () => {
  const [wakeup, ...others] = confirmationTexts("lost-wakeup");
  assertEquals([others.length, wakeup?.variant], [0, null]);
  assertEquals(
    wakeup?.confirms[0],
    "Ctrl-C, the cancel of one task or the cancel of all freed the nursery: " +
      "the wait had to be given up",
  );
  const orphaned = confirmationTexts("orphaned-channel")[0]?.refutes ?? [];
  assertEquals(orphaned[0]?.startsWith("channel-abort did not free the nursery: "), true);
  const variants = confirmationTexts("loop-starved").map(({ variant }) => variant);
  assertEquals(new Set(variants).size, 3);
  assertEquals(variants.includes(null), false);
  assertEquals(confirmationTexts("late"), []);
});
