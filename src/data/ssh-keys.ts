// getSshKeys and getSshKey: the account's SSH keys.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import type { DataOptions, DataOutputOptions } from "./options";
import { told } from "./account-data";
import { getList, getListOutput } from "./lists";
import type { ListSource } from "./lists";

/** An SSH key as the account lists it. The API does not tell the public key itself. */
export interface SshKeyInfo {
  id: string;
  name: string;
  /** `SHA256:…` */
  fingerprint: string;
  /** `ssh-ed25519` and the like. */
  keyType: string;
  /** RFC 3339. */
  createdAt: string;
  /** How many VPSs use it. */
  vmCount: number;
}

/** What to look for; exactly one field. */
export interface GetSshKeyArgs {
  id?: string | undefined;
  name?: string | undefined;
  /** As `ssh-keygen -lf` prints it. */
  fingerprint?: string | undefined;
}

/** As {@link GetSshKeyArgs}, with inputs. */
export type GetSshKeyOutputArgs = { [K in keyof GetSshKeyArgs]: pulumi.Input<GetSshKeyArgs[K]> };

/** `getSshKeys` takes no filter yet. */
export type GetSshKeysArgs = Record<string, never>;

const source: ListSource<SshKeyInfo> = {
  kind: "SSH keys",
  read: async (client) => (await client.listSshKeys()).value,
  filters: [],
};

/**
 * Lists the account's SSH keys. One request in a program run, however often it is called.
 *
 * @throws MalformedResponseError when the list is not whole; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const unused = (await wayscloud.getSshKeys()).filter((key) => key.vmCount === 0);
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function getSshKeys(args?: GetSshKeysArgs, opts?: DataOptions): Promise<SshKeyInfo[]> {
  return getList(source, args, opts);
}

/** As {@link getSshKeys}, as an output. @see GET /v1/account/ssh-keys */
export function getSshKeysOutput(
  args?: GetSshKeysArgs,
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo[]> {
  return getListOutput(source, args, opts);
}

/**
 * Finds one SSH key by its id, name or fingerprint.
 *
 * @throws when no key, or more than one, fits.
 * @example
 * ```ts
 * const deploy = await wayscloud.getSshKey({ name: "deploy" });
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function getSshKey(args: GetSshKeyArgs, opts?: DataOptions): Promise<SshKeyInfo> {
  return told(async () => {
    const wanted = oneField(args);
    return pick(await getSshKeys({}, opts), wanted);
  });
}

/** As {@link getSshKey}, accepting inputs and returning an output. @see GET /v1/account/ssh-keys */
export function getSshKeyOutput(
  args: GetSshKeyOutputArgs,
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo> {
  return pulumi
    .all([getSshKeysOutput({}, opts), pulumi.output(args)])
    .apply(([keys, known]) => told(() => pick(keys, oneField(known as GetSshKeyArgs))));
}

type Wanted = [keyof GetSshKeyArgs, string];

function oneField(args: GetSshKeyArgs): Wanted {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const [first] = given;
  if (given.length !== 1 || !first || !["id", "name", "fingerprint"].includes(first[0])) {
    throw new ConfigurationError(
      `getSshKey needs exactly one of \`id\`, \`name\` and \`fingerprint\`; it was given ${given.length}.`,
    );
  }
  return first as Wanted;
}

function pick(keys: readonly SshKeyInfo[], [field, value]: Wanted): SshKeyInfo {
  const fits = keys.filter((key) => key[field] === value);
  const [only] = fits;
  if (fits.length === 1 && only) return only;
  const found =
    fits.length === 0
      ? "no SSH key"
      : `${fits.length} SSH keys (ids ${fits.map((key) => key.id).join(", ")})`;
  throw new ConfigurationError(
    `getSshKey: the account has ${found} with the ${field} ${JSON.stringify(value)}.`,
  );
}
