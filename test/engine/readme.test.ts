// Every snippet of the README is executed, the programs by the real engine, type-checked as in a user's project.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Command } from "../support/command";
import { userInstall } from "../support/install";
import { openEmulator, openStack, secretsOf } from "../support/world";

jest.setTimeout(180_000);

const root = join(__dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text]) =>
    name === language ? [text!] : [],
  );

test("the README's programs run together as one stack, and its first one alone is complete", async () => {
  const [emulator, staging] = [await openEmulator(), await openEmulator()];
  const legacy = emulator.account.addApiKey({ service: "dns", description: "made by hand" });
  const stack = await openStack({
    language: "typescript",
    typeCheck: true,
    env: { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey },
    config: { legacyKeyId: legacy.id },
    secretConfig: { stagingApiKey: emulator.apiKey, legacyKey: legacy.key },
  });
  const programs = blocks("ts");
  programs.forEach((text, index) => stack.writeFile(`snippet-${index}.ts`, text));
  const emulatorSnippet = programs.findIndex((text) => text.includes("withEmulator"));
  stack.setProgram(`
${programs.map((_, index) => (index === emulatorSnippet ? "" : `export * from "./snippet-${index}";`)).join("\n")}
import { withEmulator } from "./snippet-${emulatorSnippet}";
export const emulated = withEmulator(async (url) => {
  if (!url.startsWith("http://127.0.0.1:")) throw new Error(url);
}).then(() => "yes");
`);
  await stack.up();
  const outputs = await stack.outputs();
  expect(outputs).toMatchObject({
    fingerprint: expect.stringMatching(/^SHA256:/),
    databaseKey: "[secret]",
    ciToken: "[secret]",
    customer: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    storageKey: "[secret]",
    databases: ["webapp-prod-db"],
    dnsKey: "[secret]",
    legacyKeyPrefix: legacy.keyPrefix,
    emulated: "yes",
  });
  await stack.preview(["--expect-no-changes"]);
  await stack.assertNoSecrets(secretsOf(emulator, staging));

  // The first program is what a reader copies: it must not lean on the others.
  stack.setProgram(programs[0]!);
  await stack.up();
  expect(Object.keys(await stack.outputs()).sort()).toEqual([
    "ciToken",
    "customer",
    "databaseKey",
    "fingerprint",
  ]);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("the outage that the README rehearses ends as it says", async () => {
  const stack = await openStack({ language: "typescript" });
  const command = blocks("sh").find((text) => text.includes("--faults"))!;
  const [, program, ...args] = command.replace("8787", "0").trim().split(" ");
  stack.writeFile("faults.json", blocks("json")[0]!);
  const emulator = new Command(join(userInstall(), "node_modules", ".bin", program!), args, {
    cwd: stack.folder,
    env: stack.env,
  });
  try {
    await emulator.waitFor(/API_KEY=\S+/);
    const [url, apiKey] = ["ENDPOINT", "API_KEY"].map(
      (name) => new RegExp(`WAYSCLOUD_${name}=(\\S+)`).exec(emulator.stdout)![1]!,
    );
    Object.assign(stack.env, { WAYSCLOUD_ENDPOINT: url, WAYSCLOUD_API_KEY: apiKey });
    stack.setProgram(blocks("ts")[0]!);
    await stack.up();
    const list = async (path: string): Promise<{ is_active?: boolean }[]> => {
      const answer = await fetch(`${url}/v1/account/${path}`, { headers: { "X-API-Key": apiKey! } });
      return (await answer.json()) as [];
    };
    const live = (await list("api-keys")).filter((key) => key.is_active);
    // Beside the two of the program: the credential itself.
    expect(live).toHaveLength(3);
    expect(await list("ssh-keys")).toHaveLength(1);
    // Every fault struck.
    expect(emulator.stdout).toMatch(/POST \/v1\/account\/ssh-keys 429/);
    expect(emulator.stdout.match(/GET \/v1\/account\/api-keys 503/g)).toHaveLength(2);
    expect(emulator.stdout).toMatch(/DELETE \/v1\/account\/api-keys\/\S+ 20/);
  } finally {
    emulator.signal("SIGTERM");
    await emulator.done;
  }
});

test("the README's commands are those that CI and the package know", () => {
  const scripts = (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object; bin: object }
  ).scripts;
  const commands = blocks("sh").join("\n");
  for (const [, name] of commands.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([name!]);
  expect(commands).toContain("npm ci && npm test");
  expect(readFileSync(join(root, ".ci", "run"), "utf8")).toMatch(/^npm ci$[^]*\btest:all\b/m);
});
