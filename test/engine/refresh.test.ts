// What a refresh takes for gone, and what it does not.
import type { Fault } from "../../src/emulator";
import {
  API_KEYS,
  changesIn,
  openStack,
  program,
  publicKey,
  secretsOf,
  SSH_KEYS,
  takeRequests,
} from "../support/engine";

const six = program(
  ["kept", "gone"]
    .map(
      (name) => `
        new wayscloud.SshKey("ssh-${name}", { publicKey: "${publicKey(name)}" });
        new wayscloud.ServiceKey("key-${name}", { service: "dns" });
        new wayscloud.PersonalAccessToken("pat-${name}", { scopes: ["a:read"] });`,
    )
    .join("\n"),
);

test("what was deleted elsewhere is created once more, and nothing else is touched", async () => {
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
  await stack.refresh();
  // A list may lag: what is that young is looked for twice more, in lists that all share.
  const thrice = [API_KEYS, SSH_KEYS].flatMap((path) => [1, 2, 3].map(() => `GET ${path}`));
  expect(takeRequests(emulator).sort()).toEqual(thrice);
  expect(Object.keys(await state()).sort()).toEqual(["key-kept", "pat-kept", "ssh-kept"]);
  expect(changesIn(await stack.up())).toEqual({ created: 3, unchanged: 4 });
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

// Why, for every list of row 17: test/provider-process/fault-table/responses.test.ts.
const whole: [what: string, fault: Fault, said: RegExp][] = [
  [
    "401",
    { status: 401 },
    /answered 401 \(Unauthorized\).*credential came from the environment variable WAYSCLOUD_API_KEY/,
  ],
  ["{}", { body: {} }, /answered 200 with no list in it/],
  [
    "one page of many",
    { drop: 1, wrap: "data", extra: { total: 100 } },
    /incomplete list \(`total` says that there is more\)/,
  ],
];

test("a list that is not whole, well-formed and successful proves nothing: the refresh fails, the state stays", async () => {
  const { emulator, stack } = await openStack({ program: six });
  await stack.up();
  const state = async (): Promise<unknown[]> =>
    (await stack.resources({ showSecrets: true })).map(({ urn, id, inputs, outputs }) => [
      urn,
      id,
      inputs,
      outputs,
    ]);
  const before = await state();
  for (const [what, fault, said] of whole) {
    emulator.faults.add({ method: "GET", path: "/v1/account/*", times: "always", ...fault });
    const { all } = await stack.refresh([], { fails: true });
    emulator.faults.clear();
    expect(all).toMatch(said);
    expect([what, await state()]).toEqual([what, before]);
  }
  await stack.refresh(["--expect-no-changes"]);
  await stack.preview(["--expect-no-changes"]);
  stack.assertNoSecrets(secretsOf(emulator));
});
