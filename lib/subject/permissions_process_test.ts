import { assertEquals } from "@std/assert";
import { subjectPermissions } from "./permissions.ts";

const OWN = new URL("../../scenarios/happy.ts", import.meta.url).href;

Deno.test("subjectPermissions gives our own scenarios what they need, and no more", () => {
  assertEquals(subjectPermissions(OWN, "/runs/1"), [
    "--allow-read",
    "--allow-write=/runs/1",
    "--allow-net=127.0.0.1",
    "--allow-sys",
  ]);
});

Deno.test("subjectPermissions lets the one scenario of ours that runs a program run it", () => {
  const url = new URL("../../scenarios/native_child.ts", import.meta.url).href;
  assertEquals(subjectPermissions(url, "/runs/1").at(-1), "--allow-run=sh");
});

Deno.test("subjectPermissions does not name a path that would be split at its comma", () => {
  assertEquals(subjectPermissions(OWN, "/runs/a,b")[1], "--allow-write");
});

Deno.test("subjectPermissions gives a user's scenario all that unwedge was given", () => {
  assertEquals(subjectPermissions("file:///mine.ts", "/runs/1"), ["-A"]);
});

Deno.test("subjectPermissions gives a user's scenario no more than unwedge was given", {
  permissions: { read: true, env: true, net: ["127.0.0.1"] },
}, () => {
  assertEquals(subjectPermissions("file:///mine.ts", "/runs/1"), [
    "--allow-read",
    "--allow-write=/runs/1",
    "--allow-net=127.0.0.1",
    "--allow-sys",
    "--allow-env",
  ]);
});
