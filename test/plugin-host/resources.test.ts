// The provider over gRPC: the resources live through it with the requests that the dynamic classes make, and previews make none.
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { DAY_MS, rfc3339 } from "../../src/values";
import { emulator, failureOf, host, live, next, nextCommand, urnOf } from "../support/plugin-host";
import { type Properties, secret, unknown } from "../support/provider-client";
import { publicKey } from "../support/public-key";
import { takeRequests } from "../support/requests";
import { until } from "../support/until";

const DECLARED: [className: string, inputs: Record<string, unknown>, secrets: string[]][] = [
  ["SshKey", { publicKey: publicKey(1) }, []],
  ["SshKeySet", { publicKeys: { anna: publicKey(1) } }, []],
  ["ServiceKey", { service: "database" }, ["key"]],
  ["PersonalAccessToken", { scopes: ["services:read", "ssh_keys:read"], expiresInDays: 90 }, ["key"]],
  ["RotatingServiceKey", { service: "dns", rotateEveryDays: 30, overlapDays: 7 }, ["key"]],
  ["RotatingPersonalAccessToken", { scopes: ["services:read"], rotateEveryDays: 30 }, ["key"]],
];

test.each(DECLARED)("%s is created, unchanged, read and deleted", async (className, declared, secrets) => {
  const urn = urnOf(className);
  const { id, inputs, outputs } = await host.up(urn, declared);
  expect(takeRequests(emulator)).toHaveLength(1);
  for (const name of secrets) expect(outputs[name]).toEqual(secret(expect.stringMatching(/^wayscloud_/)));

  const unchanged = { changes: false, replaces: [], deleteBeforeReplace: false, details: {} };
  expect(await next(urn, { id, inputs, outputs }, declared)).toEqual({ inputs, diff: unchanged });
  expect(takeRequests(emulator)).toEqual([]);

  const read = await host.read(urn, id, outputs, inputs);
  expect(read).toMatchObject({ id, inputs });
  for (const name of secrets) expect(read.outputs[name]).toEqual(outputs[name]);
  expect(await host.diff(urn, id, read.outputs, inputs, inputs)).toEqual(unchanged);

  await host.delete(urn, id, read.outputs);
  expect(live()).toEqual([]);
});

test.each(DECLARED)(
  "a preview of %s sends nothing and knows only what it can",
  async (className, declared) => {
    const urn = urnOf(className);
    const { inputs } = await host.check(urn, {}, declared);
    const { id, outputs } = await host.create(urn, inputs, { preview: true });
    expect(id).toBe("");
    const notKnown: Record<string, object> = {
      SshKey: { fingerprint: unknown },
      SshKeySet: { keys: unknown },
    };
    expect(outputs).toMatchObject(notKnown[className] ?? { key: secret(unknown) });
    expect(takeRequests(emulator)).toEqual([]);
  },
);

test("names and descriptions that are left out say whose they are, and are kept", async () => {
  const ssh = await host.check(urnOf("SshKey", "deploy"), {}, { publicKey: publicKey(1) });
  expect(ssh.inputs["name"]).toMatch(/^deploy-[0-9a-f]{7}$/);
  const key = await host.check(urnOf("ServiceKey", "a::b"), {}, { service: "dns" });
  expect(key.inputs["description"]).toMatch(/^pulumi test\/dev\/a::b #[0-9a-f]{7}$/);
  const rotating = await host.check(urnOf("RotatingServiceKey"), {}, { service: "dns", rotateEveryDays: 30 });
  expect(rotating.inputs["description"]).toBe("pulumi test/dev/db");
});

test("the mark follows from the engine's random seed, so that an up makes what its plan shows, and stays", async () => {
  const markOf = async (seed: string, olds: Properties = {}) =>
    (await host.check(urnOf("SshKey"), olds, { publicKey: publicKey(1) }, seed)).inputs["name"];
  const name = await markOf("one");
  expect(await markOf("one")).toBe(name);
  expect(await markOf("two")).not.toBe(name);
  expect(await markOf("two", { name, publicKey: publicKey(1) })).toBe(name);
});

test("unknown inputs stay unknown, through check, diff and preview", async () => {
  const urn = urnOf("SshKey");
  const { inputs, failures } = await host.check(urn, {}, { publicKey: unknown, name: unknown });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ publicKey: unknown, name: unknown });
  const { outputs } = await host.create(urn, inputs, { preview: true });
  expect(outputs).toMatchObject({ publicKey: unknown, name: unknown });
});

test("an input that is secret stays secret in inputs and outputs", async () => {
  const urn = urnOf("ServiceKey");
  const { inputs, outputs } = await host.up(urn, { service: "dns", description: secret("mine") });
  expect(inputs["description"]).toEqual(secret("mine"));
  expect(outputs["description"]).toEqual(secret("mine"));
});

test("bad input is a failure of the named property", async () => {
  const { failures } = await host.check(urnOf("ServiceKey"), {}, { service: "databse" });
  const reason = expect.stringContaining('did you mean "database"');
  expect(failures).toEqual([{ property: "service", reason }]);
});

test("a change says which properties differ and which of them replace", async () => {
  const urn = urnOf("PersonalAccessToken");
  const state = await host.up(urn, { scopes: ["services:read"], expiresInDays: 90 });
  const changed = { scopes: ["ssh_keys:read"], rotationTriggers: { a: "b" } };
  expect((await next(urn, state, changed)).diff).toMatchObject({
    changes: true,
    details: { scopes: "update-replace", expiresInDays: "delete-replace", rotationTriggers: "add-replace" },
  });
});

test("a due rotation is no drift, although the engine checks another resource during the read", async () => {
  const urn = urnOf("PersonalAccessToken");
  const declared = { scopes: ["services:read"], expiresInDays: 90, rotateBeforeDays: 80 };
  const { id, inputs, outputs } = await host.up(urn, declared);
  const inDays = (days: number): string => rfc3339(Date.now() + days * DAY_MS);
  const due = { ...outputs, expiresAt: inDays(10), rotateAt: inDays(-70) };
  emulator.faults.add({ method: "GET", delay: 300 });
  const reading = host.read(urn, id, due, inputs);
  await until(() => emulator.requests.at(-1)?.method === "GET");
  await host.check(urnOf("ServiceKey", "other"), {}, { service: "dns" });
  await reading;
  expect(await host.diff(urn, id, due, inputs, inputs)).toMatchObject({ changes: false });
  await host.check(urn, inputs, declared);
  expect(host.news).toEqual([]);
  expect(await host.diff(urn, id, due, inputs, inputs)).toMatchObject({ changes: true });
  expect(host.news).toEqual([
    [
      urn,
      expect.stringMatching(/ is replaced, because it expires at .*, which is within `rotateBeforeDays`\.$/),
    ],
  ]);
});

const ENDED = { expiresAt: "2026-01-01T00:00:00Z", rotateAt: "2025-12-31T00:00:00Z" };
const BY_DUE_TIME = { expiresInDays: 9, rotateBeforeDays: 1, recreateIfInvalid: false };
test.each([
  ["ServiceKey", { service: "dns" }, { isActive: false }, "the account lists it as inactive."],
  [
    "PersonalAccessToken",
    { scopes: ["dns:read"], ...BY_DUE_TIME },
    ENDED,
    `it expired at ${ENDED.expiresAt}.`,
  ],
] as const)(
  "a %s %j of which %j is replaced with a message that says: %s",
  async (type, program, now, why) => {
    const urn = urnOf(type);
    const state = await host.up(urn, program);
    await next(urn, { ...state, outputs: { ...state.outputs, ...now } }, program);
    expect(host.news).toEqual([[urn, expect.stringContaining(` is replaced, because ${why}`)]]);
  },
);

test("a partial failure keeps what may exist, with its inputs, and its secrets marked", async () => {
  emulator.faults.add(
    { method: "POST", reset: true, commit: true },
    { method: "GET", path: "/v1/account/api-keys", times: "always", status: 401 },
  );
  const urn = urnOf("ServiceKey");
  const { inputs } = await host.check(urn, {}, { service: "dns" });
  const { kept, message } = await failureOf(host.create(urn, inputs));
  expect(kept?.id).toMatch(/^unresolved\//);
  expect(kept?.inputs).toEqual(inputs);
  expect(kept?.properties).toMatchObject({ unresolved: true, service: "dns" });
  expect(kept?.reasons).toEqual([message]);
});

test("what the user must know appears at the resource", async () => {
  const urn = urnOf("ServiceKey");
  emulator.faults.add({ method: "POST", reset: true, commit: true });
  await host.up(urn, { service: "dns" });
  expect(host.warnings).toEqual([[urn, expect.stringContaining("was lost")]]);
  expect(host.news).toEqual([
    [urn, expect.stringContaining("revoked the one that the lost attempt had created")],
  ]);
});

test("a refresh says at each resource, once, which of its keys was deleted elsewhere", async () => {
  const gone: [urn: string, message: unknown][] = [];
  const states: { urn: string; id: string; inputs: Properties; outputs: Properties }[] = [];
  for (const [className, declared] of DECLARED) {
    const [urn, before] = [urnOf(className), live()];
    const others = className === "SshKeySet" ? { publicKeys: { anna: publicKey(2) } } : {};
    states.push({ urn, ...(await host.up(urn, { ...declared, ...others })) });
    const [id = ""] = live().filter((each) => !before.includes(each));
    gone.push([urn, expect.stringContaining(`(id ${id}) is gone`)]);
  }
  const refresh = (): Promise<unknown> =>
    Promise.all(states.map(({ urn, id, inputs, outputs }) => host.read(urn, id, outputs, inputs)));
  await refresh();
  expect(host.news).toEqual([]);
  for (const id of live()) emulator.account.remove(id);
  await nextCommand();
  await refresh();
  expect(host.news.sort()).toEqual(gone.sort());
});

test("a read does not report as gone what this command itself has deleted", async () => {
  const urn = urnOf("ServiceKey");
  const { id, inputs, outputs } = await host.up(urn, { service: "dns" });
  await host.delete(urn, id, outputs);
  await host.read(urn, id, outputs, inputs);
  expect(host.news).toEqual([]);
});

test("a scope that looks mistyped is a warning at the token, in the preview as well, and is sent as it is", async () => {
  const urn = urnOf("RotatingPersonalAccessToken");
  const declared = { scopes: ["sshkeys:read", "anything:else"], rotateEveryDays: 30 };
  const { inputs, failures } = await host.check(urn, {}, declared);
  expect(failures).toEqual([]);
  expect(inputs.scopes).toEqual(["anything:else", "sshkeys:read"]);
  expect(host.warnings).toEqual([
    [urn, expect.stringContaining('"sshkeys:read"; did you mean "ssh_keys:read"?')],
  ]);
});

test("a timeout of the user limits the operation", async () => {
  const urn = urnOf("SshKey");
  const { inputs } = await host.check(urn, {}, { publicKey: publicKey(1) });
  emulator.faults.add({ method: "POST", hang: true });
  const started = performance.now();
  await expect(host.create(urn, inputs, { timeout: 1 })).rejects.toThrow(/SSH key/);
  // Without it, an attempt takes 30 s.
  expect(performance.now() - started).toBeLessThan(29_000);
});

test("a type that the provider does not have is named, with those that it has", async () => {
  await expect(host.check(urnOf("constructor"), {}, {})).rejects.toThrow(
    "no resource of the type wayscloud-account:index:constructor; there are SshKey, ",
  );
});

test("an entry named `__proto__` is refused, not left out", async () => {
  const checkOf = (news: Record<string, any>): Promise<any> => {
    const request = new CheckRequest().setUrn(urnOf("SshKeySet")).setNews(Struct.fromJavaScript(news));
    // JavaScript's protobuf cannot send such a name; the engine, which is written in Go, can.
    const bytes = Buffer.from(request.serializeBinary())
      .toString("latin1")
      .replaceAll("__PROTO__", "__proto__");
    request.serializeBinary = () => new Uint8Array(Buffer.from(bytes, "latin1"));
    return host.call("check", request);
  };
  const reasonsFor = async (news: Record<string, any>): Promise<string[]> =>
    (await checkOf(news)).getFailuresList().map((each: any) => each.getReason());
  const publicKeys = { __PROTO__: publicKey("p"), anna: publicKey("a") };
  const refused = "`publicKeys` has an entry named `__proto__`, which would be lost; choose another name";
  expect(await reasonsFor({ publicKeys })).toEqual([refused]);
  expect(await reasonsFor({ publicKeys: secret(publicKeys) })).toEqual([refused]);
  expect(await reasonsFor({ publicKeys: { anna: publicKey("a") }, __PROTO__: "x" })).toEqual([
    "unknown input `__proto__`",
  ]);
  expect(await reasonsFor({ publicKeys: { anna: publicKey("a"), constructor: publicKey("c") } })).toEqual([]);
});

test.each(["\u009b31mred", "evil\u202egnp", "a\u2028b"])(
  "what could redraw the terminal is not printed as it is: %j",
  async (name) => {
    const [set, key] = [urnOf("SshKeySet"), urnOf("ServiceKey")];
    const checks = [
      await host.check(set, {}, { publicKeys: { [name]: "none" } }),
      await host.check(key, {}, { service: name, description: name }),
    ];
    emulator.faults.add({ method: "POST", status: 400, times: "always" });
    const publicKeys = { [name]: publicKey(1), b: publicKey(2) };
    const errors = await Promise.all([
      failureOf(host.create(set, { publicKeys, namePrefix: name })),
      failureOf(host.create(key, { service: "dns", description: name })),
    ]);
    const reasons = checks.flatMap(({ failures }) => failures.map(({ reason }) => reason));
    const shown = [...reasons, ...errors.map(({ message }) => message)];
    expect(shown.length).toBeGreaterThanOrEqual(4);
    for (const text of shown) expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
    expect(shown.join()).toContain(name.replace(/[\u009b\u202e\u2028]/, "?"));
  },
);
