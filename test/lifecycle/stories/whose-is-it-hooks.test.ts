// Whose is the key that the first attempt of this run has left, when an `onError` hook asks for its creation
// again? Ours: it is removed, or the user is told.
import {
  PersonalAccessToken,
  type Resource,
  RotatingPersonalAccessToken,
  ServiceKey,
  SshKey,
} from "../../support/engine-resources";
import { account, deploy, stack } from "../../support/fresh-stack";
import { ROTATING_KEY, SERVICE_KEY, SSH_KEYS, TOKEN } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { expectDestroyed, expectHeld } from "../../support/story-end";

const OWN = { scopes: ["dns:read"], description: "tokens", rotateEveryDays: 30 };
const ALL = [
  ...[SERVICE_KEY, TOKEN, ROTATING_KEY, ...SSH_KEYS],
  ["rotating token with a description of its own", RotatingPersonalAccessToken, OWN],
] as const;
const LOOKS_REFUSED = { method: "GET", fate: "401", times: 3 } as const;

/** Another key of either kind, which the program looks up while the hook decides: that reads the lists. */
async function declareReader(type: Resource): Promise<string> {
  const isSsh = SSH_KEYS.some(([, each]) => each === type);
  const inputs = isSsh
    ? { publicKey: publicKey("reader"), name: "reader" }
    : { service: "vps", description: "reader" };
  await deploy("reader", isSsh ? SshKey : ServiceKey, inputs);
  return "reader";
}

/** The state holds the reader and `it`, and nothing of ours lives that it does not hold. */
async function expectNothingLeft(): Promise<void> {
  expectHeld();
  expect(stack.ids).toHaveLength(2);
  await expectDestroyed();
}

describe.each(ALL)("row 52: a hook asks again for a %s", (_what, type, inputs) => {
  let meanwhile: string;
  beforeEach(async () => {
    meanwhile = await declareReader(type);
  });

  test("whose orphan could not be removed: the orphan goes in the end", async () => {
    stack.declare("it", type, inputs, { retries: 1 });
    await stack.up({ troubles: [{ fate: "answer lost" }, { method: "DELETE", times: 4 }] });
    await expectNothingLeft();
  });

  test("whose orphan no list could show then, and another reader's list shows since: the orphan goes in the end", async () => {
    stack.declare("it", type, inputs, { retries: 1, meanwhile });
    await stack.up({ troubles: [{ fate: "answer lost" }, LOOKS_REFUSED] });
    await expectNothingLeft();
  });

  test("that exists, but whose first request took effect after the last look, and another reader's list shows it since: one key", async () => {
    stack.declare("it", type, inputs, { retries: 1, meanwhile });
    await stack.up({
      troubles: [
        { fate: "arrives late", late: 6.3 },
        { method: "GET", nth: 4, times: 4 },
      ],
    });
    await expectNothingLeft();
  });
});

describe("row 52: a hook asks again for a key whose description or name proves nothing", () => {
  test.each([
    ["service key", ServiceKey, { service: "dns", description: "ci key" }],
    ["token", PersonalAccessToken, { scopes: ["dns:read"], description: "ci key" }],
  ] as const)(
    "%s: the first key is named in that run, and there is no third one",
    async (_what, type, inputs) => {
      stack.declare("it", type, inputs, { retries: 2 });
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      expect(account.unnamed(stack)).toEqual([]);
      expect(account.live.length).toBeLessThanOrEqual(2);
      const named = account.live.filter((id) => stack.spoken.includes(id));
      await stack.destroy();
      expect(account.live.filter((id) => !named.includes(id))).toEqual([]);
    },
  );

  test("SSH key: it is taken, or named", async () => {
    await declareReader(SshKey);
    stack.declare(
      "it",
      SshKey,
      { publicKey: publicKey(1), name: "deploy" },
      { retries: 1, meanwhile: "reader" },
    );
    await stack.up({ troubles: [{ fate: "answer lost" }, LOOKS_REFUSED] });
    expect(account.unnamed(stack)).toEqual([]);
  });
});
