// Options about deletion, providers that components hand down, and what `import` says, as docs/options.md tells. `npm run test:all`: also with the plugin's classes.
import { API_KEYS, type Host, liveIds, openEmulator } from "../support/engine";
import { openStack, publicKey, takeRequests } from "../support/engine";
import { ObservedTable } from "../support/observed-table";
import { testAll } from "../support/rare";

const table = new ObservedTable("docs/options.md", "Deletion, components, import");
afterAll(() => table.compare());

const hosts: Host[] = testAll ? ["dynamic", "plugin"] : ["dynamic"];

const guarded = (service: string, key: number): string =>
  `
    new wayscloud.ServiceKey("protected", { service: "${service}" }, { protect: true });
    const kept = new wayscloud.ServiceKey("kept", { service: "dns" }, { retainOnDelete: true });
    new wayscloud.ServiceKey("along", { service: "dns" }, { deletedWith: kept });
    new wayscloud.SshKey("ssh", { name: "fixed", publicKey: "${publicKey(key)}" }, { deleteBeforeReplace: false });
  `;

test.each(hosts)(
  "%s: protected and retained keys stay, and a replacement that cannot be create-first loses nothing",
  async (host) => {
    const { emulator, stack } = await openStack({ host, program: guarded("dns", 1) });
    await stack.up();
    const before = liveIds(emulator);
    const failing = async (service: string, key: number): Promise<[string, string[]]> => {
      const { all, requests } = await stack.setProgram(guarded(service, key)).up([], { fails: true });
      expect(liveIds(emulator)).toEqual(before);
      return [all, requests];
    };
    expect(await failing("vps", 1)).toEqual([
      expect.stringContaining("as it is currently marked for protection"),
      [],
    ]);
    table.tried("`protect`", "a change that replaces");
    expect(await failing("dns", 2)).toEqual([
      expect.stringMatching(/The name is taken by "fixed" \(id [0-9a-f-]{36}\)\. Choose another/),
      ["POST /v1/account/ssh-keys", "GET /v1/account/ssh-keys"],
    ]);
    table.tried("`deleteBeforeReplace: false`", "the key material of an SSH key with a fixed `name` changes");

    const destroyed = await stack.destroy(["--exclude-protected"]);
    expect(destroyed.stdout).toContain("[retain]");
    expect((await stack.resources()).map(({ urn }) => urn.split("::").at(-1))).toEqual(["protected"]);
    expect(destroyed.requests).toEqual([expect.stringMatching(/^DELETE \/v1\/account\/ssh-keys\//)]);
    const live = emulator.account
      .liveApiKeys()
      .map(({ description }) => /dev\/(\w+) #/.exec(description ?? "")?.[1]);
    expect(live.sort()).toEqual(["along", "kept", "protected"]);
    table.tried("`protect`", "`pulumi destroy --exclude-protected`");
    table.tried("`retainOnDelete`", "`pulumi destroy`");
    table.tried("`deletedWith`", "another key, which is destroyed too");
  },
);

test.each(hosts)(
  "%s: resources in a component use the provider that the component was given",
  async (host) => {
    const { stack } = await openStack({ host });
    const other = await openEmulator();
    stack.setProgram(`
      class Team extends pulumi.ComponentResource {
        constructor(name, opts) {
          super("test:index:Team", name, {}, opts);
          new wayscloud.ServiceKey(name + "-key", { service: "dns" }, { parent: this });
          if (!name.includes("nested")) new Team(name + "-nested", { parent: this });
          this.registerOutputs({});
        }
      }
      const other = new wayscloud.Provider("other", { apiKey: "${other.apiKey}", endpoint: "${other.url}" });
      new Team("list", { providers: [other] });
      new Team("one", { provider: other });
      new Team("map", { providers: { "${host === "dynamic" ? "pulumi-nodejs" : "wayscloud-account"}": other } });
      new Team("none");
    `);
    expect((await stack.up()).requests).toEqual(Array(2).fill(`POST ${API_KEYS}/service`));
    expect(takeRequests(other)).toEqual(Array(6).fill(`POST ${API_KEYS}/service`));
    await stack.refresh(["--expect-no-changes"]);
    await stack.expectDestroyed();
    expect(liveIds(other)).toEqual([]);
    table.tried("`parent`", "components, one inside the other");
    for (const how of ["providers: [provider]", "provider", 'providers: { "pulumi-nodejs": provider }'])
      table.tried(`\`${how}\``, "on a component");
  },
);

test("`import` fails before anything happens; the option says what to do instead", async () => {
  const { emulator, stack } = await openStack();
  const key = `new wayscloud.ServiceKey("k", { service: "dns" }, { import: "8f14e45f-ceea-467a-9575-0c3b1c1d8a01" });`;
  expect(await stack.refusal(key)).toContain("Pass `existing: { id, key }` instead to import the key.");
  table.tried("`import`", "every class");

  const found = emulator.account.addApiKey({ service: "dns" });
  const args = ["import", "pulumi-nodejs:dynamic/wayscloud:ServiceKey", "found", found.id, "--yes"];
  const { all } = await stack.run(args, { fails: true });
  const [result = ""] = table.tried("`pulumi import`", "a service key");
  expect(all).toContain(/`(.*?)`/.exec(result)![1]);
  expect([await stack.resources(), emulator.requests]).toEqual([[], []]);
});
