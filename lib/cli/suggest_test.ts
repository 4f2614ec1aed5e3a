import { assertEquals } from "@std/assert";
import { didYouMean, suggest } from "../protocol/suggest.ts";
import { didYouMeanFlag } from "./suggest.ts";

const NAMES = ["happy", "non-checkpointing", "spinning-child", "sigint-starved"];

Deno.test("suggest finds a name a few keystrokes away", () => {
  assertEquals(suggest("hapy", NAMES), "happy");
  assertEquals(suggest("hpapy", NAMES), "happy");
  assertEquals(suggest("non-chekpointing", NAMES), "non-checkpointing");
  assertEquals(suggest("SIGINT-STARVED", NAMES), "sigint-starved");
  assertEquals(suggest("spining-chlid", NAMES), "spinning-child");
});

Deno.test("suggest takes the beginning of a name when nothing is closer", () => {
  assertEquals(suggest("nope", NAMES), "non-checkpointing");
  assertEquals(suggest("sigint", NAMES), "sigint-starved");
});

Deno.test("suggest says nothing rather than something wild", () => {
  assertEquals(suggest("xyzzy", NAMES), null);
  assertEquals(suggest("", NAMES), null);
  assertEquals(suggest("q", ["a", "b"]), null);
});

Deno.test("suggest prefers the nearest of several near names", () => {
  assertEquals(suggest("repo", ["report", "repro"]), "repro");
});

Deno.test("didYouMean is a clause, or nothing", () => {
  assertEquals(didYouMean("hapy", NAMES), "; did you mean happy?");
  assertEquals(didYouMean("dedline", ["deadline"], "--"), "; did you mean --deadline?");
  assertEquals(didYouMean("xyzzy", NAMES), "");
});

const FLAG_NAMES = ["grace", "stacks", "settle", "set", "deadline", "seed", "out-dir", "no-input"];

Deno.test("didYouMeanFlag finds a slip, and how a flag begins", () => {
  const meant = {
    dedline: "deadline",
    gracee: "grace",
    seeed: "seed",
    out: "out-dir",
    deadtime: "deadline",
  };
  for (const [typed, flag] of Object.entries(meant)) {
    assertEquals(didYouMeanFlag(typed, FLAG_NAMES), `; did you mean --${flag}?`, typed);
  }
});

Deno.test("didYouMeanFlag does not take a flag that we do not have for one that we have", () => {
  for (const other of ["trace", "strace", "html", "string", "x", "", "input"]) {
    assertEquals(didYouMeanFlag(other, FLAG_NAMES), "", other);
  }
});
