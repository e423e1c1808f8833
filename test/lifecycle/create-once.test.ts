// The decisions of `createOnce` one by one, against an account of scripted answers: what is kept, what is removed, what is said, and when.
import { ConnectionError, errorMessage, MalformedResponseError } from "../../src/errors";
import type { RequestOutcome } from "../../src/errors";
import type { Run } from "../../src/lifecycle/run";
import { createOnce, ForeignConflictError } from "../../src/lifecycle/create-once/create-once";
import { Operation } from "../../src/api/timing";
import { Creations, isAmbiguous } from "../../src/lifecycle/create-once/creation";
import type { UnreadableEntry } from "../../src/api/list";
import { FakeTiming } from "../support/fake-timing";

type Judgement = "owned" | "maybe-owned" | "other";
interface Item {
  id: string;
  createdAt: string;
  is: Judgement;
}

const lost = (outcome: RequestOutcome = "ambiguous"): Error =>
  new ConnectionError({ message: "Lost.", outcome });
const NOW = Date.parse("2030-01-01T00:00:00Z");
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const item = (id: string, is: Judgement = "owned", createdAt = at(0)): Item => ({ id, createdAt, is });

interface Script {
  /** What each POST comes to: an id, or what it throws. */
  posts: (string | Error)[];
  /** What each look at the list shows; the last one again and again. */
  lists?: (Item[] | Error)[];
  known?: string[];
  /** Ids whose removal fails. */
  stuck?: string[];
  keep?: boolean;
  serverTime?: number | undefined;
  /** Entries of every list that cannot be read. */
  unreadable?: UnreadableEntry[];
  /** Milliseconds that each POST takes. */
  slow?: number;
}

/** It is recorded as unresolved. */
class UnresolvedError extends Error {}

const SENT = "pulumi test/dev/K #abc1234";
const SHOWN: Record<Judgement, { text: string; mismatch?: string }> = {
  owned: { text: SENT },
  "maybe-owned": { text: SENT, mismatch: "its scopes are others" },
  other: { text: "somebody else's" },
};

interface Told {
  result:
    | { value: { id: string; kept?: boolean }; serverTime: number | undefined; duplicatePossible: boolean }
    | undefined;
  error: Error | undefined;
  removed: string[];
  log: string[];
  waits: number[];
  posted: number;
}

async function run(script: Script): Promise<Told> {
  const timing = new FakeTiming(NOW);
  // A process does not begin at 0.
  timing.elapsed = 5_000_000;
  const told: Told = {
    ...{
      result: undefined,
      error: undefined,
      removed: [],
      log: [],
      waits: timing.waits,
      posted: 0,
    },
  };
  const context = {
    client: { timing, serverNow: () => undefined },
    log: (line: string) => told.log.push(line),
    creations: new Creations(),
    holders: { isHeld: () => false, wasRemovedElsewhere: () => false },
  } as unknown as Run;
  const lists = [...(script.lists ?? [[]])];
  const serverTime = "serverTime" in script ? script.serverTime : NOW;
  const creation = {
    ...{ what: "the key K", identity: "K", before: undefined, operation: new Operation(timing, "K") },
    sent: { text: SENT, hasMarker: true },
    shown: ({ is, createdAt }: Item) => ({ ...SHOWN[is], createdAt }),
    post: () => {
      timing.elapsed += script.slow ?? 0;
      const answer = script.posts[told.posted++];
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({ value: { id: answer ?? "too many POSTs" }, serverTime: 1 });
    },
    list: {
      fresh: () => {
        const list = lists.length > 1 ? lists.shift()! : lists[0]!;
        if (list instanceof Error) return Promise.reject(list);
        return Promise.resolve({
          byId: new Map(list.map((each) => [each.id, each])),
          serverTime,
          unreadable: script.unreadable ?? [],
        });
      },
      knownBefore: () => (id: string) => (script.known ?? []).includes(id),
      wasRemoved: () => false,
      remove: (id: string) => {
        if (script.stuck?.includes(id)) return Promise.reject(new Error(`${id} is stuck`));
        told.removed.push(id);
        return Promise.resolve();
      },
    },
    ...(script.keep ? { keep: (record: Item) => ({ id: record.id, kept: true }) } : {}),
  };
  try {
    const created = await createOnce(creation, context);
    if (created.is === "unresolved") throw new UnresolvedError(created.why);
    const { value, serverTime, unfinished } = created;
    told.result = { value, serverTime, duplicatePossible: unfinished !== undefined };
  } catch (error) {
    told.error = error as Error;
  }
  return told;
}

describe("the first attempt", () => {
  test("that is answered is all there is", async () => {
    const { result, posted, waits, log } = await run({ posts: ["a"], lists: [lost()] });
    expect(result).toEqual({ value: { id: "a" }, serverTime: 1, duplicatePossible: false });
    expect([posted, waits, log]).toEqual([1, [], []]);
  });

  test.each<RequestOutcome>(["rejected", "conflict", "not-sent", "rate-limited"])(
    "that failed as %s is not asked about and not repeated",
    async (outcome) => {
      const failure = lost(outcome);
      const { error, posted, log, removed } = await run({ posts: [failure, "b"], lists: [[item("x")]] });
      expect(error).toBe(failure);
      expect([posted, log, removed]).toEqual([1, [], []]);
    },
  );

  test("that failed by a mistake of ours is not repeated", async () => {
    const { error, posted } = await run({ posts: [new TypeError("oops"), "b"] });
    expect(error).toBeInstanceOf(TypeError);
    expect(posted).toBe(1);
  });

  test("whose answer was lost is told of, looked for and removed at first sight; the second one counts", async () => {
    const { result, removed, waits, log, posted } = await run({
      posts: [lost(), "b"],
      lists: [[item("a"), item("other", "other")], [item("b")]],
    });
    expect(result).toEqual({ value: { id: "b" }, serverTime: 1, duplicatePossible: false });
    expect([removed, waits, posted]).toEqual([["a"], [], 2]);
    expect(log).toEqual([
      "The key K: the response to the create request was lost; checking whether it was created.",
      "The key K: revoked the one that the lost attempt had created; it now exists once.",
    ]);
  });

  test("is looked for at 0, 2 and 6 seconds, and several results are all removed", async () => {
    const { removed, waits } = await run({
      posts: [lost(), "b"],
      lists: [[], [], [item("a"), item("a2")], [item("b")]],
    });
    expect(waits).toEqual([2_000, 4_000]);
    expect(removed).toEqual(["a", "a2"]);
  });

  test("that another resource of the run holds, or that was there before, is not touched", async () => {
    const { removed, result } = await run({ posts: [lost(), "b"], lists: [[item("old")]], known: ["old"] });
    expect(removed).toEqual([]);
    expect(result?.value.id).toBe("b");
  });
});

describe("the list after a lost answer", () => {
  test("that cannot be read leaves the creation unresolved, with the reason", async () => {
    const { error, posted, waits } = await run({ posts: [lost(), "b"], lists: [new Error("no list today")] });
    expect(error).toBeInstanceOf(UnresolvedError);
    expect(error!.message).toMatch(/^Lost\. It may still have been .* could not be read: no list today/);
    expect([posted, waits]).toEqual([1, [2_000, 4_000]]);
  });

  test("proves absence by its last look only", async () => {
    const failing = await run({ posts: [lost(), "b"], lists: [[], [], new Error("gone")] });
    expect(failing.error).toBeInstanceOf(UnresolvedError);
    const healed = await run({ posts: [lost(), "b"], lists: [new Error("gone"), new Error("gone"), []] });
    expect(healed.result?.value.id).toBe("b");
  });

  test("with what is only possible is looked at thrice, touches nothing and names it", async () => {
    const possible = item("p", "maybe-owned");
    const { error, removed, posted, waits } = await run({ posts: [lost(), "b"], lists: [[possible]] });
    expect(error).not.toBeInstanceOf(UnresolvedError);
    expect(error!.message).toMatch(
      /^Lost\. The key K may .* p \(created 2030-01-01T00:00:00\.000Z; its scopes are others\)/,
    );
    expect([removed, posted, waits]).toEqual([[], 1, [2_000, 4_000]]);
  });

  test("with an entry that cannot be read proves absence only where that entry is known from before", async () => {
    const error = new MalformedResponseError({ message: "entry 3: no name", outcome: "ambiguous" });
    for (const [id, expected] of [
      [undefined, UnresolvedError],
      ["new", UnresolvedError],
      ["old", undefined],
    ] as const) {
      const result = await run({ posts: [lost(), "b"], unreadable: [{ id, error }], known: ["old"] });
      if (expected) expect(result.error).toBeInstanceOf(expected);
      else expect(result.result?.value.id).toBe("b");
    }
  });

  test("with something proven beside it removes that and leaves the possible alone", async () => {
    const lists = [[item("p", "maybe-owned")], [item("p", "maybe-owned"), item("a")], [item("b")]];
    const { removed, result } = await run({ posts: [lost(), "b"], lists });
    expect(removed).toEqual(["a"]);
    expect(result?.value.id).toBe("b");
  });

  test("with what cannot be removed leaves the creation unresolved and names it", async () => {
    const script = { posts: [lost(), "b"], lists: [[item("a")]], stuck: ["a"] };
    const { error, posted } = await run(script);
    expect(error).toBeInstanceOf(UnresolvedError);
    expect(error!.message).toMatch(
      /The leftover of the lost attempt \(a \(created .*\)\) could not be revoked: a is stuck/,
    );
    expect(posted).toBe(1);
  });
});

describe("the second attempt", () => {
  test("that is lost and kept is the result", async () => {
    const { result, removed } = await run({
      posts: [lost(), lost()],
      lists: [[], [], [], [item("b")]],
      keep: true,
      serverTime: 77,
    });
    expect(result).toEqual({ value: { id: "b", kept: true }, serverTime: 77, duplicatePossible: false });
    expect(removed).toEqual([]);
  });

  test.each([
    ["neither of which was seen", [[]] as Item[][]],
    ["the first of which was never seen", [[], [], [], [item("b")]]],
    ["the second of which was never seen", [[item("a")], []]],
  ])("and the first, %s, are kept as unresolved", async (_, lists) => {
    const { error, posted } = await run({ posts: [lost(), lost()], lists });
    expect(error).toBeInstanceOf(UnresolvedError);
    expect(error!.message).toContain("An attempt whose response was lost may still take effect");
    expect(posted).toBe(2);
  });

  test("and the first, two results of which were seen at last, are a plain error", async () => {
    const { error, removed } = await run({
      posts: [lost(), lost()],
      lists: [[], [], [], [item("a"), item("b")]],
    });
    expect(error).not.toBeInstanceOf(UnresolvedError);
    expect(removed).toEqual(["a", "b"]);
  });

  test("that is refused while the first may still come is unresolved; after its result was removed, a plain error", async () => {
    const refusal = (): Error => lost("rejected");
    const waiting = await run({ posts: [lost(), refusal()] });
    expect(waiting.error).toBeInstanceOf(UnresolvedError);
    const settled = await run({ posts: [lost(), refusal()], lists: [[item("a")], [item("not looked at")]] });
    expect(settled.error).toMatchObject({ outcome: "rejected" });
    expect(settled.removed).toEqual(["a"]);
  });

  test("that meets a conflict with what is known to be another's proves that the first created nothing", async () => {
    const conflict = new ForeignConflictError({ message: "Exists.", outcome: "conflict", status: 409 });
    expect((await run({ posts: [lost(), conflict], keep: true })).error).toBe(conflict);
  });

  test("that fails by a mistake of ours is that mistake", async () => {
    expect((await run({ posts: [lost(), new TypeError("oops")] })).error).toBeInstanceOf(TypeError);
  });
});

describe("the sweep after a second attempt", () => {
  const unseen: Item[][] = [[], [], []];

  test("removes the first one's late result, and not its own", async () => {
    const { result, removed, log } = await run({
      posts: [lost(), "b"],
      lists: [...unseen, [item("a"), item("b")]],
    });
    expect(result).toEqual({ value: { id: "b" }, serverTime: 1, duplicatePossible: false });
    expect(removed).toEqual(["a"]);
    expect(log[1]).toBe("The key K: revoked the one that the lost attempt had created; it now exists once.");
    expect(log).toHaveLength(2);
  });

  test("names what may be one, and not its own", async () => {
    const { removed, log, result } = await run({
      posts: [lost(), "b"],
      lists: [...unseen, [item("p", "maybe-owned"), item("b", "maybe-owned")]],
    });
    expect(removed).toEqual([]);
    expect(log[1]).toMatch(
      /^The key K: an earlier attempt may have created p \(created [^,]*; its scopes are others\); revoke it if/,
    );
    expect(log[1]).not.toContain("b (created");
    expect(result?.duplicatePossible).toBe(false);
  });

  test("names none when only its own may be one", async () => {
    const { log } = await run({ posts: [lost(), "b"], lists: [...unseen, [item("b", "maybe-owned")]] });
    expect(log[1]).toBe("The key K: nothing of the lost attempt was found; it now exists once.");
    expect(log).toHaveLength(2);
  });

  test("that fails leaves the key duplicatePossible, and says so", async () => {
    for (const script of [
      { lists: [...unseen, new Error("no list today")] },
      { lists: [...unseen, [item("a")]], stuck: ["a"] },
    ]) {
      const { result, log } = await run({ posts: [lost(), "b"], ...script });
      expect(result).toEqual({ value: { id: "b" }, serverTime: 1, duplicatePossible: true });
      expect(log[1]).toMatch(
        /^The key K: could not check for a duplicate .* \((no list today|a is stuck)\)\.$/,
      );
    }
  });

  test("is not needed when the first one's result was removed", async () => {
    const { result, removed } = await run({ posts: [lost(), "b"], lists: [[item("a")], [item("twin")]] });
    expect(removed).toEqual(["a"]);
    expect(result?.duplicatePossible).toBe(false);
  });
});

describe("the first request", () => {
  // The last of the three looks judges: it is six seconds after the request, by both clocks.
  const serverTime = NOW + 6_000;
  const isRemoved = async (createdAt: string, more: Partial<Script> = {}): Promise<boolean> =>
    (await run({ posts: [lost(), "b"], lists: [[item("x", "owned", createdAt)]], ...more })).removed.length >
    0;

  test("counts from its beginning, however long it took", async () => {
    expect(await isRemoved(at(-630_000), { serverTime, slow: 25_000 })).toBe(true);
    expect(await isRemoved(at(-630_001), { serverTime, slow: 25_000 })).toBe(false);
  });

  test("began by the server's clock, however wrong that is", async () => {
    const hour = 3_600_000;
    expect(await isRemoved(at(hour - 605_000), { serverTime: serverTime + hour })).toBe(true);
    expect(await isRemoved(at(hour - 605_001), { serverTime: serverTime + hour })).toBe(false);
  });

  test("began by the local clock when the server tells no time", async () => {
    const started = 5_000_000;
    expect(await isRemoved(at(started - 605_000), { serverTime: undefined })).toBe(true);
    expect(await isRemoved(at(started - 605_001), { serverTime: undefined })).toBe(false);
  });
});

test("only an ambiguous outcome of the API is ambiguous", () => {
  expect(isAmbiguous(lost())).toBe(true);
  expect(isAmbiguous(lost("rejected"))).toBe(false);
  expect(isAmbiguous({ outcome: "ambiguous" })).toBe(false);
  expect(isAmbiguous(new Error("x"))).toBe(false);
});

test("what was thrown is told, whatever it is", () => {
  expect([errorMessage(new Error("x")), errorMessage("y"), errorMessage(undefined)]).toEqual([
    "x",
    "y",
    "undefined",
  ]);
});
