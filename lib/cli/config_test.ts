import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readConfig } from "./config.ts";
import { CommandLineError } from "./command_line_error.ts";

async function withFile(
  name: string,
  text: string,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "unwedge-config-" });
  try {
    Deno.writeTextFileSync(`${directory}/${name}`, text);
    Deno.mkdirSync(`${directory}/below/it`, { recursive: true });
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("readConfig takes the block of the nearest deno.json, from below too", async () => {
  await withFile("deno.json", '{"name": "x", "unwedge": {"deadline": "5s"}}', async (directory) => {
    assertEquals(await readConfig(directory), { deadline: "5s" });
    assertEquals(await readConfig(`${directory}/below/it`), { deadline: "5s" });
  });
});

Deno.test("readConfig understands comments and trailing commas, as Deno does", async () => {
  await withFile("deno.jsonc", '{ // why\n "unwedge": {"grace": "1s",}, }', async (directory) => {
    assertEquals(await readConfig(directory), { grace: "1s" });
  });
});

Deno.test("readConfig is empty without a block, and when the name stands for something else", async () => {
  for (const text of ['{"tasks": {}}', '{"imports": {"unwedge": "./x.ts"}}', '{"unwedge": "1"}']) {
    await withFile("deno.json", text, async (directory) => {
      assertEquals(await readConfig(directory), {});
    });
  }
});

Deno.test("readConfig refuses a key that no flag has, and offers the nearest", async () => {
  await withFile("deno.json", '{"unwedge": {"dedline": "5s"}}', async (directory) => {
    const error = await assertRejects(() => readConfig(directory), CommandLineError);
    assertEquals(
      error.message,
      `${directory}/deno.json: "unwedge" has no dedline; did you mean deadline?`,
    );
  });
});

Deno.test("readConfig names the line that is not JSON", async () => {
  await withFile("deno.json", '{\n"unwedge": {\n"deadline": oops\n}}', async (directory) => {
    const error = await assertRejects(() => readConfig(directory), CommandLineError);
    assertStringIncludes(error.message, "deno.json:3 is not JSON");
  });
});
