// Provider of "pulumi-wayscloud/native": an explicit account that is named never becomes another one, as with the dynamic classes.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src/native";
import { recordRegistrations } from "../support/mocked";

const registered = recordRegistrations();

afterEach(() => {
  pulumi.runtime.setAllConfig({});
  delete process.env["WAYSCLOUD_ENDPOINT"];
});

/** The inputs that the engine gets. */
async function inputsOf(name: string, args: wayscloud.ProviderArgs): Promise<Record<string, unknown>> {
  const { urn } = new wayscloud.Provider(name, args);
  await new Promise((resolve) => void urn.apply(resolve));
  return registered.find((each) => each.name === name)!.inputs as Record<string, unknown>;
}

test("a credential that is named but not there is an error, not the default account", () => {
  for (const apiKey of [undefined, null as unknown as undefined, "", "  "]) {
    expect(() => new wayscloud.Provider("named", { apiKey })).toThrow(
      'Provider "named": `apiKey` is required',
    );
  }
});

test("left out, it is that of the environment; so is the expected account", async () => {
  process.env["WAYSCLOUD_ENDPOINT"] = "https://env.example/";
  expect(await inputsOf("none", {})).toEqual({ endpoint: "https://env.example" });
  expect(() => new wayscloud.Provider("blank", { customerId: " " })).toThrow("`customerId` is blank");
});

test("an endpoint that is left out is that of the stack config, then the environment, and settled in the program", async () => {
  process.env["WAYSCLOUD_ENDPOINT"] = "https://env.example";
  pulumi.runtime.setAllConfig({ "wayscloud-account:endpoint": "https://stack.example" });
  const apiKey = "wayscloud_pat_x";
  expect(await inputsOf("stack", { apiKey })).toMatchObject({ endpoint: "https://stack.example" });
  expect(await inputsOf("own", { apiKey, endpoint: "https://own.example/" })).toMatchObject({
    endpoint: "https://own.example",
  });
  pulumi.runtime.setAllConfig({ "wayscloud:endpoint": "https://dynamic.example" });
  expect(() => new wayscloud.Provider("ignored", { apiKey })).toThrow(
    "Run `pulumi config set wayscloud-account:endpoint`",
  );
});
