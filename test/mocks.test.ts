// A user's own unit test of a program that uses the package: the SDK's mocks, no engine, no account.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../src";
import { cpuTime } from "./support/fake-timing";

const started = cpuTime();
const created: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        created.push(args);
        if (args.type.endsWith(":SshKeySet")) {
          const { namePrefix } = args.inputs as { namePrefix: string };
          return { id: args.name, state: { keys: { anna: { name: `${namePrefix}anna` } } } };
        }
        const key = args.type.endsWith(":SshKey") ? {} : { key: `wayscloud_mock_${args.name}` };
        return { id: `${args.name}-id`, state: { ...args.inputs, ...key } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    false,
  );
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

test("the key of a service key and of a token is a secret with its mocked value; a public key is none", async () => {
  const service = new wayscloud.ServiceKey("app", { service: "database" });
  const token = new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });
  const ssh = new wayscloud.SshKey("deploy", { publicKey: "ssh-ed25519 AAAA" });
  expect(await valueOf(service.key)).toBe("wayscloud_mock_app");
  expect(await valueOf(token.key)).toBe("wayscloud_mock_ci");
  expect(await pulumi.isSecret(service.key)).toBe(true);
  expect(await pulumi.isSecret(token.key)).toBe(true);
  expect(await pulumi.isSecret(service.service)).toBe(false);
  expect(await pulumi.isSecret(ssh.publicKey)).toBe(false);
  expect(await valueOf(service.id)).toBe("app-id");
  expect(await valueOf(token.scopes)).toEqual(["ssh_keys:read"]);
  expect(created.map(({ type }) => type).sort()).toEqual([
    "pulumi-nodejs:dynamic/wayscloud:PersonalAccessToken",
    "pulumi-nodejs:dynamic/wayscloud:ServiceKey",
    "pulumi-nodejs:dynamic/wayscloud:SshKey",
  ]);
});

test("a key taken over is secret already as an input, and so is a Provider's credential", async () => {
  created.length = 0;
  const key = new wayscloud.ServiceKey("taken", {
    service: "dns",
    existing: { id: "1", key: "wayscloud_by_hand" },
  });
  const provider = new wayscloud.Provider("other", {
    apiKey: "wayscloud_pat_x",
    endpoint: "https://api.example.com",
  });
  await valueOf(key.urn);
  await valueOf(provider.urn);
  // How the SDK marks a secret on its way to the engine.
  const secret = (value: unknown): object => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  const inputs = Object.fromEntries(created.map((resource) => [resource.name, resource.inputs]));
  expect(inputs["taken"]?.existing).toEqual(secret({ id: "1", key: "wayscloud_by_hand" }));
  expect(inputs["other"]).toEqual({
    "wayscloud:apiKey": secret("wayscloud_pat_x"),
    "wayscloud:endpoint": "https://api.example.com",
  });
});

test("a mocked set of SSH keys has the entries that the mock returns, and the name prefix of its logical name", async () => {
  created.length = 0;
  const team = new wayscloud.SshKeySet("team", { publicKeys: { anna: "ssh-ed25519 AAAA" } });
  expect(await valueOf(team.keys)).toEqual({ anna: { name: "team-anna" } });
  expect(await pulumi.isSecret(team.keys)).toBe(false);
});

test("isInstance tells the resources apart", () => {
  const key = new wayscloud.ServiceKey("one", { service: "dns" });
  expect(wayscloud.ServiceKey.isInstance(key)).toBe(true);
  expect(wayscloud.SshKey.isInstance(key)).toBe(false);
  expect(wayscloud.PersonalAccessToken.isInstance({})).toBe(false);
});

test("all of this takes less than two seconds of the processor", () => {
  expect(cpuTime() - started).toBeLessThan(2_000);
});
