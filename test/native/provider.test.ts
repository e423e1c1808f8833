// Provider of "pulumi-wayscloud/native": an explicit account that is named never becomes another one, as with the dynamic classes.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src/native";
import { useEnvironment } from "../support/environment";
import { recordRegistrations, valueOf } from "../support/mocked";

const registered = recordRegistrations();

useEnvironment();
afterEach(() => pulumi.runtime.setAllConfig({}));

/** The inputs that the engine gets. */
async function inputsOf(name: string, args: wayscloud.ProviderArgs): Promise<Record<string, unknown>> {
  await valueOf(new wayscloud.Provider(name, args).urn);
  return registered.find((each) => each.name === name)!.inputs as Record<string, unknown>;
}

/** As from JavaScript, where no compiler checks the arguments. */
function construct(args: object): wayscloud.Provider {
  return new wayscloud.Provider("named", args);
}

test("a credential that is named but not there is an error, not the default account", () => {
  for (const name of ["patToken", "apiKey"]) {
    for (const missing of [undefined, null])
      expect(() => construct({ [name]: missing })).toThrow(`Provider "named": \`${name}\` is required`);
    for (const blank of ["", "  "])
      expect(() => construct({ [name]: blank })).toThrow(`\`${name}\` of the Provider "named" is blank`);
  }
  expect(() => construct({ apikey: "x" })).toThrow('unknown argument `apikey`; did you mean "apiKey"?');
  expect(() => construct({ apiKey: "x", patToken: "x" })).toThrow(
    "Both `patToken` and `apiKey` set the credential",
  );
});

test("left out, it is that of the environment; so is the expected account", async () => {
  process.env["WAYSCLOUD_ENDPOINT"] = "https://env.example/";
  expect(await inputsOf("none", {})).toEqual({ endpoint: "https://env.example" });
  expect(() => new wayscloud.Provider("blank", { customerId: " " })).toThrow(
    '`customerId` of the Provider "blank" is blank',
  );
});

test("an endpoint that is left out is that of the stack config, then the environment, and settled in the program", async () => {
  process.env["WAYSCLOUD_ENDPOINT"] = "https://env.example";
  pulumi.runtime.setAllConfig({ "wayscloud-account:endpoint": "https://stack.example" });
  const apiKey = "wayscloud_pat_x";
  expect(await inputsOf("stack", { apiKey })).toMatchObject({ endpoint: "https://stack.example" });
  expect(await inputsOf("own", { apiKey, endpoint: "https://own.example/" })).toMatchObject({
    endpoint: "https://own.example",
  });
  pulumi.runtime.setAllConfig({ "wayscloud:endpoint": "https://both.example" });
  expect(await inputsOf("both", { patToken: apiKey })).toMatchObject({
    endpoint: "https://both.example",
    patToken: expect.anything(),
  });
  expect(() => construct({ apiKey, endpoint: " " })).toThrow('`endpoint` of the Provider "named" is blank');
});
