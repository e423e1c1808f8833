// /v1/account: the profile, services, API keys and SSH keys.
import { z } from "zod";
import type { Account } from "../account/account";
import type { ApiKeyRecord, SshKeyRecord } from "../account/records";
import { ApiError } from "../http/request";
import type { ApiResult } from "../http/request";
import { list, parseBody, sshPublicKey, text } from "./handler";
import type { Handler } from "./handler";

/** The services that a service key can be created for. */
const SERVICE_NAMES = ["database", "storage", "llm-api", "dns", "vps"];
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

/** The response to every successful DELETE. */
const DELETED: ApiResult = { status: 200, body: { success: true, message: "Resource deleted successfully" } };

export const getProfile: Handler = ({ content }) => ({ status: 200, body: content.profile });

export const listServices = list("services", ({ content }) => {
  const servers = content.vps.map((record) => ({
    id: record.id,
    service_type: "vps",
    name: record.name,
    status: record.status,
    region: record.region,
    created_at: record.createdAt,
    metadata: { plan_code: record.plan, ipv4_address: record.ipAddress },
  }));
  return [...content.services, ...servers];
});

export const listApiKeys = list("api_keys", (account) => {
  const { content, quirks } = account;
  const keys = quirks.listsRevokedKeys ? content.apiKeys : account.unrevokedApiKeys();
  return account.listed(keys).map((record) => ({
    id: record.id,
    key_prefix: record.keyPrefix,
    key_type: record.keyType,
    service: record.keyType === "pat" ? (quirks.tokenService ?? null) : record.service,
    description: record.description,
    scopes: record.scopes,
    is_active: account.isActive(record),
    created_at: record.createdAt,
    last_used_at: record.lastUsedAt,
  }));
});

/**
 * For a token the page repeats the example of a service key (key_type "service", a prefix without "pat"). The
 * emulator treats that as a mistake of the page, and returns the token's own values.
 */
function created({ id, key, keyPrefix, keyType }: ApiKeyRecord): ApiResult {
  const warning = "Save this key now. It cannot be retrieved later.";
  return { status: 201, body: { id, key, key_prefix: keyPrefix, key_type: keyType, warning } };
}

export const createServiceKey: Handler = (account, call) => {
  const { service, description = null } = parseBody(call, NEW_SERVICE_KEY);
  return created(account.addApiKey({ service, description }));
};

export const createToken: Handler = (account, call) => {
  const { scopes, description = null, expires_in_days: expiresInDays = null } = parseBody(call, NEW_TOKEN);
  return created(account.addApiKey({ scopes, description, expiresInDays }));
};

export const revokeApiKey: Handler = (account, _call, id) => {
  if (!account.revokeApiKey(id)) throw new ApiError(404, "API key not found");
  return DELETED;
};

function sshKeyEntry({ content }: Account, record: SshKeyRecord): object {
  return {
    id: record.id,
    name: record.name,
    fingerprint: record.fingerprint,
    key_type: record.keyType,
    created_at: record.createdAt,
    vm_count: content.vps.filter(({ fingerprints }) => fingerprints.includes(record.fingerprint)).length,
  };
}

export const listSshKeys = list("ssh_keys", (account) =>
  account.listed(account.content.sshKeys).map((record) => sshKeyEntry(account, record)),
);

export const addSshKey: Handler = (account, call) => {
  const { name, public_key: key } = parseBody(call, NEW_SSH_KEY);
  const wanted = { fingerprint: key.fingerprint, name };
  for (const property of ["fingerprint", "name"] as const) {
    if (account.content.sshKeys.some((each) => each[property] === wanted[property])) {
      throw new ApiError(409, `An SSH key with this ${property} already exists`);
    }
  }
  return { status: 201, body: sshKeyEntry(account, account.addSshKey({ name, publicKey: key.publicKey })) };
};

export const deleteSshKey: Handler = (account, _call, id) => {
  if (!account.delete("sshKeys", id)) throw new ApiError(404, "SSH key not found");
  return DELETED;
};
