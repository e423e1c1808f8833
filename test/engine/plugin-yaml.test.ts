// YAML programs under the real engine, served by the plugin of the installed package: the quickstart, imports, and what may go wrong.
import { copyExample } from "../support/examples";
import { expectQuickstart } from "../support/quickstart";
import { API_KEYS, did, openStack, publicKey } from "../support/engine";
import { until } from "../support/until";

test("examples/yaml: a whole life with the requests of the dynamic classes and no secret in the open", async () => {
  const { emulator, stack } = await openStack({ name: "yaml", language: "yaml" });
  copyExample("yaml", stack.folder);
  await expectQuickstart(stack, emulator);
});

test("pulumi import takes over one of each kind, and the next up with the printed code is unchanged", async () => {
  const { emulator, stack } = await openStack({ language: "yaml" });
  const { account } = emulator;
  account.addSshKey({ name: "by hand", publicKey: publicKey(1) });
  const token = account.addApiKey({ scopes: ["ssh_keys:read", "services:read"] });
  const dns = account.addApiKey({ service: "dns", description: "by hand" });

  let code = "resources:\n";
  for (const [type, name, id] of [
    ["SshKey", "deploy", publicKey(1)],
    ["PersonalAccessToken", "ci", token.id],
    ["ServiceKey", "dns", dns.id],
  ]) {
    const args = [`wayscloud-account:index:${type}`, name!, id!, "--skip-preview", "--protect=false"];
    const { stdout } = await stack.run(["import", "--yes", ...args]);
    code += /^resources:\n((?: .*\n)+)/m.exec(stdout)?.[1] ?? "";
  }
  const unchanged = { changes: { unchanged: 4 }, requests: [] };
  expect(await did(stack.setProgram(code).up(["--expect-no-changes"]))).toEqual(unchanged);

  // What the import found stays where the program says nothing.
  stack.setProgram(code.replace(/^ +(?:name|description): .*\n/gm, ""));
  expect(await did(stack.up(["--expect-no-changes"]))).toEqual(unchanged);

  const supply = `service: dns\n      existing: { id: ${dns.id}, key: ${dns.key} }`;
  stack.setProgram(code.replace("service: dns", supply));
  const supplied = await stack.up(["--diff"]);
  expect(supplied.changes).toEqual({ updated: 1, unchanged: 3 });
  const { outputs } = await stack.resource("dns", { showSecrets: true });
  expect(outputs?.["key"]?.plaintext === JSON.stringify(dns.key)).toBe(true);
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 4 });

  const rotating = ["import", "wayscloud-account:index:RotatingServiceKey", "r", dns.id, "--yes"];
  const refused = await stack.run(rotating, { fails: true });
  expect(refused.all).toContain("Let the resource create its own key");
  await stack.expectDestroyed();
});

test("YAML: a warning stands at its resource; a partial failure, and what SIGINT interrupts, is kept and finished", async () => {
  const { emulator, stack } = await openStack({ language: "yaml" });
  const team = (keys: Record<string, string>): string =>
    `  team:\n    type: wayscloud-account:SshKeySet\n    properties: { publicKeys: ${JSON.stringify(keys)} }\n`;
  const key = (name: string, service: string): string =>
    `  ${name}:\n    type: wayscloud-account:ServiceKey\n    properties: { service: ${service} }\n`;
  const live = (of: string): number =>
    emulator.account.liveApiKeys().filter(({ service }) => service === of).length;
  const [anna, bjarne, other] = [publicKey(1), publicKey(2), publicKey(3)];
  stack.setProgram(`resources:\n${key("db", "database")}${team({ anna, bjarne })}`);
  emulator.faults.add(
    { method: "POST", path: `${API_KEYS}/service`, reset: true, commit: true },
    { method: "GET", path: API_KEYS, times: "always", status: 401 },
  );
  const failed = await stack.up([], { fails: true });
  expect(failed.all).toMatch(/wayscloud-account:index:ServiceKey \(db\):\n(?: {4}.*\n)*? {4}warning: .*lost/);
  expect((await stack.resource("db")).initErrors).toHaveLength(1);
  expect(live("database")).toBe(1);
  emulator.faults.clear();
  await stack.up();
  expect(live("database")).toBe(1);
  const { keys } = (await stack.resource("team")).outputs!;

  // One key of the set is replaced, and Ctrl-C comes while another resource is being created.
  const changed = `${team({ anna, bjarne: other })}${key("slow", "dns")}`;
  stack.setProgram(`resources:\n${key("db", "database")}${changed}`);
  emulator.faults.add({ method: "POST", path: `${API_KEYS}/service`, delay: 3_000 });
  const running = stack.spawn(["up", "--yes", "--diff"]);
  await until(() => live("dns") > 0);
  running.signal("SIGINT", { group: true });
  const { stdout, changes } = await running.done;
  expect(changes).toMatchObject({ "to create": 1, "to update": 1, unchanged: 2 });
  expect(stdout).toMatch(/SshKeySet: \(update\)\n(?: .*\n){1,8}? *~ bjarne: /);
  const held = await stack.resources();
  expect(held).toHaveLength(3);
  expect(held.map(({ id }) => id)).toEqual(
    expect.arrayContaining(emulator.account.liveApiKeys().map(({ id }) => id)),
  );
  expect((await stack.resource("team")).outputs!["keys"]).toMatchObject({ anna: keys.anna });

  await stack.expectDestroyed();
});
