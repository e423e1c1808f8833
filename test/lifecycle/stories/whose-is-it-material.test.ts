// Whose is a listed SSH key of our public key? Ours where it is proved, else it is named; somebody else's is neither
// taken nor deleted.
import { createHash } from "node:crypto";

import { spelling } from "../../support/answers";
import { SshKey, SshKeySet } from "../../support/engine-resources";
import { DECLARED, SSH_KEYS } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, DAY, HOUR, MINUTE, readLists, stack } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";
import { SSH_KEYS as PATH } from "../../support/requests";
import { StoryStack } from "../../support/story-stack";

const SSH = { publicKey: publicKey(1), name: "deploy" };
const LISTS_FAIL = { method: "GET", times: 12 } as const;

describe("row 57: a response was lost, and the second request is a conflict with the first one's key", () => {
  const NAMED = { publicKey: publicKey(1), name: "Deploy-R&D-server-${hex(7)}" };
  const TEAM = { publicKeys: { anna: publicKey(1), bo: publicKey(2) } };
  const listed = (rewrite: (name: string) => string) => (): void =>
    void (account.emulator.transform = spelling("name", rewrite));

  test.each([
    ["the list lags for ten seconds", () => void (account.emulator.quirks.listLag = 10_000)],
    ["names are listed in lower case", listed((text) => text.toLowerCase())],
    ["names are listed cut off", listed((text) => text.slice(0, 16))],
    ["names are listed escaped", listed((text) => text.replace(/&/g, "&amp;"))],
    ["names are listed with a prefix", listed((text) => `[API] ${text}`)],
  ])("%s: it is taken, or stays unresolved; never a conflict at every later up", async (_how, list) => {
    list();
    await stack.deploy("it", SshKey, NAMED, troubled(LOST));
    expect([account.live.length, stack.state.size]).toEqual([1, 1]);
    stack.expectAllNamed();
    account.emulator.quirks.listLag = 0;
    account.later(MINUTE);
    await stack.up();
    stack.expectAllNamed();
    expect(stack.spoken).not.toContain("409");
    await stack.destroy();
    stack.expectAllNamed();
  });

  test("in a set, names are listed with a prefix, and a hook asks again, which is refused: it is in the state or named", async () => {
    listed((text) => `[API] ${text}`)();
    await stack.deploy("it", SshKeySet, TEAM, {
      retries: 1,
      ...troubled({ fate: "broken answer" }, { nth: 4, fate: "401" }),
    });
    stack.expectAllNamed();
  });

  test.each([
    ["alone", SshKey, NAMED],
    ["in a set", SshKeySet, TEAM],
  ] as const)("%s, and the list lags for ten seconds: the next up has it", async (_where, type, inputs) => {
    account.emulator.quirks.listLag = 10_000;
    await stack.deploy("it", type, inputs, troubled(LOST));
    account.later(MINUTE);
    await stack.up();
    stack.expectHeld();
    await stack.expectDestroyed();
  });
});

describe("row 55: a request is answered with a record that is older than it", () => {
  /** A month ago somebody registered a key as "deploy"; the API answers with it where it should refuse. */
  const registered = (by: string): string => {
    const { id, name, fingerprint, keyType, createdAt } = account.control.addSshKey({
      name: "deploy",
      publicKey: publicKey(by),
    });
    const body = { id, name, fingerprint, key_type: keyType, created_at: createdAt, vm_count: 3 };
    account.emulator.transform = ({ method, status }) =>
      method === "POST" && status === 409 ? { status: 200, body } : undefined;
    account.later(30 * DAY);
    return id;
  };
  const MINE = { publicKey: publicKey("mine"), name: "deploy" };

  describe.each([
    ["an SSH key", SshKey, MINE],
    ["an entry of a set", SshKeySet, { publicKeys: { deploy: publicKey("mine") }, namePrefix: "" }],
  ] as const)("%s", (_what, type, inputs) => {
    test.each(["mine", "theirs"])("of the same name, the key %j: refused, and it stays", async (by) => {
      const id = registered(by);
      await stack.expectFailure(stack.deploy("it", type, inputs), id);
      expect(stack.ids).toEqual([]);
      await stack.expectDestroyed([id]);
    });
  });

  test("which the resource may adopt: adopted, and it stays in the account", async () => {
    const id = registered("mine");
    await stack.deploy("it", SshKey, { ...MINE, adoptExisting: true });
    expect(stack.held("it").outputs["adopted"]).toBe(true);
    await stack.expectDestroyed([id]);
  });
});

test.each([
  ["up --target of the first", "a"],
  ["up", undefined],
])("row 12: twice in one up, the first unresolved: after %s one has the key", async (_how, target) => {
  for (const name of ["a", "b"]) stack.declare(name, SshKey, SSH);
  expect(await stack.up(troubled(LOST, LISTS_FAIL))).toBe(false);
  expect(stack.ids).toEqual([]);
  expect(stack.errors[1]).toContain("deploy");
  account.later(MINUTE);
  await stack.up({ target });
  expect(stack.ids).toHaveLength(1);
  expect(account.live).toEqual(stack.ids);
  stack.program.delete("b");
  await stack.up();
  stack.expectHeld();
});

test("row 52: a hook asks again for a key whose looks were refused, and another reader's list shows it since: taken, or named", async () => {
  await stack.deploy("reader", SshKey, { publicKey: publicKey("reader"), name: "reader" });
  await stack.deploy("it", SshKey, SSH, {
    retries: 1,
    meanwhile: "reader",
    ...troubled(LOST, { ...NO_LIST, times: 3 }),
  });
  stack.expectAllNamed();
});

test.each([
  ["arrives between the last look and the second attempt", { fate: "arrives late", late: 6.2 }, 0, false],
  ["is listed only between those, and may be adopted", LOST, 6_200, true],
] as const)("with an explicit name that %s is taken: it is ours", async (_how, lost, lag, adoptExisting) => {
  account.emulator.quirks.listLag = lag;
  const refused = { fate: "refused", nth: 2, times: 2 } as const;
  await stack.deploy("it", SshKey, { ...SSH, adoptExisting }, troubled(lost, refused));
  await stack.expectOneForOne();
});

test("a first request never arrives, and the name of the second is taken: nothing is ours, nor unresolved", async () => {
  const { id } = account.control.addSshKey({ ...SSH, publicKey: publicKey("theirs") });
  await stack.expectFailure(
    stack.deploy("it", SshKey, SSH, troubled(NEVER_ARRIVES)),
    `The name is taken by "deploy" (id ${id})`,
  );
  expect(stack.state.size).toBe(0);
});

test("row 54: a list with MD5 fingerprints: a lost response, and adoption", async () => {
  const material = Buffer.from(publicKey(1).split(" ")[1]!, "base64");
  const md5 = createHash("md5").update(material).digest("hex").match(/../g)!.join(":");
  account.emulator.transform = spelling("fingerprint", () => `MD5:${md5}`);
  await stack.deploy("it", SshKey, DECLARED.SshKey, troubled(LOST));
  stack.expectHeld();
  await stack.expectDestroyed();
  const { id } = account.control.addSshKey({ ...SSH, name: "laptop" });
  await stack.deploy("it", SshKey, { ...DECLARED.SshKey, adoptExisting: true });
  stack.expectHeld([id]);
});

describe.each(SSH_KEYS)("an %s that the API registers with another fingerprint", (_what, type, inputs) => {
  const fingerprint = `SHA256:${"A".repeat(43)}`;
  beforeEach(() => {
    account.emulator.faults.add({ method: "POST", merge: { fingerprint } });
    stack.declare("it", type, inputs);
  });

  test("is deleted at once", async () => {
    await stack.expectFailure(stack.up(), fingerprint.replace("+", "\\+"));
    expect({ live: account.live, left: stack.state.size }).toEqual({ live: [], left: 0 });
  });

  test.each(["up", "refresh, up", "destroy"])("and cannot be deleted: it stays, then %s", async (next) => {
    await stack.up(troubled({ method: "DELETE", times: 9 }));
    const { live } = account;
    expect([live.length, stack.ids]).toEqual([1, live]);
    expect(stack.errors.join()).toContain(live[0]);
    if (next.startsWith("refresh")) await stack.refresh();
    if (next === "destroy") return stack.expectDestroyed();
    await stack.up();
    expect(account.live).not.toEqual(live);
    await stack.expectOneForOne();
  });
});

describe("a key with a name of its own stayed unresolved, and nothing was created; what the next run makes lives", () => {
  const UNRESOLVED = troubled({ ...NEVER_ARRIVES, times: 2 }, NO_LIST);

  test.each(["it", "b", "b in another process"])("up --replace, or under another name: %s", async (name) => {
    await stack.deploy("it", SshKey, SSH, UNRESOLVED);
    account.later(MINUTE);
    if (name !== "it") stack.rename("it", "b");
    stack.isElsewhere = () => name.includes("process");
    await stack.up(name === "it" ? { replace: name } : {});
    stack.expectHeld();
  });

  test.each([{}, { b: publicKey(2) }])("out of a set, of which %j stays", async (stays) => {
    const publicKeys = { a: publicKey(1), ...stays };
    await stack.deploy("set", SshKeySet, { publicKeys, namePrefix: "t-" }, UNRESOLVED);
    stack.program.delete("set");
    stack.declare("k", SshKey, { publicKey: publicKey(1), name: "t-a" });
    if ("b" in stays) stack.declare("set", SshKeySet, { publicKeys: stays, namePrefix: "t-" });
    await stack.up();
    stack.expectHeld();
  });
});

test("in a copy of an unresolved state: the copy never deletes what the original made a day later", async () => {
  await stack.deploy("it", SshKey, SSH, troubled(LOST, LISTS_FAIL));
  const copy = new StoryStack(account, "copy");
  copy.takeStateOf(stack);
  copy.declare("it", SshKey, SSH);
  account.later(DAY);
  await stack.up();
  await copy.up();
  expect(copy.printed).toContain(stack.held("it").id);
  await copy.destroy();
  await stack.expectOneForOne();
});

test.each(["answer lost", "never arrives"] as const)("up --replace, both lost, heals: %s", async (fate) => {
  await stack.deploy("it", SshKey, DECLARED.SshKey);
  account.later(30 * MINUTE);
  await stack.up({ replace: "it", ...troubled({ fate, times: 2 }) });
  for (let run = 0; run < 3; run += 1) {
    account.later(30 * MINUTE);
    await stack.up();
  }
  stack.expectHeld();
});

const AUTOMATIC = DECLARED.SshKey;
const TEAM = { publicKeys: { a: publicKey("a"), b: publicKey("b"), c: publicKey("c") } };
describe.each([
  ["with a name of its own", SshKey, SSH, [[1], [1, 2]]],
  ["with a generated name", SshKey, AUTOMATIC, [[1], [1, 2]]],
  ["that may be adopted", SshKey, { ...AUTOMATIC, adoptExisting: true }, [[2]]],
  ["of a set", SshKeySet, TEAM, [[1]]],
] as const)("a key %s is removed, then added again", (_what, type, inputs, replicas) => {
  test.each(replicas.map((lists) => [lists]))(
    "its response is lost, the lists %j are older: it heals",
    async (lists: readonly number[]) => {
      await stack.deploy("it", type, inputs);
      account.later(HOUR);
      const before = (await readLists())[PATH];
      stack.program.delete("it");
      await stack.up();
      expect(account.live).toEqual([]);
      stack.declare("it", type, inputs);
      let count = 0;
      account.emulator.transform = ({ method }) =>
        method === "GET" && lists.includes((count += 1)) ? { body: before } : undefined;
      await stack.up(troubled(LOST));
      account.emulator.transform = undefined;
      // An adopted key is never unresolved.
      if (lists[0] === 1) account.later(HOUR);
      if (lists[0] === 1) await stack.up();
      stack.expectHeld();
      expect(stack.ids).toHaveLength(before.length);
    },
  );
});

test("a conflict while the list cannot be read says so, with its status", async () => {
  account.control.addSshKey({ ...SSH, name: "laptop" });
  account.emulator.faults.add({ method: "GET", status: 403, times: "always" });
  await stack.expectFailure(
    stack.deploy("it", SshKey, AUTOMATIC),
    /could not be read \(403\).*adoptExisting/,
  );
  expect(account.live).toHaveLength(1);
});

test("a key under a new logical name: the conflict advises aliases", async () => {
  await stack.deploy("a", SshKey, AUTOMATIC);
  stack.program.clear();
  await stack.expectFailure(
    stack.deploy("b", SshKey, { publicKey: publicKey(1), name: "b-${hex(7)}" }),
    "`aliases`",
  );
});
