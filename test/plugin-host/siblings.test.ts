// Two resources of one logical name, under parents of different types: each has marks, an id and keys of its
// own, and neither is given, advised against or revoked for the other.
import { emulator, host, live, next, nextCommand, urnOf } from "../support/plugin-host";
import { type CallFailure, type Properties, secret } from "../support/provider-client";
import "../support/short-pauses.cjs";

const BACKEND = "acme:index:Backend";
const FRONTEND = "acme:index:Frontend";
const KINDS = [
  ["RotatingServiceKey", { service: "dns", rotateEveryDays: 30, overlapDays: 7 }],
  ["RotatingPersonalAccessToken", { scopes: ["dns:read"], rotateEveryDays: 30, overlapDays: 7 }],
] as const;
/** The check after a second attempt cannot be made: the key exists, and so may another one. */
const DUPLICATE_POSSIBLE = [
  { method: "POST", reset: true },
  { method: "GET", path: "/v1/account/api-keys", nth: 4, status: 401 },
] as const;

const keyOf = ({ id, outputs }: { id: string; outputs: Properties }): string => String(outputs.keyId ?? id);
const spoken = (): string => host.warnings.map(([, message]) => message).join("\n");

/** What the engine keeps of a creation, whether it succeeded or failed in part. */
async function created(urn: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  try {
    return await host.create(urn, inputs);
  } catch (error) {
    const { kept } = error as CallFailure;
    if (!kept) throw error;
    return { id: kept.id, outputs: kept.properties };
  }
}

describe.each(KINDS)("row 53: two resources %s of one logical name", (type, declared) => {
  const [a, b] = [urnOf(type, "app", BACKEND), urnOf(type, "app", FRONTEND)];
  let inputsA: Properties, inputsB: Properties;
  beforeEach(async () => {
    inputsA = (await host.check(a, {}, declared, a)).inputs;
    inputsB = (await host.check(b, {}, declared, b)).inputs;
  });

  test("have different ids and marks, and a refresh says nothing of the other one's key", async () => {
    const [one, two] = await Promise.all([host.create(a, inputsA), host.create(b, inputsB)]);
    expect(one.id).not.toBe(two.id);
    const descriptions = emulator.account.liveApiKeys().map(({ description }) => description);
    expect(new Set(descriptions).size).toBe(2);
    await nextCommand();
    await host.read(a, one.id, one.outputs, inputsA);
    await host.read(b, two.id, two.outputs, inputsB);
    expect(spoken()).toBe("");
  });

  test("are made at once, and the response to one is slow while that to the other is lost: both states' keys are live", async () => {
    emulator.faults.add(
      { method: "POST", delay: 4_000 },
      { method: "POST", nth: 2, commit: true, reset: true },
    );
    const first = host.create(a, inputsA);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const made = await Promise.all([first, host.create(b, inputsB)]);
    expect(live()).toEqual(expect.arrayContaining(made.map(keyOf)));
    expect(live()).toHaveLength(2);
  });

  test("one of which stayed unresolved: a later run that deletes only that one leaves the other one's key", async () => {
    const one = await host.create(a, inputsA);
    emulator.faults.add({ method: "POST", reset: true }, { method: "GET", times: "always", status: 401 });
    const two = await created(b, inputsB);
    expect(two.id).toMatch(/^unresolved\//);
    emulator.faults.clear();
    await nextCommand();
    await host.delete(b, two.id, two.outputs);
    expect(live()).toEqual([keyOf(one)]);
  });
});

describe("row 53: two resources with the same description of their own", () => {
  const description = "team key";

  test.each([
    [
      "of one logical name",
      urnOf("ServiceKey", "app", BACKEND),
      urnOf("ServiceKey", "app", FRONTEND),
      { service: "vps" },
    ],
    [
      "of different types",
      urnOf("ServiceKey", "ci"),
      urnOf("PersonalAccessToken", "ci"),
      { scopes: ["dns:read"] },
    ],
    [
      "of one logical name and with the same inputs",
      urnOf("ServiceKey", "app", BACKEND),
      urnOf("ServiceKey", "app", FRONTEND),
      { service: "dns" },
    ],
  ])(
    "%s, the first of which may have a duplicate: the second has a key of its own",
    async (_what, a, b, spec) => {
      const one = await host.check(a, {}, { service: "dns", description });
      const two = await host.check(b, {}, { ...spec, description });
      emulator.faults.add(...DUPLICATE_POSSIBLE);
      const made = [await created(a, one.inputs), await created(b, two.inputs)];
      const secrets = made.map(({ outputs }) => outputs.key.value as string);
      expect(new Set(made.map(({ id }) => id)).size).toBe(2);
      for (const [at, { id }] of made.entries()) {
        const key = emulator.account.liveApiKeys().find((each) => each.id === id);
        expect(key).toMatchObject({ key: secrets[at], ...(at === 0 ? { service: "dns" } : spec) });
      }
    },
  );

  test("and the same `existing`: the second one, in a later run, is refused", async () => {
    const { id, key } = emulator.account.addApiKey({ service: "dns", description });
    const [a, b] = [urnOf("ServiceKey", "app", BACKEND), urnOf("ServiceKey", "app", FRONTEND)];
    const declared = { service: "dns", description, existing: { id, key: secret(key) } };
    const one = await host.up(a, declared);
    await nextCommand();
    await next(a, one, declared);
    await expect(host.up(b, declared)).rejects.toThrow(/another resource|one resource|manage/i);
    expect(live()).toEqual([id]);
  });
});

test("row 53: two resources of one logical name have imported one key; one of them is removed from the program: the key stays", async () => {
  const [a, b] = [urnOf("ServiceKey", "app", BACKEND), urnOf("ServiceKey", "app", FRONTEND)];
  const { id } = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const [one, two] = [await host.read(a, id), await host.read(b, id)];
  await nextCommand();
  await next(a, one, one.inputs);
  await host.delete(b, id, two.outputs);
  expect(live()).toEqual([id]);
});
