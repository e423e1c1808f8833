// The account in memory. Maps throughout, so that no creation, look-up or deletion costs more in a large account.
import { randomUUID } from "node:crypto";
import { PROFILE, SERVICE } from "./fixtures";
import { copyOf, timestamp } from "./records";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";
import { newServiceKey, newToken, prefixOf } from "./secrets";
import { parsePublicKey } from "./ssh-public-key";

const DAY = 24 * 60 * 60 * 1000;

/** What there is to choose about a new API key. */
export type NewApiKey = Partial<Omit<ApiKeyRecord, "keyPrefix" | "expiresAt" | "revoked">> & {
  expiresAt?: number;
};

export class Account {
  profile: Profile = copyOf(PROFILE);
  readonly services = new Map<string, ServiceEntry>([[SERVICE.id, copyOf(SERVICE)]]);
  readonly vps = new Map<string, VpsRecord>();
  readonly sshKeys = new Map<string, SshKeyRecord>();
  /** The keys a list shows; `everyApiKey` holds the revoked ones as well. */
  readonly apiKeys = new Map<string, ApiKeyRecord>();
  readonly everyApiKey = new Map<string, ApiKeyRecord>();
  readonly #bySecret = new Map<string, ApiKeyRecord>();
  readonly #byFingerprint = new Map<string, SshKeyRecord>();
  readonly #byName = new Map<string, SshKeyRecord>();
  readonly #vmCounts = new Map<string, number>();
  #servers = 0;

  constructor(
    readonly now: () => number,
    /** Called after every change that must survive a restart. */
    public onChange: () => void = () => undefined,
  ) {}

  isActive(key: ApiKeyRecord): boolean {
    return key.isActive && !key.revoked && (key.expiresAt === null || this.now() < key.expiresAt);
  }

  findBySecret(secret: string): ApiKeyRecord | undefined {
    return this.#bySecret.get(secret);
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
      description: wanted.description ?? null,
      scopes: wanted.scopes ?? [],
      isActive: wanted.isActive ?? true,
      revoked: false,
      bootstrap: wanted.bootstrap ?? false,
      createdAt: wanted.createdAt ?? timestamp(this.now()),
      lastUsedAt: wanted.lastUsedAt ?? null,
      expiresInDays: days,
      expiresAt: wanted.expiresAt ?? (days === null ? null : this.now() + days * DAY),
    };
    this.restoreApiKey(record);
    this.onChange();
    return record;
  }

  restoreApiKey(record: ApiKeyRecord): void {
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
    this.#bySecret.delete(record.key);
    this.onChange();
    return true;
  }

  findSshKey(by: { fingerprint: string } | { name: string }): SshKeyRecord | undefined {
    return "name" in by ? this.#byName.get(by.name) : this.#byFingerprint.get(by.fingerprint);
  }

  createSshKey(wanted: { name: string; publicKey: string; id?: string; createdAt?: string }): SshKeyRecord {
    const record: SshKeyRecord = {
      id: wanted.id ?? randomUUID(),
      name: wanted.name,
      publicKey: wanted.publicKey,
      ...parsePublicKey(wanted.publicKey),
      createdAt: wanted.createdAt ?? timestamp(this.now()),
    };
    this.restoreSshKey(record);
    this.onChange();
    return record;
  }

  restoreSshKey(record: SshKeyRecord): void {
    this.sshKeys.set(record.id, record);
    this.#byFingerprint.set(record.fingerprint, record);
    this.#byName.set(record.name, record);
  }

  removeSshKey(id: string): boolean {
    const record = this.sshKeys.get(id);
    if (!record) return false;
    this.sshKeys.delete(id);
    if (this.#byFingerprint.get(record.fingerprint) === record)
      this.#byFingerprint.delete(record.fingerprint);
    if (this.#byName.get(record.name) === record) this.#byName.delete(record.name);
    this.onChange();
    return true;
  }

  /** How many servers were made with the key. */
  vmCount(fingerprint: string): number {
    return this.#vmCounts.get(fingerprint) ?? 0;
  }

  createVps(wanted: Omit<VpsRecord, "id" | "ipAddress" | "createdAt">): VpsRecord {
    // 203.0.113.0/24 is set aside for documentation: nothing answers there.
    const ipAddress = `203.0.113.${(this.#servers % 254) + 1}`;
    const record = { ...wanted, id: randomUUID(), ipAddress, createdAt: timestamp(this.now()) };
    this.restoreVps(record);
    this.onChange();
    return record;
  }

  restoreVps(record: VpsRecord): void {
    this.#servers += 1;
    this.vps.set(record.id, record);
    for (const fingerprint of record.fingerprints) {
      this.#vmCounts.set(fingerprint, this.vmCount(fingerprint) + 1);
    }
  }

  removeVps(id: string): boolean {
    const record = this.vps.get(id);
    if (!record) return false;
    this.vps.delete(id);
    for (const fingerprint of record.fingerprints) {
      this.#vmCounts.set(fingerprint, this.vmCount(fingerprint) - 1);
    }
    this.onChange();
    return true;
  }
}
