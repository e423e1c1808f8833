// /v1/account/profile and /v1/account/services.
import type { AccountStore } from "../account/account-store";
import type { ApiResult } from "../http/api-result";

export function getProfile(account: AccountStore): ApiResult {
  return { status: 200, body: account.profile };
}

export function listServices(account: AccountStore): ApiResult {
  const servers = account.servers.all().map((record) => ({
    id: record.id,
    service_type: "vps",
    name: record.name,
    status: record.status,
    region: record.region,
    created_at: record.createdAt,
    metadata: { plan_code: record.plan, ipv4_address: record.ipAddress },
  }));
  return { status: 200, body: [...account.services.values(), ...servers], list: "services" };
}
