// Who is calling, and may they: 401 and 403.
import type { Account } from "../account/account";
import { ApiError } from "../http/answer";
import type { Call } from "../http/call";
import { timestamp } from "../account/records";
import type { ApiKeyRecord } from "../account/records";

/** What a route demands: nothing but a token, a scope, or (servers only) a service key as well. */
export interface Demand {
  /** `api_keys`, `ssh_keys`, `services` or `vps`; none: any valid token will do. */
  area?: string;
  verb: "read" | "write";
  /** The service whose keys are let in too; by default none are. */
  service?: string;
}

/** Finds the caller's key; throws the 401. */
export function authenticate(account: Account, call: Call): ApiKeyRecord {
  if (!call.credential) throw new ApiError(401, "Missing API key: send it in the X-API-Key header");
  const key = account.findBySecret(call.credential);
  if (!key || !account.isActive(key)) throw new ApiError(401, "Invalid, expired or revoked API key");
  key.lastUsedAt = timestamp(account.now());
  return key;
}

/** Throws the 403 unless the key meets the demand. */
export function authorize(key: ApiKeyRecord, demand: Demand): void {
  if (key.keyType === "service") {
    if (demand.service !== undefined && key.service === demand.service) return;
    throw new ApiError(403, "A service key cannot be used here: use a personal access token");
  }
  if (demand.area === undefined) return;
  const sufficient = [`${demand.area}:write`, ...(demand.verb === "read" ? [`${demand.area}:read`] : [])];
  if (!sufficient.some((scope) => key.scopes.includes(scope))) {
    throw new ApiError(403, `Missing scope: ${demand.area}:${demand.verb}`);
  }
}
