// The data functions of "pulumi-wayscloud/native" under the real engine, where each explicit provider and the dynamic classes are other processes.
import { openStack, publicKey } from "../support/engine";

/** With the plugin as `native` beside the dynamic classes. */
function both(body: string): string {
  return `const native = require("pulumi-wayscloud/native");\n${body}`;
}

test("a data function sees what it waited for, whichever process made it: another provider, or the dynamic classes", async () => {
  const { stack } = await openStack({ name: "waits" });
  stack.addPlugin();
  stack.setProgram(
    both(`
      const count = (list) => list.apply((entries) => entries.length);
      const explicit = new native.Provider("explicit", { apiKey: process.env.WAYSCLOUD_API_KEY });
      const early = count(native.getApiKeysOutput({ service: "dns" }));
      const earlyKeys = count(native.getSshKeysOutput());
      const key = new native.ServiceKey("k", { service: "dns", rotationTriggers: { early: early.apply(String) } }, { provider: explicit });
      const deploy = new wayscloud.SshKey("deploy", { name: earlyKeys.apply((number) => "deploy-" + number), publicKey: "${publicKey(1)}" });
      return {
        early, earlyKeys,
        sameProvider: count(native.getApiKeysOutput({ service: "dns" }, { provider: explicit, dependsOn: [key] })),
        otherProvider: count(native.getApiKeysOutput({ service: "dns" }, { dependsOn: [key] })),
        byArgument: count(native.getApiKeysOutput({ service: key.service })),
        dynamic: count(native.getSshKeysOutput({}, { dependsOn: [deploy] })),
        found: native.getSshKeyOutput({ id: deploy.id }).name,
      };
    `),
  );
  await stack.up();
  expect(await stack.outputs()).toEqual({
    ...{ early: 0, earlyKeys: 0, sameProvider: 1, otherProvider: 1, byArgument: 1 },
    ...{ dynamic: 1, found: "deploy-0" },
  });
});

test("what goes wrong is one sentence, without the SDK's stack; arguments are refused as by the dynamic classes", async () => {
  const { emulator, stack } = await openStack({ host: "plugin", name: "wrong", program: "" });
  const cases: [code: string, said: string][] = [
    [
      'return { name: native.getSshKeyOutput({ name: pulumi.output("nobody") }).name }',
      'getSshKey: the account has no SSH key with the name "nobody".',
    ],
    ['await native.getSshKey({ name: "nobody" })', "getSshKey: the account has no SSH key with the name"],
    ['await native.getApiKeys({ servce: "dns" })', 'unknown filter `servce`; did you mean "service"?'],
    [
      "await native.getProfile({ providr: 1 })",
      'getProfile: unknown option `providr`; did you mean "provider"?',
    ],
  ];
  for (const [code, said] of cases) {
    stack.setProgram(both(code));
    const { all } = await stack.preview([], { fails: true });
    expect(all).toContain(said);
    expect(all).not.toMatch(/ at .*\.js:|Promise|Circular|invocation of/);
  }
  expect(emulator.requests).toHaveLength(2);
});

test("in a preview a data function of a provider whose credential is not known yet is unknown, and the up knows it", async () => {
  const { emulator, stack } = await openStack({ host: "plugin", name: "later", program: "" });
  stack.setProgram(
    both(`
      const token = new native.PersonalAccessToken("token", { scopes: ["account:read", "api_keys:read"] });
      const provider = new native.Provider("later", { apiKey: token.key });
      const keys = native.getApiKeysOutput({ keyType: "pat" }, { provider });
      return {
        customer: native.getProfileOutput({ provider }).customerId.apply((id) => id.toUpperCase()),
        keys: keys.apply((entries) => entries.length),
      };
    `),
  );
  await stack.preview();
  expect(emulator.requests).toEqual([]);
  await stack.up();
  expect(await stack.outputs()).toEqual({ customer: "F47AC10B-58CC-4372-A567-0E02B2C3D479", keys: 2 });
});
