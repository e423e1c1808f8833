// ServiceKey and PersonalAccessToken: what is sent, what a change costs and in which order, and what a refresh may change.
import { API_KEYS, type OpenStack, openStack, type StateResource, takeRequests } from "../support/engine";

const serviceKey = (args: object, name = "app"): string =>
  `new wayscloud.ServiceKey("${name}", ${JSON.stringify(args)});\n`;
const token = (args: object, name = "ci"): string =>
  `new wayscloud.PersonalAccessToken("${name}", ${JSON.stringify(args)});\n`;

/** Changes the program, runs `up`, and tells what it asked of the account, each id as a letter in the order of creation. */
async function change({ emulator, stack }: OpenStack, body: string): Promise<string[]> {
  stack.setProgram(body);
  takeRequests(emulator);
  await stack.up();
  const ids = emulator.account.apiKeys().map(({ id }) => id);
  const letter = (id: string): string => "ABCDEFGHIJKLMNOP".charAt(ids.indexOf(id) - 1);
  return takeRequests(emulator).map((line) => line.replace(/[0-9a-f-]{36}$/, letter));
}

const postService = `POST ${API_KEYS}/service`;

test("a service key is replaced, new one first, by another service, description or trigger, and by nothing else", async () => {
  const both = await openStack();
  const { emulator, stack } = both;
  expect(await change(both, serviceKey({ service: "database" }))).toEqual([postService]);
  expect(await change(both, serviceKey({ service: "dns" }))).toEqual([postService, `DELETE ${API_KEYS}/A`]);
  const text = `Kafé 鍵 🔑 "\${hex(7)}" #1234567`;
  expect(await change(both, serviceKey({ service: "dns", description: text }))).toEqual([
    postService,
    `DELETE ${API_KEYS}/B`,
  ]);
  const triggers = { service: "dns", description: text, rotationTriggers: { quarter: "Q3", who: "me" } };
  expect(await change(both, serviceKey(triggers))).toEqual([postService, `DELETE ${API_KEYS}/C`]);
  // The order of triggers and recreateIfInvalid mean nothing to the key.
  const again = { ...triggers, rotationTriggers: { who: "me", quarter: "Q3" }, recreateIfInvalid: false };
  expect(await change(both, serviceKey(again))).toEqual([]);
  expect(await change(both, serviceKey({ ...triggers, rotationTriggers: { quarter: "Q4" } }))).toEqual([
    postService,
    `DELETE ${API_KEYS}/D`,
  ]);
  const live = emulator.account.liveApiKeys();
  expect(live.map(({ description, service }) => [description, service])).toEqual([[text, "dns"]]);
  const { outputs } = await stack.resource("app", { showSecrets: true });
  expect(JSON.parse(outputs?.key.plaintext as string)).toBe(live[0]?.key);
  expect(outputs).toMatchObject({ description: text, service: "dns", keyPrefix: live[0]?.keyPrefix });
});

test("bad inputs are said at preview, each by its property: a mistyped service, scopes, days", async () => {
  const { emulator, stack } = await openStack();
  const wrong: [body: string, said: (string | RegExp)[]][] = [
    [
      serviceKey({ service: "databse", description: 5, rotationTriggers: ["a"], recreateIfInvalid: "never" }),
      [
        "property service value {databse} has a problem: `service` must be one of database, storage, llm-api, dns, vps, not" +
          ' the string "databse"; did you mean "database"?',
        "property description value {5} has a problem: `description` must be a string",
        "has a problem: `rotationTriggers` must be an object, such as",
        'property recreateIfInvalid value {never} has a problem: `recreateIfInvalid` must be true or false, not the string "never"',
      ],
    ],
    [
      token({ scopes: ["ssh_keys: read"], rotateBeforeDays: 5 }),
      [
        '`scopes[0]` must be a string without spaces, such as "ssh_keys:read"',
        "property rotateBeforeDays value {5} has a problem",
        "requires `expiresInDays`: without it the token never expires. Set `expiresInDays`, or remove",
      ],
    ],
    [
      token({ scopes: [], expiresInDays: 1.5, rotateBeforeDays: 0 }),
      [
        "property scopes value {[]} has a problem: `scopes` must be a non-empty list",
        "property expiresInDays value {1.5} has a problem: `expiresInDays` must be a whole number of days",
        "property rotateBeforeDays value {0} has a problem: `rotateBeforeDays` must be a whole number of days",
      ],
    ],
    [
      token({ scopes: ["a:b"], expiresInDays: 30, rotateBeforeDays: 30 }),
      ["`rotateBeforeDays` (30) must be smaller than `expiresInDays` (30)"],
    ],
  ];
  for (const [body, said] of wrong) {
    stack.setProgram(body);
    const { all } = await stack.preview([], { fails: true });
    for (const text of said) expect(all).toMatch(typeof text === "string" ? new RegExp(escaped(text)) : text);
  }
  expect(takeRequests(emulator)).toEqual([]);
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

test("a refresh moves what moves and never what was fixed at creation, and tells a service key's scopes", async () => {
  const body =
    serviceKey({ service: "database" }) +
    token({ scopes: ["b:read", "a:read"], expiresInDays: 9, description: "x" });
  const { emulator, stack } = await openStack({ program: body });
  await stack.up();
  const read = async (): Promise<[StateResource, StateResource]> => [
    await stack.resource("app", { showSecrets: true }),
    await stack.resource("ci", { showSecrets: true }),
  ];
  const [app, ci] = await read();
  expect(app.outputs?.scopes).toBeNull();
  expect(app.outputs?.lastUsedAt).toBeNull();
  expect(Date.parse(app.outputs?.createdAt as string)).toBeGreaterThan(Date.now() - 60_000);

  // Another clock, another spelling, and a key in use: only the last is news.
  const told = { created_at: "2001-01-01T00:00:00+02:00", key_prefix: "changed", description: "changed" };
  const used = { last_used_at: "2026-01-02T03:04:05Z" };
  emulator.faults.add({ method: "GET", path: API_KEYS, merge: { ...told, ...used } });
  await stack.refresh(["--expect-no-changes"]);
  expect(emulator.faults.pending()).toEqual([]);
  const [appThen, ciThen] = await read();
  const news = { lastUsedAt: used.last_used_at };
  expect(appThen.outputs).toEqual({ ...app.outputs, ...news, scopes: ["database:read", "database:write"] });
  expect(ciThen.outputs).toEqual({ ...ci.outputs, ...news });
  await stack.preview(["--expect-no-changes"]);
});
