// Rows 3 to 7, 9, 12, 13, 16 and 25 under the real engine: what the state holds, what the account holds, and that no secret is printed or kept in the open.
import type { Emulator, Fault } from "../../src/emulator";
import { FaultTable, requestLine } from "../support/fault-table";
import {
  API_KEYS,
  changesIn,
  type EngineStack,
  liveIds,
  openBareStack,
  openStack,
  program,
  publicKey,
  secretsOf,
  SSH_KEYS,
  type StateResource,
  takeRequests,
} from "../support/engine";

const table = new FaultTable(__filename, "Lost responses and shared accounts, under the engine");

/** Each of this account's live keys is the key of exactly one resource in these states, and the state has its secret. */
async function expectAllInState(emulator: Emulator, ...stacks: EngineStack[]): Promise<void> {
  const all = await Promise.all(stacks.map((stack) => stack.resources({ showSecrets: true })));
  const held = all.flat().map(({ id, outputs }) => [id, plainKey(outputs?.["key"])]);
  const live = [
    ...emulator.account.liveApiKeys().map(({ id, key }) => [id, key]),
    ...emulator.account.sshKeys().map(({ id }) => [id, undefined]),
  ];
  // Compared as a whole, but shown without the keys.
  expect(held.map(([id]) => id).sort()).toEqual(live.map(([id]) => id).sort());
  expect(JSON.stringify(held.sort()) === JSON.stringify(live.sort())).toBe(true);
}

/** With `--show-secrets` the engine shows a secret as the JSON text of its value. */
function plainKey(value: unknown): unknown {
  const text = (value as { plaintext?: string } | undefined)?.plaintext;
  return text === undefined ? value : JSON.parse(text);
}

const ROWS: [name: string, row: number, fault: string, Fault][] = [
  ["r3", 3, "created, then the connection is reset", { reset: true, commit: true }],
  ["r4", 4, "created, never answered", { hang: true, commit: true }],
  ["r5", 5, "201 cut in half", { truncate: true }],
  ["r6", 6, "201 that is not JSON", { malformed: true }],
  ["r7a", 7, "502 after the creation", { status: 502, commit: true }],
  ["r7b", 7, "502 without a creation", { status: 502 }],
  ["r9", 9, "the creation takes place 5 s after the reset", { reset: true, commitAfter: 5_000 }],
];

test("rows 3 to 7 and 9, one `up` with every lost response: each resource has one live key, that of the state", async () => {
  const { emulator, stack } = await openStack();
  const resources = ROWS.map(
    ([name]) => `
    new wayscloud.ServiceKey("${name}-key", { service: "database" });
    new wayscloud.PersonalAccessToken("${name}-token", { scopes: ["ssh_keys:read"], expiresInDays: 90 });
    new wayscloud.SshKey("${name}-ssh", { publicKey: "${publicKey(name)}" });`,
  );
  stack.setProgram(program(resources.join("")));
  for (const [name, , , fault] of ROWS) {
    for (const kind of ["key", "token", "ssh"]) {
      emulator.faults.add({ ...fault, method: "POST", contains: `${name}-${kind}` });
    }
  }
  expect(changesIn(await stack.up())).toEqual({ created: 3 * ROWS.length + 1 });
  expect(emulator.faults.pending()).toEqual([]);
  await expectAllInState(emulator, stack);
  for (const [name, row, fault] of ROWS) {
    for (const [kind, resource] of [
      ["key", "serviceKey"],
      ["token", "personalAccessToken"],
      ["ssh", "sshKey"],
    ] as const) {
      const { id } = await single(stack, `${name}-${kind}`);
      const posts = emulator.requests.filter(
        ({ method, body }) => method === "POST" && JSON.stringify(body).includes(`${name}-${kind}`),
      );
      expect(id).toBeDefined();
      table.note({ row, fault, resource, result: "created", requests: requestLine(posts), live: 1 });
    }
  }
  takeRequests(emulator);
  await stack.preview(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([]);
  await stack.refresh(["--expect-no-changes"]);
  await expectAllInState(emulator, stack);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([]);
  stack.assertNoSecrets(secretsOf(emulator));
});

const exported = new WeakMap<EngineStack, StateResource[]>();
async function single(stack: EngineStack, name: string): Promise<StateResource> {
  const all = exported.get(stack) ?? (await stack.resources());
  exported.set(stack, all);
  const found = all.filter(({ urn }) => urn.endsWith(`::${name}`));
  expect(found).toHaveLength(1);
  return found[0]!;
}

test("every response is lost: the errors hold no secret, in text and in --json events, and the next `up` works", async () => {
  const { emulator, stack } = await openStack({
    program: program(`
      new wayscloud.ServiceKey("db", { service: "database" });
      new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });
      new wayscloud.ServiceKey("named", { service: "dns", description: "mine" });`),
  });
  const held = emulator.account.addApiKey({
    service: "dns",
    description: "mine",
    createdAt: "2024-03-05T10:00:00Z",
  });
  emulator.faults.add(
    { method: "POST", path: `${API_KEYS}/pat`, times: "always", malformed: true },
    { method: "POST", contains: "dev/db", times: "always", echo: { what: "key" }, status: 500, commit: true },
    { method: "POST", contains: "mine", times: "always", reset: true, commit: true },
  );
  const failed = await stack.up(["--continue-on-error", "--json"], { fails: true });
  expect(await stack.resources()).toEqual([]);
  // What was given an explicit description may be somebody else's: it is named, and nothing is revoked.
  const [old, lost, ...none] = emulator.account.liveApiKeys();
  expect([old?.id, none]).toEqual([held.id, []]);
  expect(lost?.description).toBe("mine");
  expect(failed.all).toContain(`${lost!.id} (created ${lost!.createdAt};`);
  expect(failed.all).not.toContain(held.id);
  table.note({
    row: 6,
    fault: "every response is lost; explicit description among them",
    result: "errors; the explicit one named",
    requests: "as in the provider's process",
    live: 2,
  });
  emulator.faults.clear();
  emulator.account.remove(lost!.id);
  await stack.up();
  expect(emulator.account.liveApiKeys()).toHaveLength(4);
  await stack.destroy();
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([held.id]);
  stack.assertNoSecrets(secretsOf(emulator));
});

test("row 13: two stacks at once, same names, answers lost: distinct keys, and destroying one leaves the other's", async () => {
  const body = program(`
    new wayscloud.ServiceKey("db", { service: "database" });
    new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });`);
  const { emulator, stack: one } = await openStack({ program: body });
  const two = await openBareStack({
    program: body,
    env: { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey },
  });
  // One answer of each kind: whichever stack it strikes, the other's key has the same name.
  for (const contains of ["dev/db", "dev/ci"]) {
    emulator.faults.add({ method: "POST", contains, reset: true, commit: true });
  }
  await Promise.all([one.up(), two.up()]);
  expect(emulator.account.liveApiKeys()).toHaveLength(4);
  await expectAllInState(emulator, one, two);
  await one.destroy();
  await expectAllInState(emulator, two);
  table.note({
    row: 13,
    fault: "two stacks at once, two responses lost; then one `destroy`",
    result: "the other's keys stay",
    requests: "",
    live: emulator.account.liveApiKeys().length,
  });
  one.assertNoSecrets(secretsOf(emulator));
  two.assertNoSecrets(secretsOf(emulator));
});

test("rows 12, 16 and 25: one of two resources owns an SSH key; a key deleted elsewhere is created once, alone", async () => {
  const key = publicKey("twice");
  const { emulator, stack } = await openStack({
    program: program(`
      new wayscloud.SshKey("left", { publicKey: "${key} left", name: "left" });
      new wayscloud.SshKey("right", { publicKey: "${key} right", name: "right" });
      new wayscloud.ServiceKey("db", { service: "database" });
      new wayscloud.ServiceKey("dns", { service: "dns" });`),
  });
  const twice = await stack.up(["--continue-on-error"], { fails: true });
  const [owner, ...none] = emulator.account.sshKeys();
  expect(none).toEqual([]);
  expect(twice.all).toMatch(
    /another resource of this program, named "\S+" in the account, already manages the same public key \(SHA256:.{43}\)\. .*Remove one of the two/,
  );
  expect(twice.all).toContain(`named "${owner?.name}" in the account`);
  await expectAllInState(emulator, stack);
  table.note({
    row: 12,
    fault: "one SSH key declared twice",
    result: "one owner, an error naming it",
    requests: requestLine(emulator.requests, SSH_KEYS),
    live: 3,
  });

  stack.setProgram(
    program(`
      new wayscloud.ServiceKey("db", { service: "database" });
      new wayscloud.ServiceKey("dns", { service: "dns" });`),
  );
  await stack.up();
  const [db, dns] = await Promise.all([stack.resource("db"), stack.resource("dns")]);
  emulator.account.remove(db.id!);
  await stack.refresh();
  takeRequests(emulator);
  expect(changesIn(await stack.up())).toEqual({ created: 1, unchanged: 2 });
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`]);
  expect((await stack.resource("dns")).id).toBe(dns.id);
  await expectAllInState(emulator, stack);
  table.note({
    row: 16,
    fault: "deleted elsewhere; `refresh`; `up`",
    result: "created once",
    requests: "POST",
    live: emulator.account.liveApiKeys().length,
  });

  // Row 25: the next command has another credential; the old one is dead.
  const fresh = emulator.account.addApiKey({ scopes: ["api_keys:write", "api_keys:read", "ssh_keys:read"] });
  const [old] = emulator.account.apiKeys();
  stack.env["WAYSCLOUD_API_KEY"] = fresh.key;
  emulator.account.deactivate(old!.id);
  await stack.refresh(["--expect-no-changes"]);
  await stack.destroy();
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([fresh.id]);
  table.note({
    row: 25,
    fault: "a rotated credential; `refresh`; `destroy`",
    result: "the new one used",
    requests: "",
    live: 1,
  });
  stack.assertNoSecrets(secretsOf(emulator));
});

test("docs/fault-table.md says what these tests saw", () => table.compare());
