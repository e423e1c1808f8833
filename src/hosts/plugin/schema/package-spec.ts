// The package schema: what `pulumi package get-schema` prints and SDKs are generated from, made of the tables and the classes' descriptions.
import { PLUGIN_DOWNLOAD_URL, REPOSITORY } from "../../../repository";
import { version } from "../../../version";
import { configuration } from "./configuration";
import descriptions from "./descriptions.json";
import type { Fields } from "./fields";
import { functionTables, types } from "./functions";
import { resourceTables } from "./resources";

/** The comments of a class, an interface or a function, by the names of its fields. */
interface Described {
  description: string;
  inputs?: Readonly<Record<string, string>>;
  outputs?: Readonly<Record<string, string>>;
}

const described: Readonly<Record<string, Described>> = descriptions;

export function packageSpec(): object {
  return {
    name: "wayscloud-account",
    displayName: "WAYSCloud Account",
    version,
    description: "SSH keys, service keys and personal access tokens of a WAYSCloud account.",
    keywords: ["pulumi", "wayscloud", "category/cloud", "kind/native"],
    homepage: `https://${REPOSITORY}`,
    repository: `https://${REPOSITORY}`,
    license: "Apache-2.0",
    publisher: "pulumi-wayscloud",
    pluginDownloadURL: PLUGIN_DOWNLOAD_URL,
    config: { variables: properties(configuration, described.Provider?.inputs) },
    provider: {
      description: described.Provider?.description,
      inputProperties: properties(configuration, described.Provider?.inputs),
    },
    types: mapValues(types, (fields, name) => ({
      type: "object",
      properties: properties(fields, described[name]?.outputs),
      required: requiredAmong(fields),
    })),
    resources: mapValues(resourceTables, ({ inputs, outputs }, name) => ({
      description: described[name]?.description,
      inputProperties: properties(inputs, described[name]?.inputs),
      requiredInputs: requiredAmong(inputs),
      properties: properties(outputs, described[name]?.outputs),
      required: requiredAmong(outputs),
      // A state of the dynamic class moves over without a request.
      aliases: [{ type: `pulumi-nodejs:dynamic/wayscloud:${name}` }],
    })),
    functions: mapValues(functionTables, ({ inputs, outputs }, name) => ({
      description: described[name]?.description,
      inputs: {
        type: "object",
        properties: properties(inputs, described[name]?.inputs),
        required: requiredAmong(inputs),
      },
      outputs: {
        type: "object",
        properties: properties(outputs, described[name]?.outputs),
        required: requiredAmong(outputs),
      },
    })),
    // Else a generated SDK asks for another version than the one it was made from: in Go always for 1.0.0.
    language: Object.fromEntries(
      ["nodejs", "python", "go"].map((name) => [name, { respectSchemaVersion: true }]),
    ),
  };
}

/** With tokens of this package for names. */
function mapValues<T>(table: Readonly<Record<string, T>>, make: (value: T, name: string) => object): object {
  const entries = Object.entries(table).map(([name, value]) => [
    `wayscloud-account:index:${name}`,
    make(value, name),
  ]);
  return Object.fromEntries(entries) as object;
}

function properties(fields: Fields, texts: Readonly<Record<string, string>> = {}): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, secret }]) => [
      name,
      { ...type, description: texts[name], ...(secret ? { secret } : {}) },
    ]),
  );
}

function requiredAmong(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.required);
}
