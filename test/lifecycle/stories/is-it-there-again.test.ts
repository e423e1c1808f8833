// A list that lags, is older than a request, or shows a part does not end a search: what was shown once is there, and what is
// not shown is looked for again, or stays in the state.
import { cachedLists } from "../../support/answers";
import {
  PersonalAccessToken,
  RotatingServiceKey,
  ServiceKey,
  SshKey,
  SshKeySet,
} from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";

const MIN = 60_000;
type Entry = Record<string, unknown>;
const ROTATING = { service: "dns", description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" };

const KINDS = [
  ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
  [
    "rotating key",
    RotatingServiceKey,
    { service: "dns", description: "pulumi test/dev/rot", rotateEveryDays: 30 },
  ],
  ["SSH key", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}" }],
] as const;

describe("a list that a cache has kept since before the key was made", () => {
  test.each(KINDS)(
    "and a %s that was made while there was no `Date`: it is not forgotten",
    async (_what, type, inputs) => {
      const cached = cachedLists(() => account.timing.server());
      account.emulator.transform = cached;
      for (const path of ["api-keys", "ssh-keys"])
        await fetch(`${account.emulator.url}/v1/account/${path}`, {
          headers: { "x-api-key": account.emulator.apiKey },
        });
      account.timing.elapsed += 60 * MIN;
      account.emulator.transform = ({ method, body }) => ({
        headers: { date: null },
        ...(method === "POST" && { body: { ...(body as object), created_at: undefined } }),
      });
      stack.declare("it", type, inputs);
      await stack.up();
      expect(stack.errors).toEqual([]);
      account.timing.elapsed += 60 * MIN;
      account.emulator.transform = cached;
      await stack.refresh();
      expect(account.unnamed(stack)).toEqual([]);
    },
  );
});

test.each(["destroy", "up"] as const)(
  "a set of which one entry was made and one was not, both unresolved, and two replicas: %s",
  async (command) => {
    stack.declare("team", SshKeySet, {
      publicKeys: { a: publicKey("a"), b: publicKey("b") },
      namePrefix: "team-",
    });
    await stack.up({
      troubles: [
        { fate: "answer lost" },
        { nth: 2, fate: "never arrives" },
        { method: "GET", fate: "401", times: 9 },
      ],
    });
    const orphans = account.live;
    expect(orphans).toHaveLength(1);
    account.timing.elapsed += MIN;
    let lists = 0;
    account.emulator.transform = ({ method, body }) => {
      if (method !== "GET" || !Array.isArray(body) || (lists += 1) === 1) return undefined;
      return { body: (body as { id: string }[]).filter(({ id }) => !orphans.includes(id)) };
    };
    await stack[command]();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  },
);

describe("a rotation whose response was lost", () => {
  const LOOKS_REFUSED = { method: "GET", fate: "401", nth: 2, times: 3 } as const;

  async function rotationIsLost(more: object): Promise<void> {
    stack.declare("it", RotatingServiceKey, { ...ROTATING, ...more });
    await stack.up({ troubles: [{ fate: "answer lost" }, LOOKS_REFUSED] });
    expect(stack.held("it").outputs["unresolved"]).toBe(true);
  }

  beforeEach(async () => {
    stack.declare("it", RotatingServiceKey, ROTATING);
    await stack.up();
    account.timing.elapsed += 20 * MIN;
  });

  test("the next up comes while the list lags: what the lost rotation made goes, or is named", async () => {
    await rotationIsLost({ rotationTriggers: { a: 1 } });
    account.emulator.quirks.listLag = 12_000;
    await stack.up();
    expect(account.unnamed(stack)).toEqual([]);
  });

  test("the next up is answered by a cache that is older than the attempt: nothing is forgotten, now or after destroy", async () => {
    const { emulator, timing } = account;
    const body: unknown = await (
      await fetch(`${emulator.url}/v1/account/api-keys`, { headers: { "x-api-key": emulator.apiKey } })
    ).json();
    const date = new Date(timing.server()).toUTCString();
    timing.elapsed += MIN;
    await rotationIsLost({ rotationTriggers: { a: 1 } });
    timing.elapsed += 20 * MIN;
    emulator.transform = ({ method }) =>
      method === "GET" ? { body, headers: { date, age: "1266" } } : undefined;
    await stack.up();
    expect(stack.held("it").outputs["unresolved"]).toBe(true);
    emulator.transform = undefined;
    await stack.destroy();
    expect(account.live).toEqual([]);
  });

  test("another description, lost, and the program goes back to the default one while the list lags: nothing of ours outlives destroy unnamed", async () => {
    await rotationIsLost({ description: "team key", __owner: "test/dev/it" });
    stack.declare("it", RotatingServiceKey, ROTATING);
    account.emulator.quirks.listLag = 20_000;
    await stack.up();
    account.emulator.quirks.listLag = 0;
    account.timing.elapsed += 10 * MIN;
    await stack.refresh();
    const said = stack.spoken;
    await stack.destroy();
    expect(account.live.filter((id) => !`${said}${stack.spoken}`.includes(id))).toEqual([]);
  });
});

test.each([
  ["is a full page", (own: Entry) => ({ items: [own], limit: 1 })],
  [
    "has an entry that cannot be read",
    (own: Entry, all: Entry[]) =>
      all.map((each) => (each === own ? each : { id: each["id"], created_at: {} })),
  ],
])(
  "a lost response, a second POST, and a list that shows its key and %s: the first one's is not taken for absent",
  async (_what, shown) => {
    let lists = 0;
    account.emulator.transform = ({ method, body }) => {
      if (method !== "GET" || !Array.isArray(body)) return undefined;
      lists += 1;
      const all = (body as Entry[]).filter(({ description }) => description !== null);
      // It lags for the three looks before.
      return { body: lists <= 3 ? [] : shown(all.at(-1)!, all) };
    };
    stack.declare("it", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" });
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    const said = stack.spoken;
    account.emulator.transform = undefined;
    await stack.destroy();
    expect(account.live.filter((id) => !`${said}${stack.spoken}`.includes(id))).toEqual([]);
  },
);

test("a token that is due by both clocks, and a list of an hour ago from a cache that tells its age: it is replaced", async () => {
  const { emulator, timing } = account;
  stack.declare("it", PersonalAccessToken, {
    scopes: ["dns:read"],
    description: "pulumi test/dev/it #${hex(7)}",
    expiresInDays: 30,
    rotateBeforeDays: 10,
  });
  await stack.up();
  account.pass(20);
  timing.elapsed -= 30 * MIN;
  const headers = { "x-api-key": emulator.apiKey };
  const body: unknown = await (await fetch(`${emulator.url}/v1/account/api-keys`, { headers })).json();
  const date = new Date(timing.server()).toUTCString();
  timing.elapsed += 60 * MIN;
  emulator.transform = ({ method }) =>
    method === "GET" ? { body, headers: { date, age: "3600" } } : undefined;
  await stack.up();
  expect(stack.errors).toEqual([]);
});

describe("unresolved by a local clock that is a minute ahead, and lists that a cache has kept for ten seconds: it is cleaned up", () => {
  test.each([
    ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
    ["SSH key", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}" }],
  ])("%s", async (_w, type, inputs) => {
    account.timing.error = MIN;
    stack.declare("it", type, inputs);
    await stack.up({
      troubles: [{ fate: "never arrives" }, { method: "GET", fate: "never arrives", times: 30 }],
    });
    account.timing.elapsed += 24 * 60 * MIN;
    account.emulator.transform = ({ method }) => {
      if (method !== "GET") return undefined;
      const date = new Date(account.timing.server() - 10_000).toUTCString();
      return { headers: { date, age: "10" } };
    };
    expect({ done: await stack.destroy(), errors: stack.errors }).toEqual({ done: true, errors: [] });
  });
});

const OPEN: [string, (all: object[]) => unknown][] = [
  ["somebody else's unreadable entry", (all) => [...all, { id: "foreign", created_at: {}, description: 5 }]],
  ["a list as long as its page", (all) => ({ items: all, limit: all.length })],
];
describe.each(OPEN)("%s, a rotation that never reached the API, and a trigger", (_what, shown) => {
  beforeEach(async () => {
    stack.declare("it", RotatingServiceKey, ROTATING);
    await stack.up();
    account.timing.elapsed += 20 * MIN;
    stack.declare("it", RotatingServiceKey, { ...ROTATING, rotationTriggers: { leaked: 1 } });
    await stack.up({
      troubles: [{ fate: "never arrives" }, { method: "GET", fate: "401", nth: 2, times: 3 }],
    });
    account.emulator.transform = ({ method, body }) =>
      method === "GET" && Array.isArray(body) ? { body: shown(body as object[]) } : undefined;
  });
  test("the replaced key is revoked by a later up", async () => {
    const leaked = account.live[0]!;
    for (let i = 0; i < 4; i += 1) {
      await stack.up();
      account.timing.elapsed += 60 * MIN;
    }
    expect({ errors: stack.errors, leaked: account.live.includes(leaked) }).toEqual({
      errors: [],
      leaked: false,
    });
  });
  test("the next rotation happens when it is due", async () => {
    await stack.up();
    await stack.up();
    const { keyId } = stack.held("it").outputs;
    account.pass(31);
    for (let i = 0; i < 3; i += 1) {
      await stack.up();
      account.timing.elapsed += 60 * MIN;
    }
    expect({ printed: stack.printed, same: stack.held("it").outputs["keyId"] === keyId }).toEqual({
      printed: stack.printed,
      same: false,
    });
  });
});

test("the first POST never arrives, the second one succeeds, and the list is as long as its page", async () => {
  account.emulator.transform = ({ method, body }) =>
    method === "GET" && Array.isArray(body)
      ? { body: { items: body, limit: Math.max(1, body.length) } }
      : undefined;
  stack.declare("it", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}" });
  await stack.up({ troubles: [{ fate: "never arrives" }] });
  const first = stack.errors;
  account.timing.elapsed += 3_600_000;
  await stack.up();
  const second = stack.errors;
  await stack.destroy();
  expect({ first, second, errors: stack.errors, live: account.live }).toEqual({
    first: [],
    second: [],
    errors: [],
    live: [],
  });
});

test("a token that was created in the same second in which a cache took its list: a refresh keeps it", async () => {
  account.emulator.transform = cachedLists(() => account.timing.server());
  const headers = { "x-api-key": account.emulator.apiKey };
  await fetch(`${account.emulator.url}/v1/account/api-keys`, { headers });
  stack.declare("it", PersonalAccessToken, {
    scopes: ["dns:read"],
    description: "pulumi test/dev/it #${hex(7)}",
  });
  await stack.up();
  const held = stack.ids;
  account.timing.elapsed += MIN;
  await stack.refresh();
  expect({ held: stack.ids, live: account.live }).toEqual({ held, live: held });
});
