// A set of SSH keys over real HTTP: every change touches the changed entries only, and after every failure the state holds exactly what exists.
import type { Emulator } from "../../src/emulator";
import { NEVER_DUE, PartialFailure, resources } from "../support/engine-resources";
import type { EncodedState, Resource } from "../support/engine-resources";
import type { Diff } from "../../src/lifecycle/lifecycle";
import { createRun } from "../../src/lifecycle/run";
import type { Run } from "../../src/lifecycle/run";
import { UNKNOWN } from "../../src/values";
import type { Properties, Checked } from "../../src/values";
import { startProcess, trouble } from "../model/network";
import type { Trouble, SimulatedTiming } from "../model/network";
import { failed } from "../support/partial-failure";
import { StoryAccount } from "../support/story-account";
import { publicKey } from "../support/public-key";

const set: Resource = resources.SshKeySet;
const ID = /^ssh-key-set-[0-9a-f]{7}$/;

let emulator: Emulator;
let timing: SimulatedTiming;
let printed: string;

beforeEach(async () => {
  ({ emulator, timing } = await StoryAccount.open());
  printed = "";
});

afterEach(() => emulator.close());

/** A provider process of its own, as every command has one. */
function command(...troubles: Trouble[]): Run {
  return startProcess(emulator, timing, { troubles, log: (line) => (printed += `${line}\n`) }).context;
}

const keysOf = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, publicKey(name)]));

function checked(publicKeys: unknown, more: Properties = {}): Properties {
  const { inputs, failures } = set.check({}, { publicKeys, namePrefix: "team-", ...more });
  expect(failures).toEqual([]);
  return inputs;
}

function create(publicKeys: unknown, more: Properties = {}, run = command()): Promise<EncodedState> {
  return set.create(checked(publicKeys, more), run);
}

/** What `up` does with a resource that is in the state; `undefined`: nothing. */
async function up(
  state: EncodedState,
  publicKeys: unknown,
  more: Properties = {},
  run = command(),
): Promise<EncodedState | undefined> {
  const news = checked(publicKeys, more);
  const diff = set.diff(state.id, state.outputs, news, timing.now(), run.holders);
  expect(diff.replaces).toEqual([]);
  if (!diff.changes) return undefined;
  return { id: state.id, outputs: await set.update(state.id, state.outputs, news, run) };
}

/** `POST team-anna`, `DELETE team-anna`, `GET`, since the last call. */
function requests(): string[] {
  const names = new Map(everyKey.map(({ id, name }) => [id, name]));
  const lines = emulator.requests.map(({ method, path, body }) => {
    if (method === "POST") return `POST ${(body as { name: string }).name}`;
    if (method === "DELETE") return `DELETE ${names.get(path.split("/").at(-1)!) ?? "?"}`;
    return method;
  });
  emulator.requests.length = 0;
  return lines;
}

/** Every key that a test has seen in the account, for the names of those that are gone. */
let everyKey: { id: string; name: string }[] = [];
beforeEach(() => (everyKey = []));

function account(): Record<string, string> {
  const held = emulator.account.sshKeys();
  everyKey.push(...held);
  return Object.fromEntries(held.map(({ id, name }) => [name, id]));
}

/** The ids that the state holds, by their names in the account. */
function held({ outputs }: EncodedState): Record<string, string> {
  const keys = Object.values(outputs.keys as Record<string, { id: string; name: string }>);
  return Object.fromEntries(keys.map(({ id, name }) => [name, id]));
}

/** The promise of every failure: what the state holds is what the account has. */
function expectExact(state: EncodedState): void {
  expect(held(state)).toEqual(account());
}

test("a set is one POST an entry; its outputs are the contract's, and nothing about it is private", async () => {
  const made = await create({ anna: `${publicKey("anna")} anna@work`, bjarne: publicKey("bjarne") });
  expect(made.id).toMatch(ID);
  expect(requests().sort()).toEqual(["POST team-anna", "POST team-bjarne"]);
  expectExact(made);
  expect(Object.keys(made.outputs)).toEqual(["keys"]);
  expect(made.outputs.keys).toMatchObject({
    anna: {
      name: "team-anna",
      fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
      keyType: "ssh-ed25519",
      createdAt: "2026-01-01T00:00:00Z",
      adopted: false,
    },
  });
  expect(Object.keys((made.outputs.keys as Properties)["anna"] as object).sort()).toEqual([
    "adopted",
    "createdAt",
    "fingerprint",
    "id",
    "keyType",
    "name",
  ]);
});

test("fifty keys: fifty POSTs, no request for nothing, one list a refresh, two requests a change, fifty DELETEs", async () => {
  const names = Array.from({ length: 50 }, (_, index) => `m${index}`);
  const made = await create(keysOf(...names));
  expect(requests().map((line) => line.split(" ")[0])).toEqual(Array(50).fill("POST"));
  expectExact(made);
  expect(await up(made, keysOf(...names))).toBeUndefined();
  expect(requests()).toEqual([]);
  expect(await set.read(made.id, made.outputs, command())).toEqual(made);
  expect(requests()).toEqual(["GET"]);
  const changed = await up(made, { ...keysOf(...names), m7: publicKey("another") });
  expect(requests()).toEqual(["DELETE team-m7", "POST team-m7"]);
  expectExact(changed!);
  await set.delete(changed!.id, changed!.outputs, command());
  expect(requests()).toHaveLength(50);
  expect(account()).toEqual({});
});

test("an entry added, removed or renamed touches no other; white space and comments touch none", async () => {
  const made = await create(keysOf("anna", "bjarne"));
  account();
  requests();
  const same = { anna: `\r\n${publicKey("anna")}\tanna@home \n`, bjarne: publicKey("bjarne") };
  expect(await up(made, same, { adoptExisting: true })).toBeUndefined();
  const more = await up(made, keysOf("anna", "bjarne", "carl"));
  expect(requests()).toEqual(["POST team-carl"]);
  expectExact(more!);
  const fewer = await up(more!, keysOf("anna", "carl"));
  expect(requests()).toEqual(["DELETE team-bjarne"]);
  expectExact(fewer!);
  const renamed = await up(fewer!, { anna: publicKey("anna"), karl: publicKey("carl") });
  expect(requests()).toEqual(["DELETE team-carl", "POST team-karl"]);
  expectExact(renamed!);
});

test("two entries may exchange their keys, although the API refuses the same name or key twice", async () => {
  const made = await create(keysOf("anna", "bjarne"));
  account();
  requests();
  const swapped = await up(made, { anna: publicKey("bjarne"), bjarne: publicKey("anna") });
  const lines = requests();
  expect(lines.slice(0, 2).sort()).toEqual(["DELETE team-anna", "DELETE team-bjarne"]);
  expect(lines.slice(2).sort()).toEqual(["POST team-anna", "POST team-bjarne"]);
  expectExact(swapped!);
});

test("another prefix adds every key again; with another key besides, the new one is there before the old one goes", async () => {
  const made = await create(keysOf("anna", "bjarne"));
  account();
  requests();
  const next = checked({ anna: publicKey("anna"), bjarne: publicKey("new") }, { namePrefix: "ops-" });
  expect(set.diff(made.id, made.outputs, next, timing.now()).changed).toEqual(["publicKeys", "namePrefix"]);
  const outputs = await set.update(made.id, made.outputs, next, command());
  expect(requests()).toEqual([
    "DELETE team-anna",
    expect.any(String),
    expect.any(String),
    "DELETE team-bjarne",
  ]);
  expectExact({ id: made.id, outputs });
  expect(Object.keys(account()).sort()).toEqual(["ops-anna", "ops-bjarne"]);
});

test("a refresh drops what was deleted elsewhere, and the next up adds that alone", async () => {
  const made = await create(keysOf("anna", "bjarne"));
  emulator.account.remove(held(made)["team-anna"]!);
  timing.elapsed += 3_600_000;
  requests();
  const read = await set.read(made.id, made.outputs, command());
  expect(requests()).toEqual(["GET"]);
  expectExact(read!);
  const drift = set.diff(read!.id, read!.outputs, checked(keysOf("anna", "bjarne")), NEVER_DUE);
  expect(drift).toMatchObject({ changes: true, changed: ["publicKeys"] });
  const again = await up(read!, keysOf("anna", "bjarne"));
  expect(requests()).toEqual(["POST team-anna"]);
  expectExact(again!);
  emulator.account.remove(held(again!)["team-anna"]!);
  emulator.account.remove(held(again!)["team-bjarne"]!);
  timing.elapsed += 3_600_000;
  const empty = await set.read(again!.id, again!.outputs, command());
  expect(empty).toEqual({ id: made.id, outputs: { keys: {} } });
});

test("a list that cannot be read says nothing about any key", async () => {
  const made = await create(keysOf("anna"));
  const run = command(trouble("GET", "500, not done", { times: 99 }));
  await expect(set.read(made.id, made.outputs, run)).rejects.toThrow("Reading the SSH keys failed");
});

describe("a lost response", () => {
  test.each(["answer lost", "502, done", "broken answer"] as const)("%s: the key is kept", async (fate) => {
    const made = await create(
      keysOf("anna", "bjarne", "carl"),
      {},
      command(trouble("POST", fate, { nth: 2 })),
    );
    expectExact(made);
    expect(requests().filter((line) => line.startsWith("POST"))).toHaveLength(3);
  });

  test.each(["never arrives", "500, not done"] as const)("%s: it is added once more", async (fate) => {
    const made = await create(keysOf("anna", "bjarne"), {}, command(trouble("POST", fate, { nth: 2 })));
    expectExact(made);
    expect(Object.keys(held(made))).toHaveLength(2);
  });

  const unresolved = (): Promise<EncodedState & { message: string }> =>
    failed(
      create(
        keysOf("anna", "bjarne"),
        {},
        command(trouble("POST", "answer lost", { nth: 2 }), trouble("GET", "500, not done", { times: 99 })),
      ),
    );

  test("that cannot be looked up leaves its entry unresolved; the next up keeps what it made, without a POST", async () => {
    const partial = await unresolved();
    expect(partial.id).toMatch(ID);
    expect(partial.message).toMatch(
      /^Creating the SSH key "team-\w+" failed: POST [^:]*:\d+ \(ECONNRESET\)\. It may still have been created\. The list could not be read: GET \S+ answered [^:]*: trouble\. It is recorded in the state as unresolved\. /,
    );
    expect(Object.keys(partial.outputs.keys as object)).toHaveLength(1);
    expect(Object.keys(partial.outputs.unresolved as object)).toHaveLength(1);
    expect(Object.keys(account())).toHaveLength(2);
    requests();
    const next = await up(partial, keysOf("anna", "bjarne"));
    expect(requests()).toEqual(["GET"]);
    expectExact(next!);
    expect(Object.keys(next!.outputs)).toEqual(["keys"]);
  });

  test("that cannot be looked up survives a refresh, and destroy removes what it made", async () => {
    const partial = await unresolved();
    expect((await set.read(partial.id, partial.outputs, command()))?.outputs).toEqual(partial.outputs);
    await set.delete(partial.id, partial.outputs, command());
    expect(account()).toEqual({});
  });

  test("of an entry that the program has no more, or with another key, is removed by the next up", async () => {
    for (const publicKeys of [{ anna: publicKey("other"), bjarne: publicKey("one more") }, {}]) {
      const partial = await unresolved();
      const next = await up(partial, publicKeys);
      expectExact(next!);
      expect(Object.keys(account())).toHaveLength(Object.keys(publicKeys).length);
      await set.delete(next!.id, next!.outputs, command());
    }
  });

  test("never claims an older key of the same name and material: it is somebody else's", async () => {
    const partial = await unresolved();
    const [entry = ""] = Object.keys(partial.outputs.unresolved as object);
    emulator.account.remove(account()[`team-${entry}`]!);
    timing.elapsed -= 3_600_000;
    const foreign = emulator.account.addSshKey({ name: `team-${entry}`, publicKey: publicKey(entry) });
    timing.elapsed += 3_600_000;
    await set.delete(partial.id, partial.outputs, command());
    expect(emulator.account.sshKeys().map(({ id }) => id)).toEqual([foreign.id]);
  });
});

describe("a partial failure", () => {
  test("of a creation keeps the others, says which entry failed and why, and the next up does the rest", async () => {
    emulator.faults.add({ method: "POST", contains: '"team-bjarne"', status: 422, body: { detail: "no" } });
    const partial = await failed(create(keysOf("anna", "bjarne", "carl")));
    expect(partial.message).toMatch(/team-bjarne.*no.*the next `pulumi up` does the rest/s);
    expectExact(partial);
    expect(Object.keys(account()).sort()).toEqual(["team-anna", "team-carl"]);
    requests();
    const next = await up(partial, keysOf("anna", "bjarne", "carl"));
    expect(requests()).toEqual(["POST team-bjarne"]);
    expectExact(next!);
  });

  test("that leaves nothing at all is a plain error, and every reason is in it", async () => {
    emulator.faults.add({ method: "POST", status: 422, body: { detail: "not that one" }, times: 2 });
    const error: unknown = await create(keysOf("anna", "bjarne")).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(PartialFailure);
    expect(String(error)).toMatch(/failed for 2 of its keys:\n- "anna": .*\n- "bjarne": .*not that one/);
    expect(account()).toEqual({});
  });

  test("that has the same remedy for all keys says it once, after the list", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `k${index}`);
    for (const name of names) emulator.account.addSshKey({ name, publicKey: publicKey(name) });
    const error: unknown = await create(keysOf(...names)).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(
      /:(\n- "k\d+": [^\n]* has this public key as "k\d+" \(id \S+\)\.){10}\n- and 2 more\nSet `adoptExisting: true` to adopt it, or[^\n]*$/,
    );
  });

  test("that is the same for all is said once: no credential", async () => {
    const run = createRun(() => undefined, "stack config", { timing, log: () => undefined });
    const names = Array.from({ length: 100 }, (_, index) => `k${index}`);
    await expect(create(keysOf(...names), {}, run)).rejects.toThrow(
      /^Creating the SSH key set failed for 16 of its keys, and 84 more were not tried: No WAYSCloud credential found\.[^\n]*$/,
    );
  });

  test("for which the account itself is the reason ends the attempt: the rest is not tried", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const run = command(trouble("POST", "401", { times: 99 }));
    await expect(create(keysOf(...names), {}, run)).rejects.toThrow(
      /and \d+ more were not tried.*and 6 more\nSet a valid personal access token\.$/s,
    );
    expect(account()).toEqual({});
  });

  test("of a change keeps the old key where the new one was refused, and deletes it once the new one is there", async () => {
    const made = await create(keysOf("anna"));
    account();
    emulator.faults.add({ method: "POST", status: 422, body: { detail: "no" } });
    const news = { anna: publicKey("new") };
    const refused = await failed(up(made, news, { namePrefix: "ops-" }));
    expectExact(refused);
    expect(Object.keys(account())).toEqual(["team-anna"]);
    const stuck = await failed(
      up(refused, news, { namePrefix: "ops-" }, command(trouble("DELETE", "500, not done", { times: 99 }))),
    );
    expect(stuck.outputs.leftovers).toEqual([held(made)["team-anna"]]);
    expect(Object.keys(account()).sort()).toEqual(["ops-anna", "team-anna"]);
    requests();
    const next = await up(stuck, news, { namePrefix: "ops-" });
    expect(requests()).toEqual(["DELETE team-anna"]);
    expectExact(next!);
    expect(Object.keys(next!.outputs)).toEqual(["keys"]);
  });

  test("of a deletion that comes first keeps the old key, and does not try what it blocks", async () => {
    const made = await create(keysOf("anna", "bjarne"));
    account();
    requests();
    const news = { anna: publicKey("new"), bjarne: publicKey("bjarne"), carl: publicKey("carl") };
    emulator.faults.add({ method: "DELETE", status: 422, body: { detail: "in use" } });
    const partial = await failed(up(made, news));
    expect(partial.message).toContain("in use");
    expect(requests()).toEqual(["DELETE team-anna", "POST team-carl"]);
    expectExact(partial);
    expectExact((await up(partial, news))!);
  });

  test("of a destroy leaves the state as it was, and destroy again ends it", async () => {
    const made = await create(keysOf("anna", "bjarne"));
    emulator.faults.add({ method: "DELETE", status: 422, body: { detail: "in use" } });
    await expect(set.delete(made.id, made.outputs, command())).rejects.toThrow("in use");
    expect(Object.keys(account())).toHaveLength(1);
    await set.delete(made.id, made.outputs, command());
    expect(account()).toEqual({});
  });
});

describe("a killed run", () => {
  test.each([true, false])(
    "loses no key that was there before, and adopting recovers the others (answered: %s)",
    async (arrived) => {
      const made = await create(keysOf("anna"));
      const dying = startProcess(emulator, timing, {
        troubles: [],
        kill: { nth: 2, arrived },
        log: () => undefined,
      });
      const all = keysOf("anna", "bjarne", "carl", "dora");
      const update = up(made, all, {}, dying.context);
      await expect(dying.run(update)).rejects.toThrow();
      await timing.settle(true);
      const there = Object.keys(account()).length;
      // The engine has the state of before.
      const next = await up(made, all, { adoptExisting: true });
      expectExact(next!);
      expect(Object.keys(account())).toHaveLength(4);
      expect(Object.values(next!.outputs.keys as Properties)).toHaveLength(4);
      expect(there).toBeLessThan(4);
    },
  );

  test("without adopting, the conflict says what to do and which key it is about", async () => {
    const made = await create(keysOf("anna"));
    const orphan = emulator.account.addSshKey({ name: "team-bjarne", publicKey: publicKey("bjarne") });
    const partial = await failed(up(made, keysOf("anna", "bjarne")));
    expect(partial.message).toContain(`"team-bjarne" (id ${orphan.id})`);
    expect(partial.message).toContain("Set `adoptExisting: true`");
    expect(Object.keys(held(partial))).toEqual(["team-anna"]);
    expect(emulator.account.sshKeys()).toHaveLength(2);
  });
});

test("a long change says now and then how far it is, a short one does not", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const made = await create(keysOf(...names.slice(0, 20)));
  expect(printed).toBe("");
  emulator.faults.add({ method: "POST", status: 429, headers: { "Retry-After": "60" } });
  await up(made, keysOf(...names));
  expect(printed).toMatch(/^The SSH key set: \d+ of 20 keys are done\.$/m);
});

test("a name that is taken is a conflict that names its holder and the input", async () => {
  emulator.account.addSshKey({ name: "team-anna", publicKey: publicKey("somebody") });
  await expect(create(keysOf("anna"))).rejects.toThrow(/taken by "team-anna".*Choose another `namePrefix`/s);
});

test("a set adopts what the account has, under its name, whatever form its fingerprint has; one list for all", async () => {
  const byHand = emulator.account.addSshKey({ name: "by hand", publicKey: publicKey("anna") });
  const made = await create(keysOf("anna", "bjarne"), { adoptExisting: true });
  expect(requests()).toEqual(["GET", "POST team-bjarne"]);
  expectExact(made);
  expect(made.outputs.keys).toMatchObject({
    anna: { id: byHand.id, name: "by hand", adopted: true },
    bjarne: { adopted: false },
  });
  expect(
    await up(made, keysOf("anna", "bjarne"), { namePrefix: "team-", adoptExisting: false }),
  ).toBeUndefined();
  // The entry's name is nothing that the account knows of an adopted key.
  const renamed = await up(made, { ann: publicKey("anna"), bjarne: publicKey("bjarne") });
  expect(requests()).toEqual([]);
  expect(renamed?.outputs.keys).toMatchObject({ ann: { id: byHand.id, adopted: true } });
  const fewer = await up(renamed!, keysOf("bjarne"));
  expect(requests()).toEqual([]);
  expect(printed).toContain(`Keeping the SSH key "by hand" (id ${byHand.id}): it was adopted.`);
  expect(Object.keys(held(fewer!))).toEqual(["team-bjarne"]);
  await set.delete(renamed!.id, renamed!.outputs, command());
  expect(emulator.account.sshKeys().map(({ id }) => id)).toEqual([byHand.id]);
});

describe("beside SshKey resources of the same program", () => {
  const sshKey = async (name: string, more: Properties = {}, run = command()): Promise<EncodedState> => {
    const { inputs } = resources.SshKey.check({}, { publicKey: publicKey(name), name, ...more });
    return resources.SshKey.create(inputs, run);
  };
  const declare = (state: EncodedState, name: string, run: Run): Diff => {
    const { inputs } = resources.SshKey.check({}, { publicKey: publicKey(name), name });
    return resources.SshKey.diff(state.id, state.outputs, inputs, timing.now(), run.holders);
  };

  test("a key that an SshKey holds is refused, in either order of declaration", async () => {
    const single = await sshKey("anna");
    const run = command();
    declare(single, "anna", run);
    await expect(create(keysOf("anna"), { adoptExisting: true }, run)).rejects.toThrow(
      "another resource of this program already manages it",
    );
    const later = command();
    const made = await create(keysOf("anna"), { adoptExisting: true }, later);
    expect(() => declare(single, "anna", later)).toThrow("Two resources of this program manage the same key");
    await set.delete(made.id, made.outputs, command());
    expect(Object.values(account())).toEqual([single.id]);
  });

  test("the same new key in both, in one run: one of them adds it, the other is refused", async () => {
    const run = command();
    const made = await create(keysOf("anna"), {}, run);
    await expect(sshKey("anna", {}, run)).rejects.toThrow(
      /, named "team-anna" in the account, already manages the same public key \(\S+\)\. .*Remove one of the two/,
    );
    expectExact(made);
  });

  test("moving into a set: one up adopts the keys and lets go of the SshKeys, without a POST or DELETE", async () => {
    const singles = [await sshKey("anna"), await sshKey("bjarne")];
    requests();
    const run = command();
    const made = await create(keysOf("anna", "bjarne"), { adoptExisting: true }, run);
    for (const single of singles) await resources.SshKey.delete(single.id, single.outputs, run);
    expect(requests()).toEqual(["GET"]);
    expectExact(made);
  });

  test("moving into a set, interrupted before the SshKeys are gone: the next up goes on", async () => {
    const single = await sshKey("anna");
    const made = await create(keysOf("anna"), { adoptExisting: true });
    const run = command();
    expect(await up(made, keysOf("anna"), { adoptExisting: true }, run)).toBeUndefined();
    await resources.SshKey.delete(single.id, single.outputs, run);
    expectExact(made);
  });

  test("moving out of a set, which depends on the SshKeys: they adopt the keys, and the set lets go of them", async () => {
    const made = await create(keysOf("anna", "bjarne"));
    account();
    requests();
    const run = command();
    const single = await sshKey("anna", { name: "team-anna", adoptExisting: true }, run);
    const rest = await up(made, keysOf("bjarne"), {}, run);
    expect(requests()).toEqual(["GET"]);
    expect({ ...held(rest!), "team-anna": single.id }).toEqual(account());
  });

  test("a key that the set still declares is refused to an SshKey, and so to another set", async () => {
    const made = await create(keysOf("anna"));
    const run = command();
    expect(await up(made, keysOf("anna"), {}, run)).toBeUndefined();
    const refused = "another resource of this program already manages it";
    await expect(sshKey("anna", { name: "team-anna", adoptExisting: true }, run)).rejects.toThrow(refused);
    await expect(create(keysOf("anna"), { adoptExisting: true }, run)).rejects.toThrow(refused);
  });
});

describe("check", () => {
  const reasons = ({ failures }: Checked): string[] => failures.map(({ reason }) => reason);
  const check = (publicKeys: unknown, more: Properties = {}): Checked =>
    set.check({}, { publicKeys, namePrefix: "team-", ...more });

  test("says all mistakes at once, each naming its entry", () => {
    const found = check({
      anna: publicKey(1),
      bjarne: "ssh-dss AAAA",
      carl: 5,
      dora: `${publicKey(1)} dora@work`,
      "": publicKey(2),
      "a\nb": publicKey(3),
    });
    expect(reasons(found)).toEqual([
      expect.stringContaining('`publicKeys["bjarne"]` was rejected'),
      '`publicKeys["carl"]` must be a string, not a number',
      '`publicKeys["anna"]` and `publicKeys["dora"]` are the same key; remove one of them',
      expect.stringContaining("the name of an entry of `publicKeys` is empty"),
      expect.stringContaining('`publicKeys["a?b"]`: the name of an entry must not contain line breaks'),
    ]);
    // The engine prints the value of the property that a failure names, and this one would be long.
    expect(found.failures.map(({ property }) => property)).toEqual(Array(5).fill(""));
  });

  test("refuses a private key without showing it, or any of the others", () => {
    const secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n";
    const { failures } = check({ anna: secret, bjarne: publicKey(1) });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("private key") }]);
    expect(JSON.stringify(failures)).not.toMatch(/b3Blbn|AAAAC3/);
    expect(check({ anna: Object.fromEntries(Buffer.from(secret).entries()) }).failures).toEqual([
      {
        property: "",
        reason:
          '`publicKeys["anna"]` must be a string, not a Buffer: read the file with `readFileSync(path, "utf8")`',
      },
    ]);
  });

  test("refuses names that an API may trim", () => {
    expect(reasons(check({ "anna ": publicKey(1) }))).toEqual([
      '`publicKeys["anna "]`: the name of an entry must not end with white space',
    ]);
    expect(reasons(check({ anna: publicKey(1) }, { namePrefix: " team-" }))).toEqual([
      "`namePrefix` must not begin with white space",
    ]);
    expect(reasons(check({ " anna": publicKey(1) }, { namePrefix: "team " }))).toEqual([]);
  });

  test.each([
    [undefined, "`publicKeys` is required"],
    [[publicKey(1)], "must be an object of public keys by name, not a list of 1"],
    ["x", "must be an object of public keys by name"],
  ])("refuses %j for the map", (given, reason) => {
    expect(reasons(check(given))).toEqual([expect.stringContaining(reason)]);
  });

  test("refuses a bad prefix, a bad flag and an unknown input", () => {
    const found = check({}, { namePrefix: "a\nb", adoptExisting: "yes", nameprefix: "x" });
    expect(reasons(found)).toEqual([
      expect.stringContaining("unknown input `nameprefix`; did you mean"),
      expect.stringContaining("`namePrefix` must not contain line breaks"),
      expect.stringContaining("`adoptExisting` must be true or false"),
    ]);
  });

  test("accepts values that are not known yet, and a preview then shows a change of that input", () => {
    for (const [given, changed] of [
      [{ publicKeys: UNKNOWN }, ["publicKeys"]],
      [{ publicKeys: { anna: UNKNOWN } }, ["publicKeys"]],
      [{ publicKeys: keysOf("anna"), namePrefix: UNKNOWN }, ["namePrefix"]],
    ] as const) {
      const { inputs, failures } = set.check({}, { namePrefix: "team-", ...given });
      expect(failures).toEqual([]);
      expect(set.diff("id", { keys: {} }, inputs, timing.now())).toMatchObject({ changes: true, changed });
    }
  });

  test("an entry may have any name that an object can have", async () => {
    const made = await create(keysOf("constructor", "toString", "a.b[0]", "Æ 鍵"));
    expectExact(made);
    expect(await up(made, keysOf("constructor", "toString", "a.b[0]", "Æ 鍵"))).toBeUndefined();
  });
});

test("a state that is none of ours is an error that says what is wrong, never a guess", () => {
  const diff = (outputs: Properties) => () => set.diff("ssh-key-set-0000000", outputs, checked({}), 0);
  expect(diff({})).toThrow(
    'The state of the SSH key set "ssh-key-set-0000000" cannot be read: `keys` must be an object',
  );
  expect(diff({ keys: { anna: { id: 5 } } })).toThrow("`id` must be a string, but it is a number");
});
