// The life of the quickstart on the plugin, in whatever language: up, unchanged, refresh, destroy, with exactly these requests and no secret in the open.
import type { Emulator } from "../../src/emulator";
import { API_KEYS, type EngineStack, liveIds, SSH_KEYS, takeRequests } from "./engine";

export async function expectQuickstart(stack: EngineStack, emulator: Emulator): Promise<void> {
  const preview = await stack.preview();
  expect(preview.changes).toEqual({ "to create": 4 });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/profile"]);

  expect((await stack.up()).changes).toEqual({ created: 4 });
  expect(takeRequests(emulator).sort()).toEqual([
    "GET /v1/account/profile",
    `POST ${API_KEYS}/pat`,
    `POST ${API_KEYS}/service`,
    `POST ${SSH_KEYS}`,
  ]);
  const outputs = await stack.outputs();
  expect(outputs).toMatchObject({ databaseKey: "[secret]", ciToken: "[secret]" });
  expect(outputs["ciTokenRotatesAt"]).toMatch(/^\d{4}-/);

  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 4 });
  takeRequests(emulator);
  expect((await stack.refresh()).changes).toEqual({ unchanged: 4 });
  expect(takeRequests(emulator).sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([]);
}
