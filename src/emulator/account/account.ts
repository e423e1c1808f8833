// The account in memory: its content, and how keys and servers are created, changed and removed.
import { randomUUID } from "node:crypto";
import { PROFILE, SERVICE } from "./fixtures";
import { storedDescription } from "./quirks";
import type { Quirks } from "./quirks";
import { copyOf, timestamp } from "./records";
import type { AccountContent, ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";
import { newServiceKey, newToken, prefixOf } from "./secrets";
import { parsePublicKey } from "./ssh-public-key";

const DAY = 24 * 60 * 60 * 1000;

/** The choices for a new API key. */
export type NewApiKey = Partial<Omit<ApiKeyRecord, "keyPrefix" | "expiresAt" | "revoked">> & {
  expiresAt?: number;
};

/** The choices for a new SSH key. */
export interface NewSshKey {
  name: string;
  publicKey: string;
  id?: string;
  createdAt?: string;
}

type NewVps = Pick<VpsRecord, "name" | "displayName" | "plan" | "region" | "osTemplate" | "fingerprints">;

/** When a new server is active: once both have been reached. */
export interface Provisioning {
  /** Milliseconds since its creation, by the emulator's clock. @default 0 */
  ms?: number | undefined;
  /**
   * Responses (of the server, its status or a list with it) that still show it as provisioning.
   * @default 0
   */
  reads?: number | undefined;
}

const byId = <T extends { id: string }>(records: T[]): Map<string, T> =>
  new Map(records.map((record) => [record.id, record]));

export class Account {
  profile: Profile = copyOf(PROFILE);
  services = byId<ServiceEntry>([copyOf(SERVICE)]);
  vps = new Map<string, VpsRecord>();
  sshKeys = new Map<string, SshKeyRecord>();
  /** All API keys that ever existed, including revoked ones. */
  apiKeys = new Map<string, ApiKeyRecord>();
  /** The creation times of this run's records in ms, by the emulator's clock (records have seconds). */
  readonly #createdAt = new Map<string, number>();
  readonly #reads = new Map<string, number>();
  #servers = 0;

  /** Called after every change that must survive a restart. */
  onChange: () => void = () => undefined;

  constructor(
    readonly now: () => number,
    readonly quirks: Quirks = {},
    private readonly provisioning: Provisioning = {},
  ) {}

  get content(): AccountContent {
    return {
      profile: this.profile,
      services: [...this.services.values()],
      vps: [...this.vps.values()],
      sshKeys: [...this.sshKeys.values()],
      apiKeys: [...this.apiKeys.values()],
    };
  }

  set content({ profile, services, vps, sshKeys, apiKeys }: AccountContent) {
    this.profile = profile;
    this.services = byId(services);
    this.vps = byId(vps);
    this.sshKeys = byId(sshKeys);
    this.apiKeys = byId(apiKeys);
    this.#servers = vps.length;
  }

  isActive(key: ApiKeyRecord): boolean {
    return key.isActive && !key.revoked && (key.expiresAt === null || this.now() < key.expiresAt);
  }

  /** The API key that a secret authenticates as. */
  findBySecret(secret: string): ApiKeyRecord | undefined {
    for (const key of this.apiKeys.values()) if (key.key === secret && this.isActive(key)) return key;
    return undefined;
  }

  unrevokedApiKeys(): ApiKeyRecord[] {
    return [...this.apiKeys.values()].filter(({ revoked }) => !revoked);
  }

  /** The API keys that a list contains. */
  listedApiKeys(): ApiKeyRecord[] {
    const keys = this.quirks.listsRevokedKeys ? [...this.apiKeys.values()] : this.unrevokedApiKeys();
    return keys.filter(({ id }) => this.#isListed(id));
  }

  /** The SSH keys that a list contains. */
  listedSshKeys(): SshKeyRecord[] {
    return [...this.sshKeys.values()].filter(({ id }) => this.#isListed(id));
  }

  createApiKey(wanted: NewApiKey): ApiKeyRecord {
    const keyType = wanted.keyType ?? (wanted.service ? "service" : "pat");
    const key = wanted.key ?? (keyType === "service" ? newServiceKey() : newToken());
    const days = wanted.expiresInDays ?? null;
    return this.#add(this.apiKeys, {
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
    });
  }

  revokeApiKey(id: string): boolean {
    const key = this.apiKeys.get(id);
    if (!key || key.revoked) return false;
    this.change(key, { revoked: true, isActive: false });
    return true;
  }

  createSshKey({
    id = randomUUID(),
    name,
    publicKey,
    createdAt = this.#createdNow(),
  }: NewSshKey): SshKeyRecord {
    return this.#add(this.sshKeys, { id, name, publicKey, ...parsePublicKey(publicKey), createdAt });
  }

  addService(service: Partial<ServiceEntry>): ServiceEntry {
    const id = service.id ?? randomUUID();
    return this.#add(this.services, {
      service_type: "database",
      name: `service-${id.slice(0, 8)}`,
      status: "running",
      region: "oslo",
      created_at: timestamp(this.now()),
      metadata: {},
      ...copyOf(service),
      id,
    });
  }

  createVps(wanted: NewVps): VpsRecord {
    const number = (this.#servers++ % 254) + 1;
    return this.#add(this.vps, {
      ...wanted,
      id: randomUUID(),
      status: "provisioning",
      // Ranges set aside for documentation (RFC 5737, RFC 3849): nothing answers there.
      ipAddress: `203.0.113.${number}`,
      ipv6Address: `2001:db8::${number.toString(16)}`,
      tags: [],
      labels: {},
      createdAt: timestamp(this.now()),
      provisionedAt: null,
    });
  }

  /** The server as a response shows it. That response may make it active. */
  readVps(id: string): VpsRecord | undefined {
    const record = this.vps.get(id);
    if (record?.status !== "provisioning") return record;
    const { ms = 0, reads = 0 } = this.provisioning;
    const read = this.#reads.get(id) ?? 0;
    const readyAt = (this.#createdAt.get(id) ?? Date.parse(record.createdAt)) + ms;
    if (read >= reads && this.now() >= readyAt) {
      return this.change(record, { status: "active", provisionedAt: timestamp(readyAt) });
    }
    this.#reads.set(id, read + 1);
    return record;
  }

  /** Changes a record, the profile among them. */
  change<T extends object>(record: T, fields: Partial<T>): T {
    Object.assign(record, fields);
    this.onChange();
    return record;
  }

  /** Removes an SSH key, a server or a service. */
  remove(kind: "sshKeys" | "vps" | "services", id: string): boolean {
    if (!this[kind].delete(id)) return false;
    this.onChange();
    return true;
  }

  /** Adds a record at the end, in place of one with the same id. */
  #add<T extends { id: string }>(records: Map<string, T>, record: T): T {
    this.#createdAt.set(record.id, this.now());
    records.delete(record.id);
    records.set(record.id, record);
    this.onChange();
    return record;
  }

  #createdNow(): string {
    return timestamp(this.now() + (this.quirks.createdAtSkew ?? 0));
  }

  #isListed(id: string): boolean {
    const { listLag = 0 } = this.quirks;
    return listLag === 0 || this.now() >= (this.#createdAt.get(id) ?? -Infinity) + listLag;
  }
}
