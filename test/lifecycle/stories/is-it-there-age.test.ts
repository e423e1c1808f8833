// Is it there, by the list's age? A list that is older than a key, or than a request, proves nothing about it.
import { cachedLists } from "../../support/answers";
import { PersonalAccessToken } from "../../support/engine-resources";
import { DECLARED, KINDS, SERVICE_KEY, SSH_KEY } from "../../support/kinds";
import { account, DAY, HOUR, MINUTE, readLists, stack } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

/** A cache keeps what both lists show now. */
async function fillCache() {
  const cached = cachedLists(() => account.timing.server());
  account.emulator.transform = cached;
  await readLists();
  return cached;
}

describe.each(KINDS)("row 63: a list that was cached before a %s", (_what, type, inputs) => {
  test.each([
    ["in the same second", 0, MINUTE],
    ["ten minutes later", 10 * MINUTE, 1_000],
    ["ten minutes later", 10 * MINUTE, HOUR],
  ])("was created, %s: it does not prove that it is gone", async (_when, before, after) => {
    await fillCache();
    account.later(before);
    await stack.deploy("it", type, inputs);
    const { ids } = stack;
    account.later(after);
    expect(await stack.refresh()).toBe(false);
    stack.expectKept(ids);
  });

  test.each(["answer lost", "arrives late"] as const)("was asked for proves nothing: %s", async (fate) => {
    await fillCache();
    account.later(10 * MINUTE);
    await stack.deploy("it", type, inputs, troubled({ fate }));
    account.emulator.transform = undefined;
    await account.timing.settle(true);
    account.later(MINUTE);
    await stack.up();
    stack.expectHeld();
    expect(stack.ids).toHaveLength(1);
  });

  test("was created, while the API sent no `Date`: it is not forgotten", async () => {
    const cached = await fillCache();
    account.later(HOUR);
    account.emulator.transform = ({ method, body }) => ({
      headers: { date: null },
      ...(method === "POST" && { body: { ...(body as object), created_at: undefined } }),
    });
    await stack.deploy("it", type, inputs);
    expect(stack.errors).toEqual([]);
    account.later(HOUR);
    account.emulator.transform = cached;
    await stack.refresh();
    stack.expectAllNamed();
  });
});

test("an SSH key is removed, then added again, and a cache still lists it: the lost response leaves one key", async () => {
  const [, type, inputs] = SSH_KEY;
  await stack.deploy("it", type, inputs);
  account.later(HOUR);
  await fillCache();
  stack.program.delete("it");
  await stack.up();
  await stack.deploy("it", type, inputs, troubled(LOST));
  account.emulator.transform = undefined;
  account.later(MINUTE);
  await stack.up();
  await stack.expectOneForOne();
});

test("a lost rotation, and the next up is answered by a cache that is older than it: nothing is forgotten, now or after destroy", async () => {
  await stack.deployRotating();
  account.later(20 * MINUTE);
  const cached = await fillCache();
  account.emulator.transform = undefined;
  account.later(MINUTE);
  stack.declareRotating({ rotationTriggers: { a: 1 } });
  await stack.up(troubled(LOST, { ...NO_LIST, nth: 2 }));
  account.later(20 * MINUTE);
  account.emulator.transform = cached;
  await stack.up();
  expect(stack.held("db").outputs["unresolved"]).toBe(true);
  account.emulator.transform = undefined;
  await stack.expectDestroyed();
});

test("a token that is due by both clocks, and a list of an hour ago from a cache that tells its age: it is replaced", async () => {
  const due = { ...DECLARED.PersonalAccessToken, expiresInDays: 30, rotateBeforeDays: 10 };
  await stack.deploy("it", PersonalAccessToken, due);
  account.later(20 * DAY - 30 * MINUTE);
  await fillCache();
  account.later(HOUR);
  await stack.up();
  expect(stack.errors).toEqual([]);
});

test.each([SERVICE_KEY, SSH_KEY])("an unresolved %s and cached lists heal", async (_what, type, inputs) => {
  account.timing.error = MINUTE;
  await stack.deploy(
    "it",
    type,
    inputs,
    troubled(NEVER_ARRIVES, { method: "GET", fate: "never arrives", times: 30 }),
  );
  account.later(DAY);
  account.emulator.transform = ({ method }) => {
    if (method !== "GET") return undefined;
    const date = new Date(account.timing.server() - 10_000).toUTCString();
    return { headers: { date, age: "10" } };
  };
  await stack.expectDestroyed();
});
