// /v1/account: the profile, services, API keys and SSH keys.
import { z } from "zod";
import type { Account } from "../account/account";
import { DELETED, SAVE_WARNING, SERVICE_NAMES } from "../account/fixtures";
import type { ApiKeyRecord, SshKeyRecord } from "../account/records";
import { ApiError } from "../http/call";
import type { ApiResult } from "../http/call";
import { list, parseBody, sshPublicKey, text } from "./handler";
import type { Handler } from "./handler";

const NEW_SERVICE_KEY = z.object({
  service: text.pipe(z.enum(SERVICE_NAMES)),
  description: z.string().nullish(),
});
const scope = z
  .string()
  .refine((given) => /^[a-z][a-z0-9_-]*:[a-z]+$/.test(given), "a scope has the form area:verb");
const NEW_TOKEN = z.object({
  scopes: z.array(scope).min(1),
  description: z.string().nullish(),
  expires_in_days: z.int().min(1).nullish(),
});
const NEW_SSH_KEY = z.object({ name: text, public_key: sshPublicKey });

export const getProfile: Handler = (account) => ({ status: 200, body: account.profile });

export const listServices = list("services", (account) => {
  const servers = [...account.vps.values()].map((record) => ({
    id: record.id,
    service_type: "vps",
    name: record.name,
    status: record.status,
    region: record.region,
    created_at: record.createdAt,
    metadata: { plan_code: record.plan, ipv4_address: record.ipAddress },
  }));
  return [...account.services.values(), ...servers];
});

export const listApiKeys = list("api_keys", (account) =>
  account.listedApiKeys().map((record) => ({
    id: record.id,
    key_prefix: record.keyPrefix,
    key_type: record.keyType,
    service: record.keyType === "pat" ? (account.quirks.tokenService ?? null) : record.service,
    description: record.description,
    scopes: record.scopes,
    is_active: account.isActive(record),
    created_at: record.createdAt,
    last_used_at: record.lastUsedAt,
  })),
);

/**
 * For a token the page repeats the example of a service key (key_type "service", a prefix without "pat"). The
 * emulator treats that as a mistake of the page, and returns the token's own values.
 */
function created({ id, key, keyPrefix, keyType }: ApiKeyRecord): ApiResult {
  const body = { id, key, key_prefix: keyPrefix, key_type: keyType, warning: SAVE_WARNING };
  return { status: 201, body };
}

export const createServiceKey: Handler = (account, call) => {
  const { service, description = null } = parseBody(call, NEW_SERVICE_KEY);
  const scopes = [`${service}:read`, `${service}:write`];
  return created(account.createApiKey({ keyType: "service", service, description, scopes }));
};

export const createToken: Handler = (account, call) => {
  const { scopes, description = null, expires_in_days: expiresInDays = null } = parseBody(call, NEW_TOKEN);
  return created(account.createApiKey({ keyType: "pat", scopes, description, expiresInDays }));
};

export const revokeApiKey: Handler = (account, _call, id) => {
  if (!account.revokeApiKey(id)) throw new ApiError(404, "API key not found");
  return { status: 200, body: DELETED };
};

function sshKeyEntry(account: Account, record: SshKeyRecord): Record<string, unknown> {
  const servers = [...account.vps.values()];
  return {
    id: record.id,
    name: record.name,
    fingerprint: record.fingerprint,
    key_type: record.keyType,
    created_at: record.createdAt,
    vm_count: servers.filter(({ fingerprints }) => fingerprints.includes(record.fingerprint)).length,
  };
}

export const listSshKeys = list("ssh_keys", (account) =>
  account.listedSshKeys().map((record) => sshKeyEntry(account, record)),
);

export const addSshKey: Handler = (account, call) => {
  const { name, public_key: key } = parseBody(call, NEW_SSH_KEY);
  const registered = [...account.sshKeys.values()];
  const conflict = (property: string): ApiError =>
    new ApiError(409, `An SSH key with this ${property} already exists`);
  if (registered.some((each) => each.fingerprint === key.fingerprint)) throw conflict("fingerprint");
  if (registered.some((each) => each.name === name)) throw conflict("name");
  return {
    status: 201,
    body: sshKeyEntry(account, account.createSshKey({ name, publicKey: key.publicKey })),
  };
};

export const deleteSshKey: Handler = (account, _call, id) => {
  if (!account.remove("sshKeys", id)) throw new ApiError(404, "SSH key not found");
  return { status: 200, body: DELETED };
};
