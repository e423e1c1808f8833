// Who is calling, and whether they may: 401 and 403.
import type { AccountStore } from "../account/account-store";
import { timestamp } from "../account/records";
import type { ApiKeyRecord } from "../account/records";
import { ApiError } from "../http/api-result";
import type { Call } from "../http/call";

/** What an endpoint demands: any token, a scope, or (servers only) a service key instead. */
export interface RequiredScope {
  /** `api_keys`, `ssh_keys`, `services` or `vps`; without it any valid token will do. */
  area?: string;
  verb: "read" | "write";
  /** The service whose keys may call, too; by default none. */
  service?: string;
}

const MISSING =
  "Missing API key: send it in the X-API-Key header, or a personal access token as Authorization: Bearer";

/**
 * Finds the caller's keys. A client that has both kinds sends a token as `Authorization: Bearer` and a service key as
 * `X-API-Key`; whatever is sent must be valid.
 */
function authenticate(account: AccountStore, { credentials }: Call): ApiKeyRecord[] {
  if (credentials.length === 0) throw new ApiError(401, MISSING);
  return credentials.map(({ scheme, secret }) => {
    const key = account.findBySecret(secret);
    if (!key || !account.isActive(key)) throw new ApiError(401, "Invalid, expired or revoked API key");
    if (scheme === "bearer" && key.keyType === "service") {
      throw new ApiError(401, "A service key must be sent in the X-API-Key header");
    }
    return key;
  });
}

/** Why the key does not meet the demand; undefined if it does. */
function refusalOf(key: ApiKeyRecord, required: RequiredScope): ApiError | undefined {
  if (key.keyType === "service") {
    if (required.service !== undefined && key.service === required.service) return undefined;
    return new ApiError(403, "A service key cannot be used here: use a personal access token");
  }
  if (required.area === undefined) return undefined;
  const sufficient = [
    `${required.area}:write`,
    ...(required.verb === "read" ? [`${required.area}:read`] : []),
  ];
  return sufficient.some((scope) => key.scopes.includes(scope))
    ? undefined
    : new ApiError(403, `Missing scope: ${required.area}:${required.verb}`);
}

/** Throws the 401 or 403; `onCaller` gets the id of the key that authenticated, even if it is then refused. */
export function authorize(
  account: AccountStore,
  call: Call,
  required: RequiredScope,
  onCaller: (id: string) => void,
): void {
  const keys = authenticate(account, call);
  const refusals = keys.map((key) => refusalOf(key, required));
  const caller = keys[Math.max(0, refusals.indexOf(undefined))];
  if (!caller) throw new ApiError(401, MISSING);
  caller.lastUsedAt = timestamp(account.now());
  onCaller(caller.id);
  const [refusal] = refusals;
  if (refusal && !refusals.includes(undefined)) throw refusal;
}
