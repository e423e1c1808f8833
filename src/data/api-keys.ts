// getApiKeys: the account's service keys and tokens, without their secrets.
import type * as pulumi from "@pulumi/pulumi";

import { queries } from "../queries/queries";
import { call, callOutput } from "./data-function";
import type { DataOptions, DataOutputOptions } from "./options";

/** A service key or personal access token as the account lists it. */
export interface ApiKeyInfo {
  /** Its id in the account. */
  id: string;
  /** The beginning of the key. */
  keyPrefix: string;
  /** Key type as reported by the API, such as `service`. */
  keyType: string;
  /** The service of a service key; undefined for a token. */
  service?: string | undefined;
  /** Text that the key list shows beside the key. */
  description?: string | undefined;
  /** Each as `area:verb`. */
  scopes: string[];
  /** Whether the account lists it as active. */
  isActive: boolean;
  /** Creation time (RFC 3339). */
  createdAt: string;
  /** Time of last use (RFC 3339); undefined if never used. */
  lastUsedAt?: string | undefined;
}

/** Filter: only keys that match all given fields. */
export interface GetApiKeysArgs {
  /** Only keys of this type, such as `service`. */
  keyType?: string | undefined;
  /** Only keys for this service. */
  service?: string | undefined;
  /** Only keys that the account lists as active, or only those that it does not. */
  isActive?: boolean | undefined;
}

/** Like {@link GetApiKeysArgs}, with inputs. */
export type GetApiKeysOutputArgs = { [K in keyof GetApiKeysArgs]: pulumi.Input<GetApiKeysArgs[K]> };

/**
 * Lists the account's service keys and tokens. Requested once per program run and cached.
 *
 * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
 * ConnectionError.
 * @example
 * ```ts
 * const unused = (await wayscloud.getApiKeys({ isActive: true })).filter((key) => key.lastUsedAt === undefined);
 * ```
 * @see GET /v1/account/api-keys
 */
export function getApiKeys(args: GetApiKeysArgs = {}, opts?: DataOptions): Promise<ApiKeyInfo[]> {
  return call(queries.getApiKeys, args, opts);
}

/**
 * Like {@link getApiKeys}, but accepts inputs and returns an output. Waits for the inputs and the resources
 * that they come from.
 *
 * @see GET /v1/account/api-keys
 */
export function getApiKeysOutput(
  args: GetApiKeysOutputArgs = {},
  opts?: DataOutputOptions,
): pulumi.Output<ApiKeyInfo[]> {
  return callOutput(queries.getApiKeys, args, opts);
}
