// The account's records, and the content of a new account.

/** A service key or personal access token, with the secret, which the real service would not keep. */
export interface ApiKeyRecord {
  id: string;
  /** The full secret. */
  key: string;
  keyPrefix: string;
  keyType: "service" | "pat";
  /** The service that a service key gives access to; null for a token. */
  service: string | null;
  description: string | null;
  scopes: string[];
  /** False once deactivated or expired. */
  isActive: boolean;
  /** True once revoked: the key no longer authenticates, and is kept only for tests to look at. */
  revoked: boolean;
  /** True for the credential that the emulator started with. */
  bootstrap: boolean;
  /** RFC 3339, UTC, whole seconds. */
  createdAt: string;
  /** RFC 3339, UTC, whole seconds; null until first used. */
  lastUsedAt: string | null;
  expiresInDays: number | null;
  /** Milliseconds since 1970, by the emulator's clock; null: never. */
  expiresAt: number | null;
}

/** An SSH public key registered with the account. */
export interface SshKeyRecord {
  id: string;
  name: string;
  /** As it was sent. */
  publicKey: string;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
  keyType: string;
  /** RFC 3339, UTC, whole seconds. */
  createdAt: string;
}

/** A virtual server. */
export interface VpsRecord {
  id: string;
  /** The hostname. */
  name: string;
  displayName: string;
  /** The plan's code, such as `NO-Start-Linux-2cpu-4096mb-30gb`. */
  plan: string;
  region: string;
  osTemplate: string;
  /** The states of a server in the emulator; the real service also has `terminated` and `error`. */
  status: "provisioning" | "active" | "stopped";
  /** The IPv4 address; the API shows it once the server is active. */
  ipAddress: string;
  ipv6Address: string;
  /** Fingerprints of the SSH keys that were deployed to it. */
  fingerprints: string[];
  tags: string[];
  labels: Record<string, string>;
  /** RFC 3339, UTC, whole seconds. */
  createdAt: string;
  /** RFC 3339, UTC, whole seconds; null until active. */
  provisionedAt: string | null;
}

export type VpsStatus = VpsRecord["status"];

/** The profile as the wire shows it (wire names; further fields are passed through). */
export type Profile = Record<string, unknown>;

/** One entry of the service list as the wire shows it (wire names; further fields are passed through). */
export interface ServiceEntry {
  id: string;
  service_type: string;
  name: string;
  status: string;
  region: string;
  /** RFC 3339, UTC, whole seconds. */
  created_at: string;
  metadata: unknown;
  [further: string]: unknown;
}

/** The content of an account, and of its state file. */
export interface AccountContent {
  format: "wayscloud-emulator-state";
  version: 1;
  profile: Profile;
  services: ServiceEntry[];
  vps: VpsRecord[];
  sshKeys: SshKeyRecord[];
  apiKeys: ApiKeyRecord[];
}

/** The content of a new account: the page's example profile and service. */
export const NEW_ACCOUNT: AccountContent = {
  format: "wayscloud-emulator-state",
  version: 1,
  profile: {
    customer_id: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    email: "kristen.nygaard@simula.no",
    first_name: "Kristen",
    last_name: "Nygaard",
    company: "Simula Research Laboratory",
    customer_type: "business",
    status: "active",
    created_at: "2024-01-15T09:30:00Z",
  },
  services: [
    {
      id: "f3a4b5c6-d7e8-9012-cdef-345678901234",
      service_type: "database",
      name: "webapp-prod-db",
      status: "running",
      region: "oslo",
      created_at: "2024-02-01T10:00:00Z",
      metadata: { engine: "postgresql", version: "16" },
    },
  ],
  vps: [],
  sshKeys: [],
  apiKeys: [],
};

/** The wire's time format: RFC 3339 in UTC without fractions, as in the vendor's examples. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** A deep copy. Under jest the copies of `structuredClone` belong to another realm: `toStrictEqual` fails. */
export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
