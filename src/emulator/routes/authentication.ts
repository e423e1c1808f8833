// Who is calling, and whether they may: 401 and 403.
import type { Account } from "../account/account";
import { timestamp } from "../account/records";
import type { ApiKeyRecord } from "../account/records";
import { ApiError } from "../http/call";
import type { Call } from "../http/call";

const MISSING =
  "Missing API key: send it in the X-API-Key header, or a personal access token as Authorization: Bearer";

/** What an endpoint's scopes are for: `api_keys`, `ssh_keys`, `services` or `vps`; undefined: any valid token will do. */
export type Area = string | undefined;

/**
 * Finds the caller's keys. A client that has both kinds sends a token as `Authorization: Bearer` and a service key as
 * `X-API-Key`; whatever is sent must be valid.
 */
function authenticate(account: Account, { credentials }: Call): ApiKeyRecord[] {
  return credentials.map(({ scheme, secret }) => {
    const key = account.findBySecret(secret);
    if (!key) throw new ApiError(401, "Invalid, expired or revoked API key");
    if (scheme === "bearer" && key.keyType === "service") {
      throw new ApiError(401, "A service key must be sent in the X-API-Key header");
    }
    return key;
  });
}

/** Why the key may not call; undefined if it may. A service key may call its own service only. */
function refusalOf(key: ApiKeyRecord, area: Area, verb: "read" | "write"): ApiError | undefined {
  if (key.keyType === "service") {
    if (area !== undefined && key.service === area) return undefined;
    return new ApiError(403, "A service key cannot be used here: use a personal access token");
  }
  const isAllowed =
    area === undefined || key.scopes.some((scope) => [`${area}:write`, `${area}:${verb}`].includes(scope));
  return isAllowed ? undefined : new ApiError(403, `Missing scope: ${area}:${verb}`);
}

/** Throws the 401 or 403; `onCaller` gets the id of the key that authenticated, even if it is then refused. */
export function authorize(account: Account, call: Call, area: Area, onCaller: (id: string) => void): void {
  const keys = authenticate(account, call);
  const refusals = keys.map((key) => refusalOf(key, area, call.method === "GET" ? "read" : "write"));
  const at = Math.max(0, refusals.indexOf(undefined));
  const [caller, refusal] = [keys[at], refusals[at]];
  if (!caller) throw new ApiError(401, MISSING);
  caller.lastUsedAt = timestamp(account.now());
  onCaller(caller.id);
  if (refusal) throw refusal;
}
