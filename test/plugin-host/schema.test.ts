// The schema says of every resource and function what the TypeScript classes say. `WRITE_SCHEMA=1` takes the classes' comments over.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { configuration } from "../../src/hosts/plugin/schema/configuration";
import type { Fields, TypeSpec } from "../../src/hosts/plugin/schema/fields";
import { functionTables, types } from "../../src/hosts/plugin/schema/functions";
import { packageSpec } from "../../src/hosts/plugin/schema/package-spec";
import { resourceTables } from "../../src/hosts/plugin/schema/resources";
import { resources } from "../../src/hosts/resources";
import { PLUGIN } from "../../src/native/provider";
import { declared, type Declared, type DeclaredFields, exportsOf } from "../support/declared";

const FILE = join(__dirname, "../../src/hosts/plugin/schema/descriptions.json");

interface Described {
  description: string;
  inputs?: Record<string, string>;
  outputs?: Record<string, string>;
}

const FUNCTIONS: Record<string, { args?: string; result?: string; list?: string }> = {
  getProfile: { result: "ProfileInfo" },
  getServices: { args: "GetServicesArgs", list: "ServiceInfo" },
  getApiKeys: { args: "GetApiKeysArgs", list: "ApiKeyInfo" },
  getSshKeys: { list: "SshKeyInfo" },
  getSshKey: { args: "GetSshKeyArgs", result: "SshKeyInfo" },
};

/** Types that the schema calls otherwise: SDKs add `Args` by themselves, and the services are left to `check`, which suggests the nearest. */
const SCHEMA_TYPES: Record<string, string> = { ExistingKeyArgs: "ExistingKey", ServiceName: "string" };

test("every resource of the hosts is in the schema", () => {
  expect(Object.keys(resourceTables)).toEqual(Object.keys(resources));
});

test("what a program imports of the package it can import of the plugin's classes, so that moving changes the path alone", () => {
  expect(exportsOf("native/index.ts").sort()).toEqual(exportsOf("index.ts").sort());
});

test.each(Object.keys(resourceTables))("%s has the inputs and outputs of the class", (name) => {
  const { inputs, outputs } = resourceTables[name]!;
  expect(shapes(inputs)).toEqual(shapesOf(declared(`${name}Args`).fields));
  expect(shapes(outputs)).toEqual(shapesOf(declared(name).fields));
});

test.each(Object.keys(functionTables))("%s has the arguments and the result of the function", (name) => {
  const { args, result, list } = FUNCTIONS[name]!;
  const { inputs, outputs } = functionTables[name]!;
  expect(shapes(inputs)).toEqual(args ? shapesOf(declared(args).fields) : {});
  expect(shapes(list ? types[list]! : outputs)).toEqual(shapesOf(declared(list ?? result!).fields));
});

test("the provider's configuration and the key to take over are those of the classes", () => {
  expect(shapes(configuration)).toEqual(shapesOf(declared("ProviderArgs", "native/provider.ts").fields));
  expect(Object.keys(types["ExistingKey"]!)).toEqual(Object.keys(declared("ExistingKeyArgs").fields));
});

test("the descriptions are the comments of the classes", () => {
  const written = `${JSON.stringify(descriptions(), undefined, 2)}\n`;
  if (process.env["WRITE_SCHEMA"]) writeFileSync(FILE, written);
  expect({
    toUpdate: "WRITE_SCHEMA=1 npx jest test/plugin-host/schema --selectProjects unit",
    says: readFileSync(FILE, "utf8"),
  }).toEqual({
    toUpdate: "WRITE_SCHEMA=1 npx jest test/plugin-host/schema --selectProjects unit",
    says: written,
  });
});

test("repository and archives are where the package says", () => {
  const { repository } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
    repository: { url: string };
  };
  const place = repository.url.replace(/^git\+https:\/\/|\.git$/g, "");
  expect(packageSpec()).toMatchObject({
    repository: `https://${place}`,
    pluginDownloadURL: `github://api.${place}`,
  });
  expect(PLUGIN.pluginDownloadURL).toBe(`github://api.${place}`);
});

test("every property of the package has a description, and keys are secret", () => {
  const spec = packageSpec() as Record<string, Record<string, Record<string, any>>>;
  for (const [token, resource] of Object.entries(spec["resources"]!)) {
    expect(resource["description"]).toBeTruthy();
    for (const [name, property] of Object.entries<any>({
      ...resource["inputProperties"],
      ...resource["properties"],
    })) {
      expect({ token, name, described: Boolean(property.description) }).toEqual({
        token,
        name,
        described: true,
      });
    }
    const secrets = Object.keys(resource["properties"]).filter((name) => resource["properties"][name].secret);
    expect(secrets).toEqual(
      Object.keys(resource["properties"]).filter((name) => /^(previousK|k)ey$/.test(name)),
    );
    expect(resource["aliases"]).toEqual([
      { type: token.replace("wayscloud-account:index:", "pulumi-nodejs:dynamic/wayscloud:") },
    ]);
  }
});

function descriptions(): Record<string, Described> {
  const classes = Object.keys(resourceTables).map((name) => [
    name,
    described(declared(name), declared(`${name}Args`).fields),
  ]);
  const functions = Object.entries(FUNCTIONS).map(([name, { args, result }]) => {
    const fields = result ? declared(result).fields : {};
    return [name, described({ ...declared(name), fields }, args ? declared(args).fields : undefined)];
  });
  const classNames = Object.fromEntries(Object.entries(SCHEMA_TYPES).map(([name, type]) => [type, name]));
  const objects = Object.keys(types).map((name) => [name, described(declared(classNames[name] ?? name))]);
  const provider = declared("Provider", "native/provider.ts");
  const { fields } = declared("ProviderArgs", "native/provider.ts");
  return Object.fromEntries([
    ["Provider", described({ ...provider, fields: {} }, fields)],
    ...classes,
    ...functions,
    ...objects,
  ]);
}

function described({ description, fields }: Declared, inputs?: DeclaredFields): Described {
  const texts = (of: DeclaredFields): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([name, each]) => [name, each.description]));
  return { description, ...(inputs ? { inputs: texts(inputs) } : {}), outputs: texts(fields) };
}

/** `name: type, required, secret`, in the words of the classes. */
function shapes(fields: Fields): Record<string, string> {
  const entries = Object.entries(fields).map(([name, { type, required, secret }]) => [
    name,
    said(typeName(type), required, secret),
  ]);
  return sorted(entries as [string, string][]);
}

function shapesOf(fields: DeclaredFields): Record<string, string> {
  const entries = Object.entries(fields).map(([name, { type, required, secret }]) => [
    name,
    said(SCHEMA_TYPES[type] ?? type, required, secret || type === "ExistingKeyArgs"),
  ]);
  return sorted(entries as [string, string][]);
}

function said(type: string, required: boolean, secret: boolean): string {
  return `${type}${required ? ", required" : ""}${secret ? ", secret" : ""}`;
}

function sorted(entries: [string, string][]): Record<string, string> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function typeName(type: TypeSpec): string {
  if ("$ref" in type) return type.$ref.startsWith("pulumi.json") ? "unknown" : type.$ref.split(":").at(-1)!;
  if (type.type === "array") return `${typeName(type.items)}[]`;
  if (type.type === "object") return `Record<string, ${typeName(type.additionalProperties)}`;
  return type.type === "integer" ? "number" : type.type;
}
