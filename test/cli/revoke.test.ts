// `pulumi-wayscloud revoke` against the emulator: what it shows, what it refuses, and that nothing else goes.
import type { Emulator } from "../../src/emulator";
import { type CommandLine, stackExport } from "../support/cli";
import { useCommandLine } from "../support/environment";
import { publicKey } from "../support/public-key";

let emulator: Emulator;
let line: CommandLine;
useCommandLine((...fresh) => ([emulator, line] = fresh));

const addKey = (description = "old"): string =>
  emulator.account.addApiKey({ service: "dns", description }).id;
const addSshKey = (name: string): string =>
  emulator.account.addSshKey({ name, publicKey: publicKey(name) }).id;
const live = (): string[] => [
  ...emulator.account.liveApiKeys().flatMap(({ id, bootstrap }) => (bootstrap ? [] : [id])),
  ...emulator.account.sshKeys().map(({ id }) => id),
];
const own = (): string => emulator.account.apiKeys().find(({ bootstrap }) => bootstrap)!.id;
const deletions = (): number => emulator.requests.filter(({ method }) => method === "DELETE").length;
const revoke = (...args: string[]) => line.run("revoke", "--yes", ...args);

/** The list with other prefixes. */
function prefixed(body: unknown, prefixOf: (id: string) => string | undefined): { body?: unknown } {
  if (!Array.isArray(body)) return {};
  const keys = body as { id: string; key_prefix: string }[];
  return { body: keys.map((key) => ({ ...key, key_prefix: prefixOf(key.id) ?? key.key_prefix })) };
}

test("in a terminal it shows the keys, asks, revokes them after a yes, and says so of each", async () => {
  const [a, b, other] = [addKey("first"), addKey("second"), addKey("other")];
  line.answer = " Yes\n";
  const { code, out, err } = await line.run("revoke", a, b, a);
  expect([code, err]).toEqual([0, ""]);
  const [head, ...lines] = out.trimEnd().split("\n");
  expect(head).toMatch(/^KIND +ID +CREATED +LAST USED +NAME$/);
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(new RegExp(`^service key +${a} +\\S+ +never +first$`)),
    expect.stringMatching(new RegExp(`^service key +${b} +\\S+ +never +second$`)),
  ]);
  expect(lines.slice(2)).toEqual([`Revoke these 2 keys for good? [y/N] revoked ${a}`, `revoked ${b}`]);
  expect(live()).toEqual([other]);
});

test.each(["", "n", "yess", "\u0003"])("after the answer %j nothing is revoked", async (answer) => {
  const id = addKey();
  line.answer = answer;
  const { code, out, err } = await line.run("revoke", id);
  expect([code, err]).toEqual([2, "pulumi-wayscloud: Nothing was revoked.\n"]);
  expect(out).toContain("Revoke this key for good?");
  expect([live(), deletions()]).toEqual([[id], 0]);
});

test("without a terminal it shows the keys, but does not revoke them", async () => {
  const id = addKey();
  expect(await line.run("revoke", id)).toMatchObject({ code: 2, out: expect.stringContaining(id) });
  expect(deletions()).toBe(0);
});

test("SSH keys are removed with --ssh-key, and an id of the other kind is not found", async () => {
  const [sshKey, apiKey] = [addSshKey("laptop"), addKey()];
  expect(await revoke(sshKey)).toMatchObject({
    code: 2,
    err: `pulumi-wayscloud: Nothing was revoked: the account lists no API key with the id "${sshKey}". For SSH keys add --ssh-key.\n`,
  });
  expect(await revoke("--ssh-key", apiKey)).toMatchObject({ code: 2, out: "" });
  const { code, out } = await line.run("revoke", "--ssh-key", "-y", sshKey);
  expect([code, out.split("\n").slice(1)]).toEqual([
    0,
    [expect.stringMatching(/^SSH key +\S+ +\S+ +0 VPS +laptop$/), `removed ${sshKey}`, ""],
  ]);
  expect(live()).toEqual([apiKey]);
});

test("every id that is not in the account is named, and nothing is revoked", async () => {
  const id = addKey();
  const { code, out, err } = await revoke(id, "gone", "wayscloud_pat_abc12_value123");
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain('the account lists no API key with the id "gone", "[redacted]".');
  expect([live(), deletions()]).toEqual([[id], 0]);
});

test("what a given stack holds, or may hold, is refused, and nothing is revoked", async () => {
  const [held, other, sshKey] = [addKey(), addKey(), addSshKey("anna")];
  const signature = "4dabf18193072939515e22adb298388d";
  const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
  const rotating = { name: "db", type: "RotatingServiceKey", id: "r" };
  line.files = {
    "-": stackExport([{ ...rotating, outputs: { keyId: "k", previousKeyId: held } }]),
    "team.json": stackExport([{ name: "team", type: "SshKeySet", id: "s", outputs: { keys: secret } }]),
    "destroyed.json": JSON.stringify({ version: 3, deployment: { manifest: {} } }),
  };
  const DESTROYED = ["--stack-export", "destroyed.json"];
  expect((await revoke(...DESTROYED, "--stack-export", "-", other, held)).err).toBe(
    `pulumi-wayscloud: Nothing was revoked: a stack that you passed holds ${held} (urn:pulumi:dev::p::pulumi-nodejs:dynamic/wayscloud:RotatingServiceKey::db). Remove it from that program and run \`pulumi up\`.\n`,
  );
  expect((await revoke("--stack-export", "-", held.toUpperCase())).err).toContain(
    "a stack that you passed holds",
  );
  expect((await revoke("--ssh-key", "--stack-export", "team.json", sshKey)).err).toContain(
    "may hold these keys, but its state has keys as a secret;",
  );
  expect(deletions()).toBe(0);
  const both = ["--stack-export", "-", "--stack-export", "team.json"];
  expect(await revoke(...DESTROYED, ...both, other)).toMatchObject({ code: 0 });
  expect(live()).toEqual([held, sshKey]);
});

test("the key that it is logged in with is refused, by the longest prefix that fits", async () => {
  const other = emulator.account.addApiKey({ scopes: ["a:read"] }).id;
  emulator.transform = ({ body }) => prefixed(body, (id) => (id === other ? "wayscloud_pat" : undefined));
  const refused = await revoke(other, own());
  expect([refused.code, refused.out]).toEqual([2, ""]);
  const why = `this command is authenticated with the key ${own()} (from the environment variable`;
  expect(refused.err).toContain(why);
  expect(await revoke(other)).toMatchObject({ code: 0 });
});

test("a key that may be the one that it is logged in with is refused", async () => {
  const key = "wayscloud_pat_abc12_AnotherSecret0123456789ABCDEFGHI";
  const twin = emulator.account.addApiKey({ scopes: ["a:read"], key }).id;
  const refusal = `may be authenticated with the key ${twin}`;
  expect((await revoke(twin)).err).toContain(refusal);
  emulator.transform = ({ body }) => prefixed(body, () => "");
  expect((await revoke(twin)).err).toContain(refusal);
  expect(deletions()).toBe(0);
});

test("another account than the expected one is not touched", async () => {
  const id = addKey();
  process.env.WAYSCLOUD_CUSTOMER_ID = "another";
  expect(await revoke(id)).toMatchObject({ code: 2, out: "" });
  expect(emulator.requests.map(({ path }) => path)).toEqual(["/v1/account/profile"]);
});

test("a 404 counts as revoked only if the list agrees, and one failure does not hide the other keys", async () => {
  const [gone, doubtful, refused, last] = [addKey(), addKey(), addKey(), addKey()];
  const fault = (id: string, status: number, more: object = {}) =>
    emulator.faults.add({ method: "DELETE", path: `/v1/account/api-keys/${id}`, status, ...more });
  fault(doubtful, 404);
  fault(refused, 403);
  fault(gone, 404, { commit: true });
  const { code, out, err } = await revoke(gone, doubtful, refused, last);
  expect(code).toBe(2);
  expect(out.trimEnd().split("\n").slice(5)).toEqual([`revoked ${gone}`, `revoked ${last}`]);
  const [first, second] = err.split("\n").filter((each) => each.startsWith("pulumi-wayscloud: "));
  expect(first).toContain(`the API answered that ${doubtful} does not exist, but the list`);
  expect(second).toContain(`Revoking the API key ${refused} failed`);
  expect(live()).toEqual([doubtful, refused]);
});

test.each([
  ["wiped\n\u202erow wayscloud_pat_abc12_value123 x@example.com", "wiped row [redacted] [e-mail]"],
  ["\u001b[2Jwiped", "[redacted]"],
])("the hostile name %j is shown in one harmless line", async (name, shown) => {
  const { out } = await revoke(addKey(name));
  expect(out.split("\n")[1]!.split(/ {2,}/).at(-1)).toBe(shown);
});
