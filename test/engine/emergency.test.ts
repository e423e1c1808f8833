// docs/leaked-key.md under the real engine: each block, one `up` each, leaves the new key alone alive, and its users have it by then.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Emulator } from "../../src/emulator";
import { blocksIn } from "../support/documents";
import { openExample } from "../support/examples";
import { temporaryFolder } from "../support/layouts";
import type { Result } from "../support/command";
import { API_KEYS, type EngineStack, publicKey } from "../support/engine";

jest.setTimeout(1_200_000);

const PAGE = "docs/leaked-key.md";
const scopes = ["api_keys:read", "api_keys:write", "ssh_keys:read", "ssh_keys:write"];

/** Each key reaches a file, which an application would read. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "pulumi-wayscloud";
import { FileSecret } from "./file-secret";

const config = new pulumi.Config();
const rotating = { rotateEveryDays: 30, overlapDays: 7, rotationTriggers: { round: config.require("round") } };
const scopes = ${JSON.stringify(scopes)};
const keys = {
  database: new wayscloud.ServiceKey("database", { service: "database" }),
  backup: new wayscloud.PersonalAccessToken("backup", { scopes }),
  storage: new wayscloud.RotatingServiceKey("storage", { service: "storage", ...rotating }),
  partner: new wayscloud.RotatingPersonalAccessToken("partner", { scopes, ...rotating }),
};
for (const [name, { key }] of Object.entries(keys))
  new FileSecret(name, { path: config.require("folder") + "/" + name, value: key });
new wayscloud.SshKey("deploy", { publicKey: config.require("deployKey") });
new wayscloud.SshKeySet("team", { publicKeys: { anna: config.require("teamKey") } });
`;

/** The CI's token in a stack, as examples/ci has it. */
const CI_PROGRAM = `
import * as wayscloud from "pulumi-wayscloud";
const settings = { scopes: ${JSON.stringify(scopes)}, rotateEveryDays: 30, overlapDays: 7 };
export const ciToken = new wayscloud.RotatingPersonalAccessToken("ci", settings).key;
`;

/** The block of the page with this text in it. */
function block(part: string): string {
  const found = blocksIn("sh", [PAGE]).filter(({ text }) => text.includes(part));
  expect(found).toHaveLength(1);
  return found[0]!.text;
}

/** Runs commands as they are pasted into a terminal, which has this to paste as well. */
async function paste(commands: string, stack: EngineStack, pasted = ""): Promise<Result> {
  stack.writeFile("pasted", `${pasted}\n`);
  return stack.exec("bash", ["-c", `exec < pasted\n${commands}`]).done;
}

const nameOf = (description: string | null | undefined): string =>
  /^pulumi [^/]+\/[^/]+\/(\S+) #/.exec(description ?? "")?.[1] ?? "";

/** Keys of a resource, the oldest first. */
const liveKeys = ({ account }: Emulator, name: string): { id: string; key: string }[] =>
  account.liveApiKeys().filter(({ description }) => nameOf(description) === name);

test("a leaked key of each kind: one command makes a new one, passes it on, and then revokes all older ones", async () => {
  const folder = temporaryFolder();
  /** What an application would read when the key is revoked. */
  const readBy = (name: string): string => readFileSync(join(folder, name), "utf8");
  const names = ["database", "backup", "storage", "partner"];
  let atRevocation: Record<string, string>[] = [];
  const { emulator, stack } = await openExample("rotation-consumer", {
    onRequest: ({ method, path }) => {
      if (method === "DELETE" && path.startsWith(API_KEYS))
        atRevocation.push(Object.fromEntries(names.map((name) => [name, readBy(name)])));
    },
  });
  const live = (): Record<string, string[]> =>
    Object.fromEntries(names.map((name) => [name, liveKeys(emulator, name).map(({ key }) => key)]));
  const keys = { deployKey: publicKey("leaked"), teamKey: publicKey("leaked, of the team") };
  await stack.configure({ plain: { folder, round: "1", ...keys } });
  await stack.setProgram(PROGRAM).up();
  await stack.configure({ plain: { round: "2" } });
  await stack.up();
  // The rotating ones are in their overlap.
  expect(names.map((name) => live()[name]!.length)).toEqual([1, 1, 2, 2]);

  for (const [leaked, command] of [
    ["database", block("::database")],
    ["backup", block("::backup")],
    ["partner", block("::partner")],
    // The other kind of rotating key, with the same command.
    ["storage", block("::partner").replace("partner", "storage")],
  ] as const) {
    const before = live();
    atRevocation = [];
    const { code, all } = await paste(command, stack);
    expect([code, all]).toEqual([0, expect.stringMatching(/\b1 replaced/)]);
    const key = readBy(leaked);
    expect(before[leaked]).not.toContain(key);
    expect(live()).toEqual({ ...before, [leaked]: [key] });
    expect(atRevocation.map((files) => files[leaked])).toEqual(before[leaked]!.map(() => key));
  }

  const fingerprints = (): string[] => emulator.account.sshKeys().map(({ fingerprint }) => fingerprint);
  const leakedKeys = fingerprints();
  await stack.configure({ plain: { teamKey: publicKey("new, of the team") } });
  const ssh = await paste(block("ssh-keygen"), stack);
  expect([ssh.code, ssh.all]).toEqual([0, expect.stringMatching(/\b1 replaced/)]);
  expect([leakedKeys.length, fingerprints().length]).toEqual([2, 2]);
  expect(fingerprints().filter((one) => leakedKeys.includes(one))).toEqual([]);

  const check = await paste(block("--only orphan"), stack);
  expect([check.code, check.stdout]).toEqual([0, "No findings.\n"]);
  // A key that no stack has.
  const stray = emulator.account.addApiKey({ service: "dns", description: "created manually" });
  const byHand = block("revoke --yes");
  const [example] = /[0-9a-f]{8}-\S+/.exec(byHand)!;
  const revoked = await paste(byHand.replace(example, stray.id), stack);
  expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringContaining("created manually")]);
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).not.toContain(stray.id);
});

test("a leaked token that runs Pulumi: one run with another token revokes it, or a second run with the new one", async () => {
  const { emulator, stack } = await openExample("rotation-consumer");
  await stack.setProgram(CI_PROGRAM).up();
  const [first] = liveKeys(emulator, "ci");
  stack.env["WAYSCLOUD_PAT_TOKEN"] = first!.key;

  const own = emulator.apiKey;
  const withAnother = await paste(block("read -rs"), stack, own);
  expect([withAnother.code, withAnother.all]).toEqual([0, expect.stringMatching(/\b1 replaced/)]);
  const [second, ...older] = liveKeys(emulator, "ci");
  expect([second!.id === first!.id, older]).toEqual([false, []]);

  delete stack.env["WAYSCLOUD_PAT_TOKEN"];
  const alone = await paste(block("$(pulumi stack output ciToken"), stack);
  expect([alone.code, alone.all]).toEqual([0, expect.stringContaining("Did not revoke")]);
  const [third, ...left] = liveKeys(emulator, "ci");
  expect([third!.id === second!.id, left]).toEqual([false, []]);
  expect((await stack.outputs({ showSecrets: true }))["ciToken"]).toBe(third!.key);
});
