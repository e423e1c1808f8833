// The data functions, answered in the program's own process: dynamic providers have no `invoke`.
import { hasMocks, askMocks, listFromMock } from "./mocks";
import { accountKnown, connectionFor, providerOf, read } from "./account";
import { dataFunctions } from "./functions";
import type { DataFunctions } from "./functions";
import type { DataOptions, DataOutputOptions } from "./options";

/* eslint-disable @typescript-eslint/unbound-method -- they do not use `this` */
type Functions = DataFunctions<DataOptions, DataOutputOptions>;
const functions: Functions = dataFunctions({
  options: [],
  accountOf: (name, opts: DataOptions) => providerOf(name, opts),
  isReady: accountKnown,
  async answer(query, given, provider, notBefore) {
    const { name, list, request } = query;
    const select = query.select(given);
    if (hasMocks()) {
      const mocked = await askMocks(name, given, provider);
      return (list === undefined ? mocked : listFromMock(name, mocked)) as ReturnType<typeof select>;
    }
    const connection = await connectionFor(provider);
    return connection && structuredClone(select(await read(connection, request, notBefore)));
  },
});

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
