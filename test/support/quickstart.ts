// The life of the quickstart on the plugin, in whatever language: up, unchanged, refresh, destroy, with exactly these requests and no secret in the open.
import type { Emulator } from "../../src/emulator";
import { API_KEYS, changesIn, type EngineStack, liveIds, secretsOf, SSH_KEYS, takeRequests } from "./engine";

export async function expectQuickstart(stack: EngineStack, emulator: Emulator): Promise<void> {
  const preview = await stack.preview();
  expect(changesIn(preview)).toEqual({ "to create": 4 });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/profile"]);

  expect(changesIn(await stack.up())).toEqual({ created: 4 });
  expect(takeRequests(emulator).sort()).toEqual([
    "GET /v1/account/profile",
    `POST ${API_KEYS}/pat`,
    `POST ${API_KEYS}/service`,
    `POST ${SSH_KEYS}`,
  ]);
  const outputs = await stack.outputs();
  expect(outputs).toMatchObject({ databaseKey: "[secret]", ciToken: "[secret]" });
  expect(outputs["ciTokenRotatesAt"]).toMatch(/^\d{4}-/);

  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 4 });
  takeRequests(emulator);
  expect(changesIn(await stack.refresh())).toEqual({ unchanged: 4 });
  expect(takeRequests(emulator).sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([]);
  stack.assertNoSecrets(secretsOf(emulator));
}
