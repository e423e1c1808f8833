// The data functions of "pulumi-wayscloud/native": those of the package, answered by the plugin.
import * as pulumi from "@pulumi/pulumi";

import { dataFunctions } from "../data/functions";
import type { Answer, DataFunctions } from "../data/functions";
import { checkStackConfig } from "../stack-config";
import { checkProvider, nativeType, PLUGIN } from "./provider";

/** Options of a data function that returns a promise. */
export type DataOptions = pulumi.InvokeOptions;

/** Options of a data function that returns an output. */
export type DataOutputOptions = pulumi.InvokeOutputOptions;

/* eslint-disable @typescript-eslint/unbound-method -- they do not use `this` */
type Functions = DataFunctions<DataOptions, DataOutputOptions>;
const functions: Functions = dataFunctions<DataOptions>({
  options: ["version", "pluginDownloadURL", "async"],
  answers(name, opts: DataOptions) {
    checkStackConfig();
    checkProvider(name, opts.provider ?? opts.parent?.getProvider(nativeType(name)));
    const options = { ...PLUGIN, ...opts };
    // Known at once: the engine asks no plugin until its configuration is known.
    const answer: Answer = async (query, given) => {
      const asked: Promise<unknown> = pulumi.runtime.invoke(nativeType(query.name), { ...given }, options);
      const response = await asked.catch((error: unknown) => {
        throw sentence(error);
      });
      const properties = response as Readonly<Record<string, unknown>>;
      if (pulumi.runtime.isDryRun() && Object.keys(properties).length === 0) return undefined;
      const result = query.list === undefined ? properties : properties[query.list];
      return result as ReturnType<ReturnType<typeof query.select>>;
    };
    return answer;
  },
});

/** The plugin's own message, without the engine's prefix and the SDK's stack. */
function sentence(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new pulumi.RunError(error.message.replace(/^invocation of \S+ returned an error: /, ""));
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
