// What a test can see and do behind the API's back.
import { randomUUID } from "node:crypto";
import type { Account, NewApiKey } from "./account";
import { copyOf, timestamp } from "./records";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";

/** Looks into the account and changes it without a request, as if by hand in the vendor's console. */
export interface AccountControl {
  /** Every API key there ever was, oldest first: inactive and revoked ones too, with their secrets. Copies. */
  apiKeys(): ApiKeyRecord[];
  /** The API keys that open something now, without the emulator's first credential: what an orphan would be among. Copies. */
  liveApiKeys(): ApiKeyRecord[];
  /** The SSH keys, oldest first. Copies. */
  sshKeys(): SshKeyRecord[];
  /** The servers made through `/v1/vps`, oldest first. Copies. */
  vps(): VpsRecord[];
  /** The listed services other than servers, oldest first. Copies. */
  services(): ServiceEntry[];
  /** Makes an API key; omitted fields are made up. @default an active token without scopes, or a service key if `service` is given */
  addApiKey(key?: NewApiKey): ApiKeyRecord;
  /** Registers an SSH key. Unlike the API it lets the same key or name in twice. */
  addSshKey(key: { name: string; publicKey: string; id?: string; createdAt?: string }): SshKeyRecord;
  /** Adds a service to the list, in the wire's field names; omitted fields are made up. */
  addService(service?: Partial<ServiceEntry>): ServiceEntry;
  /** Changes fields of the profile, in the wire's field names. */
  setProfile(fields: Profile): void;
  /** Makes an API key inactive: it stays in the list and opens nothing. Throws if there is none of this id. */
  deactivate(id: string): void;
  /** Revokes an API key, or removes an SSH key, service or server. Throws if there is none of this id. */
  remove(id: string): void;
}

export class Control implements AccountControl {
  constructor(private readonly account: Account) {}

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
    return copyOf([...this.account.vps.values()]);
  }

  services(): ServiceEntry[] {
    return copyOf([...this.account.services.values()]);
  }

  addApiKey(key: NewApiKey = {}): ApiKeyRecord {
    const service = key.service ?? null;
    const scopes = service === null ? [] : [`${service}:read`, `${service}:write`];
    return this.#copy(this.account.createApiKey({ scopes, ...key }));
  }

  addSshKey(key: { name: string; publicKey: string; id?: string; createdAt?: string }): SshKeyRecord {
    return copyOf(this.account.createSshKey(key));
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
    this.account.services.set(id, entry);
    this.account.onChange();
    return copyOf(entry);
  }

  setProfile(fields: Profile): void {
    this.account.profile = { ...this.account.profile, ...copyOf(fields) };
    this.account.onChange();
  }

  deactivate(id: string): void {
    const key = this.account.apiKeys.get(id);
    if (!key) throw new Error(`the account has no API key ${id}`);
    key.isActive = false;
    this.account.onChange();
  }

  remove(id: string): void {
    const { account } = this;
    if (account.revokeApiKey(id) || account.removeSshKey(id) || account.removeVps(id)) return;
    if (!account.services.delete(id)) throw new Error(`the account has nothing of id ${id}`);
    account.onChange();
  }

  /** A copy, active only if the key opens something by now. */
  #copy(key: ApiKeyRecord): ApiKeyRecord {
    return { ...copyOf(key), isActive: this.account.isActive(key) };
  }
}
