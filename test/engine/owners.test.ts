// Who owns a key, with the real engine: resources of one logical name, several provider processes of one
// command, an `import` that is left in the program.
import { openStack, publicKey, takeRequests } from "../support/engine";

const NATIVE = 'const native = require("pulumi-wayscloud/native");\n';

test("row 53, rotating keys of one name in two components, in both hosts: different ids and marks, no advice", async () => {
  const { emulator, stack } = await openStack({
    program: `${NATIVE}
class Site extends pulumi.ComponentResource {
  constructor(type, name) {
    super(type, name);
    const settings = { service: "database", rotateEveryDays: 30, overlapDays: 7 };
    this.keys = [wayscloud, native].map((host, at) => new host.RotatingServiceKey(["db", "native-db"][at], settings, { parent: this }));
  }
}
for (const type of ["acme:index:Shop", "acme:index:Blog"]) new Site(type, type.split(":").at(-1));`,
  });
  stack.addPlugin();
  await stack.up();
  const made = (await stack.resources()).filter(({ type }) => type.endsWith("RotatingServiceKey"));
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  const keys = made.map(({ outputs }) => String(outputs?.["keyId"]));
  const live = emulator.account.liveApiKeys();
  expect(live.map(({ id }) => id).sort()).toEqual(keys.sort());
  expect(new Set(live.map(({ description }) => description)).size).toBe(4);
  const { all } = await stack.refresh(["--expect-no-changes"]);
  for (const id of keys) expect(all).not.toContain(id);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("row 59, keys that pass between hosts, and from an explicit provider to the default one, in one up: they live", async () => {
  const { emulator, stack } = await openStack({ program: "" });
  stack.addPlugin();
  const anna = publicKey("anna");
  const provider = `${NATIVE}const account = { apiKey: process.env.WAYSCLOUD_API_KEY, endpoint: process.env.WAYSCLOUD_ENDPOINT };
    const native1 = new native.Provider("native1", account), dynamic1 = new wayscloud.Provider("dynamic1", account);\n`;
  stack.setProgram(
    `${provider}
      new wayscloud.SshKey("anna", { publicKey: "${anna}" });
      new native.ServiceKey("a", { service: "dns", description: "native" }, { provider: native1 });
      new wayscloud.ServiceKey("b", { service: "dns", description: "dynamic" }, { provider: dynamic1 });`,
  );
  await stack.up();
  const before = emulator.account.liveApiKeys();
  const [ssh] = emulator.account.sshKeys();
  const existing = (description: string): string => {
    const { id, key } = before.find((each) => each.description === description)!;
    return `description: "${description}", existing: ${JSON.stringify({ id, key })}`;
  };
  stack.setProgram(
    `${provider}
      new native.SshKeySet("team", { publicKeys: { anna: "${anna}" }, adoptExisting: true });
      new native.ServiceKey("a2", { service: "dns", ${existing("native")} });
      new wayscloud.ServiceKey("b2", { service: "dns", ${existing("dynamic")} });`,
  );
  takeRequests(emulator);
  await stack.up();
  expect(takeRequests(emulator).filter((request) => request.startsWith("DELETE"))).toEqual([]);
  expect(emulator.account.sshKeys()).toMatchObject([{ id: ssh!.id }]);
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await stack.up(["--expect-no-changes"]);
});
