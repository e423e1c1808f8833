// The functions of the provider and the types of what they return. A test compares them with the data functions of the package.
import { queries } from "../../../queries/queries";
import type { ArgumentTypes } from "../../../queries/arguments";
import { all, anyMap, boolean, integer, objects, required, secret, string, strings } from "./fields";
import type { Fields } from "./fields";

export interface FunctionTable {
  inputs: Fields;
  outputs: Fields;
}

/** The object types, by name. */
export const types: Readonly<Record<string, Fields>> = {
  ExistingKey: { id: required(string), key: required(secret(string)) },
  SshKeySetEntry: all({
    id: string,
    name: string,
    fingerprint: string,
    keyType: string,
    createdAt: string,
    adopted: boolean,
  }),
  ServiceInfo: {
    ...all({ id: string, serviceType: string, name: string, status: string }),
    region: string,
    ...all({ createdAt: string, metadata: anyMap }),
  },
  ApiKeyInfo: {
    ...all({ id: string, keyPrefix: string, keyType: string }),
    service: string,
    description: string,
    ...all({ scopes: strings, isActive: boolean, createdAt: string }),
    lastUsedAt: string,
  },
  SshKeyInfo: all({
    id: string,
    name: string,
    fingerprint: string,
    keyType: string,
    createdAt: string,
    vmCount: integer,
  }),
};

export const functionTables: Readonly<Record<string, FunctionTable>> = {
  getProfile: {
    inputs: inputs(queries.getProfile.args),
    outputs: {
      ...all({ customerId: string, email: string }),
      firstName: string,
      lastName: string,
      company: string,
      ...all({ customerType: string, status: string, createdAt: string }),
    },
  },
  getServices: {
    inputs: inputs(queries.getServices.args),
    outputs: { services: required(objects("ServiceInfo")) },
  },
  getApiKeys: {
    inputs: inputs(queries.getApiKeys.args),
    outputs: { apiKeys: required(objects("ApiKeyInfo")) },
  },
  getSshKeys: {
    inputs: inputs(queries.getSshKeys.args),
    outputs: { sshKeys: required(objects("SshKeyInfo")) },
  },
  getSshKey: {
    inputs: inputs(queries.getSshKey.args),
    outputs: types.SshKeyInfo ?? {},
  },
};

function inputs(args: ArgumentTypes): Fields {
  return Object.fromEntries(
    Object.entries(args).map(([name, type]) => [name, type === "string" ? string : boolean]),
  );
}
