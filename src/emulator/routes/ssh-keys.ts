// /v1/account/ssh-keys: list, add, delete.
import type { AccountStore } from "../account/account-store";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { DELETED } from "../account/fixtures";
import type { SshKeyRecord } from "../account/records";
import { parsePublicKey } from "../account/ssh-public-key";
import { BodyReader } from "./body-reader";
import { errorMessage } from "../http/error-message";

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
  const reader = new BodyReader(call);
  const name = reader.requiredText("name");
  const publicKey = reader.requiredText("public_key");
  let fingerprint = "";
  if (publicKey.trim() !== "") {
    try {
      fingerprint = parsePublicKey(publicKey).fingerprint;
    } catch (error) {
      const reason = errorMessage(error);
      reader.problem("public_key", "value_error", `Value error, invalid SSH public key: ${reason}`);
    }
  }
  reader.finish();
  if (account.findSshKey({ fingerprint })) {
    throw new ApiError(409, "An SSH key with this fingerprint already exists");
  }
  if (account.findSshKey({ name })) throw new ApiError(409, "An SSH key with this name already exists");
  const record = account.createSshKey({ name, publicKey });
  return { status: 201, body: entry(account, record), committed: true };
}

export function deleteSshKey(account: AccountStore, _call: Call, id: string): ApiResult {
  if (!account.removeSshKey(id)) throw new ApiError(404, "SSH key not found");
  return { status: 200, body: DELETED, committed: true };
}
