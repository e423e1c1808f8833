// getSshKeys and getSshKey: the account's SSH keys.
import type * as pulumi from "@pulumi/pulumi";

import { queries } from "../queries/queries";
import { call, callOutput } from "./data-function";
import type { DataOptions, DataOutputOptions } from "./options";

/** An SSH key as the account lists it. The API does not return the public key. */
export interface SshKeyInfo {
  /** Its id in the account. */
  id: string;
  /** Its name in the account. */
  name: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** `ssh-ed25519` and the like. */
  keyType: string;
  /** Time at which the key was added (RFC 3339). */
  createdAt: string;
  /** How many VPSs use it. */
  vmCount: number;
}

/** The key to find: exactly one of the fields. */
export interface GetSshKeyArgs {
  /** The key's id in the account. */
  id?: string | undefined;
  /** The key's name in the account. */
  name?: string | undefined;
  /** As `ssh-keygen -lf` prints it: `SHA256:…`. Padded, hexadecimal and bare digests are accepted as well. */
  fingerprint?: string | undefined;
}

/** Like {@link GetSshKeyArgs}, with inputs. */
export type GetSshKeyOutputArgs = { [K in keyof GetSshKeyArgs]: pulumi.Input<GetSshKeyArgs[K]> };

/** Reserved for future filters. */
export type GetSshKeysArgs = Record<string, never>;

/**
 * Lists the account's SSH keys. Requested once per program run and cached.
 *
 * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
 * ConnectionError.
 * @example
 * ```ts
 * const unused = (await wayscloud.getSshKeys()).filter((key) => key.vmCount === 0);
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function getSshKeys(args: GetSshKeysArgs = {}, opts?: DataOptions): Promise<SshKeyInfo[]> {
  return call(queries.getSshKeys, args, opts);
}

/** Like {@link getSshKeys}, as an output. @see GET /v1/account/ssh-keys */
export function getSshKeysOutput(
  args: GetSshKeysArgs = {},
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo[]> {
  return callOutput(queries.getSshKeys, args, opts);
}

/**
 * Finds one SSH key by its id, name or fingerprint.
 *
 * @throws NotFoundError if no key matches; AmbiguousMatchError if several do.
 * @example
 * ```ts
 * const deploy = await wayscloud.getSshKey({ name: "deploy" });
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function getSshKey(args: GetSshKeyArgs, opts?: DataOptions): Promise<SshKeyInfo> {
  return call(queries.getSshKey, args, opts);
}

/**
 * Like {@link getSshKey}, but accepts inputs and returns an output. Waits for the inputs and the resources
 * that they come from.
 *
 * @see GET /v1/account/ssh-keys
 */
export function getSshKeyOutput(
  args: GetSshKeyOutputArgs,
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo> {
  return callOutput(queries.getSshKey, args, opts);
}
