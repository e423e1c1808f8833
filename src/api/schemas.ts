// The wire types, once: what each response of the API looks like, and its shape here. Wire case lives in this file only.
import { z } from "zod";

/** An id that is safe in a path. A number becomes a string. */
export const id = z
  .union([z.string(), z.int().nonnegative()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9_-]{1,200}$/));
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

export const apiKey = z
  .object({
    id,
    key_prefix: z.string(),
    key_type: z.string(),
    service: optionalText,
    description: optionalText,
    scopes: z
      .array(z.string())
      .nullish()
      .transform((value) => value ?? []),
    is_active: z
      .boolean()
      .nullish()
      .transform((value) => value ?? true),
    created_at: z.string(),
    last_used_at: optionalText,
  })
  .transform((wire) => ({
    id: wire.id,
    keyPrefix: wire.key_prefix,
    keyType: wire.key_type,
    service: wire.service,
    description: wire.description,
    scopes: wire.scopes,
    isActive: wire.is_active,
    createdAt: wire.created_at,
    lastUsedAt: wire.last_used_at,
  }));
export type ApiKey = z.infer<typeof apiKey>;

export const createdKey = z
  .object({ id, key: z.string().min(1), key_prefix: optionalText, key_type: optionalText })
  .transform((wire) => ({
    id: wire.id,
    key: wire.key,
    // A key in hand is not given up for what the list shows as well.
    keyPrefix: wire.key_prefix ?? "",
    keyType: wire.key_type ?? "",
  }));
export type CreatedKey = z.infer<typeof createdKey>;

export const sshKey = z
  .object({
    id,
    name: z.string(),
    fingerprint: z.string(),
    key_type: z.string(),
    created_at: z.string(),
    vm_count: z
      .int()
      .nonnegative()
      .nullish()
      .transform((value) => value ?? 0),
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.name,
    fingerprint: wire.fingerprint,
    keyType: wire.key_type,
    createdAt: wire.created_at,
    vmCount: wire.vm_count,
  }));
export type SshKeyRecord = z.infer<typeof sshKey>;

export const profile = z
  .object({
    customer_id: z.string(),
    email: z.string(),
    first_name: optionalText,
    last_name: optionalText,
    company: optionalText,
    customer_type: z.string(),
    status: z.string(),
    created_at: z.string(),
  })
  .transform((wire) => ({
    customerId: wire.customer_id,
    email: wire.email,
    firstName: wire.first_name,
    lastName: wire.last_name,
    company: wire.company,
    customerType: wire.customer_type,
    status: wire.status,
    createdAt: wire.created_at,
  }));
export type Profile = z.infer<typeof profile>;

/** Whose account it is: all that the check of the expected account needs of a profile. */
export const identity = z
  .object({ customer_id: z.union([z.string().min(1), z.number()]).transform(String) })
  .transform((wire) => ({ customerId: wire.customer_id }));

export const service = z
  .object({
    id: z.union([z.string(), z.number()]).transform(String),
    service_type: z.string(),
    name: z.string(),
    status: z.string(),
    region: optionalText,
    created_at: z.string(),
    metadata: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((value) => value ?? {}),
  })
  .transform((wire) => ({
    id: wire.id,
    serviceType: wire.service_type,
    name: wire.name,
    status: wire.status,
    region: wire.region,
    createdAt: wire.created_at,
    metadata: wire.metadata,
  }));
export type Service = z.infer<typeof service>;

/** `{"success": true}`; nothing else in a body confirms a deletion. */
export const deleted = z.object({ success: z.literal(true) });
