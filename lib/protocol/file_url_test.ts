import { assertEquals } from "@std/assert";
import { encodedFileUrl, encodePath, pathOfFile } from "./file_url.ts";

Deno.test("encodedFileUrl encodes what a worker's stack shows, and leaves what is encoded", () => {
  const cases: [string, string][] = [
    ["file:///100% new/a.ts", "file:///100%25%20new/a.ts"],
    ["file:///100%25%20new/a.ts", "file:///100%25%20new/a.ts"],
    ["file:///ü/x#1?.ts", "file:///%C3%BC/x%231%3F.ts"],
    ["file:///a/b.ts", "file:///a/b.ts"],
    ["https://x.test/100% new", "https://x.test/100% new"],
    ["ext:core/01 core.js", "ext:core/01 core.js"],
  ];
  for (const [file, url] of cases) assertEquals(encodedFileUrl(file), url);
});

Deno.test("encodePath is what a URL makes of a path", () => {
  for (const path of ["/a b%20c/ü#1?.ts", "/100%"]) {
    assertEquals(decodeURIComponent(new URL(`file://${encodePath(path)}`).pathname), path);
  }
  assertEquals(encodePath("/\ud800"), "/%EF%BF%BD");
});

Deno.test("pathOfFile takes every name that a file can have", () => {
  for (const file of ["file:///100%25%20new/a.ts", "file:///100% new/a.ts"]) {
    assertEquals(pathOfFile(file), "/100% new/a.ts");
  }
  assertEquals(pathOfFile("file:///%ff/a.ts"), "/%ff/a.ts");
  for (const path of ["/100%25/a.ts", "ext:core/01_core.js"]) assertEquals(pathOfFile(path), path);
});
