// The resources of the provider: names, types, required and secret of every input and output. A test compares them with the classes.
import {
  all,
  anyMap,
  boolean,
  integer,
  object,
  objectMap,
  required,
  secret,
  string,
  stringMap,
  strings,
} from "./fields";
import type { Fields } from "./fields";

export interface ResourceTable {
  inputs: Fields;
  outputs: Fields;
}

const keyInputs: Fields = {
  description: string,
  rotationTriggers: anyMap,
  recreateIfInvalid: boolean,
  existing: secret(object("ExistingKey")),
};

const keyOutputs: Fields = {
  ...all({ key: secret(string), keyPrefix: string, keyType: string, description: string }),
  ...all({ isActive: boolean, createdAt: string }),
  lastUsedAt: string,
};

const rotationInputs: Fields = {
  rotateEveryDays: required(integer),
  overlapDays: integer,
  holdWhileUsed: boolean,
  description: string,
  rotationTriggers: anyMap,
};

const rotationOutputs: Fields = {
  ...all({ key: secret(string), keyId: string, keyPrefix: string, keyType: string, description: string }),
  previousKey: secret(string),
  previousKeyId: string,
  retireAt: string,
  ...all({ createdAt: string, rotatedAt: string, nextRotationAt: string, isActive: boolean }),
  lastUsedAt: string,
};

export const resourceTables: Readonly<Record<string, ResourceTable>> = {
  SshKey: {
    inputs: { publicKey: required(string), name: string, adoptExisting: boolean },
    outputs: all({
      name: string,
      publicKey: string,
      fingerprint: string,
      keyType: string,
      createdAt: string,
      vmCount: integer,
      adopted: boolean,
    }),
  },
  SshKeySet: {
    inputs: { publicKeys: required(stringMap), namePrefix: string, adoptExisting: boolean },
    outputs: { keys: required(objectMap("SshKeySetEntry")) },
  },
  ServiceKey: {
    inputs: { service: required(string), ...keyInputs },
    outputs: { ...keyOutputs, service: required(string), scopes: strings },
  },
  PersonalAccessToken: {
    inputs: { scopes: required(strings), expiresInDays: integer, rotateBeforeDays: integer, ...keyInputs },
    outputs: {
      ...keyOutputs,
      scopes: required(strings),
      expiresInDays: integer,
      expiresAt: string,
      rotateAt: string,
    },
  },
  RotatingServiceKey: {
    inputs: { service: required(string), ...rotationInputs },
    outputs: { ...rotationOutputs, service: required(string) },
  },
  RotatingPersonalAccessToken: {
    inputs: { scopes: required(strings), expiresInDays: integer, ...rotationInputs },
    outputs: { ...rotationOutputs, scopes: required(strings), expiresInDays: integer, expiresAt: string },
  },
};

/** The names of the secret ones. */
export function secretsAmong(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.secret);
}
