// A test's view of the account, and its changes without a request.
import type { Account, NewApiKey, NewSshKey } from "./account";
import { copyOf } from "./records";
import type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";

/** Reads and changes the account without a request, like a person in the vendor's console. Returns copies. */
export class AccountControl {
  /** Whether the emulator is closed: nothing would keep a change. @internal */
  closed = false;

  constructor(private readonly account: Account) {}

  /** Every API key ever created, oldest first, including inactive and revoked ones, with their secrets. */
  apiKeys(): ApiKeyRecord[] {
    return this.account.content.apiKeys.map((key) => this.#copy(key));
  }

  /** The API keys that authenticate now, except the emulator's first credential: an orphan shows here. */
  liveApiKeys(): ApiKeyRecord[] {
    return this.apiKeys().filter((key) => key.isActive && !key.bootstrap);
  }

  /** The SSH keys, oldest first. */
  sshKeys(): SshKeyRecord[] {
    return copyOf(this.account.content.sshKeys);
  }

  /** The servers created through `/v1/vps`, oldest first. */
  vps(): VpsRecord[] {
    return copyOf(this.account.content.vps);
  }

  /** The listed services other than servers, oldest first. */
  services(): ServiceEntry[] {
    return copyOf(this.account.content.services);
  }

  /**
   * Creates an API key; omitted fields are generated. An existing key with the same id is replaced.
   * @default an active token without scopes, or a service key if `service` is given
   */
  addApiKey(key: NewApiKey = {}): ApiKeyRecord {
    const scopes = key.service ? [`${key.service}:read`, `${key.service}:write`] : [];
    return this.#copy(this.#open.createApiKey({ scopes, ...key }));
  }

  /**
   * Registers an SSH key. Unlike the API it accepts an existing key or name, and replaces one with the same
   * id.
   */
  addSshKey(key: NewSshKey): SshKeyRecord {
    return copyOf(this.#open.createSshKey(key));
  }

  /** Adds a service to the list, in the wire's field names; omitted fields are generated. */
  addService(service: Partial<ServiceEntry> = {}): ServiceEntry {
    return copyOf(this.#open.addService(service));
  }

  /** Changes fields of the profile, in the wire's field names. */
  setProfile(fields: Profile): void {
    this.#open.change(this.account.profile, copyOf(fields));
  }

  /**
   * Makes an API key inactive: it stays in the list, but cannot authenticate. Throws if no key has this id.
   */
  deactivate(id: string): void {
    const account = this.#open;
    const key = account.apiKeys.get(id);
    if (!key || key.revoked) throw new Error(`the account has no API key with the id ${id}`);
    account.change(key, { isActive: false });
  }

  /** Revokes an API key, or removes an SSH key, service or server. Throws if nothing has this id. */
  remove(id: string): void {
    const account = this.#open;
    const kinds = ["sshKeys", "vps", "services"] as const;
    const isGone = account.revokeApiKey(id) || kinds.some((kind) => account.remove(kind, id));
    if (!isGone) throw new Error(`the account has nothing with the id ${id}`);
  }

  get #open(): Account {
    if (this.closed) throw new Error("the emulator is closed: start another one to change an account");
    return this.account;
  }

  /** A copy, active only if the key authenticates now. */
  #copy(key: ApiKeyRecord): ApiKeyRecord {
    return { ...copyOf(key), isActive: this.account.isActive(key) };
  }
}
