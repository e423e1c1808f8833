// /v1/account/api-keys: list, create a service key, create a token, revoke.
import { z } from "zod";
import type { AccountStore } from "../account/account-store";
import { DELETED, SAVE_WARNING, SERVICE_NAMES } from "../account/fixtures";
import type { ApiKeyRecord } from "../account/records";
import { ApiError } from "../http/api-result";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import { parseBody, text } from "./body";

const SERVICE_KEY = z.object({
  service: text.pipe(z.enum(SERVICE_NAMES)),
  description: z.string().nullish(),
});
const TOKEN = z.object({
  scopes: z
    .array(
      z.string().refine((scope) => /^[a-z][a-z0-9_-]*:[a-z]+$/.test(scope), "a scope has the form area:verb"),
    )
    .min(1),
  description: z.string().nullish(),
  expires_in_days: z.int().min(1).nullish(),
});

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
  const { service, description = null } = parseBody(call, SERVICE_KEY);
  const scopes = [`${service}:read`, `${service}:write`];
  return created(account.createApiKey({ keyType: "service", service, description, scopes }));
}

export function createToken(account: AccountStore, call: Call): ApiResult {
  const { scopes, description = null, expires_in_days: expiresInDays = null } = parseBody(call, TOKEN);
  return created(account.createApiKey({ keyType: "pat", scopes, description, expiresInDays }));
}

export function revokeApiKey(account: AccountStore, _call: Call, id: string): ApiResult {
  if (!account.revokeApiKey(id)) throw new ApiError(404, "API key not found");
  return { status: 200, body: DELETED, committed: true };
}
