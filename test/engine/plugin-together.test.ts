// One program with everything at once: dynamic classes, two versions of the plugin, explicit providers of both hosts, and functions on all of them.
import { cpSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

import { type EngineStack, liveIds, openEmulator, openStack, PLUGIN_PATH } from "../support/engine";

/** Names this version of the plugin and a newer one. */
function addTwoVersions(stack: EngineStack): void {
  stack.linkPackage();
  const newer = join(stack.folder, "node_modules/newer");
  cpSync(realpathSync(join(stack.folder, "node_modules/pulumi-wayscloud")), newer, { recursive: true });
  const file = readFileSync(join(newer, "package.json"), "utf8");
  const { version } = JSON.parse(file) as { version: string };
  stack.writeFile(
    "node_modules/newer/package.json",
    file.replace(`"version": "${version}"`, `"version": "9.9.9"`),
  );
  const entry = (path: string, of: string): string =>
    `    - name: wayscloud-account\n      path: ${path}\n      version: ${of}\n`;
  const plugins = entry(PLUGIN_PATH, version) + entry("node_modules/newer/plugin", "9.9.9");
  stack.setProject(`plugins:\n  providers:\n${plugins}`);
}

test("both hosts, two versions of the plugin and explicit providers serve one program, each in its own account", async () => {
  const other = await openEmulator();
  const theirs = "00000000-aaaa-4bbb-8ccc-000000000000";
  other.account.setProfile({ customer_id: theirs });
  const env = { OTHER: other.url, OTHER_KEY: other.apiKey };
  const { emulator, stack } = await openStack({ env });
  addTwoVersions(stack);
  const text = (description: string): string =>
    `
      const native = require("pulumi-wayscloud/native");
      const newer = require("newer/native");
      const account = { apiKey: process.env.OTHER_KEY, endpoint: process.env.OTHER };
      const theirs = { dynamic: new wayscloud.Provider("theirs-d", account), native: new native.Provider("theirs-n", account), newer: new newer.Provider("theirs-v", account) };
      const hosts = { dynamic: wayscloud, native, newer };
      const count = (list) => list.apply((entries) => entries.length);
      const made = Object.entries(hosts).flatMap(([name, host]) => [
        new host.ServiceKey(name, { service: "dns"${description} }),
        new host.ServiceKey(name + "-theirs", { service: "dns" }, { provider: theirs[name] }),
      ]);
      const out = {};
      for (const [name, host] of Object.entries(hosts)) {
        const provider = theirs[name];
        out[name] = count(host.getApiKeysOutput({ service: "dns" }, { dependsOn: made }));
        out[name + "-theirs"] = count(host.getApiKeysOutput({ service: "dns" }, { provider, dependsOn: made }));
        out[name + "-profile"] = host.getProfileOutput({ provider }).customerId;
      }
      return out;
    `;
  await stack.setProgram(text(`, description: "old team " + name`)).up();
  const each = ["dynamic", "native", "newer"];
  const expected = each.map((name) => ({ [name]: 3, [`${name}-theirs`]: 3, [`${name}-profile`]: theirs }));
  expect(await stack.outputs()).toEqual(Object.assign({}, ...expected));
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 10 });
  const versions = (await stack.exportState()).deployment.resources?.filter(
    ({ type }) => type === "pulumi:providers:wayscloud-account",
  );
  expect(new Set(versions?.map(({ inputs }) => inputs?.["version"])).size).toBe(2);

  // A text that is taken out of the program goes back to the default, whoever serves it.
  await stack.setProgram(text("")).up();
  const ours = emulator.account.liveApiKeys().map(({ description }) => description);
  expect(ours.map((description) => description?.replace(/[0-9a-f]{7}$/, "")).sort()).toEqual(
    each.map((name) => `pulumi test/dev/${name} #`),
  );
  await stack.expectDestroyed();
  expect(liveIds(other)).toEqual([]);
});
