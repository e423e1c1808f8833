// /v1/account/ssh-keys: list, add, delete.
import type { Account } from "../account/account";
import { ApiError } from "../http/answer";
import type { Answer } from "../http/answer";
import type { Call } from "../http/call";
import { DELETED } from "../account/fixtures";
import type { SshKeyRecord } from "../account/records";
import { parsePublicKey } from "../account/ssh-public-key";
import { BodyReader } from "./validation";
import { reasonOf } from "../http/reason";

function entry(account: Account, record: SshKeyRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    fingerprint: record.fingerprint,
    key_type: record.keyType,
    created_at: record.createdAt,
    vm_count: account.vmCount(record.fingerprint),
  };
}

export function listSshKeys(account: Account): Answer {
  const body = Array.from(account.sshKeys.values(), (record) => entry(account, record));
  return { status: 200, body, list: "ssh_keys" };
}

export function addSshKey(account: Account, call: Call): Answer {
  const reader = new BodyReader(call);
  const name = reader.requiredText("name");
  const publicKey = reader.requiredText("public_key");
  let fingerprint = "";
  if (publicKey.trim() !== "") {
    try {
      fingerprint = parsePublicKey(publicKey).fingerprint;
    } catch (error) {
      const reason = reasonOf(error);
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

export function deleteSshKey(account: Account, _call: Call, id: string): Answer {
  if (!account.removeSshKey(id)) throw new ApiError(404, "SSH key not found");
  return { status: 200, body: DELETED, committed: true };
}
