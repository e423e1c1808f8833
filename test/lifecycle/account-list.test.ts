// One list for many; and when its silence about an id is a proof.
import type { ApiList } from "../../src/api/client";
import type { Operation } from "../../src/api/timing";
import { startEmulator } from "../../src/emulator";
import type { UnreadableEntry } from "../../src/api/list";
import { MalformedResponseError } from "../../src/errors";
import type { AccountClient } from "../../src/api/client";
import { AccountList } from "../../src/lifecycle/account-list";
import { clientOf } from "../support/api";
import { FakeTiming, StandingTiming, turn } from "../support/fake-timing";

interface Entry {
  id: string;
}

function listOf<T extends { id: string }>(
  client: AccountClient,
  list: (operation?: Operation) => Promise<ApiList<T>>,
): AccountList<T> {
  const remove = (): never => {
    throw new Error("nothing is removed here");
  };
  return new AccountList(client, { label: "keys", claimOf: (id) => id, list, remove, isLive: () => true });
}

/** A listing whose requests are answered when the test says so. */
function scripted(timing = new FakeTiming()) {
  const asked: {
    answer: (ids: string[], serverTime?: number, unreadable?: UnreadableEntry[]) => void;
    fail: (why: string) => void;
  }[] = [];
  const list = (): Promise<ApiList<Entry>> =>
    new Promise((resolve, reject) => {
      asked.push({
        answer: (ids, serverTime = timing.now(), unreadable = []) =>
          resolve({ value: ids.map((id) => ({ id })), serverTime, unreadable }),
        fail: (why) => reject(new Error(why)),
      });
    });
  const listing = listOf({ timing } as Pick<AccountClient, "timing"> as AccountClient, list);
  return { listing, asked, timing };
}

describe("one list request", () => {
  test("is shared by 1000 concurrent finds, against the API itself", async () => {
    const emulator = await startEmulator();
    const ids = Array.from({ length: 50 }, () => emulator.account.addApiKey({ service: "dns" }).id);
    const client = clientOf(emulator);
    const listing = listOf(client, (operation) => client.listApiKeys(operation));
    const found = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => listing.find(ids[index % 50]!)),
    );
    expect(found.every((entry, index) => entry?.id === ids[index % 50])).toBe(true);
    expect(emulator.requests).toHaveLength(1);
    await emulator.close();
  });

  test("is shared also by those who come after it, and absence needs no second one while nothing was created", async () => {
    const { listing, asked } = scripted();
    const first = listing.find("a");
    asked[0]!.answer(["a"]);
    await first;
    expect(await listing.find("a")).toEqual({ id: "a" });
    expect(await listing.find("gone")).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  test("is not made before somebody asks", async () => {
    const { asked } = scripted();
    await turn();
    expect(asked).toHaveLength(0);
  });
});

describe("absence", () => {
  test("is not believed from a list requested before the last creation of this run", async () => {
    const { listing, asked } = scripted();
    // A refresh's list is in flight; meanwhile a key is created; then that key is read.
    const refresh = listing.find("old");
    listing.noteCreated("new");
    const read = listing.find("new");
    asked[0]!.answer(["old"]);
    expect(await refresh).toEqual({ id: "old" });
    await turn();
    expect(asked).toHaveLength(2);
    asked[1]!.answer(["old", "new"]);
    expect(await read).toEqual({ id: "new" });
  });

  test("is believed from a list requested after it", async () => {
    const { listing, asked } = scripted();
    listing.noteCreated("new");
    const read = listing.find("new");
    asked[0]!.answer(["old"]);
    expect(await read).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  test("asks for one more list only, however many doubt the first", async () => {
    const { listing, asked } = scripted();
    const first = listing.find("x");
    asked[0]!.answer([]);
    await first;
    for (let i = 0; i < 100; i += 1) listing.noteCreated(`new-${i}`);
    const reads = Array.from({ length: 100 }, (_, index) => listing.find(`new-${index}`));
    await turn();
    expect(asked).toHaveLength(2);
    asked[1]!.answer(Array.from({ length: 100 }, (_, index) => `new-${index}`));
    expect((await Promise.all(reads)).every((entry) => entry !== undefined)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  test("of a key that the server shows late is found out by the API's own list", async () => {
    const emulator = await startEmulator();
    const client = clientOf(emulator);
    const listing = listOf(client, (operation) => client.listApiKeys(operation));
    await listing.shared();
    const created = await client.createServiceKey({ service: "dns" }, client.operation("Creating"));
    listing.noteCreated(created.value.id);
    expect(await listing.find(created.value.id)).toMatchObject({ id: created.value.id });
    await emulator.close();
  });

  test("is not what a failed second list tells", async () => {
    const { listing, asked } = scripted();
    const first = listing.find("x");
    asked[0]!.answer([]);
    await first;
    listing.noteCreated("new");
    const read = listing.find("new");
    await turn();
    asked[1]!.fail("500");
    await expect(read).rejects.toThrow("500");
  });
});

test("all who miss a fresh key share two more looks, however late they come", async () => {
  const { listing, asked, timing } = scripted();
  const createdAt = new Date(timing.now()).toISOString();
  const early = listing.find("a", createdAt);
  asked[0]!.answer([]);
  await turn();
  await turn();
  asked[1]!.answer([]);
  await turn();
  await turn();
  asked[2]!.answer([]);
  expect(await early).toBeUndefined();
  expect(await listing.find("b", createdAt)).toBeUndefined();
  expect(asked).toHaveLength(3);
});

test("a timer that fires a little early costs nobody a look of their own", async () => {
  const timing = new StandingTiming();
  const { listing, asked } = scripted(timing);
  const createdAt = new Date(timing.now()).toISOString();
  const finds = ["a", "b"].map((id) => listing.find(id, createdAt));
  asked[0]!.answer([]);
  for (const ms of [2_000, 4_000.4]) {
    await turn();
    // Node may wake a timer up to a millisecond before its time.
    await timing.advance(ms, 0.4);
    for (const each of asked) each.answer([]);
  }
  expect(await Promise.all(finds)).toEqual([undefined, undefined]);
  expect(asked).toHaveLength(3);
});

describe("a failure", () => {
  test("is shared for 5 s by all who ask, and then the list is asked for again", async () => {
    const { listing, asked, timing } = scripted();
    const many = Array.from({ length: 100 }, () => listing.find("a"));
    asked[0]!.fail("first");
    for (const result of await Promise.allSettled(many)) expect(result).toMatchObject({ status: "rejected" });
    timing.elapsed += 5_000;
    await expect(listing.find("a")).rejects.toThrow("first");
    expect(asked).toHaveLength(1);
    timing.elapsed += 1;
    const again = listing.find("a");
    expect(asked).toHaveLength(2);
    asked[1]!.answer(["a"]);
    expect(await again).toEqual({ id: "a" });
  });

  test("that nobody waits for any more is no unhandled rejection", async () => {
    const { listing, asked } = scripted();
    const mine = listing.shared();
    mine.catch(() => undefined);
    asked[0]!.fail("late");
    await turn();
    await turn();
  });
});

describe("a list of one's own", () => {
  test("is requested anew each time, and does not become the shared one", async () => {
    const { listing, asked } = scripted();
    const own = [listing.fresh(), listing.fresh()];
    asked[0]!.answer(["a"], 5);
    asked[1]!.answer(["a", "b"]);
    const [first, second] = await Promise.all(own);
    expect([first!.byId.size, second!.byId.size]).toEqual([1, 2]);
    expect(first!.serverTime).toBe(5);
    void listing.shared();
    expect(asked).toHaveLength(3);
  });
});

describe("known before", () => {
  test("are the ids of the latest list at that moment, and those that this run created, also later", async () => {
    const { listing, asked } = scripted();
    expect(listing.knownBefore()("a")).toBe(false);
    const first = listing.shared();
    asked[0]!.answer(["a"]);
    await first;
    const known = listing.knownBefore();
    const second = listing.fresh();
    asked[1]!.answer(["a", "late"]);
    await second;
    expect([known("a"), known("late"), known("mine")]).toEqual([true, false, false]);
    listing.noteCreated("mine");
    expect(known("mine")).toBe(true);
    expect(listing.knownBefore()("late")).toBe(true);
  });
});

describe("an entry that cannot be read", () => {
  const unreadable = (id?: string): UnreadableEntry => ({
    id,
    error: new MalformedResponseError({ message: `The fault of ${id}.`, outcome: "ambiguous" }),
  });

  test("does not concern those whose own entries are there", async () => {
    const { listing, asked } = scripted();
    const found = listing.find("mine");
    asked[0]!.answer(["mine"], 1, [unreadable(), unreadable("foreign")]);
    expect(await found).toEqual({ id: "mine" });
  });

  test("of another id hides nothing", async () => {
    const { listing, asked } = scripted();
    const found = listing.find("mine");
    asked[0]!.answer(["other"], 1, [unreadable("foreign")]);
    expect(await found).toBeUndefined();
  });

  test.each([undefined, "mine"])(
    "of the id %s may be the one that is looked for: no proof of absence, but its fault",
    async (id) => {
      const { listing, asked } = scripted();
      const found = listing.find("mine");
      asked[0]!.answer(["other"], 1, [unreadable("foreign"), unreadable(id)]);
      await expect(found).rejects.toThrow(`The fault of ${id}.`);
    },
  );
});
