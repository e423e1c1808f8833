// The wire types: each request and response, and its shape here. Only this file knows the wire's names.
import { z } from "zod";

import { rfc3339 } from "../values";
import type { Properties } from "../values";
import { parseApiTime } from "./timing";

/** An id that is safe in a path. A number becomes a string. */
export const id = z
  .union([z.string(), z.int().nonnegative()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9_-]{1,200}$/));
/** Absent and null are the same. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);
const or = <T extends z.ZodType>(schema: T, absent: () => z.output<T>) =>
  schema.nullish().transform((value): z.output<T> => value ?? absent());
const optionalText = optional(z.string());
const time = z
  .union([z.string(), z.number().refine((at) => !Number.isNaN(parseApiTime(at)))])
  .transform((at) => asRfc3339(String(at)));
const optionalTime = optional(time);

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A time. RFC 3339 stays as the API spells it, and so does a time that cannot be read. */
function asRfc3339(text: string): string {
  if (RFC_3339.test(text)) return text;
  const time = parseApiTime(text);
  return Number.isNaN(time) ? text : rfc3339(time);
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
type CamelCased<T> = { [Name in keyof T & string as CamelCase<Name>]: T[Name] };

/** `created_at` as `createdAt`. */
function camelCased<T extends Properties>(wire: T): CamelCased<T> {
  const named = Object.entries(wire).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named) as CamelCased<T>;
}

export interface NewServiceKey {
  service: string;
  description?: string | undefined;
}

export interface NewPersonalAccessToken {
  scopes: readonly string[];
  description?: string | undefined;
  expiresInDays?: number | undefined;
}

export interface NewSshKey {
  name: string;
  publicKey: string;
}

// In JSON an undefined field is left out.
export const serviceKeyBody = ({ service, description }: NewServiceKey): object => ({ service, description });
export const tokenBody = ({ scopes, description, expiresInDays }: NewPersonalAccessToken): object => ({
  ...{ scopes, description, expires_in_days: expiresInDays },
});
export const sshKeyBody = ({ name, publicKey }: NewSshKey): object => ({ name, public_key: publicKey });

export const apiKey = z
  .object({
    id,
    key_prefix: optionalText,
    key_type: optionalText,
    service: optionalText,
    description: optionalText,
    scopes: or(z.array(z.string()), () => []),
    is_active: or(z.boolean(), () => true),
    created_at: optionalTime,
    last_used_at: optionalTime,
    // Nobody needs this field, so an unreadable value is not an error.
    expires_at: optionalTime.catch(undefined),
  })
  .transform(camelCased);
export type ApiKey = z.infer<typeof apiKey>;

/** The response has the one-time key, so fields that the list shows as well may be missing. */
export const createdKey = z
  .object({
    id,
    key: z.string().min(1),
    key_prefix: optionalText,
    key_type: optionalText,
    expires_at: optionalTime.catch(undefined),
  })
  .transform(camelCased);
export type CreatedKey = z.infer<typeof createdKey>;

export const sshKey = z
  .object({
    id,
    name: optionalText,
    fingerprint: optionalText,
    key_type: optionalText,
    created_at: optionalTime,
    vm_count: or(z.int().nonnegative(), () => 0),
  })
  .refine(({ name, fingerprint }) => Boolean(name) || Boolean(fingerprint), {
    path: ["name"],
    error: "neither a name nor a fingerprint",
  })
  .transform(camelCased);
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
  .transform(camelCased);
export type Profile = z.infer<typeof profile>;

/** The customer id: the only field of a profile that the check of the expected account needs. */
export const identity = z
  .object({ customer_id: z.union([z.string().min(1), z.number()]).transform(String) })
  .transform(camelCased);

export const service = z
  .object({
    id: z.union([z.string(), z.number()]).transform(String),
    service_type: z.string(),
    name: z.string(),
    status: z.string(),
    region: optionalText,
    created_at: z.string(),
    metadata: or(z.record(z.string(), z.unknown()), () => ({})),
  })
  .transform(camelCased);
export type Service = z.infer<typeof service>;

/** Only `{"success": true}` confirms a deletion. */
export const deleted = z.object({ success: z.literal(true) });
