// The account in memory: what a test reads and changes in it, and what the endpoints do with it.
import { randomUUID } from "node:crypto";
import { newKey, parsePublicKey, prefixOf } from "./keys";
import { storedDescription } from "./quirks";
import type { Provisioning, Quirks } from "./quirks";
import { copyOf, NEW_ACCOUNT, timestamp } from "./records";
import type { AccountContent, ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";

const DAY = 24 * 60 * 60 * 1000;

/** The scopes of the first credential: all scopes that the emulator requires. */
const ALL_SCOPES = ["api_keys:write", "ssh_keys:write", "services:write", "vps:write"];

/** The choices for a new API key. */
export type NewApiKey = Partial<Omit<ApiKeyRecord, "keyPrefix" | "expiresAt" | "revoked">> & {
  expiresAt?: number;
};

/** The choices for a new SSH key. */
export type NewSshKey = Pick<SshKeyRecord, "name" | "publicKey"> &
  Partial<Pick<SshKeyRecord, "id" | "createdAt">>;

type NewVps = Pick<VpsRecord, "name" | "displayName" | "plan" | "region" | "osTemplate" | "fingerprints">;

/** Whether there was a record with this id; it is then removed. */
function removedFrom(records: { id: string }[], id: string): boolean {
  const at = records.findIndex((record) => record.id === id);
  return at >= 0 && records.splice(at, 1).length > 0;
}

export class Account {
  /** Called after every change that must survive a restart. */
  onChange: () => void = () => undefined;
  /** Whether the emulator is closed: nothing would keep a change. */
  closed = false;
  /** The creation times of this run's records in ms, by the emulator's clock (records have seconds). */
  readonly #createdAt = new Map<string, number>();
  readonly #reads = new Map<string, number>();
  #servers: number;

  constructor(
    readonly now: () => number,
    readonly quirks: Quirks = {},
    private readonly provisioning: Provisioning = {},
    readonly content: AccountContent = copyOf(NEW_ACCOUNT),
  ) {
    this.#servers = content.vps.length;
  }

  /** Every API key ever created, oldest first, including inactive and revoked ones, with their secrets. */
  apiKeys(): ApiKeyRecord[] {
    return this.content.apiKeys.map((key) => this.#copy(key));
  }

  /** The API keys that authenticate now, except the emulator's first credential: an orphan shows here. */
  liveApiKeys(): ApiKeyRecord[] {
    return this.apiKeys().filter((key) => key.isActive && !key.bootstrap);
  }

  /** The SSH keys, oldest first. */
  sshKeys(): SshKeyRecord[] {
    return copyOf(this.content.sshKeys);
  }

  /** The servers created through `/v1/vps`, oldest first. */
  vps(): VpsRecord[] {
    return copyOf(this.content.vps);
  }

  /** The listed services other than servers, oldest first. */
  services(): ServiceEntry[] {
    return copyOf(this.content.services);
  }

  /**
   * Creates an API key; omitted fields are generated. An existing key with the same id is replaced.
   * @default an active token without scopes, or a service key if `service` is given
   */
  addApiKey(wanted: NewApiKey = {}): ApiKeyRecord {
    const { service, expiresInDays: days, keyType = service ? "service" : "pat" } = wanted;
    const key = wanted.key ?? newKey(keyType);
    const record = this.#add(this.content.apiKeys, {
      id: randomUUID(),
      key,
      keyPrefix: prefixOf(key),
      keyType,
      service: null,
      scopes: service ? [`${service}:read`, `${service}:write`] : [],
      isActive: true,
      revoked: false,
      bootstrap: false,
      createdAt: this.#createdNow(),
      lastUsedAt: null,
      expiresInDays: null,
      expiresAt: typeof days === "number" ? this.now() + days * DAY : null,
      ...copyOf(wanted),
      description: storedDescription(wanted.description ?? null, this.quirks),
    });
    return this.#copy(record);
  }

  /**
   * Registers an SSH key. Unlike the API it accepts an existing key or name, and replaces one with the same
   * id.
   */
  addSshKey(wanted: NewSshKey): SshKeyRecord {
    const record = this.#add(this.content.sshKeys, {
      id: randomUUID(),
      createdAt: this.#createdNow(),
      ...parsePublicKey(wanted.publicKey),
      ...copyOf(wanted),
    });
    return copyOf(record);
  }

  /** Adds a service to the list, in the wire's field names; omitted fields are generated. */
  addService(service: Partial<ServiceEntry> = {}): ServiceEntry {
    const id = service.id ?? randomUUID();
    const record = this.#add(this.content.services, {
      service_type: "database",
      name: `service-${id.slice(0, 8)}`,
      status: "running",
      region: "oslo",
      created_at: timestamp(this.now()),
      metadata: {},
      ...copyOf(service),
      id,
    });
    return copyOf(record);
  }

  /** Changes fields of the profile, in the wire's field names. */
  setProfile(fields: Profile): void {
    this.change(this.content.profile, copyOf(fields));
  }

  /**
   * Makes an API key inactive: it stays in the list, but cannot authenticate. Throws if no key has this id.
   */
  deactivate(id: string): void {
    const key = this.unrevokedApiKeys().find((each) => each.id === id);
    if (!key) throw new Error(`the account has no API key with the id ${id}`);
    this.change(key, { isActive: false });
  }

  /** Revokes an API key, or removes an SSH key, service or server. Throws if nothing has this id. */
  remove(id: string): void {
    const kinds = ["sshKeys", "vps", "services"] as const;
    const isGone = this.revokeApiKey(id) || kinds.some((kind) => this.delete(kind, id));
    if (!isGone) throw new Error(`the account has nothing with the id ${id}`);
  }

  /** The secret of the first credential: the given one, or the one that the account has, or a new one. */
  openWith(apiKey: string | undefined): string {
    const keys = this.unrevokedApiKeys();
    const found = keys.find(
      (key) => this.isActive(key) && (apiKey === undefined ? key.bootstrap : key.key === apiKey),
    );
    if (found) return found.key;
    // Remove a first credential that was replaced or revoked, or is no longer the requested one.
    for (const key of keys) if (key.bootstrap || key.key === apiKey) this.revokeApiKey(key.id);
    const [key, description] = [apiKey ?? newKey("pat"), "first credential of the emulator"];
    return this.addApiKey({ key, description, scopes: ALL_SCOPES, bootstrap: true }).key;
  }

  isActive(key: ApiKeyRecord): boolean {
    return key.isActive && !key.revoked && (key.expiresAt === null || this.now() < key.expiresAt);
  }

  findBySecret(secret: string): ApiKeyRecord | undefined {
    return this.content.apiKeys.find((key) => key.key === secret && this.isActive(key));
  }

  unrevokedApiKeys(): ApiKeyRecord[] {
    return this.content.apiKeys.filter(({ revoked }) => !revoked);
  }

  listed<T extends { id: string }>(keys: readonly T[]): T[] {
    const { listLag = 0 } = this.quirks;
    return keys.filter(
      ({ id }) => listLag === 0 || this.now() >= (this.#createdAt.get(id) ?? -Infinity) + listLag,
    );
  }

  revokeApiKey(id: string): boolean {
    const key = this.unrevokedApiKeys().find((each) => each.id === id);
    return key !== undefined && this.change(key, { revoked: true, isActive: false }) === key;
  }

  createVps(wanted: NewVps): VpsRecord {
    const number = (this.#servers++ % 254) + 1;
    return this.#add(this.content.vps, {
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
    const record = this.content.vps.find((each) => each.id === id);
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

  change<T extends object>(record: T, fields: Partial<T>): T {
    return this.#commit(() => Object.assign(record, fields));
  }

  /** Removes an SSH key, a server or a service, if there is one with this id. */
  delete(kind: "sshKeys" | "vps" | "services", id: string): boolean {
    const records: { id: string }[] = this.content[kind];
    return records.some((record) => record.id === id) && this.#commit(() => removedFrom(records, id));
  }

  /** Adds a record at the end, in place of one with the same id. */
  #add<T extends { id: string }>(records: T[], record: T): T {
    return this.#commit(() => {
      this.#createdAt.set(record.id, this.now());
      removedFrom(records, record.id);
      records.push(record);
      return record;
    });
  }

  /** Makes a change that must survive a restart. */
  #commit<T>(work: () => T): T {
    if (this.closed) throw new Error("the emulator is closed: start another one to change an account");
    const result = work();
    this.onChange();
    return result;
  }

  #createdNow(): string {
    return timestamp(this.now() + (this.quirks.createdAtSkew ?? 0));
  }

  /** A copy, active only if the key authenticates now. */
  #copy(key: ApiKeyRecord): ApiKeyRecord {
    return { ...copyOf(key), isActive: this.isActive(key) };
  }
}

type Readers = "apiKeys" | "liveApiKeys" | "sshKeys" | "vps" | "services";
type Changes = "addApiKey" | "addSshKey" | "addService" | "setProfile" | "deactivate" | "remove";

/** Reads and changes the account without a request, like a person in the vendor's console. Returns copies. */
export interface AccountControl extends Pick<Account, Readers | Changes> {}
