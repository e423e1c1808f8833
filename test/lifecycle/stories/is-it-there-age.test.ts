// Is it there, by the list's age? A list that is older than a key, or than a request, proves nothing about it.
import { cachedLists } from "../../support/answers";
import { PersonalAccessToken } from "../../support/engine-resources";
import { DECLARED, ROTATING_KEY, SERVICE_KEY, SSH_KEY, SSH_KEYS, TOKEN } from "../../support/kinds";
import {
  account,
  DAY,
  declareRotating,
  deploy,
  HOUR,
  later,
  MINUTE,
  readLists,
  stack,
} from "../../support/story";
import { expectAllNamed, expectDestroyed, expectHeld, expectKept } from "../../support/story-end";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

/** A cache keeps what both lists show now. */
async function fillCache() {
  const cached = cachedLists(() => account.timing.server());
  account.emulator.transform = cached;
  await readLists();
  return cached;
}

describe.each([SERVICE_KEY, TOKEN, ROTATING_KEY, ...SSH_KEYS])(
  "row 63: a cache has kept the list since before a %s",
  (_what, type, inputs) => {
    test.each([
      ["in the same second", 0, MINUTE],
      ["ten minutes later", 10 * MINUTE, 1_000],
      ["ten minutes later", 10 * MINUTE, HOUR],
    ])("was created, %s: it does not prove that it is gone", async (_when, before, after) => {
      await fillCache();
      later(before);
      await deploy("it", type, inputs);
      const { ids } = stack;
      later(after);
      expect(await stack.refresh()).toBe(false);
      expectKept(ids);
    });

    test.each(["answer lost", "arrives late"] as const)(
      "was asked for (%s): it does not prove that nothing was created",
      async (fate) => {
        await fillCache();
        later(10 * MINUTE);
        stack.declare("it", type, inputs);
        await stack.up(troubled({ fate }));
        account.emulator.transform = undefined;
        await account.timing.settle(true);
        later(MINUTE);
        await stack.up();
        expectHeld();
        expect(stack.ids).toHaveLength(1);
      },
    );

    test("was created, while the API sent no `Date`: it is not forgotten", async () => {
      const cached = await fillCache();
      later(HOUR);
      account.emulator.transform = ({ method, body }) => ({
        headers: { date: null },
        ...(method === "POST" && { body: { ...(body as object), created_at: undefined } }),
      });
      await deploy("it", type, inputs);
      expect(stack.errors).toEqual([]);
      later(HOUR);
      account.emulator.transform = cached;
      await stack.refresh();
      expectAllNamed();
    });
  },
);

test("a lost rotation, and the next up is answered by a cache that is older than it: nothing is forgotten, now or after destroy", async () => {
  declareRotating();
  await stack.up();
  later(20 * MINUTE);
  const cached = await fillCache();
  account.emulator.transform = undefined;
  later(MINUTE);
  declareRotating({ rotationTriggers: { a: 1 } });
  await stack.up(troubled(LOST, { ...NO_LIST, nth: 2 }));
  later(20 * MINUTE);
  account.emulator.transform = cached;
  await stack.up();
  expect(stack.held("db").outputs["unresolved"]).toBe(true);
  account.emulator.transform = undefined;
  await expectDestroyed();
});

test("a token that is due by both clocks, and a list of an hour ago from a cache that tells its age: it is replaced", async () => {
  const due = { ...DECLARED.PersonalAccessToken, expiresInDays: 30, rotateBeforeDays: 10 };
  await deploy("it", PersonalAccessToken, due);
  later(20 * DAY - 30 * MINUTE);
  await fillCache();
  later(HOUR);
  await stack.up();
  expect(stack.errors).toEqual([]);
});

test.each([SERVICE_KEY, SSH_KEY])(
  "an unresolved %s by a local clock that is a minute ahead, and lists that a cache has kept for ten seconds: it is cleaned up",
  async (_what, type, inputs) => {
    account.timing.error = MINUTE;
    stack.declare("it", type, inputs);
    await stack.up(troubled(NEVER_ARRIVES, { method: "GET", fate: "never arrives", times: 30 }));
    later(DAY);
    account.emulator.transform = ({ method }) => {
      if (method !== "GET") return undefined;
      const date = new Date(account.timing.server() - 10_000).toUTCString();
      return { headers: { date, age: "10" } };
    };
    await expectDestroyed();
  },
);
