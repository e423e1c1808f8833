// Time itself replaces a token, and nothing revokes the one the run is logged in with.
import { API_KEYS, openStack, takeRequests } from "../support/engine";

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
  const { emulator, stack } = await openStack({
    program: body(false),
    emulator: { now: () => clock },
  });
  await stack.up();
  const idOf = async (name: string): Promise<string> => (await stack.resource(name)).id!;
  const [due, expired, kept, later] = await Promise.all(["due", "expired", "kept", "later"].map(idOf));
  clock = Date.now();
  takeRequests(emulator);

  const shown = await stack.preview(["--diff"]);
  expect(shown.changes).toEqual({ "to replace": 2, unchanged: 3 });
  // In the messages at the resources, which the engine prints once more.
  const said = [...new Set(shown.all.match(/"pulumi test\/dev\/\w+ #\w{7}" is replaced, because it \w+/g))];
  expect(said.map((line) => line.replace(/ #\w{7}/, "")).sort()).toEqual([
    '"pulumi test/dev/due" is replaced, because it expires',
    '"pulumi test/dev/expired" is replaced, because it expired',
  ]);
  expect(takeRequests(emulator)).toEqual([]);
  expect((await stack.up()).changes).toEqual({ replaced: 2, unchanged: 3 });
  const done = takeRequests(emulator);
  // First the server's clock is asked whether they are due; then the new tokens come before the old ones go.
  expect(done[0]).toBe(`GET ${API_KEYS}`);
  const changes = done.filter((request) => !request.startsWith("GET"));
  expect(changes.slice(0, 2)).toEqual([`POST ${API_KEYS}/pat`, `POST ${API_KEYS}/pat`]);
  expect(changes.slice(2).sort()).toEqual([due, expired].map((id) => `DELETE ${API_KEYS}/${id}`).sort());
  expect(await idOf("kept")).toBe(kept);
  expect(await idOf("later")).toBe(later);
  await stack.preview(["--expect-no-changes"]);

  // Its owner changes his mind: an update in place first, and from then on it counts as expired.
  stack.setProgram(body(true));
  expect((await stack.up()).changes).toEqual({ replaced: 1, unchanged: 4 });
  expect(await idOf("kept")).not.toBe(kept);
});

test("the token of the run itself is not revoked: the error says what to do, and the state keeps it", async () => {
  const scopes = ["api_keys:write", "ssh_keys:write"];
  const body = (round: string): string => token("admin", { scopes, rotationTriggers: { round } });
  const { emulator, stack } = await openStack({ program: body("1") });
  await stack.up();
  const first = emulator.account.liveApiKeys()[0]!;

  stack.env["WAYSCLOUD_API_KEY"] = first.key;
  stack.setProgram(body("2"));
  takeRequests(emulator);
  const refused = await stack.up([], { fails: true });
  expect(refused.all).toContain(
    `Did not revoke the personal access token ${first.id}, because this update is authenticated with it (from the environment variable WAYSCLOUD_API_KEY)`,
  );
  expect(refused.all).toContain("Configure another credential (after a replacement, the new key)");
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/pat`]);
  const second = emulator.account.liveApiKeys()[1]!;
  const held = (await stack.resources()).map(({ id, delete: pending = false }) => [id, pending]);
  expect(held).toEqual(
    expect.arrayContaining([
      [second.id, false],
      [first.id, true],
    ]),
  );
  expect(held).toHaveLength(2);

  stack.env["WAYSCLOUD_API_KEY"] = second.key;
  await stack.up();
  expect(takeRequests(emulator)).toEqual([`DELETE ${API_KEYS}/${first.id}`]);
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([second.id]);

  const destroyed = await stack.destroy([], { fails: true });
  expect(destroyed.all).toContain(`Did not revoke the personal access token ${second.id}`);
  expect(takeRequests(emulator)).toEqual([]);
  expect((await stack.resources()).map(({ id }) => id)).toEqual([second.id]);
  stack.env["WAYSCLOUD_API_KEY"] = emulator.apiKey;
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});
