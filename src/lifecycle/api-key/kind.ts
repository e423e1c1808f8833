// The kinds of API keys: service keys; and personal access tokens, with scopes and an expiry.
import type { WithServerTime } from "../../api/client";
import type { ApiKey, CreatedKey } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import type { Operation } from "../../api/timing";
import { normalized, serviceKeyInputs, serviceSpec, tokenInputs, tokenSpec } from "../../fields/api-key";
import type { heldKey, heldKeyDetails, ServiceSpec, TokenSpec } from "../../fields/api-key";
import type { Fields, Inputs, ValuesOf } from "../../fields/field";
import { DAY_MS, rfc3339, same, UNKNOWN } from "../../values";
import type { StartedAt } from "../create-once/started";
import type { Run } from "../run";

/** A live key whose secret we have. */
export interface HeldKey<Spec> extends ValuesOf<typeof heldKey>, ValuesOf<typeof heldKeyDetails> {
  id: string;
  spec: Spec;
  /** RFC 3339, by the server's clock unless `createdByLocalClock`. */
  createdAt: string;
  expiresAt: string | null;
  /** Service keys only: the scopes that the list shows. */
  listedScopes: string[] | null;
}

type CreationTime = Pick<HeldKey<unknown>, "createdAt" | "createdByLocalClock">;

/** The time of creation by the server's clock: empty if only the local clock shows it. */
export function provenTime({ createdAt, createdByLocalClock }: CreationTime): string {
  return createdByLocalClock ? "" : createdAt;
}

/** The same, as the beginning of an attempt that may have left a duplicate. */
export function creationOf({ createdAt, createdByLocalClock }: CreationTime): StartedAt {
  return { startedAt: createdAt, byLocalClock: createdByLocalClock };
}

/** An attempt to create an API key, whose outcome is unknown. */
export interface LostAttempt extends StartedAt {
  /** `null` for a token. */
  service: string | null;
  /** The full description that was sent, with its marker if it has one. */
  description: string;
  /** The description ends in a generated marker, which proves ownership. */
  hasMarker: boolean;
}

/** `Spec`: the inputs that are fixed when a key is created. They are outputs as well. */
export interface KeyKind<Spec extends object> {
  /** `service key` */
  label: string;
  spec: Fields<Spec>;
  /** These, and the other inputs of such a key. */
  inputs: object;
  post(
    spec: Spec,
    description: string | undefined,
    run: Run,
    operation: Operation,
  ): Promise<WithServerTime<CreatedKey>>;
  /** Why a listed key is not of this kind, or does not match these inputs, if so. */
  whyMismatched(entry: ApiKey, spec?: Spec): string | undefined;
  /** The service of such a key; `null` for a token. */
  serviceOf(spec: Spec): string | null;
  /** The inputs of a listed key; if the list does not show one, the declared one. */
  specOf(entry: ApiKey, declared: Inputs<Spec>): Spec;
  /** Can a key of this kind expire? Its state then has times instead of the listed scopes. */
  mayExpire: boolean;
  /** Does such a key expire at all? */
  expires(spec: Spec): boolean;
  /** The expiry of a key that was created at this time; `null` if it never expires. */
  expiresAt(spec: Spec, createdAt: string): string | null;
}

/** Lists have shown tokens with an empty service, and with the service "account". */
export function isServiceKey({ service }: { service?: string | undefined }): boolean {
  return service !== undefined && !["", "account"].includes(service.trim().toLowerCase());
}

export const serviceKeyKind: KeyKind<ServiceSpec> = {
  label: "service key",
  spec: serviceSpec,
  inputs: serviceKeyInputs,
  post: ({ service }, description, run, operation) =>
    run.client.createServiceKey(
      { service, ...(description === undefined ? {} : { description }) },
      operation,
    ),
  whyMismatched(entry, spec) {
    if (!isServiceKey(entry)) return "it is not a service key, but a personal access token";
    if (spec === undefined || entry.service === spec.service) return undefined;
    return `it is for the service ${JSON.stringify(entry.service)}`;
  },
  serviceOf: ({ service }) => service,
  specOf: ({ service = "" }) => ({ service }),
  mayExpire: false,
  expires: () => false,
  expiresAt: () => null,
};

export const tokenKind: KeyKind<TokenSpec> = {
  label: "personal access token",
  spec: tokenSpec,
  inputs: tokenInputs,
  post: ({ scopes, expiresInDays }, description, run, operation) =>
    run.client.createPersonalAccessToken(
      {
        scopes,
        ...(description === undefined ? {} : { description }),
        ...(expiresInDays === null ? {} : { expiresInDays }),
      },
      operation,
    ),
  whyMismatched(entry, spec) {
    if (isServiceKey(entry)) {
      return `it is not a personal access token, but a service key for ${JSON.stringify(entry.service)}`;
    }
    // A list that does not show scopes cannot contradict them.
    if (spec === undefined || entry.scopes.length === 0) return undefined;
    if (same(normalized(entry.scopes), spec.scopes)) return undefined;
    return `its scopes are ${normalized(entry.scopes).join(", ")}`;
  },
  serviceOf: () => null,
  specOf: ({ scopes }, declared) => ({
    scopes: scopes.length > 0 || declared.scopes === UNKNOWN ? normalized(scopes) : declared.scopes,
    expiresInDays: null,
  }),
  mayExpire: true,
  expires: ({ expiresInDays }) => expiresInDays !== null,
  expiresAt: ({ expiresInDays }, createdAt) =>
    expiresInDays === null ? null : rfc3339(parseApiTime(createdAt) + expiresInDays * DAY_MS),
};
