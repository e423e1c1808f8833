// The data functions, answered in the program's own process: dynamic providers have no `invoke`.
import * as pulumi from "@pulumi/pulumi";

import type { Connection } from "../api/transport";
import { ConfigurationError } from "../errors";
import { connecting, defaultConnection, providerOf, read } from "./account";
import { knownValue } from "./dependencies";
import { dataFunctions } from "./functions";
import type { Answer, DataFunctions, DataOptions, DataOutputOptions } from "./functions";

/* eslint-disable @typescript-eslint/unbound-method -- they do not use `this` */
type Functions = DataFunctions<DataOptions, DataOutputOptions>;
const functions: Functions = dataFunctions({
  options: [],
  answers(name, opts: DataOptions) {
    const provider = providerOf(name, opts);
    const answering =
      (connect: () => Connection): Answer =>
      async (query, given, notBefore) => {
        const select = query.select(given);
        if (!hasMocks()) return structuredClone(select(await read(connect(), query.request, notBefore)));
        const token = `wayscloud:index:${query.name}`;
        const answer: unknown = await pulumi.runtime.invoke(
          token,
          { ...given },
          provider ? { provider } : {},
        );
        return (query.list === undefined ? answer : listFromMock(token, answer)) as ReturnType<typeof select>;
      };
    return provider ? connecting(provider).apply(answering) : answering(defaultConnection);
  },
});

/** Whether this program runs under `pulumi.runtime.setMocks`: then `mocks.call` answers, not the API. */
function hasMocks(): boolean {
  const monitor: unknown = pulumi.runtime.getMonitor();
  return typeof monitor === "object" && monitor !== null && "mocks" in monitor;
}

/**
 * The list that a mock returned, bare or as the only property of an object. The SDK turns a bare list into an
 * object with the positions as keys, so an empty list becomes `{}`.
 */
function listFromMock(token: string, answer: unknown): unknown[] {
  const entries = Object.entries<unknown>({ ...(answer as object) });
  const values = entries.map(([, value]) => value);
  if (values.length === 1 && Array.isArray(values[0])) return values[0];
  if (entries.every(([key], position) => key === String(position))) return values;
  throw new ConfigurationError(
    `The mock of ${token} must return the list, or an object with the list as its only property.`,
  );
}

/** The credential that a call uses; undefined under mocks. */
export async function credentialOf(name: string, opts: DataOptions): Promise<string | undefined> {
  if (hasMocks()) return undefined;
  const provider = providerOf(name, opts);
  const connect = provider ? await knownValue(connecting(provider)) : defaultConnection;
  return connect?.().apiKey;
}

/** Reads the account's profile: customer id, e-mail, account type. @function */
export const getProfile: Functions["getProfile"] = functions.getProfile;
/** Like `getProfile`, as an output. @function */
export const getProfileOutput: Functions["getProfileOutput"] = functions.getProfileOutput;
/** Lists the account's active services that match all given fields. @function */
export const getServices: Functions["getServices"] = functions.getServices;
/** Like `getServices`, as an output. @function */
export const getServicesOutput: Functions["getServicesOutput"] = functions.getServicesOutput;
/** Lists the account's service keys and tokens, without their secrets. @function */
export const getApiKeys: Functions["getApiKeys"] = functions.getApiKeys;
/** Like `getApiKeys`, as an output. @function */
export const getApiKeysOutput: Functions["getApiKeysOutput"] = functions.getApiKeysOutput;
/** Lists the account's SSH keys. @function */
export const getSshKeys: Functions["getSshKeys"] = functions.getSshKeys;
/** Like `getSshKeys`, as an output. @function */
export const getSshKeysOutput: Functions["getSshKeysOutput"] = functions.getSshKeysOutput;
/** Finds one SSH key by its id, name or fingerprint. @function */
export const getSshKey: Functions["getSshKey"] = functions.getSshKey;
/** Like `getSshKey`, as an output. @function */
export const getSshKeyOutput: Functions["getSshKeyOutput"] = functions.getSshKeyOutput;
