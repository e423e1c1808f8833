// The package schema, made of tables of fields: what SDKs are generated from, and a registry shows.
const PACKAGE = "wayscloud-account";
const token = (name) => `${PACKAGE}:index:${name}`;

/**
 * @typedef {import("./declared.mjs").Fields} Fields
 * @typedef {{ description: string, fields: Fields, values?: string[] }} Type
 * @typedef {{ description: string, inputs: Fields, outputs: Fields }} Table
 * @typedef {{
 *   provider: { description: string, fields: Fields }, environment: Record<string, string[]>,
 *   types: Record<string, Type>, resources: Record<string, Table>, functions: Record<string, Table>,
 * }} Tables
 * @param {Tables} tables
 */
export function packageSpec({ provider, environment, types, resources, functions }) {
  const inputProperties = properties(provider.fields);
  return {
    name: PACKAGE,
    displayName: "WAYSCloud Account",
    description: "SSH keys, service keys and personal access tokens of a WAYSCloud account.",
    keywords: ["pulumi", "wayscloud", "category/cloud", "kind/native"],
    license: "Apache-2.0",
    publisher: "pulumi-wayscloud",
    // An SDK that filled in an explicit provider's inputs from the environment would store them in the state, and mix two accounts: so only here.
    config: {
      variables: mapValues(inputProperties, (property, name) => ({
        ...property,
        ...defaultInfo(environment[name]),
      })),
    },
    provider: { description: provider.description, inputProperties },
    types: byToken(types, ({ description, fields, values }) =>
      values
        ? { type: "string", description, enum: values.map((value) => ({ name: pascalCase(value), value })) }
        : { description, ...object(fields) },
    ),
    resources: byToken(resources, ({ description, inputs, outputs }, name) => ({
      description,
      inputProperties: properties(inputs),
      ...requiredAmong(inputs, "requiredInputs"),
      properties: properties(outputs),
      ...requiredAmong(outputs),
      // A state of the dynamic class moves over without a request.
      aliases: [{ type: `pulumi-nodejs:dynamic/wayscloud:${name}` }],
    })),
    functions: byToken(functions, ({ description, inputs, outputs }) => ({
      description,
      inputs: object(inputs),
      outputs: object(outputs),
    })),
    // Else a generated SDK asks for another version than the one it was made from: in Go always for 1.0.0.
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true },
      // No module of this name is ever downloaded: programs replace it by the folder of the generated package.
      go: { respectSchemaVersion: true, importBasePath: "pulumi-wayscloud.invalid/sdk/go/wayscloudaccount" },
    },
  };
}

function defaultInfo(environment) {
  return environment ? { defaultInfo: { environment } } : {};
}

function object(fields) {
  const isEmpty = Object.keys(fields).length === 0;
  return { type: "object", ...(isEmpty ? {} : { properties: properties(fields) }), ...requiredAmong(fields) };
}

function properties(fields) {
  return mapValues(fields, ({ type, secret, description }) => ({
    ...typeSpec(type),
    description,
    ...(secret ? { secret } : {}),
  }));
}

function requiredAmong(fields, key = "required") {
  const names = Object.keys(fields).filter((name) => fields[name].required);
  return names.length > 0 ? { [key]: names } : {};
}

/** A type of TypeScript in Pulumi's schema language. The package's numbers are all whole. */
function typeSpec(type) {
  const list = /^(.*)\[\]$/.exec(type)?.[1];
  if (list) return { type: "array", items: typeSpec(list) };
  const map = /^Record<string, (.*)>$/.exec(type)?.[1];
  if (map) return { type: "object", additionalProperties: typeSpec(map) };
  // Names for completion in TypeScript, beside any other string.
  if (type.endsWith(" | (string & {})")) return { type: "string" };
  if (type === "unknown") return { $ref: "pulumi.json#/Any" };
  if (type === "number") return { type: "integer" };
  return ["string", "boolean"].includes(type) ? { type } : { $ref: `#/types/${token(schemaName(type))}` };
}

/** SDKs add `Args` to the types of inputs by themselves. */
export function schemaName(type) {
  return type.replace(/Args$/, "");
}

function byToken(table, make) {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [token(name), make(value, name)]));
}

function mapValues(table, make) {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, make(value, name)]));
}

function pascalCase(value) {
  return value.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
}
