// Creations whose response was lost, across runs, retries, clocks and an API that alters what it is sent: one live key, or an error that names what may be ours.
import { createHash } from "node:crypto";

import { publicKey } from "../../support/public-key";
import { StoryStack } from "../../support/story-stack";
import { PersonalAccessToken, RotatingServiceKey, ServiceKey, SshKey } from "../../support/engine-resources";
import { account, DAY, deploy, HOUR, stack } from "../../support/fresh-stack";
import { API_KEYS, DECLARED, SSH_KEY, SSH_KEY_SET, SSH_KEYS } from "../../support/kinds";
import { declareRotating } from "../../support/rotating";
import { changes, expectDestroyed, expectFailure, expectHeld } from "../../support/story-end";

const ALL = [...API_KEYS, SSH_KEY] as const;
/** The response is lost, and all the looks that follow. */
const UNRESOLVED = [{ fate: "answer lost" }, { method: "GET", times: 12 }] as const;
/** The same without any response, which would show the server's time. */
const OFFLINE = [
  { fate: "answer lost", times: 99 },
  { method: "GET", fate: "never arrives", times: 99 },
] as const;

/** The state holds one key, of which it has the secret, and no other is live; `destroy` leaves nothing. */
async function expectOneForOne(): Promise<void> {
  expectHeld();
  expect(stack.ids).toHaveLength(1);
  const { key } = stack.held("it").outputs;
  const listed = account.emulator.account.apiKeys().find(({ id }) => id === stack.ids[0]);
  if (key !== undefined) expect(listed?.key).toBe(key);
  await expectDestroyed();
}

async function expectUnresolved(troubles: readonly object[] = UNRESOLVED): Promise<void> {
  await stack.up({ troubles: [...troubles] });
  expect(stack.held("it").id).toMatch(/^unresolved\//);
}

describe.each(ALL)("a %s", (_what, type, inputs) => {
  beforeEach(() => stack.declare("it", type, inputs));

  test.each([
    ["a creation that stayed unresolved", 1, UNRESOLVED],
    ["three responses that were lost", 3, [{ fate: "answer lost", times: 3 }, UNRESOLVED[1]]],
    // The three looks are answered; the check after the second attempt is not.
    ["a possible duplicate", 1, [{ fate: "never arrives" }, { method: "GET", nth: 4, times: 4 }]],
  ] as const)("pulumi/2: a hook asks again after %s", async (_what, retries, troubles) => {
    await stack.up({ retries, troubles: [...troubles] });
    if (retries > 1) await stack.up();
    await expectOneForOne();
  });

  test("pulumi/2: a hook asks again, and the first attempt takes effect a minute late", async () => {
    await stack.up({ retries: 1, troubles: [{ fate: "arrives late", late: 60 }, UNRESOLVED[1]] });
    await account.timing.settle(true);
    await stack.refresh();
    expect(account.unnamed(stack)).toEqual([]);
  });

  test("unresolved, and the list still lags behind it when the next command cleans up", async () => {
    for (const cleanUp of [() => stack.destroy(), () => stack.up()]) {
      stack.declare("it", type, inputs);
      const began = account.timing.elapsed;
      await expectUnresolved();
      account.emulator.quirks.listLag = account.timing.elapsed - began + 4_000;
      await cleanUp();
      account.emulator.quirks.listLag = 0;
      expectHeld();
    }
  });

  test("keys/22: a list that lags: a refresh right after up keeps the key", async () => {
    account.emulator.quirks.listLag = 3_000;
    await stack.up();
    await stack.refresh();
    await stack.up();
    await expectOneForOne();
  });

  test("keys/22: a list that lags while the response is lost", async () => {
    account.emulator.quirks.listLag = 3_000;
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    account.timing.elapsed += 10_000;
    await expectOneForOne();
  });
});

describe.each([...ALL, SSH_KEY_SET])(
  "an unresolved %s, while the list's entries cannot be read",
  (_what, type, inputs) => {
    test.each([{ created_at: 5 }, { id: null }])(
      "(%j): up and destroy fail, the state keeps the attempt, and it heals later",
      async (merge) => {
        stack.declare("it", type, inputs);
        await stack.up({ troubles: [...UNRESOLVED] });
        const { id } = stack.held("it");
        account.emulator.faults.add({ method: "GET", merge, times: "always" });
        for (const command of [() => stack.up(), () => stack.destroy()]) {
          expect(await command()).toBe(false);
          expect(stack.errors.join()).toContain("an unexpected shape");
          expect({ live: account.live.length, id: stack.held("it").id }).toEqual({ live: 1, id });
        }
        account.emulator.faults.clear();
        await stack.up();
        await expectOneForOne();
      },
    );
  },
);

describe.each(API_KEYS)("a %s", (_what, type, inputs) => {
  beforeEach(() => stack.declare("it", type, inputs));

  test("row 46: both requests arrive late, and the revoked first key goes on being listed: it is not taken for the second", async () => {
    account.emulator.quirks.listsRevokedKeys = true;
    await stack.up({ troubles: [{ fate: "arrives late", late: 0, times: 2 }] });
    await account.timing.settle(true);
    if (!stack.state.has("it")) expect(account.live).toEqual([]);
    await stack.up();
    await expectOneForOne();
  });

  test.each(["never arrives", "401", "refused"] as const)(
    "the first attempt is on its way, the second one is lost as well (%s): not forgotten",
    async (second) => {
      await expectUnresolved([
        { fate: "arrives late", late: 60 },
        { fate: second, nth: 2, times: 9 },
      ]);
      await account.timing.settle(true);
      expect(account.live).toHaveLength(1);
      await expectDestroyed();
    },
  );
});

describe("a service key", () => {
  beforeEach(() => stack.declare("it", ServiceKey, DECLARED.ServiceKey));

  test("both of whose attempts were seen and revoked leaves nothing in the state: a plain error", async () => {
    await expectFailure(stack.up({ troubles: [{ fate: "answer lost", times: 2 }] }), "got no response");
    expect({ live: account.live, left: stack.state.size }).toEqual({ live: [], left: 0 });
  });

  test("whose first attempt takes place a minute late has a twin, which the next refresh names", async () => {
    await stack.up({ troubles: [{ fate: "arrives late", late: 60 }] });
    await account.timing.settle(true);
    const [twin] = account.unnamed(stack);
    expect(twin).toBeDefined();
    await stack.refresh();
    expect(stack.printed).toContain(`an earlier attempt may have created ${twin}`);
  });

  test("with a description that is copied from an old key, marker and all, does not cost the old key its life", async () => {
    const copied = { service: "dns", description: "pulumi test/dev/it #1a2b3c4" };
    const { id } = account.emulator.account.addApiKey({ ...copied, createdAt: "2025-12-24T10:00:00Z" });
    stack.declare("it", ServiceKey, copied);
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    expect(account.live).toContain(id);
    expect(account.unnamed(stack)).toEqual([id]);
  });

  describe("beside which a twin may live", () => {
    beforeEach(async () => {
      // The first attempt is lost without a trace, the second succeeds, and then no list can be read.
      await stack.up({ troubles: [{ fate: "never arrives" }, { method: "GET", nth: 4, times: 99 }] });
      expect(account.live).toEqual(stack.ids);
      const { outputs } = stack.held("it");
      expect(outputs).toMatchObject({ unresolved: true, key: expect.stringContaining("wayscloud_") });
      account.emulator.account.addApiKey({ service: "dns", description: String(outputs.description) });
    });

    test("is not revoked before the check that it is not the credential of this very run", async () => {
      stack.credential = String(stack.held("it").outputs.key);
      await expectFailure(stack.destroy(), "Did not revoke");
      expect(account.live).toHaveLength(2);
    });

    test("is replaced when the inputs ask for that, and its deletion takes the twin along", async () => {
      await deploy("it", ServiceKey, { ...DECLARED.ServiceKey, service: "vps" });
      await expectOneForOne();
    });

    test("becomes unresolved when it vanishes, so that the twin is still looked for", async () => {
      account.emulator.account.remove(stack.held("it").id);
      await stack.refresh();
      expect(stack.held("it").id).toMatch(/^unresolved\//);
      await expectDestroyed();
    });
  });
});

describe("B4, row 43: an explicit description proves nothing", () => {
  const shared = { service: "database", description: "shared" };

  test("the error waits for the last look, and names the late key beside another stack's", async () => {
    account.emulator.account.addApiKey(shared);
    stack.declare("it", ServiceKey, shared);
    await expectFailure(stack.up({ troubles: [{ fate: "arrives late", late: 5 }] }), "not proven");
    expect(account.live).toHaveLength(2);
    expect(account.unnamed(stack)).toEqual([]);
    expect(changes("DELETE")).toEqual([]);
  });

  test("a hook that asks again gets no second key without a word", async () => {
    stack.declare("it", ServiceKey, shared);
    expect(await stack.up({ retries: 1, troubles: [...UNRESOLVED] })).toBe(false);
    expect(account.unnamed(stack)).toEqual([]);
  });

  test("a rotating key's is proof all the same, since each key has a marker", async () => {
    stack.declare("it", RotatingServiceKey, { ...shared, rotateEveryDays: 30 });
    await stack.up({ retries: 1, troubles: [...UNRESOLVED] });
    await expectOneForOne();
  });
});

describe.each(SSH_KEYS)("an %s that the API registers with another fingerprint", (_what, type, inputs) => {
  const fingerprint = `SHA256:${"A".repeat(43)}`;

  beforeEach(() => {
    account.emulator.faults.add({ method: "POST", merge: { fingerprint } });
    stack.declare("it", type, inputs);
  });

  test("is deleted at once", async () => {
    expect(await stack.up()).toBe(false);
    expect({ live: account.live, left: stack.state.size }).toEqual({ live: [], left: 0 });
    expect(stack.errors.join()).toContain(fingerprint);
  });

  test.each(["up", "refresh, up", "destroy"])(
    "and that cannot be deleted stays in the state, with its id in the error; then %s",
    async (next) => {
      await stack.up({ troubles: [{ method: "DELETE", times: 9 }] });
      const { live } = account;
      expect(live).toHaveLength(1);
      expect(stack.ids).toEqual(live);
      expect(stack.errors.join()).toContain(live[0]);
      if (next.startsWith("refresh")) await stack.refresh();
      if (next === "destroy") return expectDestroyed();
      await stack.up();
      expect(account.live).not.toEqual(live);
      await expectOneForOne();
    },
  );
});

describe("an SSH key", () => {
  const deployed = { publicKey: publicKey(1), name: "deploy" };

  test("that stayed unresolved is named, if by a server's clock that was set meanwhile it is too old to be ours", async () => {
    stack.declare("it", SshKey, DECLARED.SshKey);
    await stack.up({ troubles: [...OFFLINE] });
    const [left] = account.live;
    account.timing.serverError = HOUR;
    await stack.up();
    expect(stack.printed).toContain(left);
    expect(account.live).toEqual([left]);
  });

  test("keys/26: a list with MD5 fingerprints: a lost response, and adoption", async () => {
    const material = Buffer.from(publicKey(1).split(" ")[1]!, "base64");
    const md5 = createHash("md5").update(material).digest("hex").match(/../g)!.join(":");
    const path = "/v1/account/ssh-keys";
    account.emulator.faults.add({
      method: "GET",
      path,
      times: "always",
      merge: { fingerprint: `MD5:${md5}` },
    });
    stack.declare("it", SshKey, DECLARED.SshKey);
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    expectHeld();
    await expectDestroyed();
    const { id } = account.emulator.account.addSshKey({ ...deployed, name: "laptop" });
    await deploy("it", SshKey, { ...DECLARED.SshKey, adoptExisting: true });
    expectHeld([id]);
  });

  test.each([-6_000, -60_000, -500_000])(
    "B4: createdAt is %i ms behind, and the response is lost",
    async (skew) => {
      account.emulator.quirks.createdAtSkew = skew;
      stack.declare("it", SshKey, DECLARED.SshKey);
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      await expectOneForOne();
    },
  );

  test("with an explicit name that arrives between the last look and the second attempt is taken: it is ours", async () => {
    stack.declare("it", SshKey, deployed);
    await stack.up({
      troubles: [
        { fate: "arrives late", late: 6.2 },
        { fate: "refused", nth: 2, times: 2 },
      ],
    });
    await expectOneForOne();
  });

  test.each([
    ["2025-12-24T10:00:00Z", 1],
    ["2026-01-01T00:00:02Z", 0],
  ])("of the same name made at %s: clearing up an unresolved creation leaves %d", async (createdAt, left) => {
    stack.declare("it", SshKey, deployed);
    await expectUnresolved([{ fate: "never arrives" }, { method: "GET", fate: "401", times: 99 }]);
    account.emulator.account.addSshKey({ ...deployed, createdAt });
    await stack.destroy();
    expect(account.live).toHaveLength(left);
  });

  test.each(["up", "destroy"] as const)(
    "by a clock that was a year slow, then %s by a right one: an older key of the same name is named, and stays",
    async (next) => {
      const { id } = account.emulator.account.addSshKey(deployed);
      account.timing.elapsed += 30 * DAY;
      account.timing.error = -365 * DAY;
      stack.declare("it", SshKey, deployed);
      await expectUnresolved(OFFLINE);
      account.timing.error = 0;
      await stack[next]();
      expect(stack.printed).toContain(id);
      await stack.destroy();
      expect(account.live).toEqual([id]);
    },
  );

  test("in a copy of an unresolved state: the copy never deletes what the original made a day later", async () => {
    stack.declare("it", SshKey, deployed);
    await stack.up({ troubles: [...UNRESOLVED] });
    const copy = new StoryStack(account, "copy");
    copy.takeStateOf(stack);
    copy.declare("it", SshKey, deployed);
    account.timing.elapsed += DAY;
    await stack.up();
    await copy.up();
    expect(copy.printed).toContain(stack.held("it").id);
    await copy.destroy();
    await expectOneForOne();
  });

  test("keys/20: a conflict while the list cannot be read says so, with its status", async () => {
    account.emulator.account.addSshKey({ ...deployed, name: "laptop" });
    account.emulator.faults.add({ method: "GET", status: 403, times: "always" });
    stack.declare("it", SshKey, DECLARED.SshKey);
    await expectFailure(stack.up(), /could not be read \(403\)/);
    expect(stack.errors.join()).toContain("adoptExisting");
    expect(account.live).toHaveLength(1);
  });

  test("keys/17: of a new logical name: the conflict advises aliases, and they work", async () => {
    await deploy("a", SshKey, { publicKey: publicKey(1), name: "a-${hex(7)}" });
    stack.program.clear();
    stack.declare("b", SshKey, { publicKey: publicKey(1), name: "b-${hex(7)}" });
    await expectFailure(stack.up(), "`aliases`");
  });
});

test("B6: a token with an end is not imported without a creation time: refused before anything is claimed", async () => {
  const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "x" });
  account.emulator.faults.add({ method: "GET", times: "always", merge: { created_at: "" } });
  const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 30, existing: { id, key } };
  stack.declare("it", PersonalAccessToken, inputs);
  await expectFailure(stack.up(), "omit `expiresInDays`");
  account.emulator.faults.clear();
  await stack.up();
  expectHeld([id]);
});

test("a server clock at the end of time costs no key: it is created, and its times are by the local clock", async () => {
  account.emulator.faults.add({ method: "POST", headers: { date: "Fri, 12 Sep 275760 23:59:59 GMT" } });
  await deploy("it", PersonalAccessToken, { ...DECLARED.PersonalAccessToken, expiresInDays: 90 });
  expectHeld();
  const times = { createdAt: "2026-01-01T00:00:00Z", expiresAt: "2026-04-01T00:00:00Z" };
  expect(stack.held("it").outputs).toMatchObject(times);
});

test("keys/34: a token that is created while the local clock is days ahead does not count as due at every up", async () => {
  account.timing.error = 3 * DAY;
  await deploy("it", PersonalAccessToken, { scopes: ["dns:read"], description: "x", expiresInDays: 2 });
  // A diff makes no request, so nothing but the local clock can tell it the time: the token counts as due, once. What replaces it shows that
  // the clock is ahead, and from then on only the time that passes on it counts.
  await stack.up();
  const second = stack.ids;
  for (let run = 0; run < 3; run += 1) await stack.up();
  expect(stack.ids).toEqual(second);
  account.pass(3);
  await stack.up();
  expect(stack.ids).not.toEqual(second);
});

test("a lost rotation left its key under another description: an update and destroy find it", async () => {
  for (const end of ["update", "destroy"]) {
    declareRotating({ description: "one", __owner: "test/dev/db" });
    await stack.up();
    declareRotating({ description: "two", __owner: "test/dev/db" });
    await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", nth: 2, times: 99 }] });
    expect(account.live).toHaveLength(2);
    // The program is what it was before.
    declareRotating({ description: "one", __owner: "test/dev/db" });
    if (end === "update") await stack.up();
    if (end === "update") expectHeld();
    await expectDestroyed();
  }
});

test("pulumi/26: every optional output that is absent is null", async () => {
  for (const [name, type, inputs] of ALL) stack.declare(name, type, inputs);
  await stack.up();
  for (const name of ["rotating service key", "rotating token"]) {
    const absent = { previousKey: null, previousKeyId: null, retireAt: null };
    expect(stack.held(name).outputs).toMatchObject(absent);
  }
  for (const [name] of API_KEYS) expect(stack.held(name).outputs).toHaveProperty("lastUsedAt", null);
  expect(stack.held("token").outputs).toMatchObject({ expiresAt: null, rotateAt: null, expiresInDays: null });
});
