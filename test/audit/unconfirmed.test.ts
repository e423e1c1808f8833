// What an audit says of keys that a stack may have made, as its state knows: states of real updates whose responses were lost.
import { resources, ServiceKey, type ResourceName } from "../support/engine-resources";
import { findInApiKeys, findInSshKeys, type AuditFinding } from "../../src/audit/findings";
import { managedKeys } from "../../src/audit/managed-keys";
import { dynamic, exportOf } from "../support/cli";
import { publicKey } from "../support/public-key";
import { account, stack } from "../support/story";

const KEY = "pulumi test/dev/it #${hex(7)}";
const ROTATING = { description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" };
const DECLARED: Record<ResourceName, Record<string, unknown>> = {
  ServiceKey: { service: "database", description: KEY },
  PersonalAccessToken: { scopes: ["dns:read"], description: KEY },
  RotatingServiceKey: { service: "database", ...ROTATING },
  RotatingPersonalAccessToken: { scopes: ["dns:read"], ...ROTATING },
  SshKey: { publicKey: publicKey(1), name: "it-${hex(7)}" },
  SshKeySet: { publicKeys: { anna: publicKey(1) }, namePrefix: "it-" },
};
const NAMES = Object.keys(DECLARED) as ResourceName[];

/** The findings of the whole account about keys that no state holds. */
function audit(className: ResourceName): AuditFinding[] {
  const held = [...stack.state.values()].map(({ name, id, inputs, outputs }) => {
    return { name, type: dynamic(className), id, inputs, outputs };
  });
  const managed = managedKeys([exportOf(held, "test")]);
  const now = account.timing.now();
  const options = { unusedForDays: 90, expiringWithinDays: 14, managed, credential: undefined, now };
  const control = account.emulator.account;
  const apiKeys = control.liveApiKeys().map(({ id, isActive, createdAt, service, description }) => {
    return { id, isActive, createdAt, service: service ?? undefined, description: description ?? undefined };
  });
  const sshKeys = control.sshKeys().map((key) => ({ ...key, vmCount: 0 }));
  const found = [...findInApiKeys(apiKeys, options), ...findInSshKeys(sshKeys, options)];
  return found.filter(({ finding }) => finding === "orphan" || finding === "unmanaged");
}

const settled = expect.stringMatching(
  /^a create request whose response was lost may have left it \(urn:pulumi:dev::test::.*::it\); run `pulumi up`, which cleans it up, or says what it cannot prove$/,
);

test.each(NAMES)("%s: the next update cleans up what a lost creation left", async (name) => {
  stack.declare("it", resources[name], DECLARED[name]);
  await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", times: 12 }] });
  expect(account.live).toHaveLength(1);
  expect(audit(name)).toEqual([expect.objectContaining({ id: account.live[0], detail: settled })]);
  await stack.up();
  expect(stack.errors).toEqual([]);
  expect(audit(name)).toEqual([]);
});

const ROTATING_NAMES = ["RotatingServiceKey", "RotatingPersonalAccessToken"] as const;
test.each(ROTATING_NAMES)("%s: and what a lost rotation left", async (name) => {
  stack.declare("it", resources[name], DECLARED[name]);
  await stack.up();
  account.pass(31);
  await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", nth: 2, times: 12 }] });
  expect(account.live).toHaveLength(2);
  expect(audit(name)).toEqual([expect.objectContaining({ finding: "orphan", detail: settled })]);
});

test("a key that nothing in the state knows is an orphan as before", async () => {
  stack.declare("it", ServiceKey, DECLARED.ServiceKey);
  await stack.up();
  account.emulator.account.addApiKey({ service: "database", description: "pulumi test/dev/it #0123abc" });
  expect(audit("ServiceKey")).toEqual([
    expect.objectContaining({ finding: "orphan", detail: expect.stringContaining("its secret may be lost") }),
  ]);
});
