// Every snippet of the README and of docs/ is executed, the programs by the real engine, or at least type-checked as in a user's project.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Emulator } from "../../src/emulator";
import { startDocumented } from "../support/documented-emulator";
import { blocksIn } from "../support/documents";
import { compileStrictly, linkTools } from "../support/examples";
import { projectFolder } from "../support/layouts";
import { liveIds, openBareStack, openEmulator } from "../support/engine";

/** Type-checked only: they need the plugin (see plugin-native.test.ts), another stack (examples.test.ts) or an earlier update, or replace the engine by mocks (mocks.test.ts). */
const NEEDS_MORE = /pulumi-wayscloud\/native|StackReference|declare const|setMocks/;
const customerId = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
const programs = blocksIn("ts");
const readmeProgram = programs[0]!.text;

/** The block of README.md in this language that has this string in it. */
function readmeBlock(language: string, part: string, document = "README.md"): string {
  return blocksIn(language, [document]).find(({ text }) => text.includes(part))!.text;
}

test("every TypeScript snippet compiles strictly against the package's built types", () => {
  const folder = projectFolder("snippets");
  [...programs, ...blocksIn("ts", ["examples/vps/README.md"])].forEach(({ document, text }, index) =>
    writeFileSync(join(folder, `${document.replace(/\W/g, "-")}-${index}.ts`), text),
  );
  // What `pulumi package add` generates from the official provider: these inputs, and no others.
  writeFileSync(
    join(folder, "official.d.ts"),
    `declare module "@pulumi/wayscloud" {
      import * as pulumi from "@pulumi/pulumi";
      export class Provider extends pulumi.ProviderResource {
        constructor(name: string, args?: { [Name in "apiKey" | "endpoint" | "patToken"]?: pulumi.Input<string> });
      }
      export class Vps extends pulumi.CustomResource {
        constructor(
          name: string,
          args: Record<"hostname" | "planCode" | "region" | "osTemplate", pulumi.Input<string>> & {
            sshKeys: pulumi.Input<pulumi.Input<string>[]>;
            displayName?: pulumi.Input<string>;
          },
          opts?: pulumi.CustomResourceOptions,
        );
      }
    }`,
  );
  linkTools(folder, "@types/node");
  compileStrictly(folder, { exactOptionalPropertyTypes: true, types: ["node"] });
});

test("the README's programs run together as one stack; its first one, and its commands for CI, are complete", async () => {
  const emulator = await openEmulator();
  const legacy = emulator.account.addApiKey({ service: "dns", description: "created manually" });
  const foreign = emulator.account.addApiKey({ service: "vps", description: "somebody else's" });
  const stack = await openBareStack({
    language: "typescript",
    env: { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_PAT_TOKEN: emulator.apiKey },
    config: { legacyKeyId: legacy.id, foreignKeyId: foreign.id },
    secretConfig: { stagingToken: emulator.apiKey, legacyKey: legacy.key },
  });
  const run = programs.filter(({ text }) => !NEEDS_MORE.test(text));
  const withEmulators = run.filter(({ text }) => text.includes("pulumi-wayscloud/emulator"));
  expect(withEmulators.length).toBeGreaterThan(0);
  run.forEach(({ text }, index) => stack.writeFile(`snippet-${index}.ts`, text));
  stack.setProgram(
    run
      .map((block, index) =>
        withEmulators.includes(block)
          ? `import * as emulator${index} from "./snippet-${index}";
export const emulated${index} = Promise.all(Object.values(emulator${index}).map((use) => use(async (url) => {
  if (!url.startsWith("http://127.0.0.1:")) throw new Error(url);
}))).then((used) => used.length);`
          : `export * from "./snippet-${index}";`,
      )
      .join("\n"),
  );
  await stack.up();
  const outputs = await stack.outputs();
  const secrets = ["databaseKey", "ciToken", "vpsKey", "storageKey", "rotatingToken", "dnsKey"];
  const fingerprint = expect.stringMatching(/^SHA256:/);
  expect(outputs).toMatchObject({
    ...Object.fromEntries(secrets.map((name) => [name, "[secret]"])),
    ...{ fingerprint, laptopFingerprint: fingerprint, deployFingerprint: "none" },
    ...{ customer: customerId, stagingCustomer: customerId },
    ...{ legacyKeyPrefix: legacy.keyPrefix, foreignPrefix: foreign.keyPrefix },
    ...{ databases: ["webapp-prod-db"], inactiveKeys: [] },
  });
  const emulated = Object.keys(outputs).filter((name) => name.startsWith("emulated"));
  expect(emulated).toHaveLength(withEmulators.length);
  await stack.preview(["--expect-no-changes"]);

  // The first program is what a reader copies: it must not need the others.
  await stack.setProgram(readmeProgram).up();
  const names = Object.keys(await stack.outputs()).sort();
  expect(names).toEqual(["ciToken", "customer", "databaseKey", "fingerprint"]);
  const pipeline = readmeBlock("sh", 'customerId "$CUSTOMER_ID"');
  const { code, all } = await stack.paste(pipeline, { CUSTOMER_ID: customerId });
  expect([code, all]).toEqual([0, expect.stringContaining("No findings.")]);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([foreign.id]);
});

test("the outage that the documents rehearse ends as they say, and the output is what the README shows", async () => {
  const stack = await openBareStack({ language: "typescript" });
  stack.writeFile("faults.json", blocksIn("json", ["docs/emulator.md"])[0]!.text);
  const emulator = await startDocumented(stack, readmeBlock("sh", "--faults", "docs/emulator.md"));
  stack.setProgram(readmeProgram);
  const printed = [await stack.preview(), await stack.up()].map(({ stdout }) => withoutTimes(stdout));
  const shown = withoutTimes(readmeBlock("console", "pulumi up"))
    .split(/^\$.*\n/m)
    .slice(1);
  shown.forEach((lines, index) =>
    lines.split("\n").forEach((line) => expect(printed[index]).toContain(line.trim())),
  );
  const live = (await emulator.list("api-keys")).filter((key) => key.is_active);
  // Beside the two of the program: the credential itself.
  expect(live).toHaveLength(3);
  expect(await emulator.list("ssh-keys")).toHaveLength(1);
  // Every fault struck.
  expect(emulator.printed()).toMatch(/POST \/v1\/account\/ssh-keys 429/);
  expect(emulator.printed().match(/GET \/v1\/account\/api-keys 503/g)).toHaveLength(2);
  expect(emulator.printed()).toMatch(/DELETE \/v1\/account\/api-keys\/\S+ 20/);
});

test("a stack that met the emulator goes to the account as docs/emulator.md says, also if the emulator has ended", async () => {
  const emulator = await openEmulator();
  const stack = await openBareStack({
    language: "typescript",
    program: readmeProgram,
    env: { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_PAT_TOKEN: emulator.apiKey },
  });
  await stack.up();
  const block = readmeBlock("sh", "pulumi up --refresh", "docs/emulator.md");
  /** A second emulator is the account. */
  const goTo = async (account: Emulator, commands: string): Promise<void> => {
    stack.writeFile("pasted", `${account.apiKey}\n`);
    const here = `export WAYSCLOUD_ENDPOINT=${account.url}; unset WAYSCLOUD_PAT_TOKEN`;
    const pasted = commands
      .replace(/^unset.*$/m, here)
      .replace(/patToken\b/, "$& < pasted")
      .replace("<customer id>", customerId)
      .replace("--run-program", "$& --yes");
    const { code, all } = await stack.paste(pasted);
    expect([code, all]).toEqual([0, expect.stringMatching(/\b[34] created/)]);
    expect([account.account.liveApiKeys().length, account.account.sshKeys().length]).toEqual([2, 1]);
  };
  const account = await openEmulator();
  await goTo(account, block);
  expect(liveIds(emulator)).toEqual([]);
  await account.close();
  await goTo(await openEmulator(), block.replace(/^pulumi destroy.*\n/, ""));
});

function withoutTimes(output: string): string {
  return output.replace(/ \([\d.]+s\) *$/gm, "");
}
