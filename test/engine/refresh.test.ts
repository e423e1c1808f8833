// What a refresh takes for gone, and what it does not.
import { API_KEYS, openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

const six = ["kept", "gone"]
  .map(
    (name) => `
        new wayscloud.SshKey("ssh-${name}", { publicKey: "${publicKey(name)}" });
        new wayscloud.ServiceKey("key-${name}", { service: "dns" });
        new wayscloud.PersonalAccessToken("pat-${name}", { scopes: ["a:read"] });`,
  )
  .join("\n");

test("what was deleted elsewhere is named by the refresh and created once more, and nothing else is touched", async () => {
  const { emulator, stack } = await openStack({ program: six });
  await stack.up();
  const state = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await stack.resources({ showSecrets: true })).map(({ urn, id, inputs, outputs }) => [
        urn.split("::").at(-1)!,
        { id, inputs, outputs: { ...outputs, scopes: undefined } },
      ]),
    );
  const before = await state();
  for (const name of ["ssh-gone", "key-gone", "pat-gone"])
    emulator.account.remove((before[name] as { id: string }).id);
  takeRequests(emulator);
  const { stdout } = await stack.refresh();
  for (const [label, name] of [
    ["SSH", "ssh-gone-"],
    ["API", "pulumi test/dev/key-gone #"],
    ["API", "pulumi test/dev/pat-gone #"],
  ])
    expect(stdout).toMatch(
      new RegExp(
        `The ${label} key "${name}[0-9a-f]{7}" \\(id [\\w-]+\\) is gone: the account's list is complete and does not show it\\.`,
      ),
    );
  // A list may lag: what is that young is looked for twice more, in lists that all share.
  const thrice = [API_KEYS, SSH_KEYS].flatMap((path) => [1, 2, 3].map(() => `GET ${path}`));
  expect(takeRequests(emulator).sort()).toEqual(thrice);
  expect(Object.keys(await state()).sort()).toEqual(["key-kept", "pat-kept", "ssh-kept"]);
  expect((await stack.up()).changes).toEqual({ created: 3, unchanged: 4 });
  expect(takeRequests(emulator).sort()).toEqual([
    `POST ${API_KEYS}/pat`,
    `POST ${API_KEYS}/service`,
    `POST ${SSH_KEYS}`,
  ]);
  const after = await state();
  for (const name of ["ssh-kept", "key-kept", "pat-kept"]) expect(after[name]).toEqual(before[name]);
  expect(emulator.account.liveApiKeys()).toHaveLength(4);
  expect(emulator.account.sshKeys()).toHaveLength(2);
});
