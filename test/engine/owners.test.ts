// Who owns a key, with the real engine: resources of one logical name, several provider processes of one
// command, an `import` that is left in the program.
import { liveIds, openStack, publicKey } from "../support/engine";

test("row 53, rotating keys of one name in two components, in both hosts: different ids and marks, no advice", async () => {
  const { emulator, stack } = await openStack({
    host: "both",
    program: `
class Site extends pulumi.ComponentResource {
  constructor(type, name) {
    super(type, name);
    const settings = { service: "database", rotateEveryDays: 30, overlapDays: 7 };
    this.keys = [wayscloud, native].map((host, at) => new host.RotatingServiceKey(["db", "native-db"][at], settings, { parent: this }));
  }
}
for (const type of ["acme:index:Shop", "acme:index:Blog"]) new Site(type, type.split(":").at(-1));`,
  });
  await stack.up();
  const made = (await stack.resources()).filter(({ type }) => type.endsWith("RotatingServiceKey"));
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  const keys = made.map(({ outputs }) => String(outputs?.["keyId"]));
  expect(liveIds(emulator)).toEqual(keys.sort());
  expect(new Set(emulator.account.liveApiKeys().map(({ description }) => description)).size).toBe(4);
  const { all } = await stack.refresh(["--expect-no-changes"]);
  for (const id of keys) expect(all).not.toContain(id);
  await stack.expectDestroyed();
});

test("row 59, keys that pass between hosts, and from an explicit provider to the default one, in one up: they live", async () => {
  const { emulator, stack } = await openStack({ host: "both" });
  const anna = publicKey("anna");
  const provider = `
    const account = { apiKey: process.env.WAYSCLOUD_API_KEY, endpoint: process.env.WAYSCLOUD_ENDPOINT };
    const native1 = new native.Provider("native1", account), dynamic1 = new wayscloud.Provider("dynamic1", account);`;
  stack.setProgram(`${provider}
    new wayscloud.SshKey("anna", { publicKey: "${anna}" });
    new native.ServiceKey("a", { service: "dns", description: "native" }, { provider: native1 });
    new wayscloud.ServiceKey("b", { service: "dns", description: "dynamic" }, { provider: dynamic1 });`);
  await stack.up();
  const before = liveIds(emulator);
  const existing = (description: string): string => {
    const { id, key } = emulator.account.liveApiKeys().find((each) => each.description === description)!;
    return `description: "${description}", existing: ${JSON.stringify({ id, key })}`;
  };
  stack.setProgram(`${provider}
    new native.SshKeySet("team", { publicKeys: { anna: "${anna}" }, adoptExisting: true });
    new native.ServiceKey("a2", { service: "dns", ${existing("native")} });
    new wayscloud.ServiceKey("b2", { service: "dns", ${existing("dynamic")} });`);
  const { requests } = await stack.up();
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([]);
  expect(liveIds(emulator)).toEqual(before);
  await stack.up(["--expect-no-changes"]);
});
