// Time itself rotates keys and replaces tokens, and nothing revokes the one that the run is logged in with.
import { API_KEYS, liveIds, openStack } from "../support/engine";

const DAY = 86_400_000;
const token = (name: string, args: object): string =>
  `new wayscloud.PersonalAccessToken("${name}", ${JSON.stringify({ scopes: ["ssh_keys:read"], ...args })});\n`;

test("from rotateAt or expiresAt on, preview shows a replacement without a request and up does it, new token first", async () => {
  let clock = Date.now() - 40 * DAY;
  const body = (recreateIfInvalid: boolean): string =>
    token("due", { expiresInDays: 50, rotateBeforeDays: 11 }) +
    token("expired", { expiresInDays: 30 }) +
    token("kept", { expiresInDays: 30, recreateIfInvalid }) +
    token("later", { expiresInDays: 50, rotateBeforeDays: 9 });
  const { stack } = await openStack({ program: body(false), emulator: { now: () => clock } });
  await stack.up();
  const idOf = async (name: string): Promise<string> => (await stack.resource(name)).id!;
  const [due, expired, kept, later] = await Promise.all(["due", "expired", "kept", "later"].map(idOf));
  clock = Date.now();

  const shown = await stack.preview(["--diff"]);
  expect([shown.changes, shown.requests]).toEqual([{ "to replace": 2, unchanged: 3 }, []]);
  // In the messages at the resources, which the engine prints once more.
  const said = [...new Set(shown.all.match(/"pulumi test\/dev\/\w+ #\w{7}" is replaced, because it \w+/g))];
  expect(said.map((line) => line.replace(/ #\w{7}/, "")).sort()).toEqual([
    '"pulumi test/dev/due" is replaced, because it expires',
    '"pulumi test/dev/expired" is replaced, because it expired',
  ]);
  const { changes, requests } = await stack.up();
  expect(changes).toEqual({ replaced: 2, unchanged: 3 });
  // First the server's clock is asked whether they are due; then the new tokens come before the old ones go.
  expect(requests[0]).toBe(`GET ${API_KEYS}`);
  const made = requests.filter((request) => !request.startsWith("GET"));
  expect(made.slice(0, 2)).toEqual([`POST ${API_KEYS}/pat`, `POST ${API_KEYS}/pat`]);
  expect(made.slice(2).sort()).toEqual([due, expired].map((id) => `DELETE ${API_KEYS}/${id}`).sort());
  expect([await idOf("kept"), await idOf("later")]).toEqual([kept, later]);
  await stack.preview(["--expect-no-changes"]);

  // Its owner changes his mind: an update in place first, and from then on it counts as expired.
  expect((await stack.setProgram(body(true)).up()).changes).toEqual({ replaced: 1, unchanged: 4 });
  expect(await idOf("kept")).not.toBe(kept);
});

test("a rotating key: no request, then one successor, then its predecessor revoked; destroy revokes all", async () => {
  let clock = Date.now() - 31 * DAY;
  const body = `
const db = new wayscloud.RotatingServiceKey("db", { service: "database", rotateEveryDays: 30, overlapDays: 7 });
const ci = new wayscloud.RotatingPersonalAccessToken("ci", { scopes: ["ssh_keys:read"], rotateEveryDays: 90, overlapDays: 7, expiresInDays: 120 });
return { id: db.keyId, previous: db.previousKeyId, key: db.key, previousKey: db.previousKey, next: db.nextRotationAt, ends: ci.expiresAt };`;
  const { emulator, stack } = await openStack({ program: body, emulator: { now: () => clock } });
  await stack.up();
  const first = await stack.outputs();
  const time = expect.stringMatching(/Z$/);
  expect(first).toMatchObject({ key: "[secret]", next: time, ends: time });
  expect(emulator.account.liveApiKeys().map((key) => key.description)).toContainEqual(
    expect.stringMatching(/^pulumi test\/dev\/db #[0-9a-f]{7}$/),
  );

  clock = Date.now();
  // Drift detection is not alarmed by a rotation that is due; the preview tells it, once, and why.
  const ahead =
    /The service key "pulumi test\/dev\/db": this update creates a new key, because it was due\./g;
  const refreshed = await stack.refresh(["--expect-no-changes"]);
  const preview = await stack.preview(["--refresh"]);
  expect(preview.changes).toMatchObject({ "to update": 1 });
  expect(preview.requests).toEqual([`GET ${API_KEYS}`]);
  const up = await stack.up();
  expect(up.changes).toMatchObject({ updated: 1 });
  const diagnostics = [refreshed, preview, up].map(({ all }) => all.split("Diagnostics:")[1] ?? "");
  expect(diagnostics.map((text) => text.match(ahead)?.length ?? 0)).toEqual([0, 1, 0]);
  expect(up.all).toMatch(/The service key .*: rotated, because it was due\. The current key is /);
  expect(up.requests).toEqual([`GET ${API_KEYS}`, `POST ${API_KEYS}/service`]);
  const second = await stack.outputs();
  expect(second).toMatchObject({ previous: first.id, previousKey: "[secret]" });
  expect(second.id).not.toBe(first.id);
  expect(liveIds(emulator)).toHaveLength(3);

  await stack.expectUnchanged();
  expect((await stack.refresh(["--expect-no-changes"])).requests).toEqual([`GET ${API_KEYS}`]);
  await stack.expectDestroyed();
});

test("the token of the run itself is not revoked: the error says what to do, and the state keeps it", async () => {
  const scopes = ["api_keys:write", "ssh_keys:write"];
  const body = (round: string): string => token("admin", { scopes, rotationTriggers: { round } });
  const { emulator, stack } = await openStack({ program: body("1") });
  await stack.up();
  const first = emulator.account.liveApiKeys()[0]!;

  stack.env["WAYSCLOUD_API_KEY"] = first.key;
  const refused = await stack.setProgram(body("2")).up([], { fails: true });
  expect(refused.all).toContain(
    `Did not revoke the personal access token ${first.id}, because this update is authenticated with it (from the environment variable WAYSCLOUD_API_KEY)`,
  );
  expect(refused.all).toContain("Configure another credential (after a replacement, the new key)");
  expect(refused.requests).toEqual([`POST ${API_KEYS}/pat`]);
  const second = emulator.account.liveApiKeys()[1]!;
  const held = (await stack.resources()).map(({ id, delete: pending = false }) => ({ id, pending }));
  expect(new Set(held)).toEqual(
    new Set([
      { id: second.id, pending: false },
      { id: first.id, pending: true },
    ]),
  );

  stack.env["WAYSCLOUD_API_KEY"] = second.key;
  expect((await stack.up()).requests).toEqual([`DELETE ${API_KEYS}/${first.id}`]);
  expect(liveIds(emulator)).toEqual([second.id]);

  const destroyed = await stack.destroy([], { fails: true });
  expect(destroyed.all).toContain(`Did not revoke the personal access token ${second.id}`);
  expect(destroyed.requests).toEqual([]);
  expect(await stack.heldIds()).toEqual([second.id]);
  stack.env["WAYSCLOUD_API_KEY"] = emulator.apiKey;
  await stack.expectDestroyed();
});
