// /v1/vps: the emulator's own minimal stand-in, so that a stack of servers can be tried together with an account
// stack. It is NOT on the vendor's Account API page; only what a composition needs is here.
import type { Account } from "../account/account";
import { ApiError } from "../http/answer";
import type { Answer } from "../http/answer";
import type { Call } from "../http/call";
import { DELETED } from "../account/fixtures";
import type { VpsRecord } from "../account/records";
import { parsePublicKey } from "../account/ssh-public-key";
import { BodyReader } from "./validation";
import { reasonOf } from "../http/reason";

function entry(record: VpsRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    plan: record.plan,
    region: record.region,
    os_template: record.osTemplate,
    status: "running",
    ip_address: record.ipAddress,
    ssh_key_fingerprints: record.fingerprints,
    created_at: record.createdAt,
  };
}

export function listVps(account: Account): Answer {
  return { status: 200, body: Array.from(account.vps.values(), entry), list: "vps" };
}

export function createVps(account: Account, call: Call): Answer {
  const reader = new BodyReader(call);
  const name = reader.requiredText("name");
  const plan = reader.requiredText("plan");
  const region = reader.requiredText("region");
  const osTemplate = reader.optionalText("os_template");
  const fingerprints = readFingerprints(account, reader);
  reader.finish();
  const record = account.createVps({ name, plan, region, osTemplate, fingerprints });
  return { status: 201, body: entry(record), committed: true };
}

/** The page says that the account's keys are deployed to every new server; a list of keys narrows that down. */
function readFingerprints(account: Account, reader: BodyReader): string[] {
  if (!reader.has("ssh_keys")) return Array.from(account.sshKeys.values(), (key) => key.fingerprint);
  const found = reader.texts("ssh_keys").map((text, index) => {
    try {
      return parsePublicKey(text).fingerprint;
    } catch (error) {
      const reason = reasonOf(error);
      reader.problem(["ssh_keys", index], "value_error", `Value error, invalid SSH public key: ${reason}`);
      return "";
    }
  });
  return [...new Set(found)];
}

export function getVps(account: Account, _call: Call, id: string): Answer {
  const record = account.vps.get(id);
  if (!record) throw new ApiError(404, "VPS not found");
  return { status: 200, body: entry(record) };
}

export function deleteVps(account: Account, _call: Call, id: string): Answer {
  if (!account.removeVps(id)) throw new ApiError(404, "VPS not found");
  return { status: 200, body: DELETED, committed: true };
}
