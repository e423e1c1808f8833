// The account's records as the emulator keeps them; what the wire shows of them is in the routes.

/** An API key: a service key or a personal access token, with the secret the real service would not keep. */
export interface ApiKeyRecord {
  id: string;
  /** The full secret. */
  key: string;
  keyPrefix: string;
  keyType: "service" | "pat";
  /** The service a service key opens; null for a token. */
  service: string | null;
  description: string | null;
  scopes: string[];
  /** False once deactivated or expired. */
  isActive: boolean;
  /** True once revoked: it is then in no list and opens nothing, and is kept for tests to look at. */
  revoked: boolean;
  /** True for the credential the emulator started with. */
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

/** A virtual server of the emulator's own `/v1/vps`. */
export interface VpsRecord {
  id: string;
  name: string;
  plan: string;
  region: string;
  osTemplate: string | null;
  ipAddress: string;
  fingerprints: string[];
  /** RFC 3339, UTC, whole seconds. */
  createdAt: string;
}

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

/** The wire's time format: RFC 3339 in UTC without fractions, as in the vendor's examples. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** A deep copy of plain data. Not `structuredClone`: under jest its copies are of another realm, and `toStrictEqual` fails. */
export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
