// The kinds of API keys: service keys; and personal access tokens, with scopes and an expiry.
import type { WithServerTime } from "../../api/client";
import type { ApiKey, CreatedKey } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import type { Operation } from "../../api/timing";
import { normalized, serviceKeyInputs, serviceSpec, tokenInputs, tokenSpec } from "../../fields/api-key";
import type { heldKey, heldKeyDetails, ServiceSpec, TokenSpec } from "../../fields/api-key";
import type { Fields, Inputs, ValuesOf } from "../../fields/field";
import { DAY_MS, rfc3339, same, UNKNOWN } from "../../values";
import type { LostAttempt } from "../create-once/started";
import type { Run } from "../run";

/** The inputs that are fixed when a key is created, and are outputs as well. Each kind has its own. */
export type Spec = Partial<ServiceSpec & TokenSpec>;

/** A live key whose secret we have. */
export interface HeldKey extends ValuesOf<typeof heldKey>, ValuesOf<typeof heldKeyDetails> {
  id: string;
  spec: Spec;
  /** RFC 3339, by the server's clock unless `createdByLocalClock`. */
  createdAt: string;
  expiresAt: string | null;
  /** Service keys only: the scopes that the list shows. */
  listedScopes: string[] | null;
}

type CreationTime = Pick<HeldKey, "createdAt" | "createdByLocalClock">;

/** The time of creation by the server's clock: empty if only the local clock shows it. */
export function provenTime({ createdAt, createdByLocalClock }: CreationTime): string {
  return createdByLocalClock ? "" : createdAt;
}

/** An attempt to create an API key. `service`: `undefined` for a token. */
export type LostKey = LostAttempt & { service: string | undefined };

export interface KeyKind {
  /** `service key` */
  label: string;
  spec: Fields<Spec>;
  /** These, and the other inputs of such a key. */
  inputs: object;
  /** Of a rotating key: a change replaces the resource. A change of any other input rotates the key. */
  identity: readonly (keyof Spec)[];
  /** Can a key of this kind expire? Its state then has times instead of the listed scopes. */
  mayExpire: boolean;
  post(
    spec: Spec,
    description: string | undefined,
    run: Run,
    operation: Operation,
  ): Promise<WithServerTime<CreatedKey>>;
  /** Why a listed key is not of this kind, or does not match these inputs, if so. */
  whyMismatched(entry: ApiKey, spec?: { [Name in keyof Spec]: Spec[Name] | undefined }): string | undefined;
  /** The inputs of a listed key; if the list does not show one, the declared one. */
  specOf(entry: ApiKey, declared: Inputs<Spec>): Spec;
}

/** Lists have shown tokens with an empty service, and with the service "account". */
export function isServiceKey({ service }: { service?: string | undefined }): boolean {
  return service !== undefined && !["", "account"].includes(service.trim().toLowerCase());
}

export const serviceKeyKind: KeyKind = {
  label: "service key",
  spec: serviceSpec,
  inputs: serviceKeyInputs,
  identity: ["service"],
  mayExpire: false,
  post: ({ service = "" }, description, run, operation) =>
    run.client.createServiceKey({ service, description }, operation),
  whyMismatched(entry, { service } = {}) {
    if (!isServiceKey(entry)) return "it is not a service key, but a personal access token";
    if (service === undefined || entry.service === service) return undefined;
    return `it is for the service ${JSON.stringify(entry.service)}`;
  },
  specOf: ({ service = "" }) => ({ service }),
};

export const tokenKind: KeyKind = {
  label: "personal access token",
  spec: tokenSpec,
  inputs: tokenInputs,
  identity: [],
  mayExpire: true,
  post: ({ scopes = [], expiresInDays }, description, run, operation) =>
    run.client.createPersonalAccessToken(
      { scopes, description, expiresInDays: expiresInDays ?? undefined },
      operation,
    ),
  whyMismatched(entry, { scopes } = {}) {
    if (isServiceKey(entry)) {
      return `it is not a personal access token, but a service key for ${JSON.stringify(entry.service)}`;
    }
    // A list that does not show scopes cannot contradict them.
    if (scopes === undefined || entry.scopes.length === 0) return undefined;
    if (same(normalized(entry.scopes), scopes)) return undefined;
    return `its scopes are ${normalized(entry.scopes).join(", ")}`;
  },
  specOf: ({ scopes }, declared) => ({
    scopes:
      scopes.length > 0 || declared.scopes === UNKNOWN || declared.scopes === undefined
        ? normalized(scopes)
        : declared.scopes,
    expiresInDays: null,
  }),
};

/** Does such a key expire at all? */
export function expires({ expiresInDays = null }: Spec): boolean {
  return expiresInDays !== null;
}

/** The expiry of a key that was created at this time; `null` if it never expires. */
export function endOf({ expiresInDays = null }: Spec, createdAt: string): string | null {
  return expiresInDays === null ? null : rfc3339(parseApiTime(createdAt) + expiresInDays * DAY_MS);
}

/** The expiry that the API shows (RFC 3339), if it is earlier than the requested one. */
export function earlierEnd(end: string | null, shown: string | undefined): string | null {
  const at = parseApiTime(shown);
  return Number.isNaN(at) || (end !== null && Date.parse(end) <= at) ? end : rfc3339(at);
}

/** A key as a response shows it. */
export function heldKeyOf(
  shown: Partial<ApiKey> & { id: string },
  key: string | null,
  spec: Spec,
  createdAt = shown.createdAt ?? "",
): HeldKey {
  const { id, keyPrefix = "", keyType = "", description = null, isActive = true } = shown;
  return {
    ...{ id, key, keyPrefix, keyType, spec, description, isActive, createdAt },
    createdByLocalClock: false,
    lastUsedAt: shown.lastUsedAt ?? null,
    expiresAt: earlierEnd(endOf(spec, createdAt), shown.expiresAt),
    listedScopes: shown.scopes ?? null,
  };
}
