// getSshKeys and getSshKey: the account's SSH keys.
import type * as pulumi from "@pulumi/pulumi";

import { AmbiguousMatchError, ConfigurationError, NotFoundError } from "../errors";
import { completeList } from "../api/list";
import { call, callOutput } from "./data-function";
import type { DataFunction } from "./data-function";
import { givenFields } from "./filters";
import { readFingerprint } from "./fingerprint";
import { listFunction } from "./list-function";
import type { DataOptions, DataOutputOptions } from "./options";
import { sanitize } from "../text/redact";

/** An SSH key as the account lists it. The API does not return the public key. */
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
  /** As `ssh-keygen -lf` prints it: `SHA256:…`. Padded, hexadecimal and bare digests are accepted as well. */
  fingerprint?: string | undefined;
}

/** Like {@link GetSshKeyArgs}, with inputs. */
export type GetSshKeyOutputArgs = { [K in keyof GetSshKeyArgs]: pulumi.Input<GetSshKeyArgs[K]> };

/** Reserved for future filters. */
export type GetSshKeysArgs = Record<string, never>;

const sshKeys = listFunction<SshKeyInfo>(
  "getSshKeys",
  { kind: "SSH keys", read: async (client) => completeList(await client.listSshKeys()) },
  {},
);

type Wanted = [field: keyof GetSshKeyArgs, value: string];

const sshKey: DataFunction<SshKeyInfo[], Wanted, SshKeyInfo> = {
  name: "getSshKey",
  request: sshKeys.request,
  check: oneField,
  select: onlyMatch,
  fromMock: (answer) => answer as SshKeyInfo,
};

/**
 * Lists the account's SSH keys. Requested once per program run and cached.
 *
 * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const unused = (await wayscloud.getSshKeys()).filter((key) => key.vmCount === 0);
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function getSshKeys(args: GetSshKeysArgs = {}, opts?: DataOptions): Promise<SshKeyInfo[]> {
  return call(sshKeys, args, opts);
}

/** Like {@link getSshKeys}, as an output. @see GET /v1/account/ssh-keys */
export function getSshKeysOutput(
  args: GetSshKeysArgs = {},
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo[]> {
  return callOutput(sshKeys, args, opts);
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
  return call(sshKey, args, opts);
}

/**
 * Like {@link getSshKey}, accepting inputs and returning an output. Reads when the inputs are known, and again after the resources that they come from.
 *
 * @see GET /v1/account/ssh-keys
 */
export function getSshKeyOutput(
  args: GetSshKeyOutputArgs,
  opts?: DataOutputOptions,
): pulumi.Output<SshKeyInfo> {
  return callOutput(sshKey, args, opts);
}

function oneField(args: unknown): Wanted {
  const given = givenFields("getSshKey", args ?? {}, { id: "string", name: "string", fingerprint: "string" });
  const [only] = given;
  if (given.length !== 1 || !only) {
    throw new ConfigurationError("getSshKey: specify exactly one of `id`, `name` and `fingerprint`.");
  }
  const [field, value] = only as Wanted;
  if (field === "fingerprint" && !readFingerprint(value)) {
    throw new ConfigurationError(
      `getSshKey: \`fingerprint\` is not a fingerprint (${value.length} characters). ${AS_PRINTED}`,
    );
  }
  return [field, value];
}

const AS_PRINTED = "Give it as `ssh-keygen -lf` prints it: SHA256:…";

function onlyMatch(keys: readonly SshKeyInfo[], wanted: Wanted): SshKeyInfo {
  const [field, value] = wanted;
  const found = keys.filter((key) => fits(key, wanted));
  const [only] = found;
  if (only && found.length === 1) return only;
  const what = `with the ${field} ${JSON.stringify(sanitize(value))}`;
  if (!only) {
    throw new NotFoundError({
      message: `getSshKey: the account has no SSH key ${what}.${field === "fingerprint" ? hint(keys, value) : ""}`,
      outcome: "rejected",
    });
  }
  throw new AmbiguousMatchError({
    message: `getSshKey: the account has ${found.length} SSH keys ${what} (ids ${found.map((key) => key.id).join(", ")}). Look the key up by \`id\`.`,
    outcome: "rejected",
  });
}

function fits(key: SshKeyInfo, [field, value]: Wanted): boolean {
  if (field !== "fingerprint") return key[field] === value;
  const [listed, wanted] = [readFingerprint(key.fingerprint), readFingerprint(value)];
  return listed?.algorithm === wanted?.algorithm && listed?.digest === wanted?.digest;
}

/** Digests of different algorithms cannot be compared without the key itself. */
function hint(keys: readonly SshKeyInfo[], value: string): string {
  const algorithm = readFingerprint(value)?.algorithm;
  const others = keys.some((key) => readFingerprint(key.fingerprint)?.algorithm !== algorithm);
  return algorithm === "MD5" && others ? ` The account lists SHA256 fingerprints. ${AS_PRINTED}` : "";
}
