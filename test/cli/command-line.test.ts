// The command `pulumi-wayscloud` against the emulator: what it prints, what it finds, and that it only reads.
import type { Emulator } from "../../src/emulator";
import { version } from "../../src/version";
import { type CommandLine, findingsOf, stackExport } from "../support/cli";
import { useCommandLine } from "../support/environment";
import { publicKey } from "../support/public-key";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

let emulator: Emulator;
let files: CommandLine["files"];
let command: CommandLine["run"];
useCommandLine(
  (fresh, line) => {
    emulator = fresh;
    ({ files, run: command } = line);
  },
  { now: () => NOW },
);

test("whoami tells account and credential source, and no secret and no e-mail", async () => {
  const { code, out } = await command("whoami");
  expect(code).toBe(0);
  const id = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  for (const shown of [id, "the environment variable WAYSCLOUD_API_KEY", emulator.url])
    expect(out).toContain(shown);
  for (const hidden of ["@", emulator.apiKey]) expect(out).not.toContain(hidden);
});

test("audit makes one request for each list", async () => {
  await command("audit");
  const lists = ["GET /v1/account/api-keys", "GET /v1/account/ssh-keys"];
  expect(emulator.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(lists);
});

test("--unused-days and --expiring-days set the limits, for SSH keys as well", async () => {
  const old = emulator.account.addApiKey({ service: "dns", createdAt: ago(40) }).id;
  const token = emulator.account.addApiKey({ scopes: ["a:read"], createdAt: ago(1) }).id;
  const ssh = emulator.account.addSshKey({ name: "idle", publicKey: publicKey(1), createdAt: ago(40) }).id;
  files["dev.json"] = stackExport([
    { name: "old", type: "ServiceKey", id: old },
    { name: "ci", type: "PersonalAccessToken", id: token, outputs: { expiresAt: ago(-20) } },
    { name: "idle", type: "SshKey", id: ssh },
  ]);
  const audit = (...days: string[]) => command("audit", "--json", "--stack-export", "dev.json", ...days);
  expect(await audit()).toMatchObject({ code: 0, out: "[]\n" });
  const { code, out } = await audit("--unused-days", "40", "--expiring-days", "20");
  expect([code, findingsOf(out)]).toEqual([
    1,
    [`expiring ${token}`, `unused ${old}`, `unused ${ssh}`].sort(),
  ]);
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
  for (const hidden of ["\u001b", "defghijkl", "InTheExport", emulator.apiKey])
    expect(out).not.toContain(hidden);
});

const REQUIRES =
  "requires --stack-export: `pulumi stack export | pulumi-wayscloud audit --stack-export - …`.";

test.each([
  [
    "audit --stack-export absent.json",
    "There is no file absent.json. Write the stack export with `pulumi stack export --file absent.json`, or pipe it to `--stack-export -`.",
  ],
  [
    "audit --ignore-file absent.txt",
    "There is no file absent.txt. Create it with the ids to ignore, one per line, or leave `--ignore-file` out.",
  ],
  ["audit --ignore-file \u001b]wayscloud_pat_abc12_value123", "There is no file ?][redacted]. Create"],
  ["audit --stack-export test", "The stack export test cannot be read: illegal operation on a directory."],
  ["audit --stack-export text", "is not JSON"],
  ["audit --stack-export list", "is not the output of `pulumi stack export`"],
  ["audit --unused-days soon", '--unused-days must be a number, not "soon".'],
  ["audit --unused-days -1", "--unused-days"],
  ["audit --unused-days 0.5", "--unused-days must be a whole number of days, 0 or more, not 0.5."],
  ["audit --apply", 'audit: unknown option "--apply". See pulumi-wayscloud audit --help.'],
  ["audit --stackexport x", 'unknown option "--stackexport"; did you mean "--stack-export"?'],
  ["audit --json=yes", "audit: Option '--json' does not take an argument. See"],
  ["audit --only", "audit: Option '--only <value>' argument missing. See"],
  ["audit -j", 'audit: unknown option "-j"'],
  ["audit --wayscloud_pat_abc12_value123", 'audit: unknown option "--[redacted]"'],
  ["whoami --json", 'whoami: unknown option "--json". See pulumi-wayscloud whoami --help.'],
  ["whoami --stack-export /nope", 'whoami: unknown option "--stack-export"'],
  ["--json", 'Unknown option "--json". See --help.'],
  ["--hepl", 'Unknown option "--hepl"; did you mean "--help"?'],
  ["audits", 'Unknown command "audits"; did you mean "audit"? See --help.'],
  ["wayscloud_pat_abc12_value123", 'Unknown command "[redacted]". See --help.'],
  ["audit whoami", 'audit: unexpected argument "whoami": one command at a time.'],
  ["audit --only orphan", `--only orphan ${REQUIRES}`],
  ["audit --only unused,expiring --only unmanaged", `--only expiring,unmanaged ${REQUIRES}`],
  ["audit --expiring-days 5", `--expiring-days ${REQUIRES}`],
  ["audit --stack p/dev", `--stack ${REQUIRES}`],
  [
    "audit --stack-export destroyed",
    "The stack export destroyed has no resources, so it does not say which stack it is from,",
  ],
  ["audit --stack-export destroyed --stack dev", "--stack must be the name of a stack, as project/stack."],
  ["audit --stack-export - --stack-export -", 'Standard input ("-") can be read only once.'],
  ["audit --stack-export - --ignore-file -", 'Standard input ("-") can be read only once.'],
  ["audit --stack-export blank", "The stack export blank is empty."],
  [
    "audit --only orphans",
    '--only: unknown finding "orphans"; did you mean "orphan"? The findings are unused, inactive,',
  ],
  ["audit --ignore a/b", "--ignore: an id of a key consists of letters"],
  ["audit --ignore-file bad.txt", "The ignore file bad.txt, line 2: an id of a key consists of"],
])("%s is refused with exit code 2 and one line", async (line, message) => {
  files.destroyed = JSON.stringify({ version: 3, deployment: { manifest: {} } });
  files.text = "not json, but wayscloud_secret_value123";
  files.list = "[]";
  files.blank = "\n";
  files["-"] = stackExport([]);
  files["bad.txt"] = "id-1\nnot an id";
  const { code, out, err } = await command(...line.split(" "));
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
    (name) => emulator.account.addApiKey({ service: "dns", description: name }).id,
  );
  files["dev.json"] = stackExport([]);
  files["accepted.txt"] = `\ufeff# accepted by Anna\r\n${a} # until spring\r\n\r\n`;
  const audit = (...args: string[]) => command("audit", "--json", "--stack-export", "dev.json", ...args);
  expect(findingsOf((await audit()).out)).toEqual([`unmanaged ${a}`, `unmanaged ${b}`].sort());
  expect(findingsOf((await audit("--ignore", b!)).out)).toEqual([`unmanaged ${a}`]);
  const both = ["--ignore-file", "accepted.txt", "--ignore", b!];
  expect(await audit(...both)).toEqual({ code: 0, out: "[]\n", err: "" });
  const err = "pulumi-wayscloud: the ignored id gone is not in the account.\n";
  expect(await audit(...both, "--ignore", "gone")).toMatchObject({ code: 0, err });
});

test("--only reports the named findings and no others", async () => {
  const id = emulator.account.addApiKey({ service: "dns", createdAt: ago(200) }).id;
  files["dev.json"] = stackExport([]);
  const audit = ["audit", "--json", "--stack-export", "dev.json"];
  const only = async (...kinds: string[]): Promise<string[]> =>
    findingsOf((await command(...audit, ...kinds.flatMap((kind) => ["--only", kind]))).out);
  expect(await only()).toEqual([`unmanaged ${id}`, `unused ${id}`]);
  expect(await only("unmanaged")).toEqual([`unmanaged ${id}`]);
  expect(await only("orphan,unused")).toEqual([`unused ${id}`]);
  expect(await only("orphan", "unmanaged")).toEqual([`unmanaged ${id}`]);
  expect(await only("unjudged")).toEqual([]);
  expect((await command("audit", "--stack-export", "dev.json", "--only", "orphan")).code).toBe(0);
});

test("D4: what was not looked for without an export is said, unless the user asked for other findings alone", async () => {
  const left = "expiring, no-expiry, unknown-expiry, unmanaged and orphan require --stack-export";
  const none = { code: 0, out: "No findings.\n" };
  const err = `pulumi-wayscloud: ${left}, so audit did not look for them.\n`;
  expect(await command("audit")).toEqual({ ...none, err });
  expect(await command("audit", "--only", "unused")).toEqual({ ...none, err: "" });
});

test("D14: the orphans of a destroyed stack are found once its export is given a name", async () => {
  const description = "pulumi p/dev/k #abcdef0";
  const id = emulator.account.addApiKey({ service: "dns", description }).id;
  files.destroyed = JSON.stringify({ version: 3, deployment: { manifest: {} } });
  const audit = ["audit", "--json", "--only", "orphan", "--stack-export", "destroyed"];
  for (const name of ["p/dev", "an-organization/p/dev"]) {
    const { code, out } = await command(...audit, "--stack", name);
    expect([code, findingsOf(out)]).toEqual([1, [`orphan ${id}`]]);
  }
  // Each of them needs a name.
  expect(await command(...audit, "--stack-export", "destroyed", "--stack", "p/dev")).toMatchObject({
    code: 2,
    out: "",
  });
});

test("what cannot be judged is shown beside the findings, and its exit code is 2, unless it is accepted", async () => {
  const [service, sshKey] = [
    emulator.account.addApiKey({ service: "dns" }).id,
    emulator.account.addSshKey({ name: "anna", publicKey: publicKey(1) }).id,
  ];
  const keys = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
  files["dev.json"] = stackExport([{ name: "team", type: "SshKeySet", id: "set-1", outputs: { keys } }]);
  const audit = ["audit", "--json", "--stack-export", "dev.json"];
  const all = await command(...audit);
  expect([all.code, findingsOf(all.out)]).toEqual([2, [`unjudged ${sshKey}`, `unmanaged ${service}`]]);
  const asked = await command(...audit, "--only", "orphan");
  expect([asked.code, findingsOf(asked.out)]).toEqual([2, [`unjudged ${sshKey}`]]);
  expect(await command(...audit, "--only", "unused")).toMatchObject({ code: 0 });
  expect(await command(...audit, "--ignore", sshKey)).toMatchObject({ code: 1 });
});

test("an entry of a list that cannot be read hides no finding, and is said", async () => {
  const old = emulator.account.addApiKey({ service: "dns", createdAt: ago(200) }).id;
  emulator.account.addApiKey({ service: "dns", id: "broken" });
  emulator.account.addSshKey({ name: "anna", publicKey: publicKey(1), id: "broken-ssh" });
  const broken = { is_active: "?", vm_count: "?" };
  emulator.transform = ({ body }) =>
    Array.isArray(body)
      ? { body: body.map((key) => (key.id.startsWith("broken") ? { ...key, ...broken } : key)) }
      : undefined;
  const { code, out } = await command("audit", "--json");
  expect([code, findingsOf(out)]).toEqual([2, ["unjudged broken", "unjudged broken-ssh", `unused ${old}`]]);
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
  process.env = { PATH: process.env.PATH, HOME: "/nonexistent" };
  for (const args of [["whoami"], ["audit"]]) {
    expect(await command(...args)).toEqual({
      code: 2,
      out: "",
      err: "pulumi-wayscloud: No WAYSCloud credential found. This command does not read stack configuration: set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.\n",
    });
  }
});

test("a wrong credential is an error that says its source, and does not show it", async () => {
  process.env.WAYSCLOUD_API_KEY = "wayscloud_pat_wrong_Credential123";
  const { code, err } = await command("whoami");
  expect([code, err]).toEqual([2, expect.stringContaining("the environment variable WAYSCLOUD_API_KEY")]);
  expect(err).not.toContain("Credential123");
});

test("--help and --version answer without a request", async () => {
  expect((await command("whoami", "-h")).out).toContain("Usage: pulumi-wayscloud whoami [options]");
  const late = await command("--stack-export", "x", "audit", "--help");
  expect(late).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringContaining("Usage: pulumi-wayscloud audit"),
  });
  expect((await command("--help")).out).toContain("whoami");
  expect((await command()).out).toContain("audit");
  expect((await command("--version")).out).toBe(`${version}\n`);
  expect(emulator.requests).toHaveLength(0);
});
