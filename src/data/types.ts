// The arguments and results of the data functions.
import type * as pulumi from "@pulumi/pulumi";

/** The account's profile. Contains personal data: export only what you need. */
export interface ProfileInfo {
  /** The customer's id, a UUID. */
  customerId: string;
  /** The e-mail address. */
  email: string;
  /** The customer's first name. */
  firstName?: string | undefined;
  /** The customer's last name. */
  lastName?: string | undefined;
  /** The company's name. */
  company?: string | undefined;
  /** `private` or `business`. */
  customerType: string;
  /** `active` and the like. */
  status: string;
  /** Time at which the account was opened (RFC 3339). */
  createdAt: string;
}

/** An active service: a database, storage bucket, VPS, DNS zone, IoT device or SIM card. */
export interface ServiceInfo {
  /** Its id in the account. */
  id: string;
  /** `database`, `vps` and the like. */
  serviceType: string;
  /** Its name in the account. */
  name: string;
  /** `running` and the like. */
  status: string;
  /** The region it runs in, such as `NO`. */
  region?: string | undefined;
  /** Creation time (RFC 3339). */
  createdAt: string;
  /** The fields that the API returns for this type of service, unchanged. */
  metadata: Record<string, unknown>;
}

/** Filter: only services that match all given fields. */
export interface GetServicesArgs {
  /** Only services of this type, such as `database`. */
  serviceType?: string | undefined;
  /** Only services with this name. */
  name?: string | undefined;
  /** Only services with this status, such as `running`. */
  status?: string | undefined;
  /** Only services in this region. */
  region?: string | undefined;
}

/** A service key or personal access token as the account lists it. */
export interface ApiKeyInfo {
  /** Its id in the account. */
  id: string;
  /** The beginning of the key. */
  keyPrefix: string;
  /** Key type as reported by the API, such as `service`. */
  keyType: string;
  /** The service of a service key; undefined for a token. */
  service?: string | undefined;
  /** Text that the key list shows beside the key. */
  description?: string | undefined;
  /** Each as `area:verb`. */
  scopes: string[];
  /** Whether the account lists it as active. */
  isActive: boolean;
  /** Creation time (RFC 3339). */
  createdAt: string;
  /** Time of last use (RFC 3339); undefined if never used. */
  lastUsedAt?: string | undefined;
}

/** Filter: only keys that match all given fields. */
export interface GetApiKeysArgs {
  /** Only keys of this type, such as `service`. */
  keyType?: string | undefined;
  /** Only keys for this service. */
  service?: string | undefined;
  /** Only keys that the account lists as active, or only those that it does not. */
  isActive?: boolean | undefined;
}

/** An SSH key as the account lists it. The API does not return the public key. */
export interface SshKeyInfo {
  /** Its id in the account. */
  id: string;
  /** Its name in the account. */
  name: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** `ssh-ed25519` and the like. */
  keyType: string;
  /** Time at which the key was added (RFC 3339). */
  createdAt: string;
  /** How many VPSs use it. */
  vmCount: number;
}

/** The key to find: exactly one of the fields. */
export interface GetSshKeyArgs {
  /** The key's id in the account. */
  id?: string | undefined;
  /** The key's name in the account. */
  name?: string | undefined;
  /** As `ssh-keygen -lf` prints it: `SHA256:…`. Padded, hexadecimal and bare digests are accepted as well. */
  fingerprint?: string | undefined;
}

/** Reserved for future filters. */
export type GetSshKeysArgs = Record<string, never>;

/** Like {@link GetServicesArgs}, with inputs. */
export type GetServicesOutputArgs = { [K in keyof GetServicesArgs]: pulumi.Input<GetServicesArgs[K]> };
/** Like {@link GetApiKeysArgs}, with inputs. */
export type GetApiKeysOutputArgs = { [K in keyof GetApiKeysArgs]: pulumi.Input<GetApiKeysArgs[K]> };
/** Like {@link GetSshKeyArgs}, with inputs. */
export type GetSshKeyOutputArgs = { [K in keyof GetSshKeyArgs]: pulumi.Input<GetSshKeyArgs[K]> };
