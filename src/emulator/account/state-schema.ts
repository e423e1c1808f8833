// What a state file holds, checked: a file edited manually or written by something else must not be half loaded.
import { z } from "zod";
import type { ApiKeyRecord, ServiceEntry, SshKeyRecord, VpsRecord } from "./records";

/** A file without these is another program's and must not be overwritten. */
export const HEADER = { format: "wayscloud-emulator-state", version: 1 } as const;

const id = z.string().min(1);
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "is not a date and time");

const apiKey = z.object({
  id,
  key: z.string().min(1),
  keyPrefix: z.string(),
  keyType: z.enum(["service", "pat"]),
  service: z.string().nullable(),
  description: z.string().nullable(),
  scopes: z.array(z.string()),
  isActive: z.boolean(),
  revoked: z.boolean(),
  bootstrap: z.boolean(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  expiresInDays: z.number().nullable(),
  expiresAt: z.number().nullable(),
}) satisfies z.ZodType<ApiKeyRecord>;

const sshKey = z.object({
  id,
  name: z.string(),
  publicKey: z.string(),
  fingerprint: z.string(),
  keyType: z.string(),
  createdAt: time,
}) satisfies z.ZodType<SshKeyRecord>;

/** Release 1.0.0 stored fewer fields, and an operating system of null. */
const server = z
  .object({
    id,
    name: z.string(),
    displayName: z.string().optional(),
    plan: z.string(),
    region: z.string(),
    osTemplate: z.string().nullable(),
    status: z.enum(["provisioning", "active", "stopped"]).default("active"),
    ipAddress: z.string(),
    ipv6Address: z.string().default("2001:db8::1"),
    fingerprints: z.array(z.string()),
    tags: z.array(z.string()).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    createdAt: time,
    provisionedAt: time.nullable().optional(),
  })
  .transform((record): VpsRecord => ({
    ...record,
    displayName: record.displayName ?? record.name,
    osTemplate: record.osTemplate ?? "ubuntu-24.04",
    provisionedAt: record.provisionedAt === undefined ? record.createdAt : record.provisionedAt,
  }));

const service = z.looseObject({
  id,
  service_type: z.string(),
  name: z.string(),
  status: z.string(),
  region: z.string(),
  created_at: z.string(),
  metadata: z.unknown(),
}) satisfies z.ZodType<ServiceEntry>;

export const stateHeader = z.object({ format: z.literal(HEADER.format), version: z.literal(HEADER.version) });
export const stateContent = stateHeader.extend({
  profile: z.record(z.string(), z.unknown()),
  services: z.array(service),
  vps: z.array(server),
  sshKeys: z.array(sshKey),
  apiKeys: z.array(apiKey),
});

/** As it is written; what an earlier release wrote is completed when it is read. */
export type StateContent = z.output<typeof stateContent>;
