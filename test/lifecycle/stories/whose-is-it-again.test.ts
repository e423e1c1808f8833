// Attempts that are repeated: by a hook, by another program text, or by the engine that replaces an SSH key. Nothing of ours outlives `destroy`
// unnamed, and no later `up` fails for ever.
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

const DEFAULT = { service: "dns", description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" };
const OWN = { ...DEFAULT, description: "team key", __owner: "test/dev/it" };

test.each([
  ["default description to one of its own", DEFAULT, OWN],
  ["description of its own to the default one", OWN, DEFAULT],
])(
  "from the %s: killed after the POST, and the program goes back: nothing of ours outlives destroy unnamed",
  async (_what, before, after) => {
    stack.declare("it", RotatingServiceKey, before);
    await stack.up();
    account.timing.elapsed += 20 * MIN;
    stack.declare("it", RotatingServiceKey, after);
    await stack.up({ kill: { nth: 2, arrived: true } });
    expect(account.live).toHaveLength(2);
    stack.declare("it", RotatingServiceKey, before);
    account.timing.elapsed += 20 * MIN;
    let said = "";
    for (const run of [() => stack.up(), () => stack.refresh(), () => stack.destroy()]) {
      await run();
      said += stack.spoken;
    }
    expect(account.live.filter((id) => !said.includes(id))).toEqual([]);
  },
);

test.each(["answer lost", "never arrives", "500, not done"] as const)(
  "up --replace of an SSH key, both responses lost (%s): a later up without trouble succeeds",
  async (fate) => {
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
    await stack.up();
    account.timing.elapsed += 30 * MIN;
    await stack.up({ replace: "it", troubles: [{ fate, times: 2 }] });
    for (let run = 0; run < 3; run += 1) {
      account.timing.elapsed += 30 * MIN;
      await stack.up();
    }
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  },
);

const LOOKS_REFUSED = { method: "GET", fate: "401", nth: 4, times: 3 } as const;

describe.each([
  ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
  ["token", PersonalAccessToken, { scopes: ["dns:read"], description: "pulumi test/dev/it #${hex(7)}" }],
  [
    "rotating service key",
    RotatingServiceKey,
    { service: "dns", description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" },
  ],
] as const)(
  "a hook asks again for a %s whose requests arrive late, and lists lag by five seconds",
  (_what, type, inputs) => {
    test.each([
      ["(a) and the third one's is answered", 2],
      ["(b) and so does the third", 3],
    ])("%s: nothing of ours outlives destroy unnamed", async (_how, times) => {
      stack.declare("it", type, inputs, { retries: 1 });
      account.emulator.quirks.listLag = 5_000;
      await stack.up({
        troubles: [{ fate: "arrives late", late: times === 2 ? 3 : 1, times }, LOOKS_REFUSED],
      });
      const said = stack.spoken;
      await account.timing.settle(true);
      account.emulator.quirks.listLag = 0;
      account.timing.elapsed += 600_000;
      await stack.destroy();
      expect(account.live.filter((id) => !`${said}${stack.spoken}`.includes(id))).toEqual([]);
    });
  },
);

/** The first `count` lists come from a replica that lags: it shows what the account held before. */
async function laggingReplica(count: number) {
  const { emulator } = account;
  const before = (await (
    await fetch(`${emulator.url}/v1/account/ssh-keys`, { headers: { "x-api-key": emulator.apiKey } })
  ).json()) as { id: string }[];
  let lists = 0;
  return () => {
    emulator.transform = ({ method, path }) =>
      method === "GET" && path.includes("ssh-keys") && (lists += 1) <= count ? { body: before } : undefined;
  };
}

describe.each([
  ["explicit", { name: "deploy" }],
  ["generated", { name: "it-${hex(7)}" }],
])("%s name", (_w, more) => {
  test.each([1, 2])(
    "removed by one command, added again by the next; answer lost; %s lists lag",
    async (count) => {
      stack.declare("it", SshKey, { publicKey: publicKey("it"), ...more });
      await stack.up();
      account.timing.elapsed += 60 * MIN;
      const lag = await laggingReplica(count);
      stack.program.delete("it");
      await stack.up();
      expect(account.live).toEqual([]);
      stack.declare("it", SshKey, { publicKey: publicKey("it"), ...more });
      lag();
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      account.emulator.transform = undefined;
      account.timing.elapsed += 60 * MIN;
      await stack.up();
      expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: account.live });
    },
  );
});

test("adoptExisting: removed by one command, added by the next; the answer is lost, and one replica lags", async () => {
  const { emulator } = account;
  stack.declare("it", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}", adoptExisting: true });
  await stack.up();
  account.timing.elapsed += 60 * MIN;
  const before = await (
    await fetch(`${emulator.url}/v1/account/ssh-keys`, { headers: { "x-api-key": emulator.apiKey } })
  ).json();
  stack.program.delete("it");
  await stack.up();
  stack.declare("it", SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}", adoptExisting: true });
  let lists = 0;
  emulator.transform = ({ method }) =>
    method === "GET" && (lists += 1) === 2 ? { body: before } : undefined;
  await stack.up({ troubles: [{ fate: "answer lost" }] });
  emulator.transform = undefined;
  expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: account.live });
});

test("a set destroyed by one command and created by the next; one answer is lost, one list lags", async () => {
  const { emulator } = account;
  const declare = () =>
    stack.declare("team", SshKeySet, {
      publicKeys: { a: publicKey("a"), b: publicKey("b"), c: publicKey("c") },
      namePrefix: "team-",
    });
  declare();
  await stack.up();
  account.timing.elapsed += 60 * MIN;
  const before = await (
    await fetch(`${emulator.url}/v1/account/ssh-keys`, { headers: { "x-api-key": emulator.apiKey } })
  ).json();
  await stack.destroy();
  let lists = 0;
  emulator.transform = ({ method }) =>
    method === "GET" && (lists += 1) === 1 ? { body: before } : undefined;
  await stack.up({ troubles: [{ fate: "answer lost", nth: 2 }] });
  emulator.transform = undefined;
  account.timing.elapsed += 60 * MIN;
  await stack.up();
  expect({ errors: stack.errors, held: stack.ids.length, live: account.live.length }).toEqual({
    errors: [],
    held: 3,
    live: 3,
  });
});
