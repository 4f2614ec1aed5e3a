import { assertEquals } from "@std/assert";
import { redactedCommand, redactedUrl, redactedWords } from "./redact.ts";

Deno.test("redactedCommand takes secrets out by their names, their place and their beginning", () => {
  const secrets: [string[], string][] = [
    [["psql", "--password=hunter2", "-h", "db"], "psql --password=… -h db"],
    [["x", "--db-password", "hunter2", "--quiet"], "x --db-password … --quiet"],
    [["env", "DB_PASSWORD=hunter2", "API_KEY='a b'", "x"], "env DB_PASSWORD=… API_KEY=… x"],
    [["curl", "-H", "Authorization: Bearer abc.def"], "curl -H Authorization: …"],
    [["curl", "-H", "X-Api-Key: abc"], "curl -H X-Api-Key: …"],
    [["sh", "-c", "curl -H 'Authorization: Basic dTpw' u"], "sh -c curl -H 'Authorization: …' u"],
    [["x", '{"token": "abc", "n": 1}'], 'x {"token": …, "n": 1}'],
    [["sh", "-c", "mysql --password hunter2 db"], "sh -c mysql --password … db"],
    [["git", "clone", "https://me:pw@host/r.git"], "git clone https://…@host/r.git"],
    [["git", "clone", "https://ghtoken@host/r"], "git clone https://…@host/r"],
    [["curl", "https://host/p?a=1&sig=x#y"], "curl https://host/p?…"],
    [["x", "ghp_0123456789abcdefghij"], "x …"],
    [["node", "data:text/javascript,let key = 1"], "node data:text/javascript,… key = 1"],
  ];
  for (const [words, shown] of secrets) assertEquals(redactedCommand(words), shown);
});

Deno.test("redactedCommand leaves everything else, and long lines end", () => {
  for (
    const line of [
      "deno run -A --allow-net=host:80 file:///app/main.ts?v=2 -- --author=me",
      "node --inspect=127.0.0.1:0 server.js --tokens 5 --keyboard us --compass",
      "/usr/bin/passwd-check --mode auth-less user@host:/path http://host:80/a/b@c",
      "vitest run src/auth/token.test.ts",
    ]
  ) {
    assertEquals(redactedCommand(line.split(" ")), line);
  }
  const startedAt = performance.now();
  redactedWords(["a-".repeat(100_000), "http://".repeat(20_000), "x.".repeat(100_000) + "token"]);
  assertEquals(performance.now() - startedAt < 5_000, true);
});

Deno.test("redactedUrl takes out user, query and what a data URL holds, and leaves paths", () => {
  assertEquals(redactedUrl("https://u:p@host/w.ts?token=x"), "https://…@host/w.ts?…");
  assertEquals(redactedUrl("data:text/javascript;base64,aGk="), "data:text/javascript;base64,…");
  for (const same of ["file:///a/b.ts?v=1", "/a/b?c#d", "node:fs", "blob:null/1-2", ""]) {
    assertEquals(redactedUrl(same), same);
  }
});
