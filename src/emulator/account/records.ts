// The account's records. The types and the check of the state file follow from one declaration of each field.
import { z } from "zod";

/** The type of an object with all fields of a table. */
type All<Fields> = { [Name in keyof Fields]: Fields[Name] extends z.ZodType<infer Value> ? Value : never };

const string = z.string();
const filled = string.min(1);
const strings = z.array(string);
const time = string.refine((text) => !Number.isNaN(Date.parse(text)), "is not a date and time");

const API_KEY = {
  id: filled,
  /** The full secret. */
  key: filled,
  keyPrefix: string,
  keyType: z.enum(["service", "pat"]),
  /** The service that a service key gives access to; null for a token. */
  service: string.nullable(),
  description: string.nullable(),
  scopes: strings,
  /** False once deactivated or expired. */
  isActive: z.boolean(),
  /** True once revoked: the key no longer authenticates, and is kept only for tests to look at. */
  revoked: z.boolean(),
  /** True for the credential that the emulator started with. */
  bootstrap: z.boolean(),
  /** RFC 3339, UTC, whole seconds. */
  createdAt: time,
  /** RFC 3339, UTC, whole seconds; null until first used. */
  lastUsedAt: time.nullable(),
  expiresInDays: z.number().nullable(),
  /** Milliseconds since 1970, by the emulator's clock; null: never. */
  expiresAt: z.number().nullable(),
};

/** A service key or personal access token, with the secret, which the real service would not keep. */
export interface ApiKeyRecord extends All<typeof API_KEY> {}

const SSH_KEY = {
  id: filled,
  name: string,
  /** As it was sent. */
  publicKey: string,
  /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
  fingerprint: string,
  keyType: string,
  /** RFC 3339, UTC, whole seconds. */
  createdAt: time,
};

/** An SSH public key registered with the account. */
export interface SshKeyRecord extends All<typeof SSH_KEY> {}

const VPS = {
  id: filled,
  /** The hostname. */
  name: string,
  displayName: string,
  /** The plan's code, such as `NO-Start-Linux-2cpu-4096mb-30gb`. */
  plan: string,
  region: string,
  osTemplate: string,
  /** The states of a server in the emulator; the real service also has `terminated` and `error`. */
  status: z.enum(["provisioning", "active", "stopped"]),
  /** The IPv4 address; the API shows it once the server is active. */
  ipAddress: string,
  ipv6Address: string,
  /** Fingerprints of the SSH keys that were deployed to it. */
  fingerprints: strings,
  tags: strings,
  labels: z.record(string, string),
  /** RFC 3339, UTC, whole seconds. */
  createdAt: time,
  /** RFC 3339, UTC, whole seconds; null until active. */
  provisionedAt: time.nullable(),
};

/** A virtual server. */
export interface VpsRecord extends All<typeof VPS> {}

export type VpsStatus = VpsRecord["status"];

/** The profile as the wire shows it (wire names; further fields are passed through). */
export type Profile = Record<string, unknown>;

const SERVICE = {
  id: filled,
  service_type: string,
  name: string,
  status: string,
  region: string,
  /** RFC 3339, UTC, whole seconds. */
  created_at: string,
  metadata: z.unknown(),
};

/** One entry of the service list as the wire shows it (wire names; further fields are passed through). */
export interface ServiceEntry extends All<typeof SERVICE> {
  [further: string]: unknown;
}

/** Release 1.0.0 stored fewer fields of a server, and an operating system of null. */
function completed(stored: Record<string, unknown>): object {
  return {
    displayName: stored["name"],
    status: "active",
    ipv6Address: "2001:db8::1",
    tags: [],
    labels: {},
    provisionedAt: stored["createdAt"],
    ...stored,
    osTemplate: stored["osTemplate"] ?? "ubuntu-24.04",
  };
}

/** The content of a state file; a file with another format is another program's. */
export const stateContent = z.object({
  format: z.literal("wayscloud-emulator-state"),
  version: z.literal(1),
  profile: z.record(string, z.unknown()),
  services: z.array(z.looseObject(SERVICE)),
  vps: z.array(z.looseObject({}).transform(completed).pipe(z.object(VPS))),
  sshKeys: z.array(z.object(SSH_KEY)),
  apiKeys: z.array(z.object(API_KEY)),
});

export type AccountContent = z.output<typeof stateContent>;

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
