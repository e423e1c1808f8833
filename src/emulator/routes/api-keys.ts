// /v1/account/api-keys: list, create a service key, create a token, revoke.
import type { Account } from "../account/account";
import { ApiError } from "../http/answer";
import type { Answer } from "../http/answer";
import type { Call } from "../http/call";
import { DELETED, SAVE_WARNING, SERVICE_NAMES } from "../account/fixtures";
import type { ApiKeyRecord } from "../account/records";
import { BodyReader } from "./validation";

function created(record: ApiKeyRecord): Answer {
  const { id, key, keyPrefix, keyType } = record;
  // The page shows, for a token, the example of a service key word for word (key_type "service" and a
  // prefix without "pat"). That is taken for a slip: a token's answer here says what the token is.
  const body = { id, key, key_prefix: keyPrefix, key_type: keyType, warning: SAVE_WARNING };
  return { status: 201, body, committed: true, newKey: key };
}

export function listApiKeys(account: Account): Answer {
  const body = Array.from(account.apiKeys.values(), (record) => ({
    id: record.id,
    key_prefix: record.keyPrefix,
    key_type: record.keyType,
    service: record.service,
    description: record.description,
    scopes: record.scopes,
    is_active: account.isActive(record),
    created_at: record.createdAt,
    last_used_at: record.lastUsedAt,
  }));
  return { status: 200, body, list: "api_keys" };
}

export function createServiceKey(account: Account, call: Call): Answer {
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

export function createToken(account: Account, call: Call): Answer {
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

export function revokeApiKey(account: Account, _call: Call, id: string): Answer {
  if (!account.revokeApiKey(id)) throw new ApiError(404, "API key not found");
  return { status: 200, body: DELETED, committed: true };
}
