// /v1/account/api-keys: list, create a service key, create a token, revoke.
import type { AccountStore } from "../account/account-store";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { DELETED, SAVE_WARNING, SERVICE_NAMES } from "../account/fixtures";
import type { ApiKeyRecord } from "../account/records";
import { BodyReader } from "./body-reader";

function created(record: ApiKeyRecord): ApiResult {
  const { id, key, keyPrefix, keyType } = record;
  // For a token the page repeats the example of a service key (key_type "service", a prefix without "pat"). The
  // emulator treats that as a mistake of the page and answers what the token is.
  const body = { id, key, key_prefix: keyPrefix, key_type: keyType, warning: SAVE_WARNING };
  return { status: 201, body, committed: true, newKey: key };
}

export function listApiKeys(account: AccountStore): ApiResult {
  const body = account.listedApiKeys().map((record) => ({
    id: record.id,
    key_prefix: record.keyPrefix,
    key_type: record.keyType,
    service: record.keyType === "pat" ? (account.quirks.tokenService ?? null) : record.service,
    description: record.description,
    scopes: record.scopes,
    is_active: account.isActive(record),
    created_at: record.createdAt,
    last_used_at: record.lastUsedAt,
  }));
  return { status: 200, body, list: "api_keys" };
}

export function createServiceKey(account: AccountStore, call: Call): ApiResult {
  const reader = new BodyReader(call);
  const service = reader.requiredText("service");
  const description = reader.optionalText("description");
  const known: readonly string[] = SERVICE_NAMES;
  if (service !== "" && !known.includes(service)) {
    reader.problem("service", "enum", "Input should be 'database', 'storage', 'llm-api', 'dns' or 'vps'");
  }
  reader.finish();
  const scopes = [`${service}:read`, `${service}:write`];
  return created(account.createApiKey({ keyType: "service", service, description, scopes }));
}

export function createToken(account: AccountStore, call: Call): ApiResult {
  const reader = new BodyReader(call);
  const scopes = reader.texts("scopes", 1);
  const description = reader.optionalText("description");
  const expiresInDays = readExpiry(reader);
  scopes.forEach((scope, index) => {
    if (scope !== "" && !/^[a-z][a-z0-9_-]*:[a-z]+$/.test(scope)) {
      reader.problem(["scopes", index], "value_error", "Value error, a scope has the form area:verb");
    }
  });
  reader.finish();
  return created(account.createApiKey({ keyType: "pat", scopes, description, expiresInDays }));
}

function readExpiry(reader: BodyReader): number | null {
  const days = reader.optional("expires_in_days");
  if (days === null) return null;
  if (typeof days !== "number" || !Number.isSafeInteger(days)) {
    reader.problem("expires_in_days", "int_type", "Input should be a valid integer");
    return null;
  }
  if (days < 1) {
    reader.problem("expires_in_days", "greater_than_equal", "Input should be greater than or equal to 1");
  }
  return days;
}

export function revokeApiKey(account: AccountStore, _call: Call, id: string): ApiResult {
  if (!account.revokeApiKey(id)) throw new ApiError(404, "API key not found");
  return { status: 200, body: DELETED, committed: true };
}
