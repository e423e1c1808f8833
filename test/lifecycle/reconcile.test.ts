// What must never happen to a key after a lost answer, one case a test: each of them happened, in the table's tests or in the model's.
import { resources, PartialFailure } from "../support/engine-resources";
import type { Emulator } from "../../src/emulator";
import { createRun } from "../../src/lifecycle/run";
import type { Run } from "../../src/lifecycle/run";
import type { Properties } from "../../src/values";
import type { Resource, EncodedState } from "../support/engine-resources";
import { startProcess, trouble } from "../model/network";
import type { Trouble, SimulatedTiming } from "../model/network";
import { failed } from "../support/partial-failure";
import { StoryAccount } from "../support/story-account";
import { publicKey } from "../support/public-key";

const DAY = 86_400_000;
const rotating = resources.RotatingServiceKey;
const AUTO = "pulumi test/dev/db #${hex(7)}";

let emulator: Emulator;
let timing: SimulatedTiming;
let printed: string;

beforeEach(async () => {
  ({ emulator, timing } = await StoryAccount.open());
  printed = "";
});

afterEach(() => emulator.close());

/** A provider process of its own, as every command has one. */
function process(...troubles: Trouble[]): Run {
  return startProcess(emulator, timing, { troubles, log: (line) => (printed += `${line}\n`) }).context;
}

async function create(life: Resource, news: Properties, context: Run): Promise<EncodedState> {
  const { inputs, failures } = life.check({}, news);
  expect(failures).toEqual([]);
  return life.create(inputs, context);
}

const live = (): string[] => emulator.account.liveApiKeys().map(({ id }) => id);
const deletions = (): number => emulator.requests.filter(({ method }) => method === "DELETE").length;

test("row 1: refused exactly twice, then up: three attempts, one accepted POST", async () => {
  const made = await create(
    resources.ServiceKey,
    { service: "database", description: AUTO },
    process(trouble("POST", "refused", { times: 2 })),
  );
  expect(live()).toEqual([made.id]);
  expect(emulator.requests.map(({ method, committed }) => [method, committed])).toEqual([["POST", true]]);
});

test("what an SSH key's answer and list leave out costs nothing: one key, made at a known time, then none", async () => {
  emulator.transform = ({ body, path }) => {
    const bare = (entry: object): object => ({
      ...entry,
      key_type: null,
      created_at: null,
      fingerprint: null,
    });
    if (!path.endsWith("/ssh-keys")) return undefined;
    return { body: Array.isArray(body) ? body.map(bare) : bare(body as object) };
  };
  const news = { publicKey: publicKey("bare"), name: "bare" };
  const made = await create(resources.SshKey, news, process());
  expect(made.outputs).toMatchObject({ keyType: "ssh-ed25519", createdAt: expect.stringMatching(/^20.*Z$/) });
  await resources.SshKey.delete(made.id, made.outputs, process());
  expect(emulator.account.sshKeys()).toEqual([]);
});

test.each([
  ["db", resources.ServiceKey, { service: "database", description: AUTO }],
  ["ci", resources.PersonalAccessToken, { scopes: ["a:read"], description: AUTO }],
] as const)(
  "%s: two lost attempts of which nothing is seen are not forgotten, even if the second was refused",
  async (_name, life, news) => {
    for (const second of ["never arrives", "401", "refused"] as const) {
      const state = await failed(
        create(
          life,
          news,
          process(
            trouble("POST", "arrives late", { late: 60 }),
            trouble("POST", second, { nth: 2, times: 9 }),
          ),
        ),
      );
      expect(state.id).toMatch(/^unresolved\//);
      await timing.settle(true);
      expect(live()).toHaveLength(1);
      await life.delete(state.id, state.outputs, process());
      expect(live()).toEqual([]);
    }
  },
);

test("two attempts that were both seen and revoked leave nothing to keep in the state: a plain error", async () => {
  const lost = create(
    resources.ServiceKey,
    { service: "database", description: AUTO },
    process(trouble("POST", "answer lost", { times: 2 })),
  );
  await expect(lost).rejects.toThrow("got no response");
  await expect(lost).rejects.not.toBeInstanceOf(PartialFailure);
  expect(live()).toEqual([]);
});

test("explicit description: the error waits for the last look, and names the late key beside another stack's", async () => {
  const news = { service: "storage", description: "shared" };
  const lost = create(resources.ServiceKey, news, process(trouble("POST", "arrives late", { late: 5 })));
  const other = await create(resources.ServiceKey, news, process());
  await expect(lost).rejects.toThrow("not proven");
  const message = await lost.catch((error: unknown) => String(error));
  expect(live()).toHaveLength(2);
  expect(live()).toContain(other.id);
  for (const id of live()) expect(message).toContain(id);
  expect(deletions()).toBe(0);
});

test("a description copied from an old key, mark and all, does not cost the old key its life", async () => {
  const description = "pulumi test/dev/db #1a2b3c4";
  const old = emulator.account.addApiKey({
    service: "database",
    description,
    createdAt: "2025-12-24T10:00:00Z",
  });
  const made = await create(
    resources.ServiceKey,
    { service: "database", description },
    process(trouble("POST", "answer lost")),
  );
  expect(live().sort()).toEqual([old.id, made.id].sort());
});

test("an attempt that takes place a minute late leaves a twin, which the next refresh names", async () => {
  const made = await create(
    resources.ServiceKey,
    { service: "database", description: AUTO },
    process(trouble("POST", "arrives late", { late: 60 })),
  );
  await timing.settle(true);
  const [twin] = live().filter((id) => id !== made.id);
  expect(twin).toBeDefined();
  expect(printed).not.toContain(twin);
  await resources.ServiceKey.read(made.id, made.outputs, process());
  expect(printed).toContain(`an earlier attempt may have created ${twin}`);
});

test("a server clock at the end of time costs no key: it is created, and its times are by the local clock", async () => {
  emulator.faults.add({ method: "POST", headers: { date: "Fri, 12 Sep 275760 23:59:59 GMT" } });
  const made = await create(
    resources.PersonalAccessToken,
    { scopes: ["a:read"], expiresInDays: 90, description: AUTO },
    process(),
  );
  expect(made.outputs).toMatchObject({
    createdAt: "2026-01-01T00:00:00Z",
    expiresAt: "2026-04-01T00:00:00Z",
  });
  expect(live()).toEqual([made.id]);
});

describe("a key beside which a twin may live", () => {
  /** The first attempt is lost without a trace, the second succeeds, and then no list can be read. */
  async function unswept(): Promise<EncodedState> {
    const troubles = [
      trouble("POST", "never arrives"),
      trouble("GET", "500, not done", { nth: 4, times: 99 }),
    ];
    const state = await failed(
      create(resources.ServiceKey, { service: "database", description: AUTO }, process(...troubles)),
    );
    expect(live()).toEqual([state.id]);
    expect(state.outputs).toMatchObject({ unresolved: true, key: expect.stringContaining("wayscloud_") });
    return state;
  }

  const twinOf = ({ outputs }: EncodedState) =>
    emulator.account.addApiKey({ service: "database", description: String(outputs["description"]) });

  test("is not revoked before the check that it is not the credential of this very run", async () => {
    const state = await unswept();
    twinOf(state);
    const account: Record<string, string> = {
      "wayscloud:endpoint": emulator.url,
      "wayscloud:apiKey": String(state.outputs["key"]),
    };
    const own = createRun((key) => account[key], "the test", { timing, log: () => undefined });
    await expect(resources.ServiceKey.delete(state.id, state.outputs, own)).rejects.toThrow("Did not revoke");
    expect(live()).toHaveLength(2);
  });

  test("is replaced when the inputs ask for that, and its deletion takes the twin along", async () => {
    const state = await unswept();
    twinOf(state);
    const { inputs } = resources.ServiceKey.check(state.outputs, { service: "dns", description: AUTO });
    expect(resources.ServiceKey.diff(state.id, state.outputs, inputs, timing.now()).replaces).toEqual([
      "service",
    ]);
    await resources.ServiceKey.delete(state.id, state.outputs, process());
    expect(live()).toEqual([]);
  });

  test("becomes unresolved when it vanishes, so that the twin is still looked for", async () => {
    const state = await unswept();
    twinOf(state);
    emulator.account.remove(state.id);
    const read = await resources.ServiceKey.read(state.id, state.outputs, process());
    expect(read?.id).toMatch(/^unresolved\//);
    await resources.ServiceKey.delete(read!.id, read!.outputs, process());
    expect(live()).toEqual([]);
  });
});

test("a key taken over under another name outlives the resource of the old name", async () => {
  const { id, key } = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const news = { service: "dns", description: AUTO, existing: { id, key } };
  const old = await create(resources.ServiceKey, news, process());
  const renamed = process();
  const taken = await create(resources.ServiceKey, news, renamed);
  await resources.ServiceKey.delete(old.id, old.outputs, renamed);
  expect(taken.id).toBe(id);
  expect(live()).toEqual([id]);
});

describe("an SSH key with an explicit name", () => {
  const news = { publicKey: publicKey("mine"), name: "deploy" };
  const byHand = (createdAt: string) => emulator.account.addSshKey({ ...news, createdAt });

  test("that was there before is not taken for the late result of a lost attempt", async () => {
    const { id } = byHand("2025-12-24T10:00:00Z");
    await expect(create(resources.SshKey, news, process(trouble("POST", "502, done")))).rejects.toThrow(
      `as "deploy" (id ${id})`,
    );
    expect(emulator.account.sshKeys()).toHaveLength(1);
  });

  test("that arrives between the last look and the second attempt is taken: it is ours", async () => {
    const made = await create(
      resources.SshKey,
      news,
      process(
        trouble("POST", "arrives late", { late: 6.2 }),
        trouble("POST", "refused", { nth: 2, times: 2 }),
      ),
    );
    expect(emulator.account.sshKeys().map(({ id }) => id)).toEqual([made.id]);
  });

  test.each([
    ["2025-12-24T10:00:00Z", 1],
    ["2026-01-01T00:00:02Z", 0],
  ])("made at %s: clearing up an unresolved creation leaves %d", async (createdAt, left) => {
    const { id, outputs } = await failed(
      create(
        resources.SshKey,
        news,
        process(trouble("POST", "never arrives"), trouble("GET", "401", { times: 99 })),
      ),
    );
    byHand(createdAt);
    await resources.SshKey.delete(id, outputs, process());
    expect(emulator.account.sshKeys()).toHaveLength(left);
  });
});

test("cleaning up an unresolved SSH key leaves the one that another resource of the run has adopted", async () => {
  const news = { publicKey: publicKey("mine"), name: "deploy" };
  const lost = create(
    resources.SshKey,
    news,
    process(trouble("POST", "answer lost"), trouble("GET", "401", { times: 99 })),
  );
  const { id, outputs } = await failed(lost);
  const renamed = process();
  const adopted = await create(
    resources.SshKey,
    { ...news, adoptExisting: true, __owner: "test/dev/other" },
    renamed,
  );
  expect(adopted.outputs).toMatchObject({ adopted: true });
  await resources.SshKey.delete(id, outputs, renamed);
  expect(emulator.account.sshKeys().map((key) => key.id)).toEqual([adopted.id]);
});

describe("a rotating key", () => {
  const news = { service: "vps", description: "pulumi test/dev/rot", rotateEveryDays: 30 };
  const named = (description: string) => ({ ...news, description });

  test("finds what a lost rotation left under another description, in an update and at its end", async () => {
    for (const end of ["update", "delete"] as const) {
      const { id, outputs } = await create(rotating, named("one"), process());
      const troubles = [
        trouble("POST", "answer lost"),
        trouble("GET", "500, not done", { nth: 2, times: 99 }),
      ];
      const state = await failed(rotating.update(id, outputs, named("two"), process(...troubles)));
      expect(live()).toHaveLength(2);
      // The program is what it was before.
      if (end === "update") {
        const healed = await rotating.update(id, state.outputs, named("one"), process());
        expect(live()).toEqual([healed["keyId"]]);
        await rotating.delete(id, healed, process());
      } else await rotating.delete(id, state.outputs, process());
      expect(live()).toEqual([]);
    }
  });

  test("rotates when a description is given or changed, and never because the stack or the resource was renamed", async () => {
    const { id, outputs } = await create(rotating, news, process());
    const renamed = { ...news, description: "pulumi other/prod/database" };
    expect(rotating.diff(id, outputs, renamed, timing.now())).toMatchObject({ changes: false });
    expect(rotating.diff(id, outputs, named("one"), timing.now())).toMatchObject({
      changed: ["description"],
    });
    timing.elapsed += 30 * DAY;
    const rotated = await rotating.update(id, outputs, renamed, process());
    const current = emulator.account.liveApiKeys().find((key) => key.id === rotated["keyId"]);
    expect(current?.description).toMatch(/^pulumi other\/prod\/database #/);
  });

  test("names what a killed rotation left at refresh, and revokes it with the next rotation or at its end", async () => {
    const { id, outputs } = await create(rotating, news, process());
    timing.elapsed += 30 * DAY;
    // The process was killed: the state is what it was.
    const killed = await rotating.update(id, outputs, news, process());
    const read = await rotating.read(id, outputs, process());
    expect(printed).toContain(`may have created ${String(killed["keyId"])}`);
    expect(read?.outputs).not.toHaveProperty("unresolved");
    expect(live()).toHaveLength(2);
    const rotated = await rotating.update(id, read!.outputs, news, process());
    expect(live().sort()).toEqual([outputs["keyId"], rotated["keyId"]].sort());
    await rotating.delete(id, outputs, process());
  });

  test("does not vanish with its last key while the key of a killed rotation lives", async () => {
    const { id, outputs } = await create(rotating, news, process());
    timing.elapsed += 30 * DAY;
    await rotating.update(id, outputs, news, process());
    emulator.account.remove(String(outputs["keyId"]));
    const read = await rotating.read(id, outputs, process());
    expect(read?.outputs).toMatchObject({ isActive: false });
    await rotating.delete(id, read!.outputs, process());
    expect(live()).toEqual([]);
    await expect(rotating.read(id, outputs, process())).resolves.toBeUndefined();
  });

  test("is not retired by the run after one that failed: nobody may have moved to the new key yet", async () => {
    const { id, outputs } = await create(rotating, news, process());
    timing.elapsed += 30 * DAY;
    const troubles = [
      trouble("POST", "never arrives"),
      trouble("GET", "500, not done", { nth: 5, times: 99 }),
    ];
    const state = await failed(rotating.update(id, outputs, news, process(...troubles)));
    expect(state.outputs).toMatchObject({ previousKeyId: outputs["keyId"], unresolved: true });
    const healed = await rotating.update(id, state.outputs, news, process());
    expect(live()).toContain(outputs["keyId"]);
    // That run was completed; the next one retires it.
    const next = await rotating.update(id, healed, news, process());
    expect(live()).toEqual([next["keyId"]]);
  });
});
