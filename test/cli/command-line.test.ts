// The command `pulumi-wayscloud` against the emulator: what it prints, what it finds, and that it only reads.
import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { run } from "../../src/cli/command-line";
import { version } from "../../src/version";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

let emulator: Emulator;
let files: Record<string, string | Buffer> = {};
const env = { ...process.env };

beforeEach(async () => {
  emulator = await startEmulator({
    now: () => NOW,
    apiKey: "wayscloud_pat_abc12_TheCallersOwnSecret0123456789",
  });
  process.env.WAYSCLOUD_ENDPOINT = emulator.url;
  process.env.WAYSCLOUD_API_KEY = emulator.apiKey;
});

afterEach(async () => {
  await emulator.close();
  process.env = { ...env };
  files = {};
});

async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await run(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    async read(file) {
      const content = files[file];
      if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return Buffer.from(content);
    },
    now: () => NOW,
  });
  return { code, out, err };
}

interface Resource {
  name: string;
  type: string;
  id: string;
  inputs?: object;
  outputs?: object;
  external?: boolean;
}

/** A `pulumi stack export --show-secrets` of the stack p/dev, so that a secret in it could be printed by mistake. */
function stackExport(resources: Resource[]): string {
  const stack = { urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", type: "pulumi:pulumi:Stack" };
  const ours = resources.map(({ name, type, id, inputs, outputs, external }) => ({
    urn: `urn:pulumi:dev::p::pulumi-nodejs:dynamic/wayscloud:${type}::${name}`,
    type: `pulumi-nodejs:dynamic/wayscloud:${type}`,
    id,
    inputs,
    external,
    outputs: { key: "wayscloud_secret_InTheExport", ...outputs },
  }));
  return JSON.stringify({ version: 3, deployment: { resources: [stack, ...ours] } });
}

function findingsOf(out: string): string[] {
  const findings = JSON.parse(out) as { finding: string; id: string }[];
  return findings.map(({ finding, id }) => `${finding} ${id}`).sort();
}

test("whoami tells account and credential source, and no secret and no e-mail", async () => {
  const { code, out } = await command("whoami");
  expect(code).toBe(0);
  expect(out).toContain("f47ac10b-58cc-4372-a567-0e02b2c3d479");
  expect(out).toContain("the environment variable WAYSCLOUD_API_KEY");
  expect(out).toContain(emulator.url);
  expect(out).not.toContain("@");
  expect(out).not.toContain(emulator.apiKey);
});

test("audit finds exactly what was planted, and exits with 1", async () => {
  const { account } = emulator;
  const used = account.addApiKey({
    service: "dns",
    description: "used",
    createdAt: ago(200),
    lastUsedAt: ago(1),
  }).id;
  const stale = account.addApiKey({
    service: "dns",
    description: "stale",
    createdAt: ago(200),
    lastUsedAt: ago(91),
  }).id;
  const never = account.addApiKey({ service: "dns", description: "never", createdAt: ago(90) }).id;
  const off = account.addApiKey({
    service: "dns",
    description: "off",
    createdAt: ago(1),
    isActive: false,
  }).id;
  const orphan = account.addApiKey({
    service: "dns",
    description: "pulumi p/dev/x #0123abc",
    createdAt: ago(1),
  }).id;
  const others = account.addApiKey({
    service: "dns",
    description: "pulumi q/dev/x #0123abc",
    createdAt: ago(1),
  }).id;
  const soon = account.addApiKey({ scopes: ["ssh_keys:read"], description: "soon", createdAt: ago(1) }).id;
  const endless = account.addApiKey({
    scopes: ["ssh_keys:read"],
    description: "endless",
    createdAt: ago(1),
  }).id;
  const current = account.addApiKey({
    service: "vps",
    description: "pulumi p/dev/r #1111111",
    createdAt: ago(1),
  }).id;
  const previous = account.addApiKey({
    service: "vps",
    description: "pulumi p/dev/r #2222222",
    createdAt: ago(1),
  }).id;
  const idle = account.addSshKey({ name: "idle", publicKey: SSH_KEY, createdAt: ago(100) }).id;
  files["dev.json"] = stackExport([
    ...[used, stale, never, off].map((id) => ({ name: id, type: "ServiceKey", id })),
    { name: "soon", type: "PersonalAccessToken", id: soon, outputs: { expiresAt: ago(-14) } },
    { name: "endless", type: "PersonalAccessToken", id: endless },
    {
      name: "r",
      type: "RotatingServiceKey",
      id: "rotating-1111111",
      outputs: { keyId: current, previousKeyId: previous },
    },
  ]);
  const { code, out } = await command("audit", "--json", "--stack-export", "dev.json");
  expect(code).toBe(1);
  expect(findingsOf(out)).toEqual(
    [
      `unused ${stale}`,
      `unused ${never}`,
      `inactive ${off}`,
      `orphan ${orphan}`,
      `unmanaged ${others}`,
      `expiring ${soon}`,
      `no-expiry ${endless}`,
      `unused ${idle}`,
      `unmanaged ${idle}`,
    ].sort(),
  );
});

test("audit makes one request for each list and changes nothing", async () => {
  await command("audit");
  expect(emulator.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    "GET /v1/account/api-keys",
    "GET /v1/account/ssh-keys",
  ]);
});

test("an account without findings exits with 0", async () => {
  const { code, out } = await command("audit");
  expect({ code, out }).toEqual({ code: 0, out: "No findings.\n" });
});

test("the table has a row a finding, with foreign text made printable and no secret", async () => {
  emulator.account.addApiKey({
    service: "dns",
    description: "old\u001b[31m\nkey wayscloud_abc_defghijkl",
    createdAt: ago(400),
  });
  files["-"] = stackExport([]);
  const { out } = await command("audit", "--stack-export", "-", "--unused-days", "30");
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^FINDING +KIND +ID +NAME +DETAIL$/);
  expect(lines).toHaveLength(3);
  expect(out).not.toContain("\u001b");
  expect(out).not.toContain("defghijkl");
  expect(out).not.toContain("InTheExport");
  expect(out).not.toContain(emulator.apiKey);
});

test.each([
  [["audit", "--stack-export", "absent.json"], "cannot be read (ENOENT)"],
  [["audit", "--stack-export", "text"], "is not JSON"],
  [["audit", "--stack-export", "list"], "is not the output of `pulumi stack export`"],
  [["audit", "--unused-days", "soon"], "--unused-days must be a number of days"],
  [["audit", "--unused-days", "-1"], "--unused-days"],
  [["audit", "--apply"], "audit: Unknown option '--apply'. See --help."],
  [["whoami", "--json"], "whoami: Unknown option '--json'. See --help."],
  [["whoami", "--stack-export", "/nope"], "whoami: Unknown option '--stack-export'"],
  [["--json"], "Unknown option '--json'"],
  [["audits"], 'Unknown command "audits"; did you mean "audit"? See --help.'],
  [["revoke"], 'Unknown command "revoke". See --help.'],
  [["audit", "whoami"], "One command at a time"],
  [["audit", "--stack-export", "-", "--stack-export", "-"], 'Standard input ("-") can be read only once.'],
  [["audit", "--stack-export", "-", "--ignore-file", "-"], 'Standard input ("-") can be read only once.'],
  [["audit", "--stack-export", "blank"], "The stack export blank is empty."],
  [
    ["audit", "--only", "orphans"],
    '--only: unknown finding "orphans"; did you mean "orphan"? The findings are unused, inactive,',
  ],
  [["audit", "--ignore", "a/b"], "--ignore: an id of a key consists of letters"],
  [["audit", "--ignore-file", "bad.txt"], "The ignore file bad.txt, line 2: an id of a key consists of"],
])("%j is refused with exit code 2 and one line", async (args, message) => {
  files.text = "not json, but wayscloud_secret_value123";
  files.list = "[]";
  files.blank = "\n";
  files["-"] = stackExport([]);
  files["bad.txt"] = "id-1\nnot an id";
  const { code, out, err } = await command(...args);
  expect(code).toBe(2);
  expect(err.split("\n")).toHaveLength(2);
  expect(out).toBe("");
  expect(err).toContain(message);
  expect(err).not.toContain("value123");
});

test.each<[string, (text: string) => Buffer | string]>([
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["UTF-16, as Windows PowerShell writes it", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
  ["big-endian UTF-16", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
])("a stack export with %s is read like any other", async (_, encode) => {
  const id = emulator.account.addApiKey({ service: "dns", createdAt: ago(1) }).id;
  files["dev.json"] = encode(stackExport([{ name: "æ", type: "ServiceKey", id }]));
  expect(await command("audit", "--stack-export", "dev.json")).toMatchObject({ code: 0, err: "" });
});

test("findings can be accepted by id, one by one or from a file, so that a clean account exits with 0", async () => {
  const [a, b] = ["a", "b"].map(
    (description) => emulator.account.addApiKey({ service: "dns", description }).id,
  );
  files["dev.json"] = stackExport([]);
  files["accepted.txt"] = `\ufeff# accepted by Anna\r\n${a} # until spring\r\n\r\n`;
  const audit = ["audit", "--json", "--stack-export", "dev.json"];
  expect(findingsOf((await command(...audit)).out)).toEqual([`unmanaged ${a}`, `unmanaged ${b}`].sort());
  expect(findingsOf((await command(...audit, "--ignore", b!)).out)).toEqual([`unmanaged ${a}`]);
  const both = await command(...audit, "--ignore-file", "accepted.txt", "--ignore", b!);
  expect(both).toEqual({ code: 0, out: "[]\n", err: "" });
  const gone = await command(...audit, "--ignore", a!, "--ignore", b!, "--ignore", "gone");
  expect(gone).toMatchObject({
    code: 0,
    err: "pulumi-wayscloud: the ignored id gone is not in the account.\n",
  });
});

test("--only reports the named findings and no others", async () => {
  const id = emulator.account.addApiKey({ service: "dns", createdAt: ago(200) }).id;
  files["dev.json"] = stackExport([]);
  const only = async (...kinds: string[]): Promise<string[]> =>
    findingsOf(
      (
        await command(
          "audit",
          "--json",
          "--stack-export",
          "dev.json",
          ...kinds.flatMap((kind) => ["--only", kind]),
        )
      ).out,
    );
  expect(await only()).toEqual([`unmanaged ${id}`, `unused ${id}`]);
  expect(await only("unmanaged")).toEqual([`unmanaged ${id}`]);
  expect(await only("orphan,unused")).toEqual([`unused ${id}`]);
  expect(await only("orphan", "unmanaged")).toEqual([`unmanaged ${id}`]);
  expect((await command("audit", "--stack-export", "dev.json", "--only", "orphan")).code).toBe(0);
});

test("the credential of the audit itself is no finding; another token in no stack is", async () => {
  const other = emulator.account.addApiKey({ scopes: ["a:read"], createdAt: ago(1) }).id;
  files["dev.json"] = stackExport([]);
  const { out } = await command("audit", "--json", "--stack-export", "dev.json");
  expect(findingsOf(out)).toEqual([`unmanaged ${other}`]);
});

test("--json prints names whole, without anything like a key; the table cuts them", async () => {
  const name = `${"long ".repeat(60)}wayscloud_abc_defghijkl end`;
  emulator.account.addApiKey({ service: "dns", description: name, createdAt: ago(200) });
  const [finding] = JSON.parse((await command("audit", "--json")).out) as { name: string }[];
  expect(finding!.name).toBe(`${"long ".repeat(60)}[redacted] end`);
  expect((await command("audit")).out).not.toContain("end");
});

test("without a credential it says what this command reads, not the stack configuration", async () => {
  process.env = { PATH: env.PATH, HOME: "/nonexistent" };
  for (const args of [["whoami"], ["audit"]]) {
    expect(await command(...args)).toEqual({
      code: 2,
      out: "",
      err: "pulumi-wayscloud: No WAYSCloud credential found. This command does not read stack configuration: set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.\n",
    });
  }
});

test("a wrong credential is said with its source", async () => {
  process.env.WAYSCLOUD_API_KEY = "wayscloud_pat_wrong_Credential123";
  const { code, err } = await command("whoami");
  expect(code).toBe(2);
  expect(err).toContain("the environment variable WAYSCLOUD_API_KEY");
  expect(err).not.toContain("Credential123");
});

test("each command explains itself", async () => {
  for (const args of [
    ["audit", "--help"],
    ["whoami", "-h"],
    ["--stack-export", "x", "audit", "--help"],
  ])
    expect(await command(...args)).toMatchObject({ code: 0, err: "" });
});

test("--help and --version answer without a request", async () => {
  expect((await command("--help")).out).toContain("whoami");
  expect((await command()).out).toContain("--stack-export");
  expect((await command("--version")).out).toBe(`${version}\n`);
  expect(emulator.requests).toHaveLength(0);
});

const SSH_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl user@workstation";
