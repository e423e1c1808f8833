// /v1/vps: servers, with the fields and the life that the vendor's clients expect. Not part of the Account API page.
import type { AccountStore } from "../account/account-store";
import { DELETED, PLAN_SIZES, REGIONS } from "../account/fixtures";
import type { VpsRecord } from "../account/records";
import { parsePublicKey } from "../account/ssh-public-key";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { errorMessage } from "../http/error-message";
import { BodyReader } from "./body-reader";
import { planOf } from "./catalog";

/** A server on the wire. */
function entry(record: VpsRecord): Record<string, unknown> {
  const provisioning = record.status === "provisioning";
  const { plan_code, vcpu, ram_mb, disk_gb, monthly_price, currency } = planOf(record.plan);
  return {
    id: record.id,
    hostname: record.name,
    display_name: record.displayName,
    plan_code,
    region: record.region,
    os_template: record.osTemplate,
    status: record.status,
    power_state: record.status === "active" ? "on" : "off",
    ipv4_address: provisioning ? null : record.ipAddress,
    ipv6_address: provisioning ? null : record.ipv6Address,
    vcpu,
    ram_mb,
    disk_gb,
    monthly_price,
    currency,
    provider_vm_id: `emulated-${record.id.slice(0, 8)}`,
    ssh_key_fingerprints: record.fingerprints,
    tags: record.tags,
    labels: record.labels,
    created_at: record.createdAt,
    provisioned_at: record.provisionedAt,
  };
}

function find(account: AccountStore, id: string): VpsRecord {
  const record = account.servers.read(id);
  if (!record) throw new ApiError(404, "VPS not found");
  return record;
}

export function listVps(account: AccountStore, call: Call): ApiResult {
  const { status, region } = call.query;
  const servers = account.servers.all().map(({ id }) => find(account, id));
  const body = servers
    .filter((record) => (status ?? record.status) === record.status)
    .filter((record) => (region ?? record.region) === record.region)
    .map(entry);
  return { status: 200, body, list: "vps_instances" };
}

export function createVps(account: AccountStore, call: Call): ApiResult {
  const reader = new BodyReader(call);
  const name = reader.requiredText("hostname");
  const plan = reader.requiredText("plan_code");
  const region = reader.requiredText("region");
  const osTemplate = reader.requiredText("os_template");
  const displayName = reader.optionalText("display_name") ?? name;
  const fingerprints = readFingerprints(account, reader);
  if (plan !== "" && !Number.isFinite(planOf(plan).vcpu)) {
    const example = `NO-${PLAN_SIZES[0]}`;
    reader.problem("plan_code", "value_error", `Value error, unknown plan: plans have the form ${example}`);
  }
  if (region !== "" && !REGIONS.some(({ code }) => code === region)) {
    const codes = REGIONS.map(({ code }) => `'${code}'`).join(", ");
    reader.problem("region", "enum", `Input should be one of ${codes}`);
  }
  reader.finish();
  const record = account.servers.create({ name, displayName, plan, region, osTemplate, fingerprints });
  return { status: 201, body: entry(record), committed: true };
}

/** The page says that the account's keys are deployed to every new server; `ssh_keys` (public keys) narrows that down. */
function readFingerprints(account: AccountStore, reader: BodyReader): string[] {
  if (!reader.has("ssh_keys")) return Array.from(account.sshKeys.values(), (key) => key.fingerprint);
  const fingerprints = reader.texts("ssh_keys").map((publicKey, index) => {
    try {
      return parsePublicKey(publicKey).fingerprint;
    } catch (error) {
      const reason = errorMessage(error);
      reader.problem(["ssh_keys", index], "value_error", `Value error, invalid SSH public key: ${reason}`);
      return "";
    }
  });
  return [...new Set(fingerprints)];
}

export function getVps(account: AccountStore, _call: Call, id: string): ApiResult {
  return { status: 200, body: entry(find(account, id)) };
}

export function getVpsStatus(account: AccountStore, _call: Call, id: string): ApiResult {
  const { status, power_state, ram_mb, disk_gb } = entry(find(account, id));
  const body = {
    id,
    status,
    power_state,
    cpu_usage: 0,
    memory_used_mb: 0,
    memory_total_mb: ram_mb,
    disk_used_gb: 0,
    disk_total_gb: disk_gb,
  };
  return { status: 200, body };
}

export function updateVps(account: AccountStore, call: Call, id: string): ApiResult {
  const record = find(account, id);
  const reader = new BodyReader(call);
  const displayName = reader.optionalText("display_name") ?? record.displayName;
  const tags = reader.has("tags") ? reader.texts("tags") : record.tags;
  const labels = reader.has("labels") ? reader.textMap("labels") : record.labels;
  reader.finish();
  account.servers.update(record, { displayName, tags, labels });
  return { status: 200, body: entry(record), committed: true };
}

/** What `start`, `stop` and `reboot` do, and what they answer. */
const ACTIONS = {
  start: { to: "active", message: "VPS started" },
  stop: { to: "stopped", message: "VPS stopped" },
  reboot: { to: "active", message: "VPS rebooted" },
} as const;

export function changePower(
  action: keyof typeof ACTIONS,
): (account: AccountStore, call: Call, id: string) => ApiResult {
  const { to, message } = ACTIONS[action];
  return (account, _call, id) => {
    const record = find(account, id);
    if (record.status === "provisioning") throw new ApiError(409, "The VPS is still being provisioned");
    if (action === "reboot" && record.status !== "active") throw new ApiError(409, "The VPS is not running");
    account.servers.update(record, { status: to });
    return { status: 200, body: { success: true, message }, committed: true };
  };
}

export function deleteVps(account: AccountStore, _call: Call, id: string): ApiResult {
  if (!account.servers.remove(id)) throw new ApiError(404, "VPS not found");
  return { status: 200, body: DELETED, committed: true };
}
