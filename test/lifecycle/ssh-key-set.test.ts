// src/lifecycle/ssh-key-set/inputs.ts: the check of a set of SSH keys says all mistakes at once, each with its entry and none with a value.
import { UNKNOWN } from "../../src/values";
import type { Checked, Properties } from "../../src/values";
import { SshKeySet } from "../support/engine-resources";
import { publicKey } from "../support/public-key";

const reasons = ({ failures }: Checked): string[] => failures.map(({ reason }) => reason);
const check = (publicKeys: unknown, more: Properties = {}): Checked =>
  SshKeySet.check({}, { publicKeys, namePrefix: "team-", ...more });

test("says all mistakes at once, each naming its entry", () => {
  const found = check({
    anna: publicKey(1),
    bjarne: "ssh-dss AAAA",
    carl: 5,
    dora: `${publicKey(1)} dora@work`,
    "": publicKey(2),
    "a\nb": publicKey(3),
  });
  expect(reasons(found)).toEqual([
    expect.stringContaining('`publicKeys["bjarne"]` was rejected'),
    '`publicKeys["carl"]` must be a string, not a number',
    '`publicKeys["anna"]` and `publicKeys["dora"]` are the same key; remove one of them',
    expect.stringContaining("the name of an entry of `publicKeys` is empty"),
    expect.stringContaining('`publicKeys["a?b"]`: the name of an entry must not contain line breaks'),
  ]);
  // The engine prints the value of the property that a failure names, and this one would be long.
  expect(found.failures.map(({ property }) => property)).toEqual(Array(5).fill(""));
});

test("refuses a private key without showing it, or any of the others", () => {
  const secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n";
  const { failures } = check({ anna: secret, bjarne: publicKey(1) });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("private key") }]);
  expect(JSON.stringify(failures)).not.toMatch(/b3Blbn|AAAAC3/);
  expect(check({ anna: Object.fromEntries(Buffer.from(secret).entries()) }).failures).toEqual([
    {
      property: "",
      reason:
        '`publicKeys["anna"]` must be a string, not a Buffer: read the file with `readFileSync(path, "utf8")`',
    },
  ]);
});

test("refuses names that an API may trim, or not keep", () => {
  expect(reasons(check({}, { namePrefix: "a\nb" }))).toEqual([
    expect.stringContaining("must not contain line"),
  ]);
  expect(reasons(check({ "anna ": publicKey(1) }))).toEqual([
    '`publicKeys["anna "]`: the name of an entry must not end with white space',
  ]);
  expect(reasons(check({ anna: publicKey(1) }, { namePrefix: " team-" }))).toEqual([
    "`namePrefix` must not begin with white space",
  ]);
  expect(reasons(check({ " anna": publicKey(1) }, { namePrefix: "team " }))).toEqual([]);
});

test.each([
  [undefined, "`publicKeys` is required"],
  [[publicKey(1)], "must be an object of OpenSSH public keys by name, such as { anna: … }, not a list of 1"],
  ["x", 'must be an object of OpenSSH public keys by name, such as { anna: … }, not the string "x"'],
])("refuses %j for the map", (given, reason) => {
  expect(reasons(check(given))).toEqual([expect.stringContaining(reason)]);
});

test("accepts values that are not known yet, and a preview then shows a change of that input", () => {
  for (const [given, changed] of [
    [{ publicKeys: UNKNOWN }, ["publicKeys"]],
    [{ publicKeys: { anna: UNKNOWN } }, ["publicKeys"]],
    [{ publicKeys: { anna: publicKey("anna") }, namePrefix: UNKNOWN }, ["namePrefix"]],
  ] as const) {
    const { inputs, failures } = SshKeySet.check({}, { namePrefix: "team-", ...given });
    expect(failures).toEqual([]);
    expect(SshKeySet.diff("id", { keys: {} }, inputs, 0)).toMatchObject({ changes: true, changed });
  }
});
