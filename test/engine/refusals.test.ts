// What the terminal says of a program that is wrong: at preview, each failure by its property, before anything is created.
import { openStack, publicKey, SSH_KEYS } from "../support/engine";

const serviceKey = (args: object): string => `new wayscloud.ServiceKey("x", ${JSON.stringify(args)});`;
const token = (args: object): string => `new wayscloud.PersonalAccessToken("x", ${JSON.stringify(args)});`;
const sshKey = (args: object): string => `new wayscloud.SshKey("x", ${JSON.stringify(args)});`;
const problem = "resource 'x' has a problem:";
/** A resource and a data function that use a Provider with these arguments. */
const provider = (args: string): string => `
  const provider = new wayscloud.Provider("empty", ${args});
  new wayscloud.ServiceKey("dns", { service: "dns" }, { provider });
  return { customer: wayscloud.getProfileOutput({ provider }).customerId };`;

const INPUTS: [what: string, program: string, ...said: string[]][] = [
  [
    "a mistyped service key",
    serviceKey({ service: "databse", description: 5, rotationTriggers: ["a"], recreateIfInvalid: "never" }),
    "property service value {databse} has a problem: `service` must be one of database, storage, llm-api, dns, vps, not" +
      ' the string "databse"; did you mean "database"?',
    "property description value {5} has a problem: `description` must be a string",
    "has a problem: `rotationTriggers` must be an object, such as",
    'property recreateIfInvalid value {never} has a problem: `recreateIfInvalid` must be true or false, not the string "never"',
  ],
  [
    "a scope with a space, and a rotation without an expiry",
    token({ scopes: ["ssh_keys: read"], rotateBeforeDays: 5 }),
    '`scopes[0]` must be a string without spaces, such as "ssh_keys:read"',
    "property rotateBeforeDays value {5} has a problem",
    "requires `expiresInDays`: without it the token never expires. Set `expiresInDays`, or remove",
  ],
  [
    "no scopes, and days that are none",
    token({ scopes: [], expiresInDays: 1.5, rotateBeforeDays: 0 }),
    "property scopes value {[]} has a problem: `scopes` must be a non-empty list",
    "property expiresInDays value {1.5} has a problem: `expiresInDays` must be a whole number of days",
    "property rotateBeforeDays value {0} has a problem: `rotateBeforeDays` must be a whole number of days",
  ],
  [
    "a rotation that would be due at once",
    token({ scopes: ["a:b"], expiresInDays: 30, rotateBeforeDays: 30 }),
    "`rotateBeforeDays` (30) must be smaller than `expiresInDays` (30)",
  ],
  [
    "a mistyped SSH key",
    sshKey({ publicKey: `${publicKey(1)}\n${publicKey(2)}`, name: " ", adoptExisting: "yes", publickey: "" }),
    "4 errors",
    `${problem} \`publicKey\` was rejected: it has several lines`,
    "has a problem: `name` must not be empty",
    "property adoptExisting value {yes} has a problem: `adoptExisting` must be true or false",
    `${problem} unknown input \`publickey\`; did you mean`,
  ],
  // With an empty property, since the engine would print its value.
  [
    "an imported key with a bad id and white space",
    serviceKey({ service: "dns", existing: { id: "../x", key: `wayscloud_svc_${"a".repeat(40)} ` } }),
    `${problem} \`existing.id\` must be the id of a key`,
    `${problem} \`existing.key\` must be the full key, without whitespace`,
  ],
  [
    "an id that could lead elsewhere",
    `wayscloud.ServiceKey.get("x", "../../account");`,
    "The package rejected an id of 13 characters",
  ],
  ["a Provider without a credential", provider("{}"), 'Provider "empty": `patToken` is required'],
  [
    "a Provider whose credential turns out to be blank",
    provider(`{ patToken: pulumi.secret(Promise.resolve("  ")), endpoint: process.env.WAYSCLOUD_ENDPOINT }`),
    '`patToken` of the Provider "empty" is blank',
  ],
  [
    "a Provider whose endpoint turns out to be blank",
    provider(`{ apiKey: process.env.WAYSCLOUD_API_KEY, endpoint: pulumi.secret(Promise.resolve("  ")) }`),
    '`endpoint` of the Provider "empty" is blank',
  ],
];

test.each(INPUTS)("%s: said at preview, before any request", async (_what, program, ...said) => {
  const { emulator, stack } = await openStack();
  const all = await stack.refusal(program);
  for (const text of said) expect(all).toContain(text);
  expect(emulator.requests).toEqual([]);
  if (said[0]?.endsWith("is blank")) expect(all).not.toMatch(/^\s+at /m);
});

test("a Provider whose credential an update shows to be blank never uses the default account", async () => {
  const { stack } = await openStack();
  const ssh = `new wayscloud.SshKey("first", { publicKey: "${publicKey(1)}" })`;
  stack.setProgram(
    provider(`{ apiKey: ${ssh}.createdAt.apply(() => ""), endpoint: process.env.WAYSCLOUD_ENDPOINT }`),
  );
  const { all, requests } = await stack.up([], { fails: true });
  expect(all).toContain('`apiKey` of the Provider "empty" is blank');
  expect(requests).toEqual([`POST ${SSH_KEYS}`]);
});

test.each([
  ['SshKey.get("x", "dns")', "SSH key with the id dns: the account does not have it."],
  ['ServiceKey.get("x", "nothing")', "service key with the id nothing: the account does not have it."],
  ['ServiceKey.get("x", "pat")', "service key with the id pat: it is not a service key, but"],
  [
    'PersonalAccessToken.get("x", "dns")',
    "personal access token with the id dns: it is not a personal access token, but",
  ],
])("%s of what the account does not hold fails at preview, naming kind and id", async (code, said) => {
  const { emulator, stack } = await openStack();
  emulator.account.addApiKey({ id: "dns", service: "dns" });
  emulator.account.addApiKey({ id: "pat", scopes: ["a:read"] });
  const all = await stack.refusal(`wayscloud.${code};`);
  expect(all).toContain(`There is no ${said}`);
  // What the SDK's process would print beside it.
  expect(all).not.toMatch(/NotFoundError|shown at the resource|^ +at .*hosts\/dynamic/m);
});

test("a private key pasted by mistake is refused and never printed, whichever way it came", async () => {
  const body = `b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDjKqp5Fc65tEnRu`;
  const secret = `\n-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const { emulator, stack } = await openStack({ secretConfig: { "test:key": secret } });
  stack.writeFile("key.json", JSON.stringify(secret));
  stack.writeFile("id_ed25519", secret);
  const refused = `${problem} \`publicKey\` was rejected: this is a private key`;
  for (const [source, said] of [
    [`require("./key.json")`, 'Error: SshKey "x": `publicKey` was given a private key'],
    [`pulumi.output(require("./key.json"))`, refused],
    [`new pulumi.Config().requireSecret("key")`, refused],
    [
      `require("fs").readFileSync("id_ed25519")`,
      `${problem} \`publicKey\` must be a string, not a Buffer: read the file with \`readFileSync(path, "utf8")\``,
    ],
  ] as const) {
    const all = await stack.refusal(`new wayscloud.SshKey("x", { publicKey: ${source} });`);
    expect(all).toContain(said);
    // Bytes are printed as numbers: these are those of "-----".
    expect(all).not.toMatch(/\b45\b.*\b45\b.*\b45\b/s);
  }
  expect(emulator.requests).toEqual([]);
  stack.assertNoSecrets([body, body.slice(0, 60), body.slice(40)]);
});
