// Creations whose response was lost, across runs, retries, clocks and an API that alters what it is sent: one live key, or an error that names what may be ours.
import { createHash } from "node:crypto";

import { resources } from "../../support/engine-resources";
import type { Quirks } from "../../../src/emulator";
import { publicKey } from "../../support/public-key";
import { useFreshStack } from "../../support/fresh-stack";
import { StoryStack } from "../../support/story-stack";
import type { StoryAccount } from "../../support/story-account";

const { ServiceKey, PersonalAccessToken, RotatingServiceKey, RotatingPersonalAccessToken } = resources;
const { SshKey, SshKeySet } = resources;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let account: StoryAccount;
let stack: StoryStack;
useFreshStack((...fresh) => ([account, stack] = fresh));

const KEYS = [
  ["service key", ServiceKey, { service: "database", description: "pulumi test/dev/it #${hex(7)}" }],
  ["token", PersonalAccessToken, { scopes: ["dns:read"], description: "pulumi test/dev/it #${hex(7)}" }],
  [
    "rotating service key",
    RotatingServiceKey,
    { service: "database", description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" },
  ],
  [
    "rotating token",
    RotatingPersonalAccessToken,
    { scopes: ["dns:read"], description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" },
  ],
] as const;
const ALL = [...KEYS, ["SSH key", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" }]] as const;
/** The response is lost, and all the looks that follow. */
const UNRESOLVED = [{ fate: "answer lost" }, { method: "GET", times: 12 }] as const;

async function expectOneForOne(): Promise<void> {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  expect(stack.ids).toHaveLength(1);
  const { key } = stack.held("it").outputs;
  const [id] = stack.ids;
  if (key !== undefined)
    expect(account.emulator.account.apiKeys().find((each) => each.id === id)?.key).toBe(key);
  expect(await stack.destroy()).toBe(true);
  expect(account.live).toEqual([]);
}

describe.each(KEYS)("a %s", (_what, type, inputs) => {
  test("row 46: both requests arrive late, and the revoked first key goes on being listed: it is not taken for the second", async () => {
    account.emulator.quirks.listsRevokedKeys = true;
    stack.declare("it", type, inputs);
    await stack.up({ troubles: [{ fate: "arrives late", late: 0, times: 2 }] });
    await account.timing.settle(true);
    if (!stack.state.has("it")) expect(account.live).toEqual([]);
    await stack.up();
    await expectOneForOne();
  });
});

test("an SSH key that stayed unresolved is named, if by a server's clock that was set meanwhile it is too old to be ours", async () => {
  stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
  await stack.up({ troubles: [...UNRESOLVED] });
  const [left] = account.live;
  account.timing.serverError = HOUR;
  await stack.up();
  expect(stack.printed).toContain(left);
  expect(account.live).toEqual([left]);
});

describe.each(ALL)("a %s", (_what, type, inputs) => {
  test("pulumi/2: a hook asks again for a creation that stayed unresolved", async () => {
    stack.declare("it", type, inputs, { retries: 1 });
    await stack.up({ troubles: [...UNRESOLVED] });
    await expectOneForOne();
  });

  test("pulumi/2: a hook asks three times, and every response is lost", async () => {
    stack.declare("it", type, inputs, { retries: 3 });
    await stack.up({
      troubles: [
        { fate: "answer lost", times: 3 },
        { method: "GET", times: 12 },
      ],
    });
    await stack.up();
    await expectOneForOne();
  });

  test("pulumi/2: a hook asks again after a possible duplicate", async () => {
    stack.declare("it", type, inputs, { retries: 1 });
    // The three looks are answered; the check after the second attempt is not.
    await stack.up({ troubles: [{ fate: "never arrives" }, { method: "GET", nth: 4, times: 4 }] });
    await expectOneForOne();
  });

  test("pulumi/2: a hook asks again, and the first attempt takes effect a minute late", async () => {
    stack.declare("it", type, inputs, { retries: 1 });
    await stack.up({
      troubles: [
        { fate: "arrives late", late: 60 },
        { method: "GET", times: 12 },
      ],
    });
    await account.timing.settle(true);
    await stack.refresh();
    const [held] = stack.ids;
    for (const id of account.live) if (id !== held) expect(stack.printed).toContain(id);
  });

  test.each([
    ["takes effect after it", [{ fate: "arrives late", late: 1 }]],
    ["took effect before it", [{ fate: "answer lost" }, { method: "GET", times: 1 }]],
  ] as const)(
    "A19, row 39: the host sleeps for an hour between the request, which %s, and the look",
    async (_when, troubles) => {
      stack.declare("it", type, inputs);
      const { timing } = account;
      const sleep = timing.sleep.bind(timing);
      let asleep = false;
      // The monotonic clock stops while a machine sleeps; the wall clocks do not.
      timing.sleep = async (ms) => {
        if (!asleep) {
          asleep = true;
          timing.elapsed += HOUR;
          timing.monotonic = () => timing.elapsed - HOUR;
        }
        await sleep(ms);
      };
      await stack.up({ troubles: [...troubles] });
      await timing.settle(true);
      expect(asleep).toBe(true);
      await expectOneForOne();
    },
  );

  test("unresolved, and the list still lags behind it when the next command cleans up", async () => {
    const cleanUps = [() => stack.destroy(), () => stack.up()];
    for (const cleanUp of cleanUps) {
      stack.declare("it", type, inputs);
      const began = account.timing.elapsed;
      await stack.up({ troubles: [...UNRESOLVED] });
      expect(stack.held("it").id).toMatch(/^unresolved\//);
      account.emulator.quirks.listLag = account.timing.elapsed - began + 4_000;
      await cleanUp();
      account.emulator.quirks.listLag = 0;
      expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
    }
  });

  test.each([365 * DAY, -365 * DAY, HOUR, -HOUR])(
    "row 39: the local clock is wrong by %i ms, and the response is lost",
    async (error) => {
      account.timing.error = error;
      stack.declare("it", type, inputs);
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      await expectOneForOne();
    },
  );

  test.each([365 * DAY, -365 * DAY])(
    "A10, row 39: unresolved with a local clock that is wrong by %i ms, then set right",
    async (error) => {
      account.timing.error = error;
      stack.declare("it", type, inputs);
      await stack.up({ troubles: [...UNRESOLVED] });
      expect(stack.held("it").id).toMatch(/^unresolved\//);
      account.timing.error = 0;
      account.timing.elapsed += HOUR;
      await stack.up();
      await expectOneForOne();
    },
  );

  test("keys/22: a list that lags: a refresh right after up keeps the key", async () => {
    account.emulator.quirks.listLag = 3_000;
    stack.declare("it", type, inputs);
    await stack.up();
    await stack.refresh();
    await stack.up();
    await expectOneForOne();
  });

  test("keys/22: a list that lags while the response is lost", async () => {
    account.emulator.quirks.listLag = 3_000;
    stack.declare("it", type, inputs);
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    account.timing.elapsed += 10_000;
    await expectOneForOne();
  });
});

describe.each([...ALL, ["SSH key set", SshKeySet, { publicKeys: { it: publicKey(1) } }] as const])(
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

describe.each(KEYS)("a %s", (_what, type, inputs) => {
  test("A10, row 42: cleaning up leaves keys that look alike, but are older or for another service", async () => {
    stack.declare("it", type, inputs);
    await stack.up({ troubles: [...UNRESOLVED] });
    const like = account.emulator.account.liveApiKeys()[0];
    const old = account.emulator.account.addApiKey({
      ...(like?.service ? { service: like.service } : { scopes: like?.scopes ?? [] }),
      description: String(like?.description),
      createdAt: "2025-11-01T00:00:00Z",
    });
    const other = account.emulator.account.addApiKey({
      service: "storage",
      description: String(like?.description),
    });
    await stack.up();
    expect(account.live).toEqual(expect.arrayContaining([old.id, other.id]));
    account.emulator.account.remove(old.id);
    account.emulator.account.remove(other.id);
    await expectOneForOne();
  });

  test("A20, row 44: the second request is answered 409: looked at, and not believed", async () => {
    stack.declare("it", type, inputs);
    account.emulator.faults.add(
      { method: "POST", reset: true, commitAfter: 0 },
      { method: "POST", status: 409, body: { detail: "exists" } },
    );
    await stack.up();
    await stack.up();
    await expectOneForOne();
  });

  test("A20, row 44: 409 to the second request while the first one is on its way: unresolved, and healed", async () => {
    stack.declare("it", type, inputs);
    account.emulator.faults.add({ method: "POST", status: 409, body: { detail: "exists" }, times: "always" });
    await stack.up({ troubles: [{ fate: "arrives late", late: 60 }] });
    account.emulator.faults.clear();
    await account.timing.settle(true);
    expect(account.live).toHaveLength(1);
    await stack.up();
    await expectOneForOne();
  });

  const ALTERED: [string, Quirks][] = [
    ["trimmed", { descriptions: "trimmed" }],
    ["in lower case", { descriptions: "lower-case" }],
    ["cut off", { descriptions: { truncatedTo: 20 } }],
    ["not kept", { descriptions: "null" }],
  ];

  test.each(ALTERED)(
    "keys/23, row 45: descriptions are %s: unchanged programs stay unchanged",
    async (_how, quirks) => {
      Object.assign(account.emulator.quirks, quirks);
      stack.declare("it", type, inputs);
      await stack.up();
      account.requests();
      for (let run = 0; run < 2; run += 1) {
        await stack.refresh();
        account.requests();
        await stack.up();
        expect(account.requests()).toEqual([]);
      }
      await expectOneForOne();
    },
  );

  test.each(ALTERED)(
    "keys/23, row 45: descriptions are %s, and the response is lost: one live key, or all that may be ours is named",
    async (_how, quirks) => {
      Object.assign(account.emulator.quirks, quirks);
      stack.declare("it", type, inputs);
      const succeeded = await stack.up({ troubles: [{ fate: "answer lost" }] });
      const told = stack.errors.join() + stack.printed;
      if (succeeded)
        expect(account.live.filter((id) => !stack.ids.includes(id) && !told.includes(id))).toEqual([]);
      else for (const id of account.live) expect(told).toContain(id);
      expect(account.live.length).toBeLessThanOrEqual(1);
    },
  );

  test.each([-6_000, -60_000, -600_000])(
    "B4, row 43: createdAt is %i ms behind the Date header, and the response is lost",
    async (createdAtSkew) => {
      account.emulator.quirks.createdAtSkew = createdAtSkew;
      stack.declare("it", type, inputs);
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      await expectOneForOne();
    },
  );
});

describe("B4, row 43: an explicit description proves nothing", () => {
  test.each([0, -6_000, -60_000, -600_000])(
    "createdAt %i ms behind: an error names the key",
    async (createdAtSkew) => {
      account.emulator.quirks.createdAtSkew = createdAtSkew;
      stack.declare("it", ServiceKey, { service: "database", description: "shared" });
      expect(await stack.up({ troubles: [{ fate: "answer lost" }] })).toBe(false);
      expect(account.live).toHaveLength(1);
      expect(stack.errors.join()).toContain(account.live[0]);
    },
  );

  test("a hook that asks again gets no second key without a word", async () => {
    stack.declare("it", ServiceKey, { service: "database", description: "shared" }, { retries: 1 });
    const succeeded = await stack.up({ troubles: [...UNRESOLVED] });
    const told = stack.errors.join() + stack.printed;
    expect({
      succeeded,
      live: account.live.filter((id) => !stack.ids.includes(id) && !told.includes(id)),
    }).toEqual({
      succeeded: false,
      live: [],
    });
  });

  test("a rotating key's is proof all the same, since each key has a marker", async () => {
    const inputs = { service: "database", description: "shared", rotateEveryDays: 30 };
    stack.declare("it", RotatingServiceKey, inputs, { retries: 1 });
    await stack.up({ troubles: [...UNRESOLVED] });
    await expectOneForOne();
  });
});

describe.each([
  ["SSH key", SshKey, { publicKey: publicKey(1), name: "it" }],
  ["SSH key set", SshKeySet, { publicKeys: { it: publicKey(1) } }],
] as const)("an %s that the API registers with another fingerprint", (_what, type, inputs) => {
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
      if (next !== "destroy") {
        await stack.up();
        expect(account.live).not.toEqual(live);
        await expectOneForOne();
      }
      await stack.destroy();
      expect({ live: account.live, left: stack.state.size }).toEqual({ live: [], left: 0 });
    },
  );
});

describe("SSH keys", () => {
  const md5 = {
    method: "GET",
    path: "/v1/account/ssh-keys",
    times: "always",
    merge: { fingerprint: "" },
  } as const;
  /** The MD5 fingerprint of `publicKey(1)`, as some lists show it. */
  const fingerprint = "MD5:".concat(
    createHash("md5")
      .update(Buffer.from(publicKey(1).split(" ")[1] ?? "", "base64"))
      .digest("hex")
      .replace(/..(?=.)/g, "$&:"),
  );

  test("keys/26: a list with MD5 fingerprints: a lost response, and adoption", async () => {
    account.emulator.faults.add({ ...md5, merge: { fingerprint } });
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
    stack.program.delete("it");
    account.emulator.faults.clear();
    await stack.up();
    const { id } = account.emulator.account.addSshKey({ name: "laptop", publicKey: publicKey(1) });
    account.emulator.faults.add({ ...md5, merge: { fingerprint } });
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}", adoptExisting: true });
    await stack.up();
    expect({ errors: stack.errors, ids: stack.ids }).toEqual({ errors: [], ids: [id] });
  });

  test.each([-6_000, -60_000, -500_000])(
    "B4: createdAt is %i ms behind, and the response is lost",
    async (skew) => {
      account.emulator.quirks.createdAtSkew = skew;
      stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      await expectOneForOne();
    },
  );

  test.each(["up", "destroy"] as const)(
    "an attempt by a clock that was a year slow, then %s by a right one: an older key of the same name is named, and stays",
    async (next) => {
      const { id } = account.emulator.account.addSshKey({ name: "deploy", publicKey: publicKey(1) });
      account.timing.elapsed += 30 * DAY;
      account.timing.error = -365 * DAY;
      stack.declare("it", SshKey, { publicKey: publicKey(1), name: "deploy" });
      await stack.up({ troubles: [{ fate: "answer lost", times: 99 }, UNRESOLVED[1]] });
      expect(stack.held("it").id).toMatch(/^unresolved\//);
      account.timing.error = 0;
      await stack[next]();
      expect(stack.printed).toContain(id);
      await stack.destroy();
      expect(account.live).toEqual([id]);
    },
  );

  test("a copy of an unresolved state never deletes what the original made a day later", async () => {
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "deploy" });
    await stack.up({ troubles: [...UNRESOLVED] });
    const copy = new StoryStack(account, "copy");
    copy.state = new Map(stack.state);
    copy.declare("it", SshKey, { publicKey: publicKey(1), name: "deploy" });
    account.timing.elapsed += DAY;
    await stack.up();
    await copy.up();
    expect(copy.printed).toContain(stack.held("it").id);
    await copy.destroy();
    await expectOneForOne();
  });

  test("keys/20: a conflict while the list cannot be read says so, with its status", async () => {
    account.emulator.account.addSshKey({ name: "laptop", publicKey: publicKey(1) });
    account.emulator.faults.add({ method: "GET", status: 403, times: "always" });
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toMatch(/could not be read \(403\)/);
    expect(stack.errors.join()).toContain("adoptExisting");
    expect(account.live).toHaveLength(1);
  });

  test("keys/17: a new logical name for the same key: the conflict advises aliases, and they work", async () => {
    stack.declare("a", SshKey, { publicKey: publicKey(1), name: "a-${hex(7)}" });
    await stack.up();
    stack.program.clear();
    stack.declare("b", SshKey, { publicKey: publicKey(1), name: "b-${hex(7)}" });
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toContain("`aliases`");
  });
});

describe("B6: creation times that are hard to read, of a token with an end that is imported", () => {
  const declareWith = (createdAt: string): string => {
    const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "x" });
    account.emulator.faults.add({ method: "GET", times: "always", merge: { created_at: createdAt } });
    const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 30, existing: { id, key } };
    stack.declare("it", PersonalAccessToken, inputs);
    return id;
  };

  test.each(["2026-01-01T00:00:00", "2026-01-01T00:00:00.123456", "2026-01-01 00:00:00"])(
    "%s, without a zone, is UTC",
    async (createdAt) => {
      declareWith(createdAt);
      await stack.up();
      expect(stack.errors).toEqual([]);
      expect(stack.held("it").outputs.expiresAt).toBe("2026-01-31T00:00:00Z");
    },
  );

  test("an empty one is refused before anything is claimed", async () => {
    const id = declareWith("");
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toContain("omit `expiresInDays`");
    account.emulator.faults.clear();
    await stack.up();
    expect({ errors: stack.errors, ids: stack.ids }).toEqual({ errors: [], ids: [id] });
  });
});

test("keys/34: a token that is created while the local clock is days ahead does not count as due at every up", async () => {
  account.timing.error = 3 * DAY;
  const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 2 };
  stack.declare("it", PersonalAccessToken, inputs);
  await stack.up();
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

test("pulumi/26: every optional output that is absent is null", async () => {
  for (const [name, type, inputs] of ALL) stack.declare(name, type, inputs);
  await stack.up();
  for (const name of ["rotating service key", "rotating token"]) {
    expect(stack.held(name).outputs).toMatchObject({
      previousKey: null,
      previousKeyId: null,
      retireAt: null,
    });
  }
  for (const [name] of KEYS) expect(stack.held(name).outputs).toHaveProperty("lastUsedAt", null);
  expect(stack.held("token").outputs).toMatchObject({ expiresAt: null, rotateAt: null, expiresInDays: null });
});
