// SshKeySet under the real engine: one resource for many keys, updated in place, and moved to from SshKey resources without a deletion.
import { openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

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
  await stack.up();
  expect(takeRequests(emulator)).toEqual([`POST ${SSH_KEYS}`, `POST ${SSH_KEYS}`]);
  expect(names()).toEqual(["team-anna", "team-bjarne"]);
  const { id, outputs } = await stack.resource("team");
  expect(id).toMatch(/^ssh-key-set\/test\/dev\/team#[0-9a-f]{7}$/);
  expect(Object.keys(outputs!).sort()).toEqual(["__provider", "keys"]);

  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 2 });
  expect(takeRequests(emulator)).toEqual([]);

  stack.setProgram(set(["bjarne", "carl"]));
  await stack.preview();
  expect(takeRequests(emulator)).toEqual([]);
  expect((await stack.up()).changes).toEqual({ updated: 1, unchanged: 1 });
  expect(
    takeRequests(emulator)
      .map((line) => line.split(" ")[0])
      .sort(),
  ).toEqual(["DELETE", "POST"]);
  expect(names()).toEqual(["team-bjarne", "team-carl"]);

  const bjarne = emulator.account.sshKeys().find(({ name }) => name === "team-bjarne")!;
  emulator.account.remove(bjarne.id);
  emulator.faults.add({
    method: "GET",
    path: SSH_KEYS,
    headers: { date: "Fri, 01 Jan 2100 00:00:00 GMT" },
    times: "always",
  });
  await stack.run(["refresh", "--yes", "--skip-preview"]);
  takeRequests(emulator);
  await stack.up();
  expect(takeRequests(emulator)).toEqual([`POST ${SSH_KEYS}`]);
  expect(names()).toEqual(["team-bjarne", "team-carl"]);

  await stack.destroy();
  expect(takeRequests(emulator).map((line) => line.split(" ")[0])).toEqual(["DELETE", "DELETE"]);
  expect(names()).toEqual([]);
});

test("keys move from SshKey resources to a set in one up, and back in another, without a POST or a DELETE", async () => {
  const single = (name: string, args: object = {}): string =>
    `new wayscloud.SshKey("${name}", ${JSON.stringify({ publicKey: publicKey(name), ...args })});`;
  const { emulator, stack } = await openStack({
    program: single("anna") + single("bjarne"),
  });
  await stack.up();
  const before = emulator.account.sshKeys();
  takeRequests(emulator);
  stack.setProgram(set(["anna", "bjarne"], { adoptExisting: true }));
  await stack.up();
  await stack.up(["--expect-no-changes"]);
  const adopting = { adoptExisting: true };
  stack.setProgram(single("anna", adopting) + single("bjarne", adopting));
  await stack.up();
  expect(new Set(takeRequests(emulator))).toEqual(new Set([`GET ${SSH_KEYS}`]));
  expect(emulator.account.sshKeys()).toEqual(before);
});
