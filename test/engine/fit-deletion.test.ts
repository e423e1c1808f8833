// Options about deletion, providers that components hand down, and what `import` says, as docs/options.md tells. `npm run test:all`: also with the plugin's classes.
import { API_KEYS, type Host, openEmulator, openStack, publicKey, takeRequests } from "../support/engine";
import { ObservedTable } from "../support/observed-table";
import { testAll } from "../support/rare";

const table = new ObservedTable("docs/options.md", "Deletion, components, import");
afterAll(() => table.compare());

const hosts: Host[] = testAll ? ["dynamic", "plugin"] : ["dynamic"];
/** One row for both hosts. */
function note(host: Host, option: string, tried: string, result: string, plugin = "the same"): void {
  if (host === "dynamic") table.note(option, tried, result, plugin);
}

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
    takeRequests(emulator);
    const held = async (): Promise<unknown> => [emulator.account.liveApiKeys(), emulator.account.sshKeys()];
    const before = await held();

    const failing = async (service: string, key: number): Promise<string> => {
      stack.setProgram(guarded(service, key));
      const { all } = await stack.up([], { fails: true });
      expect(await held()).toEqual(before);
      return all;
    };
    expect(await failing("vps", 1)).toContain("as it is currently marked for protection");
    expect(takeRequests(emulator)).toEqual([]);
    note(host, "`protect`", "a change that replaces", "the engine rejects the change; no request");
    expect(await failing("dns", 2)).toMatch(
      /The name is taken by "fixed" \(id [0-9a-f-]{36}\)\. Choose another/,
    );
    expect(takeRequests(emulator)).toEqual(["POST /v1/account/ssh-keys", "GET /v1/account/ssh-keys"]);
    note(
      host,
      "`deleteBeforeReplace: false`",
      "the key material of an SSH key with a fixed `name` changes",
      "409, an error that says so, and the old key stays: leave the option out, then the old key goes first",
    );

    const destroyed = await stack.destroy(["--exclude-protected"]);
    expect(destroyed.stdout).toContain("[retain]");
    expect((await stack.resources()).map(({ urn }) => urn.split("::").at(-1))).toEqual(["protected"]);
    expect(takeRequests(emulator)).toEqual([expect.stringMatching(/^DELETE \/v1\/account\/ssh-keys\//)]);
    const live = emulator.account
      .liveApiKeys()
      .map(({ description }) => /dev\/(\w+) #/.exec(description ?? "")?.[1]);
    expect(live.sort()).toEqual(["along", "kept", "protected"]);
    note(host, "`protect`", "`pulumi destroy --exclude-protected`", "the key and its resource stay");
    note(host, "`retainOnDelete`", "`pulumi destroy`", "no request: the key stays **live** in the account");
    note(
      host,
      "`deletedWith`",
      "another key, which is destroyed too",
      "no request: the key stays **live** in the account, because the API does not cascade deletes. Do not use it",
    );
  },
);

test.each(hosts)(
  "%s: resources in a component use the provider that the component was given",
  async (host) => {
    const { emulator: mine, stack } = await openStack({ host, program: "" });
    const other = await openEmulator();
    const key = host === "dynamic" ? "pulumi-nodejs" : "wayscloud-account";
    const text = `
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
      new Team("map", { providers: { "${key}": other } });
      new Team("none");
    `;
    stack.setProgram(text);
    await stack.up();
    expect(takeRequests(mine)).toEqual(Array(2).fill(`POST ${API_KEYS}/service`));
    expect(takeRequests(other)).toEqual(Array(6).fill(`POST ${API_KEYS}/service`));
    await stack.refresh(["--expect-no-changes"]);
    await stack.destroy();
    for (const emulator of [mine, other]) expect(emulator.account.liveApiKeys()).toEqual([]);
    note(host, "`parent`", "components, one inside the other", "the stack's own account");
    const all = "all resources in it, at any depth, use that account";
    for (const how of ["`providers: [provider]`", "`provider`"]) note(host, how, "on a component", all);
    const renamed = 'the same, with the key `"wayscloud-account"`';
    note(host, '`providers: { "pulumi-nodejs": provider }`', "on a component", all, renamed);
  },
);

test("`import` fails before anything happens; the option says what to do instead", async () => {
  const { emulator, stack } = await openStack({
    program: `
      const opts = { import: "8f14e45f-ceea-467a-9575-0c3b1c1d8a01" };
      const args = { publicKey: "${publicKey(1)}", service: "dns", scopes: ["a:read"], rotateEveryDays: 7 };
      const said = {};
      for (const name of ["SshKey", "SshKeySet", "ServiceKey", "PersonalAccessToken", "RotatingServiceKey", "RotatingPersonalAccessToken"]) {
        try { new wayscloud[name](name, args, opts); } catch (error) { said[name] = error.message; }
      }
      try { new wayscloud.RotatingServiceKey("by-id", args, { id: "x" }); } catch (error) { said.byId = error.message; }
      return said;
    `,
  });
  expect((await stack.up()).changes).toEqual({ created: 1 });
  const why = (name: string, instead: string): string =>
    `${name} "${name}": the \`import\` option is not supported for dynamic resources. ${instead}.`;
  const existing = (what: string): string => `Pass \`existing: { id, key }\` instead to import the ${what}`;
  const own = "Let the resource create its own key, and revoke the old one once nothing uses it";
  expect(await stack.outputs()).toEqual({
    SshKey: why(
      "SshKey",
      "Declare it with `adoptExisting: true` instead to adopt the key that the account has",
    ),
    SshKeySet: why(
      "SshKeySet",
      "Declare it with `adoptExisting: true` instead to adopt the keys that the account has",
    ),
    ServiceKey: why("ServiceKey", existing("key")),
    PersonalAccessToken: why("PersonalAccessToken", existing("token")),
    RotatingServiceKey: why("RotatingServiceKey", own),
    RotatingPersonalAccessToken: why("RotatingPersonalAccessToken", own),
    byId: 'RotatingServiceKey "by-id": a rotating key cannot be looked up by `id`.',
  });
  table.note(
    "`import`",
    "every class",
    "the program fails with an error that names `existing` or `adoptExisting`",
    "works, except for rotating keys and sets ([import](import.md))",
  );

  const found = emulator.account.addApiKey({ service: "dns" });
  const args = ["import", "pulumi-nodejs:dynamic/wayscloud:ServiceKey", "found", found.id, "--yes"];
  const { all } = await stack.run(args, { fails: true });
  expect(all).toContain("code must be a string, not undefined");
  expect(await stack.resources()).toEqual([]);
  expect(takeRequests(emulator)).toEqual([]);
  table.note(
    "`pulumi import`",
    "a service key",
    "fails: `code must be a string, not undefined`; nothing changes",
    "works ([import](import.md))",
  );
});
