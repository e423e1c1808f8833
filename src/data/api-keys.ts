// getApiKeys: the account's service keys and tokens, without their secrets.
import type * as pulumi from "@pulumi/pulumi";

import type { DataOptions, DataOutputOptions } from "./options";
import { getList, getListOutput } from "./lists";
import type { ListSource } from "./lists";

/** A service key or personal access token as the account lists it. */
export interface ApiKeyInfo {
  id: string;
  /** The beginning of the key. */
  keyPrefix: string;
  /** The kind of key in the API's words, such as `service`. */
  keyType: string;
  /** The service that a service key is for; absent for a token. */
  service?: string | undefined;
  description?: string | undefined;
  /** Each as `area:verb`. */
  scopes: string[];
  isActive: boolean;
  /** RFC 3339. */
  createdAt: string;
  /** RFC 3339; absent if never used. */
  lastUsedAt?: string | undefined;
}

/** Only keys for which all the given fields are equal. */
export interface GetApiKeysArgs {
  keyType?: string | undefined;
  service?: string | undefined;
  isActive?: boolean | undefined;
}

/** As {@link GetApiKeysArgs}, with inputs. */
export type GetApiKeysOutputArgs = { [K in keyof GetApiKeysArgs]: pulumi.Input<GetApiKeysArgs[K]> };

const source: ListSource<ApiKeyInfo> = {
  kind: "API keys",
  read: async (client) => (await client.listApiKeys()).value,
  filters: ["keyType", "service", "isActive"],
};

/**
 * Lists the account's service keys and tokens. One request in a program run, however often it is called.
 *
 * @throws MalformedResponseError when the list is not whole; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const unused = (await wayscloud.getApiKeys({ isActive: true })).filter((key) => key.lastUsedAt === undefined);
 * ```
 * @see GET /v1/account/api-keys
 */
export function getApiKeys(args?: GetApiKeysArgs, opts?: DataOptions): Promise<ApiKeyInfo[]> {
  return getList(source, args, opts);
}

/** As {@link getApiKeys}, accepting inputs and returning an output. @see GET /v1/account/api-keys */
export function getApiKeysOutput(
  args?: GetApiKeysOutputArgs,
  opts?: DataOutputOptions,
): pulumi.Output<ApiKeyInfo[]> {
  return getListOutput(source, args, opts);
}
