// /v1/account/ssh-keys: list, add, delete.
import { z } from "zod";
import type { AccountStore } from "../account/account-store";
import { DELETED } from "../account/fixtures";
import type { SshKeyRecord } from "../account/records";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { parseBody, sshPublicKey, text } from "./body";

const SSH_KEY = z.object({ name: text, public_key: sshPublicKey });

function entry(account: AccountStore, record: SshKeyRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    fingerprint: record.fingerprint,
    key_type: record.keyType,
    created_at: record.createdAt,
    vm_count: account.servers.vmCount(record.fingerprint),
  };
}

export function listSshKeys(account: AccountStore): ApiResult {
  const body = account.listedSshKeys().map((record) => entry(account, record));
  return { status: 200, body, list: "ssh_keys" };
}

export function addSshKey(account: AccountStore, call: Call): ApiResult {
  const { name, public_key: key } = parseBody(call, SSH_KEY);
  for (const property of ["fingerprint", "name"] as const) {
    const value = property === "name" ? name : key.fingerprint;
    if (account.hasSshKey(property, value)) {
      throw new ApiError(409, `An SSH key with this ${property} already exists`);
    }
  }
  const record = account.createSshKey({ name, publicKey: key.publicKey });
  return { status: 201, body: entry(account, record), committed: true };
}

export function deleteSshKey(account: AccountStore, _call: Call, id: string): ApiResult {
  if (!account.removeSshKey(id)) throw new ApiError(404, "SSH key not found");
  return { status: 200, body: DELETED, committed: true };
}
