// Whose is a listed SSH key of our public key? Ours where it is proved, else it is named; somebody else's is
// neither taken nor deleted.
import { PersonalAccessToken, SshKey, SshKeySet } from "../../support/engine-resources";
import { account, DAY, deploy, HOUR, stack } from "../../support/fresh-stack";
import type { Transform } from "../../../src/emulator";
import { spelling } from "../../support/answers";
import { publicKey } from "../../support/public-key";
import { StoryStack } from "../../support/story-stack";
import { expectDestroyed, expectFailure, expectHeld } from "../../support/story-end";

const MINUTE = 60_000;
/** The response is lost, and all the looks that follow. */
const UNRESOLVED = [{ fate: "answer lost" }, { method: "GET", times: 12 }] as const;

describe("row 57: an SSH key whose response was lost, and whose second request is a conflict with it", () => {
  const name = "Deploy-R&D-server-${hex(7)}";
  const ALTERED: [string, (name: string) => string][] = [
    ["in lower case", (text) => text.toLowerCase()],
    ["cut off", (text) => text.slice(0, 16)],
    ["escaped", (text) => text.replace(/&/g, "&amp;")],
    ["with a prefix", (text) => `[API] ${text}`],
  ];

  const lists = [
    ["the list lags for ten seconds", () => void (account.emulator.quirks.listLag = 10_000)],
    ...ALTERED.map(
      ([how, rewrite]) =>
        [
          `names are listed ${how}`,
          () => void (account.emulator.transform = spelling("name", rewrite)),
        ] as const,
    ),
  ] as const;

  test.each(lists)(
    "%s: it is taken, or stays unresolved; never a conflict at every later up",
    async (_how, list) => {
      list();
      stack.declare("it", SshKey, { publicKey: publicKey(1), name });
      await stack.up({ troubles: [{ fate: "answer lost" }] });
      expect(account.live).toHaveLength(1);
      expect(stack.state.size).toBe(1);
      expect(account.unnamed(stack)).toEqual([]);
      account.emulator.quirks.listLag = 0;
      account.timing.elapsed += MINUTE;
      await stack.up();
      expect(account.unnamed(stack)).toEqual([]);
      expect(stack.spoken).not.toContain("409");
      await stack.destroy();
      expect(account.unnamed(stack)).toEqual([]);
    },
  );

  test("in a set, names are listed with a prefix, and a hook asks again, which is refused: it is in the state or named", async () => {
    account.emulator.transform = spelling("name", (text) => `[API] ${text}`);
    stack.declare("it", SshKeySet, { publicKeys: { anna: publicKey(1), bo: publicKey(2) } }, { retries: 1 });
    await stack.up({ troubles: [{ fate: "broken answer" }, { nth: 4, fate: "401" }] });
    expect(account.unnamed(stack)).toEqual([]);
  });

  test.each([
    ["alone", SshKey, { publicKey: publicKey(1), name }],
    ["in a set", SshKeySet, { publicKeys: { anna: publicKey(1), bo: publicKey(2) } }],
  ] as const)("%s, and the list lags for ten seconds: the next up has it", async (_where, type, inputs) => {
    account.emulator.quirks.listLag = 10_000;
    stack.declare("it", type, inputs);
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    account.timing.elapsed += MINUTE;
    await stack.up();
    expectHeld();
    await expectDestroyed();
  });
});

describe("row 55: a request for an SSH key is answered with a record that is older than it", () => {
  let foreign: string;
  /**
   * A month ago somebody registered a key of this material as "deploy"; the API answers with it where it
   * should refuse.
   */
  const existing = (material: string): void => {
    const { id, name, fingerprint, keyType, createdAt } = account.emulator.account.addSshKey({
      name: "deploy",
      publicKey: publicKey(material),
    });
    foreign = id;
    const body = { id, name, fingerprint, key_type: keyType, created_at: createdAt, vm_count: 3 };
    account.emulator.transform = ({ method, status }) =>
      method === "POST" && status === 409 ? { status: 200, body } : undefined;
    account.timing.elapsed += 30 * DAY;
  };
  const expectUntouched = async (): Promise<void> => {
    expect(stack.errors.join()).toContain(foreign);
    expect(stack.ids).toEqual([]);
    await expectDestroyed([foreign]);
  };

  test.each([
    [
      "the same public key and the same name",
      "mine",
      SshKey,
      { publicKey: publicKey("mine"), name: "deploy" },
    ],
    [
      "another public key and the same name",
      "theirs",
      SshKey,
      { publicKey: publicKey("mine"), name: "deploy" },
    ],
    [
      "the same public key, for an entry of a set",
      "mine",
      SshKeySet,
      { publicKeys: { deploy: publicKey("mine") }, namePrefix: "" },
    ],
    [
      "another public key, for an entry of a set",
      "theirs",
      SshKeySet,
      { publicKeys: { deploy: publicKey("mine") }, namePrefix: "" },
    ],
  ] as const)("of %s: refused, and it stays", async (_what, material, type, inputs) => {
    existing(material);
    expect(await deploy("it", type, inputs)).toBe(false);
    await expectUntouched();
  });

  test.each([8_760, 24, 1, -1, -8_760])(
    "or so it seems by a local clock that is %i hours ahead: it was just made, so it is ours",
    async (hours) => {
      account.timing.error = hours * HOUR;
      stack.declare("it", SshKey, { publicKey: publicKey("mine"), name: "deploy" });
      stack.declare("team", SshKeySet, { publicKeys: { anna: publicKey("anna") } });
      expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
      expect(account.live).toEqual(stack.ids);
      await expectDestroyed();
    },
  );

  test("which the resource may adopt: adopted, and it stays in the account", async () => {
    existing("mine");
    stack.declare("it", SshKey, { publicKey: publicKey("mine"), name: "deploy", adoptExisting: true });
    expect(await stack.up()).toBe(true);
    expect(stack.held("it").outputs["adopted"]).toBe(true);
    await expectDestroyed([foreign]);
  });
});

/** The forms in which APIs write a moment; `hours`: of the zone. */
const inZone =
  (hours: number, suffix: string) =>
  (time: string): string =>
    new Date(Date.parse(time) + hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ") + suffix;
const READ: [string, (time: string) => string][] = [
  ["2030-01-01T00:00:00.123456, without a zone", (time) => time.replace("Z", ".123456")],
  ["2030-01-01 00:00:00", (time) => time.replace("T", " ").replace("Z", "")],
  ["2030-01-01 01:00:00+01", inZone(1, "+01")],
  ["2030-01-01 01:00:00+0100", inZone(1, "+0100")],
  ["2029-12-31 19:00:00-05", inZone(-5, "-05")],
  ["2030-01-01T00:00:00+00", (time) => time.replace("Z", "+00")],
];
const OTHER_FORMS: [string, (time: string) => string][] = [
  ["2030-01-01 00:00:00 UTC", (time) => time.replace("T", " ").replace("Z", " UTC")],
  ["seconds since 1970, as a text", (time) => String(Date.parse(time) / 1_000)],
  ["the form of HTTP headers", (time) => new Date(time).toUTCString()],
  ["the year 9999", () => "9999-12-31T23:59:59Z"],
  ["an empty text", () => ""],
];
const listedAs = (form: (time: string) => string): Transform => spelling("created_at", form);

describe("row 62: somebody else has the public key and the name in the account, and the conflict's response is lost", () => {
  test.each([
    ...READ.map(([form, write]) => [form, write, 30 * MINUTE] as const),
    ...[...READ, ...OTHER_FORMS].map(([form, write]) => [form, write, 30 * DAY] as const),
  ])("creation times are listed as %s: that key is not taken, and it is named", async (_form, write, age) => {
    const { id } = account.emulator.account.addSshKey({ name: "deploy", publicKey: publicKey(1) });
    account.timing.elapsed += age;
    account.emulator.transform = listedAs(write);
    stack.declare("it", SshKey, { publicKey: publicKey(1), name: "deploy" });
    await expectFailure(stack.up({ troubles: [{ fate: "never arrives" }] }), id);
    expect(stack.ids).toEqual([]);
    account.emulator.transform = undefined;
    await expectDestroyed([id]);
  });

  test.each(READ)("%s is read as the moment that it is", async (_form, write) => {
    const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "x" });
    account.emulator.transform = listedAs(write);
    const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 1, existing: { id, key } };
    await deploy("it", PersonalAccessToken, inputs);
    expect(stack.errors).toEqual([]);
    expect(stack.held("it").outputs["expiresAt"]).toBe("2026-01-02T00:00:00Z");
  });
});

describe("row 12: the same SSH key twice in one up, the first of which stays unresolved", () => {
  test.each([
    ["up --target of the first", "a"],
    ["up", undefined],
  ])(
    "the second fails and names the first; after %s one resource has the key, and it lives",
    async (_how, target) => {
      for (const name of ["a", "b"]) stack.declare(name, SshKey, { publicKey: publicKey(1), name: "deploy" });
      expect(await stack.up({ troubles: [...UNRESOLVED] })).toBe(false);
      expect(stack.ids).toEqual([]);
      expect(stack.errors[1]).toContain("deploy");
      account.timing.elapsed += MINUTE;
      await stack.up({ target });
      expect(stack.ids).toHaveLength(1);
      expect(account.live).toEqual(stack.ids);
      stack.program.delete("b");
      await stack.up();
      expectHeld();
    },
  );
});

test("R25: blanks around the name of an SSH key are refused, or trimmed: the key of an API that trims is never a conflict with itself", async () => {
  account.emulator.transform = spelling("name", (text) => text.trim());
  stack.declare("it", SshKey, { publicKey: publicKey(1), name: " deploy " });
  const succeeded = await stack.up({ troubles: [{ fate: "answer lost" }] });
  if (!succeeded) {
    expect(account.requests()).toEqual([]);
    expect(stack.errors.join()).toMatch(/white space|blanks|spaces/);
    return;
  }
  await stack.up();
  expectHeld();
  await expectDestroyed();
});

test("row 39: the local clock jumps an hour ahead within a run whose request never arrived: the same key, which another stack has registered before, stays", async () => {
  const other = new StoryStack(account, "prod");
  for (const each of [other, stack]) each.declare("it", SshKey, { publicKey: publicKey(1), name: "laptop" });
  await other.up();
  account.timing.elapsed += MINUTE;
  await stack.up({
    troubles: [{ fate: "never arrives" }],
    jump: { nth: 1, clock: "error", ms: HOUR },
  });
  expect({ live: account.live, held: stack.ids }).toEqual({ live: other.ids, held: [] });
  expect(stack.spoken).toContain(other.ids[0]);
});
