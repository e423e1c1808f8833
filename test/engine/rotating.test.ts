// Rotating keys under the real engine: due, the successor reaches its consumer in the same `up`, the predecessor goes in a later one.
import { API_KEYS, openStack, takeRequests } from "../support/engine";

const DAY = 86_400_000;

test("a rotating key: no request, then one successor, then its predecessor revoked; destroy revokes all", async () => {
  let clock = Date.now() - 31 * DAY;
  const body = `
const db = new wayscloud.RotatingServiceKey("db", { service: "database", rotateEveryDays: 30, overlapDays: 7 });
const ci = new wayscloud.RotatingPersonalAccessToken("ci", { scopes: ["ssh_keys:read"], rotateEveryDays: 90, overlapDays: 7, expiresInDays: 120 });
return { id: db.keyId, previous: db.previousKeyId, key: db.key, previousKey: db.previousKey, next: db.nextRotationAt, ends: ci.expiresAt };`;
  const { emulator, stack } = await openStack({
    program: body,
    emulator: { now: () => clock },
  });
  await stack.up();
  const first = await stack.outputs();
  expect(first).toMatchObject({
    key: "[secret]",
    next: expect.stringMatching(/Z$/),
    ends: expect.stringMatching(/Z$/),
  });
  expect(emulator.account.liveApiKeys().map((key) => key.description)).toContainEqual(
    expect.stringMatching(/^pulumi test\/dev\/db #[0-9a-f]{7}$/),
  );

  clock = Date.now();
  // Drift detection is not alarmed by a rotation that is due; the preview tells it, once, and why.
  const ahead =
    /The service key "pulumi test\/dev\/db": this update creates a new key, because it was due\./g;
  const refreshed = await stack.refresh(["--expect-no-changes"]);
  takeRequests(emulator);
  const preview = await stack.preview(["--refresh"]);
  expect(preview.changes).toMatchObject({ "to update": 1 });
  expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`]);
  const up = await stack.up();
  expect(up.changes).toMatchObject({ updated: 1 });
  const diagnostics = [refreshed, preview, up].map(({ all }) => all.split("Diagnostics:")[1] ?? "");
  expect(diagnostics.map((text) => text.match(ahead)?.length ?? 0)).toEqual([0, 1, 0]);
  expect(up.all).toMatch(/The service key .*: rotated, because it was due\. The current key is /);
  expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`, `POST ${API_KEYS}/service`]);
  const second = await stack.outputs();
  expect(second).toMatchObject({ previous: first.id, previousKey: "[secret]" });
  expect(second.id).not.toBe(first.id);
  expect(emulator.account.liveApiKeys()).toHaveLength(3);

  await stack.up(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([]);
  await stack.refresh(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`]);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});
