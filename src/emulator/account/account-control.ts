// What a test can see and do behind the API's back.
import { randomUUID } from "node:crypto";
import type { AccountStore, NewApiKey, NewSshKey } from "./account-store";
import { copyOf, timestamp } from "./records";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";

/** Looks into the account and changes it without a request, like a person in the vendor's console. */
export interface AccountControl {
  /** Every API key ever created, oldest first, including inactive and revoked ones, with their secrets. Copies. */
  apiKeys(): ApiKeyRecord[];
  /** The API keys that authenticate now, without the emulator's first credential: this is where an orphan would show. Copies. */
  liveApiKeys(): ApiKeyRecord[];
  /** The SSH keys, oldest first. Copies. */
  sshKeys(): SshKeyRecord[];
  /** The servers created through `/v1/vps`, oldest first. Copies. */
  vps(): VpsRecord[];
  /** The listed services other than servers, oldest first. Copies. */
  services(): ServiceEntry[];
  /** Creates an API key; omitted fields are generated. An existing key with the same id is replaced. @default an active token without scopes, or a service key if `service` is given */
  addApiKey(key?: NewApiKey): ApiKeyRecord;
  /** Registers an SSH key. Unlike the API it accepts a key or name that exists already. An existing key with the same id is replaced. */
  addSshKey(key: NewSshKey): SshKeyRecord;
  /** Adds a service to the list, in the wire's field names; omitted fields are generated. */
  addService(service?: Partial<ServiceEntry>): ServiceEntry;
  /** Changes fields of the profile, in the wire's field names. */
  setProfile(fields: Profile): void;
  /** Makes an API key inactive: it stays in the list and no longer authenticates. Throws if no key has this id. */
  deactivate(id: string): void;
  /** Revokes an API key, or removes an SSH key, service or server. Throws if nothing has this id. */
  remove(id: string): void;
}

export class Control implements AccountControl {
  #closed = false;

  constructor(private readonly account: AccountStore) {}

  /** From now on the account can be read but not changed: nothing would keep the change. */
  close(): void {
    this.#closed = true;
  }

  apiKeys(): ApiKeyRecord[] {
    return Array.from(this.account.everyApiKey.values(), (key) => this.#copy(key));
  }

  liveApiKeys(): ApiKeyRecord[] {
    return this.apiKeys().filter((key) => key.isActive && !key.bootstrap);
  }

  sshKeys(): SshKeyRecord[] {
    return copyOf([...this.account.sshKeys.values()]);
  }

  vps(): VpsRecord[] {
    return copyOf(this.account.servers.all());
  }

  services(): ServiceEntry[] {
    return copyOf([...this.account.services.values()]);
  }

  addApiKey(key: NewApiKey = {}): ApiKeyRecord {
    const service = key.service ?? null;
    const scopes = service === null ? [] : [`${service}:read`, `${service}:write`];
    return this.#copy(this.#open.createApiKey({ scopes, ...key }));
  }

  addSshKey(key: NewSshKey): SshKeyRecord {
    return copyOf(this.#open.createSshKey(key));
  }

  addService(service: Partial<ServiceEntry> = {}): ServiceEntry {
    const id = service.id ?? randomUUID();
    const entry: ServiceEntry = {
      service_type: "database",
      name: `service-${id.slice(0, 8)}`,
      status: "running",
      region: "oslo",
      created_at: timestamp(this.account.now()),
      metadata: {},
      ...copyOf(service),
      id,
    };
    this.#open.services.set(id, entry);
    this.account.onChange();
    return copyOf(entry);
  }

  setProfile(fields: Profile): void {
    this.#open.profile = { ...this.account.profile, ...copyOf(fields) };
    this.account.onChange();
  }

  deactivate(id: string): void {
    const key = this.#open.apiKeys.get(id);
    if (!key) throw new Error(`the account has no API key with the id ${id}`);
    key.isActive = false;
    this.account.onChange();
  }

  remove(id: string): void {
    const account = this.#open;
    if (account.revokeApiKey(id) || account.removeSshKey(id) || account.servers.remove(id)) return;
    if (!account.services.delete(id)) throw new Error(`the account has nothing with the id ${id}`);
    account.onChange();
  }

  get #open(): AccountStore {
    if (this.#closed) throw new Error("the emulator is closed: start another one to change an account");
    return this.account;
  }

  /** A copy, active only if the key authenticates now. */
  #copy(key: ApiKeyRecord): ApiKeyRecord {
    return { ...copyOf(key), isActive: this.account.isActive(key) };
  }
}
