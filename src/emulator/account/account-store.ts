// The account in memory. Maps, so that creation, look-up and deletion of keys cost little in a large account.
import { randomUUID } from "node:crypto";
import { PROFILE, SERVICE } from "./fixtures";
import { storedDescription } from "./quirks";
import type { Quirks } from "./quirks";
import { copyOf, timestamp } from "./records";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord } from "./records";
import { newServiceKey, newToken, prefixOf } from "./secrets";
import { Servers } from "./servers";
import type { Provisioning } from "./servers";
import { parsePublicKey } from "./ssh-public-key";

const DAY = 24 * 60 * 60 * 1000;

/** What there is to choose about a new API key. */
export type NewApiKey = Partial<Omit<ApiKeyRecord, "keyPrefix" | "expiresAt" | "revoked">> & {
  expiresAt?: number;
};

/** What there is to choose about a new SSH key. */
export interface NewSshKey {
  name: string;
  publicKey: string;
  id?: string;
  createdAt?: string;
}

export class AccountStore {
  profile: Profile = copyOf(PROFILE);
  readonly services = new Map<string, ServiceEntry>([[SERVICE.id, copyOf(SERVICE)]]);
  readonly servers: Servers;
  readonly sshKeys = new Map<string, SshKeyRecord>();
  /** The keys that have not been revoked; `everyApiKey` holds the others as well. */
  readonly apiKeys = new Map<string, ApiKeyRecord>();
  readonly everyApiKey = new Map<string, ApiKeyRecord>();
  readonly #bySecret = new Map<string, ApiKeyRecord>();
  /** When the keys of this run were created, by the emulator's clock. */
  readonly #createdAt = new Map<string, number>();

  /** Called after every change that must survive a restart. */
  onChange: () => void = () => undefined;

  constructor(
    readonly now: () => number,
    readonly quirks: Quirks = {},
    provisioning: Provisioning = {},
  ) {
    this.servers = new Servers(now, provisioning, () => this.onChange());
  }

  isActive(key: ApiKeyRecord): boolean {
    return key.isActive && !key.revoked && (key.expiresAt === null || this.now() < key.expiresAt);
  }

  findBySecret(secret: string): ApiKeyRecord | undefined {
    return this.#bySecret.get(secret);
  }

  /** The API keys that a list contains. */
  listedApiKeys(): ApiKeyRecord[] {
    const keys = this.quirks.listsRevokedKeys ? this.everyApiKey : this.apiKeys;
    return [...keys.values()].filter(({ id }) => this.#isListed(id));
  }

  /** The SSH keys that a list contains. */
  listedSshKeys(): SshKeyRecord[] {
    return [...this.sshKeys.values()].filter(({ id }) => this.#isListed(id));
  }

  createApiKey(wanted: NewApiKey): ApiKeyRecord {
    const keyType = wanted.keyType ?? (wanted.service ? "service" : "pat");
    const key = wanted.key ?? (keyType === "service" ? newServiceKey() : newToken());
    const days = wanted.expiresInDays ?? null;
    const record: ApiKeyRecord = {
      id: wanted.id ?? randomUUID(),
      key,
      keyPrefix: prefixOf(key),
      keyType,
      service: wanted.service ?? null,
      description: storedDescription(wanted.description ?? null, this.quirks),
      scopes: wanted.scopes ?? [],
      isActive: wanted.isActive ?? true,
      revoked: false,
      bootstrap: wanted.bootstrap ?? false,
      createdAt: wanted.createdAt ?? this.#createdNow(),
      lastUsedAt: wanted.lastUsedAt ?? null,
      expiresInDays: days,
      expiresAt: wanted.expiresAt ?? (days === null ? null : this.now() + days * DAY),
    };
    this.#createdAt.set(record.id, this.now());
    this.restoreApiKey(record);
    this.onChange();
    return record;
  }

  /** Adds a record, in place of one with the same id. */
  restoreApiKey(record: ApiKeyRecord): void {
    this.#forgetSecret(this.everyApiKey.get(record.id));
    this.apiKeys.delete(record.id);
    this.everyApiKey.set(record.id, record);
    if (record.revoked) return;
    this.apiKeys.set(record.id, record);
    this.#bySecret.set(record.key, record);
  }

  revokeApiKey(id: string): boolean {
    const record = this.apiKeys.get(id);
    if (!record) return false;
    record.revoked = true;
    record.isActive = false;
    this.apiKeys.delete(id);
    this.#forgetSecret(record);
    this.onChange();
    return true;
  }

  hasSshKey(property: "fingerprint" | "name", value: string): boolean {
    for (const record of this.sshKeys.values()) if (record[property] === value) return true;
    return false;
  }

  createSshKey(wanted: NewSshKey): SshKeyRecord {
    const record: SshKeyRecord = {
      id: wanted.id ?? randomUUID(),
      name: wanted.name,
      publicKey: wanted.publicKey,
      ...parsePublicKey(wanted.publicKey),
      createdAt: wanted.createdAt ?? this.#createdNow(),
    };
    this.#createdAt.set(record.id, this.now());
    this.restoreSshKey(record);
    this.onChange();
    return record;
  }

  /** Adds a record, in place of one with the same id. */
  restoreSshKey(record: SshKeyRecord): void {
    this.sshKeys.delete(record.id);
    this.sshKeys.set(record.id, record);
  }

  removeSshKey(id: string): boolean {
    if (!this.sshKeys.delete(id)) return false;
    this.onChange();
    return true;
  }

  /** Two keys may have been given the same secret, so that it may belong to another record by now. */
  #forgetSecret(record: ApiKeyRecord | undefined): void {
    if (record && this.#bySecret.get(record.key) === record) this.#bySecret.delete(record.key);
  }

  #createdNow(): string {
    return timestamp(this.now() + (this.quirks.createdAtSkew ?? 0));
  }

  #isListed(id: string): boolean {
    const { listLag = 0 } = this.quirks;
    return listLag === 0 || this.now() >= (this.#createdAt.get(id) ?? -Infinity) + listLag;
  }
}
