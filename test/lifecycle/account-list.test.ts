// src/lifecycle/account-list.ts: one list for many; and when its silence about an id is a proof.
import type { AccountClient, ApiList } from "../../src/api/client";
import type { UnreadableEntry } from "../../src/api/list";
import type { Operation } from "../../src/api/timing";
import { startEmulator } from "../../src/emulator";
import { AccountList } from "../../src/lifecycle/account-list";
import { Holders } from "../../src/lifecycle/holders";
import { clientOf } from "../support/api";
import { FakeTiming, StandingTiming, turn } from "../support/fake-timing";

interface Entry {
  id: string;
}

function listOf<T extends Entry>(
  client: AccountClient,
  list: (operation?: Operation) => Promise<ApiList<T>>,
): AccountList<T> {
  const remove = (): never => {
    throw new Error("nothing is removed here");
  };
  const run = { client, holders: new Holders() };
  return new AccountList(run, { label: "keys", claimOf: (id) => id, list, remove, isLive: () => true });
}

/** A list whose requests are answered when the test says so, the nth by `asked[n]`. */
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
  /** Looks for an id, by a list with these ids if one is requested for that. */
  const find = async (id: string, ids: string[], createdAt?: string): Promise<Entry | undefined> => {
    const before = asked.length;
    const found = listing.find(id, createdAt);
    await turn();
    asked.slice(before).forEach(({ answer }) => answer(ids));
    return found;
  };
  return { listing, asked, timing, find };
}

test("one request is shared by 1000 concurrent finds, against the API itself, and shows a key that was made meanwhile", async () => {
  const emulator = await startEmulator();
  const ids = Array.from({ length: 50 }, () => emulator.account.addApiKey({ service: "dns" }).id);
  const client = clientOf(emulator);
  const listing = listOf(client, (operation) => client.listApiKeys(operation));
  const found = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => listing.find(ids[index % 50]!)),
  );
  expect(found.every((entry, index) => entry?.id === ids[index % 50])).toBe(true);
  expect(emulator.requests).toHaveLength(1);
  const { value } = await client.createServiceKey({ service: "dns" }, client.operation("Creating"));
  listing.noteCreated(value.id);
  expect(await listing.find(value.id)).toMatchObject({ id: value.id });
  await emulator.close();
});

describe("absence", () => {
  test("asks for one more list only, however many doubt the first", async () => {
    const { listing, asked, find } = scripted();
    await find("x", []);
    const ids = Array.from({ length: 100 }, (_, index) => `new-${index}`);
    for (const id of ids) listing.noteCreated(id);
    const reads = ids.map((id) => listing.find(id));
    await turn();
    asked[1]!.answer(ids);
    expect((await Promise.all(reads)).every((entry) => entry !== undefined)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  test("is not proved by a second list that fails", async () => {
    const { listing, asked, find } = scripted();
    await find("x", []);
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
  for (let look = 0; look < 3; look += 1) {
    asked[look]!.answer([]);
    await turn();
    await turn();
  }
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
});
