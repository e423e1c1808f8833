// /v1/vps: servers, plans and regions, as the vendor's clients expect them. Not part of the Account API page.
import { z } from "zod";
import type { Account } from "../account/account";
import type { VpsRecord } from "../account/records";
import { ApiError } from "../http/request";
import { list, parseBody, sshPublicKey, text } from "./handler";
import type { Handler } from "./handler";

/** The regions that servers can be in. */
const REGIONS = [
  { code: "NO", name: "Norway", city: "Oslo", country: "NO" },
  { code: "SE", name: "Sweden", city: "Stockholm", country: "SE" },
  { code: "FR", name: "France", city: "Paris", country: "FR" },
  { code: "DE", name: "Germany", city: "Frankfurt", country: "DE" },
  { code: "EU", name: "Europe", city: null, country: null },
  { code: "US", name: "United States", city: null, country: "US" },
  { code: "NL", name: "Netherlands", city: "Amsterdam", country: "NL" },
  { code: "DK", name: "Denmark", city: "Copenhagen", country: "DK" },
  { code: "EE", name: "Estonia", city: "Tallinn", country: "EE" },
  { code: "FI", name: "Finland", city: "Helsinki", country: "FI" },
] as const;

/** Other names of regions that the vendor's Terraform provider accepts. */
const REGION_ALIASES = Object.entries({
  NO: ["OSLO", "NORWAY", "NO-OSLO-1"],
  SE: ["STOCKHOLM", "SWEDEN"],
  DE: ["FRANKFURT", "GERMANY"],
  FR: ["PARIS", "FRANCE"],
});

/** The code of a region in any case, with spaces around it, or as an alias. */
function regionCode(written: string): string {
  const name = written.trim().toUpperCase();
  return REGION_ALIASES.find(([, aliases]) => aliases.includes(name))?.[0] ?? name;
}

/** Some operating systems; others are accepted as well. */
const OS_TEMPLATES = [
  ["ubuntu-24.04", "Ubuntu 24.04 LTS", "ubuntu"],
  ["debian-12", "Debian 12", "debian"],
].map(([id, name, family]) => ({ slug: id, id, name, family, os_family: "linux", platform: "linux" }));

/** Some sizes of servers; the plan's code holds them. Other sizes are accepted as well. */
const PLAN_SIZES = ["Start-Linux-2cpu-4096mb-30gb", "Plus-Linux-4cpu-8192mb-60gb"] as const;

/** The facts in a plan's code, in fields of a server; undefined for a code of another form. */
function planOf(code: string) {
  const [, cpus, ramMb, diskGb] =
    /^[A-Z]{2}-[\w-]+-(\d{1,3})cpu-(\d{1,7})mb-(\d{1,6})gb$/.exec(code)?.map(Number) ?? [];
  if (cpus === undefined) return undefined;
  return { vcpu: cpus, ram_mb: ramMb, disk_gb: diskGb, monthly_price: cpus * 50, currency: "NOK" };
}

/** Of the region in the path, if there is one. */
export const listPlans = list("plans", (_account, _call, region) => {
  const found = REGIONS.filter(({ code }) => region === "" || code === region);
  if (found.length === 0) throw new ApiError(404, "Region not found");
  const codes = found.flatMap(({ code }) => PLAN_SIZES.map((size) => `${code}-${size}`));
  return codes.map((code) => {
    const plan = planOf(code);
    const others = { sku: code, name: code.split("-")[1], provider: "emulator", cpu_cores: plan?.vcpu };
    return { plan_code: code, region: code.slice(0, 2), ...plan, ...others, is_active: true };
  });
});

export const listOsTemplates = list("templates", () => OS_TEMPLATES);

/** `/v1/vps/regions`, and `/api/v1/regions` of the vendor's Terraform provider. */
export const listRegions = list("regions", () =>
  REGIONS.map(({ code, name, country }) => ({ code, name, country, available: true })),
);

/** `/v1/regions`, the newer form, which is always an object. */
export const describeRegions: Handler = () => {
  const regions = REGIONS.map(({ code, name, city, country }) => ({
    ...{ code, name, city, country },
    status: "active",
    available_services: ["vps"],
  }));
  return { status: 200, body: { regions, total: regions.length } };
};

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
function entry(record: VpsRecord) {
  const provisioning = record.status === "provisioning";
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
    ...planOf(record.plan),
    provider_vm_id: `emulated-${record.id.slice(0, 8)}`,
    ssh_key_fingerprints: record.fingerprints,
    tags: record.tags,
    labels: record.labels,
    created_at: record.createdAt,
    provisioned_at: record.provisionedAt,
  };
}

function find(account: Account, id: string): VpsRecord {
  const record = account.readVps(id);
  if (!record) throw new ApiError(404, "VPS not found");
  return record;
}

export const listVps = list("vps_instances", (account, { query: { status, region } }) =>
  account.content.vps
    .map(({ id }) => find(account, id))
    .filter((record) => (status ?? record.status) === record.status)
    .filter((record) => region === undefined || regionCode(region) === record.region)
    .map(entry),
);

export const createVps: Handler = (account, call) => {
  const body = parseBody(call, NEW_SERVER);
  // The page says that the account's keys are deployed to every new server; `ssh_keys` narrows that down.
  const keys = body.ssh_keys ?? account.content.sshKeys;
  const record = account.createVps({
    name: body.hostname,
    displayName: body.display_name ?? body.hostname,
    plan: body.plan_code,
    region: body.region,
    osTemplate: body.os_template,
    fingerprints: [...new Set(keys.map(({ fingerprint }) => fingerprint))],
  });
  return { status: 201, body: entry(record) };
};

export const getVps: Handler = (account, _call, id) => ({ status: 200, body: entry(find(account, id)) });

export const getVpsStatus: Handler = (account, _call, id) => {
  const { status, power_state, ram_mb, disk_gb } = entry(find(account, id));
  const memory = { memory_used_mb: 0, memory_total_mb: ram_mb };
  const usage = { cpu_usage: 0, ...memory, disk_used_gb: 0, disk_total_gb: disk_gb };
  return { status: 200, body: { id, status, power_state, ...usage } };
};

export const updateVps: Handler = (account, call, id) => {
  const record = find(account, id);
  const { display_name, tags, labels } = parseBody(call, CHANGES);
  account.change(record, {
    displayName: display_name ?? record.displayName,
    tags: tags ?? record.tags,
    labels: labels ?? record.labels,
  });
  return { status: 200, body: entry(record) };
};

/** `start`, `stop` or `reboot`; `past` is the verb's form in the answer. */
export function changePower(status: "active" | "stopped", past: "started" | "stopped" | "rebooted"): Handler {
  return (account, _call, id) => {
    const record = find(account, id);
    if (record.status === "provisioning") throw new ApiError(409, "The VPS is still being provisioned");
    if (past === "rebooted" && record.status !== "active") throw new ApiError(409, "The VPS is not running");
    account.change(record, { status });
    return { status: 200, body: { success: true, message: `VPS ${past}` } };
  };
}

export const deleteVps: Handler = (account, _call, id) => {
  if (!account.delete("vps", id)) throw new ApiError(404, "VPS not found");
  return { status: 200, body: { ok: true, action: "delete", vps_id: id } };
};
