// SshKeySet under the real engine: one resource for many keys, updated in place, and moved to from SshKey resources without a deletion.
import { openStack, publicKey, SSH_KEYS } from "../support/engine";

function set(names: string[], args: object = {}): string {
  const publicKeys = Object.fromEntries(names.map((name) => [name, publicKey(name)]));
  return `
    const team = new wayscloud.SshKeySet("team", ${JSON.stringify({ publicKeys, ...args })});
    return { ids: team.keys.apply((keys) => Object.values(keys).map(({ id }) => id)) };`;
}

test("up, nothing to do, a change, a key deleted elsewhere, destroy: only the entries that differ are touched", async () => {
  const { emulator, stack } = await openStack({ program: set(["anna", "bjarne"]) });
  const names = (): string[] =>
    emulator.account
      .sshKeys()
      .map(({ name }) => name)
      .sort();
  const methods = (requests: string[]): string[] => requests.map((line) => line.split(" ")[0]!).sort();
  expect((await stack.up()).requests).toEqual([`POST ${SSH_KEYS}`, `POST ${SSH_KEYS}`]);
  expect(names()).toEqual(["team-anna", "team-bjarne"]);
  const { id, outputs } = await stack.resource("team");
  expect(id).toMatch(/^ssh-key-set\/test\/dev\/team#[0-9a-f]{7}$/);
  expect(Object.keys(outputs!).sort()).toEqual(["__provider", "keys"]);
  await stack.expectUnchanged();

  expect((await stack.setProgram(set(["bjarne", "carl"])).preview()).requests).toEqual([]);
  const { changes, requests } = await stack.up();
  expect([changes, methods(requests)]).toEqual([{ updated: 1, unchanged: 1 }, ["DELETE", "POST"]]);
  expect(names()).toEqual(["team-bjarne", "team-carl"]);

  emulator.account.remove(emulator.account.sshKeys().find(({ name }) => name === "team-bjarne")!.id);
  const headers = { date: "Fri, 01 Jan 2100 00:00:00 GMT" };
  emulator.faults.add({ method: "GET", path: SSH_KEYS, headers, times: "always" });
  await stack.refresh();
  expect((await stack.up()).requests).toEqual([`POST ${SSH_KEYS}`]);
  expect(names()).toEqual(["team-bjarne", "team-carl"]);

  expect(methods((await stack.destroy()).requests)).toEqual(["DELETE", "DELETE"]);
  expect(names()).toEqual([]);
});

test("keys move from SshKey resources to a set in one up, and back in another, without a POST or a DELETE", async () => {
  const single = (name: string, args: object = {}): string =>
    `new wayscloud.SshKey("${name}", ${JSON.stringify({ publicKey: publicKey(name), ...args })});`;
  const { emulator, stack } = await openStack({ program: single("anna") + single("bjarne") });
  await stack.up();
  const before = emulator.account.sshKeys();
  const adopting = { adoptExisting: true };
  const moved = await stack.setProgram(set(["anna", "bjarne"], adopting)).up();
  await stack.expectUnchanged();
  const back = await stack.setProgram(single("anna", adopting) + single("bjarne", adopting)).up();
  expect(new Set([...moved.requests, ...back.requests])).toEqual(new Set([`GET ${SSH_KEYS}`]));
  expect(emulator.account.sshKeys()).toEqual(before);
});
