// Scopes that look mistyped: a warning at the token, in both hosts, and nothing else is changed.
import * as pulumi from "@pulumi/pulumi";
import { PersonalAccessToken, RotatingPersonalAccessToken } from "../../src";
import type { KnownScope } from "../../src";
import * as native from "../../src/native";
import { KNOWN_SCOPES, scopeWarnings } from "../../src/text/scopes";
import { readDocument } from "../support/documents";
import { recordRegistrations, valuesOf } from "../support/mocked";

const registered = recordRegistrations();
const warn = jest.spyOn(pulumi.log, "warn").mockImplementation(() => Promise.resolve());
beforeEach(() => warn.mockClear());

test.each<[string, KnownScope]>([
  ["sshkeys:read", "ssh_keys:read"],
  ["ssh-keys:read", "ssh_keys:read"],
  ["ssh_key:write", "ssh_keys:write"],
  ["API_KEYS:WRITE", "api_keys:write"],
  ["api_keys:raed", "api_keys:read"],
  ["service:read", "services:read"],
  ["service:reads", "services:read"],
])("%s is probably meant to be %s", (scope, known) => {
  expect(scopeWarnings([scope])).toEqual([
    `Unknown scope "${scope}"; did you mean "${known}"? The package sends it unchanged: the API decides which scopes exist.`,
  ]);
});

test("known scopes, other ones, and what is not known yet are no warning", () => {
  const others = "services:write dns:read vps:write database:read account:read profile:read * x".split(" ");
  expect(scopeWarnings([...KNOWN_SCOPES, ...others, undefined, 7, pulumi.output("sshkeys:read")])).toEqual(
    [],
  );
  for (const none of [undefined, "sshkeys:read", {}, pulumi.output(["sshkeys:read"])])
    expect(scopeWarnings(none)).toEqual([]);
});

test("a token of a program is created as declared, with a warning at it; in the other host the plugin warns", async () => {
  const scopes = ["sshkeys:read", "anything:else"];
  const token = new PersonalAccessToken("token", { scopes });
  const rotating = new RotatingPersonalAccessToken("rotating", { scopes, rotateEveryDays: 30 });
  const [said] = scopeWarnings(scopes);
  expect(warn.mock.calls).toEqual([
    [said, token],
    [said, rotating],
  ]);
  new native.PersonalAccessToken("native", { scopes });
  PersonalAccessToken.get("found", "some-id");
  expect(warn).toHaveBeenCalledTimes(2);
  await valuesOf(token.urn, rotating.urn);
  expect(registered.find(({ name }) => name === "token")?.inputs).toMatchObject({ scopes });
});

test("the known scopes are those of the document", () => {
  const [, table] = readDocument("docs/resources.md").split("### Scopes");
  const documented = [...table!.split("\n## ")[0]!.matchAll(/^\| `(\w+:\w+)` \|/gm)].map(
    ([, scope]) => scope,
  );
  expect(documented).toEqual(KNOWN_SCOPES);
});
