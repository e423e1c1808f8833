// What servers can be made of: plans, templates of operating systems, regions.
import type { AccountStore } from "../account/account-store";
import { OS_TEMPLATES, PLAN_SIZES, REGIONS } from "../account/fixtures";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";

/** The plan that a code stands for, in the fields that a server shows too; undefined if the code has another form. */
export function planOf(code: string) {
  const [, region = "", cpus, ramMb, diskGb] =
    /^([A-Z]{2})-[\w-]+-(\d{1,3})cpu-(\d{1,7})mb-(\d{1,6})gb$/.exec(code) ?? [];
  if (cpus === undefined) return undefined;
  return {
    plan_code: code,
    region,
    vcpu: Number(cpus),
    ram_mb: Number(ramMb),
    disk_gb: Number(diskGb),
    monthly_price: Number(cpus) * 50,
    currency: "NOK",
  };
}

function plansIn(regions: readonly { code: string }[]): object[] {
  const codes = regions.flatMap(({ code }) => PLAN_SIZES.map((size) => `${code}-${size}`));
  return codes.map((code) => {
    const plan = planOf(code);
    const [, name] = code.split("-");
    return { ...plan, sku: code, name, provider: "emulator", cpu_cores: plan?.vcpu, is_active: true };
  });
}

export function listPlans(): ApiResult {
  return { status: 200, body: plansIn(REGIONS), list: "plans" };
}

export function listPlansOfRegion(_account: AccountStore, _call: Call, region: string): ApiResult {
  const found = REGIONS.filter(({ code }) => code === region);
  if (found.length === 0) throw new ApiError(404, "Region not found");
  return { status: 200, body: plansIn(found), list: "plans" };
}

export function listOsTemplates(): ApiResult {
  return {
    status: 200,
    body: OS_TEMPLATES.map((template) => ({ slug: template.id, ...template })),
    list: "templates",
  };
}

/** `/v1/vps/regions`, and `/api/v1/regions` of the vendor's Terraform provider. */
export function listRegions(): ApiResult {
  const body = REGIONS.map(({ code, name, country }) => ({ code, name, country, available: true }));
  return { status: 200, body, list: "regions" };
}

/** `/v1/regions`, the newer form, which is always an object. */
export function describeRegions(): ApiResult {
  const regions = REGIONS.map(({ code, name, city, country }) => ({
    code,
    name,
    city,
    country,
    status: "active",
    available_services: ["vps"],
  }));
  return { status: 200, body: { regions, total: regions.length } };
}
