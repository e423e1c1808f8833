// /v1/vps: servers, with the fields and the life that the vendor's clients expect. Not part of the Account API page.
import { z } from "zod";
import type { AccountStore } from "../account/account-store";
import { PLAN_SIZES, regionCode, REGIONS } from "../account/fixtures";
import type { VpsRecord } from "../account/records";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { parseBody, sshPublicKey, text } from "./body";
import { planOf } from "./catalog";

const NEW_SERVER = z.object({
  hostname: text,
  plan_code: text.refine(
    (code) => planOf(code) !== undefined,
    `unknown plan: plans have the form NO-${PLAN_SIZES[0]}`,
  ),
  region: text.transform(regionCode).pipe(z.enum(REGIONS.map(({ code }) => code))),
  os_template: text,
  display_name: z.string().nullish(),
  ssh_keys: z.array(sshPublicKey).nullish(),
});
const CHANGES = z.object({
  display_name: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
});

/** A server on the wire. */
function entry(record: VpsRecord): Record<string, unknown> {
  const provisioning = record.status === "provisioning";
  const plan = planOf(record.plan);
  return {
    id: record.id,
    hostname: record.name,
    display_name: record.displayName,
    plan_code: record.plan,
    region: record.region,
    os_template: record.osTemplate,
    status: record.status,
    power_state: record.status === "active" ? "on" : "off",
    ipv4_address: provisioning ? null : record.ipAddress,
    ipv6_address: provisioning ? null : record.ipv6Address,
    vcpu: plan?.vcpu,
    ram_mb: plan?.ram_mb,
    disk_gb: plan?.disk_gb,
    monthly_price: plan?.monthly_price,
    currency: plan?.currency,
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
    .filter((record) => region === undefined || regionCode(region) === record.region)
    .map(entry);
  return { status: 200, body, list: "vps_instances" };
}

export function createVps(account: AccountStore, call: Call): ApiResult {
  const body = parseBody(call, NEW_SERVER);
  const { hostname: name, plan_code: plan, region, os_template: osTemplate } = body;
  // The page says that the account's keys are deployed to every new server; `ssh_keys` narrows that down.
  const keys = body.ssh_keys ?? [...account.sshKeys.values()];
  const fingerprints = [...new Set(keys.map(({ fingerprint }) => fingerprint))];
  const displayName = body.display_name ?? name;
  const record = account.servers.create({ name, displayName, plan, region, osTemplate, fingerprints });
  return { status: 201, body: entry(record), committed: true };
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
  const { display_name, tags, labels } = parseBody(call, CHANGES);
  account.servers.update(record, {
    displayName: display_name ?? record.displayName,
    tags: tags ?? record.tags,
    labels: labels ?? record.labels,
  });
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
  return { status: 200, body: { ok: true, action: "delete", vps_id: id }, committed: true };
}
