// /v1/vps/plans, /v1/vps/os-templates and /v1/vps/regions: what servers can be made of.
import type { AccountStore } from "../account/account-store";
import { OS_TEMPLATES, PLAN_SIZES, REGIONS } from "../account/fixtures";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";

interface Plan {
  plan_code: string;
  region: string;
  vcpu: number;
  ram_mb: number;
  disk_gb: number;
  monthly_price: number;
  currency: string;
}

/** The plan that a code stands for; its numbers are NaN if the code has another form. */
export function planOf(code: string): Plan {
  const [, region = "", vcpu, ramMb, diskGb] =
    /^([A-Z]{2})-[\w-]+-(\d{1,3})cpu-(\d{1,7})mb-(\d{1,6})gb$/.exec(code) ?? [];
  const cpus = Number(vcpu);
  return {
    plan_code: code,
    region,
    vcpu: cpus,
    ram_mb: Number(ramMb),
    disk_gb: Number(diskGb),
    monthly_price: cpus * 50,
    currency: "NOK",
  };
}

function plansIn(region: string): Plan[] {
  return PLAN_SIZES.map((size) => planOf(`${region}-${size}`));
}

export function listPlans(): ApiResult {
  return { status: 200, body: REGIONS.flatMap(({ code }) => plansIn(code)), list: "plans" };
}

export function listPlansOfRegion(_account: AccountStore, _call: Call, region: string): ApiResult {
  if (!REGIONS.some(({ code }) => code === region)) throw new ApiError(404, "Region not found");
  return { status: 200, body: plansIn(region), list: "plans" };
}

export function listOsTemplates(): ApiResult {
  return { status: 200, body: [...OS_TEMPLATES], list: "templates" };
}

export function listRegions(): ApiResult {
  return { status: 200, body: [...REGIONS], list: "regions" };
}
